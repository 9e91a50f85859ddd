/**
 * A payer that has lost its journal asks for a repayment that was paid from a book: it is given the
 * proof first, and pays so much less.
 * requires: T-26
 */
import { embed, verify, type RequestDocument, type SignedEvent } from '@realyield/protocol';
import { expect, it } from 'vitest';
import { applyDelivery, checkDelivery } from '../web/lib/engine/delivery-check.ts';
import type { Desk, OwnContract } from '../web/lib/engine/desk.ts';
import { Journal, wantedEntry } from '../web/lib/engine/journal.ts';
import { OpenRequests } from '../web/lib/engine/open-requests.ts';
import { createInlineVerifier } from '../web/lib/nostr/verifier/inline-verifier.ts';
import { loadWasmVerifier } from '../web/lib/nostr/verifier/load-wasm.ts';
import { writeInvoice } from './fixtures/invoices.ts';
import { Loan, paymentHashOf, realSigning } from './fixtures/loan.ts';
import { openSqliteStore } from './world/sqlite-store.ts';

const WEEK = 604_800;
const BOOKED = 5_000_000n;
const verifier = createInlineVerifier(await loadWasmVerifier());

interface Scene {
  readonly loan: Loan;
  readonly desk: Desk;
  readonly contract: OwnContract;
  readonly event: SignedEvent;
  readonly invoice: string;
  readonly preimage: string;
}

/** A loan with one part of a book, which was paid. */
function sceneOf(): Scene {
  const loan = new Loan();
  loan.signAll();
  const nowSec = loan.startAtSec + 20;
  const store = openSqliteStore(':memory:');
  const preimage = loan.preimage();
  const part = { n: 3, amountUnits: BOOKED, preimage };
  const window = { notBeforeSec: nowSec, expiresAtSec: nowSec + WEEK };
  const live = loan.request('repayment', [part], nowSec, window);
  const { content, ...template } = live;
  // Canonical content has its members in order.
  const document = JSON.parse(content) as RequestDocument;
  const event = realSigning.sign('investor', {
    ...template,
    content: JSON.stringify(Object.fromEntries(Object.entries({ ...document, book: true }).sort())),
  });
  const invoice = writeInvoice('node', {
    paymentHash: paymentHashOf(preimage),
    amountMsat: BOOKED,
    createdAtSec: nowSec,
    expirySec: WEEK + 60,
  });
  const view = { root: loan.root, fold: loan.fold(), stateHash: '' };
  const record = { state: 'settled', direction: 'incoming', preimage };
  const desk = {
    store,
    verifier,
    journal: new Journal(store),
    prices: { learn: () => Promise.resolve() },
    clock: { nowSec: () => nowSec, nowMs: () => nowSec * 1_000 },
    wallet: () => ({ lookup: () => Promise.resolve({ state: 'answered', value: record }) }),
    catalog: { contract: () => view },
    activity: { add: () => undefined },
  } as unknown as Desk;
  const contract = { view, own: { role: 'business' } } as unknown as OwnContract;
  return { loan, desk, contract, event, invoice, preimage };
}

it('the payee knows what was paid from a book and is not proven', async () => {
  const { loan, desk, event, invoice, preimage } = sceneOf();
  const requests = new OpenRequests(desk);
  const { state } = loan.fold();
  expect(await requests.unprovenBooked(state, 'repayment')).toEqual([]);
  await requests.keep(JSON.parse(event.content) as RequestDocument, { event, invoices: [invoice] });
  const paid = [{ n: 3, preimage }];
  expect(await requests.unprovenBooked(state, 'repayment')).toMatchObject([{ paid }]);
  expect(await requests.unprovenBooked(state, 'disbursement')).toEqual([]);
  const proven = { ...state, paid: { numbers: () => new Set([3]) } } as unknown as typeof state;
  expect(await requests.unprovenBooked(proven, 'repayment')).toEqual([]);
});

it('the payer takes it in the place of what it ordered, and only with the preimage', async () => {
  const { loan, desk, contract, event, invoice, preimage } = sceneOf();
  const verified = verify(event);
  if (!verified.ok) throw new Error(verified.code);
  const entries = () => desk.journal.entries(loan.root, 'repayment');
  const orders = [0, 1].map((n) => wantedEntry(loan.root, 'repayment', n, 4_000_000n, 1));
  await desk.journal.write(orders);
  const deliver = async (proof: string): Promise<void> => {
    const checked = await checkDelivery(desk, contract, 'repayment', {
      v: 1,
      type: 'requestDelivery',
      contract: loan.root,
      request: embed(verified.value),
      invoices: [invoice],
      paid: [{ n: 3, preimage: proof }],
    });
    await applyDelivery(desk, contract, checked);
  };
  await deliver(loan.preimage());
  expect(entries()).toEqual(orders);
  await deliver(preimage);
  const after = [
    { n: 1, amountUnits: '3000000', step: 'wanted' },
    { n: 3, amountUnits: '5000000', step: 'paid', preimage },
  ];
  expect(entries()).toMatchObject(after);
  await deliver(preimage);
  expect(entries()).toMatchObject(after);
});
