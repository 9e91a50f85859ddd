/**
 * What a payer believes of a payment that its wallet or its payee says too little of, or too much:
 * one hash twice, no preimage, another wallet, a key that has ended since.
 * requires: T-13, T-36, T-37, TE-21, P-35, P-42
 */
import {
  embed,
  planTicks,
  verify,
  type Leg,
  type MessageOf,
  type SignedEvent,
} from '@realyield/protocol';
import { beforeEach, expect, test, vi } from 'vitest';
import { applyDelivery, checkDelivery } from '../web/lib/engine/delivery-check.ts';
import type { Desk, OwnContract } from '../web/lib/engine/desk.ts';
import { Examiner } from '../web/lib/engine/handed.ts';
import { Journal, wantedEntry, type JournalEntry } from '../web/lib/engine/journal.ts';
import { isSurelyUnpaid, payEntry, resolveEntry } from '../web/lib/engine/payment.ts';
import type { PaymentRecord, Wallet, WalletAnswer } from '../web/lib/engine/ports.ts';
import { createInlineVerifier } from '../web/lib/nostr/verifier/inline-verifier.ts';
import { writeInvoice } from './fixtures/invoices.ts';
import { hashOf, Loan, paymentHashOf, publicOf, rememberingVerifier } from './fixtures/loan.ts';
import { payerDesk } from './fixtures/payer-desk.ts';
import { openSqliteStore } from './world/sqlite-store.ts';

const verifier = createInlineVerifier(rememberingVerifier);
/** Whatever is asked for, another life of this payer may have paid it. */
const SINCE_MS = Number.MAX_SAFE_INTEGER;
const preimage = hashOf('the only one');
const paymentHash = paymentHashOf(preimage);

type Said = WalletAnswer<PaymentRecord | undefined>;

let loan: Loan;
let desk: Desk;
let contract: OwnContract;
let nowSec: number;
/** What the wallet says of the hash. */
let said: Said;

beforeEach(() => {
  loan = new Loan();
  loan.signAll();
  const store = openSqliteStore(':memory:');
  said = { state: 'answered', value: undefined };
  nowSec = loan.startAtSec + 20;
  const lookup: Wallet['lookup'] = async () => said;
  desk = payerDesk({
    ...{ store, verifier, lookup },
    nowSec: () => nowSec,
    view: () => contract.view,
  });
  const view = { root: loan.root, fold: loan.fold(), stateHash: '' };
  contract = { view, own: { role: 'investor' } } as unknown as OwnContract;
});

function record(
  state: PaymentRecord['state'],
  direction: PaymentRecord['direction'] = 'outgoing',
  known: string | undefined = preimage,
): void {
  const amounts = { amountMsat: 1n, feesPaidMsat: 0n, settledAtSec: undefined };
  const value = { state, direction, paymentHash, preimage: known, ...amounts };
  said = { state: 'answered', value };
}

/** A request for one part. */
function request(
  leg: Leg,
  n: number,
  amountMsat: bigint,
): { readonly event: SignedEvent; readonly message: MessageOf<'requestDelivery'> } {
  const event = loan.request(leg, [{ n, amountUnits: amountMsat, preimage }], nowSec);
  const verified = verify(event);
  if (!verified.ok) throw new Error(verified.code);
  const createdAtSec = nowSec - 10;
  const invoice = writeInvoice('node', { paymentHash, amountMsat, createdAtSec, expirySec: 700 });
  const message: MessageOf<'requestDelivery'> = {
    ...{ v: 1, type: 'requestDelivery', contract: loan.root },
    request: embed(verified.value),
    invoices: [invoice],
  };
  return { event, message };
}

const tick = (): bigint => planTicks(loan.contract.document)[0]?.amountUnits ?? 0n;
const wantedTick = (): JournalEntry =>
  wantedEntry(loan.root, 'disbursement', 0, tick(), nowSec * 1_000);
const look = (leg: Leg = 'disbursement') =>
  new Examiner().look({ desk, contract, wallet: desk.wallet() as Wallet }, leg, SINCE_MS);
const entry = (leg: Leg = 'disbursement', n = 0) => desk.journal.get(loan.root, leg, n);

async function handed() {
  const out = request('disbursement', 0, tick());
  await desk.handed.keep(out.message, publicOf('business'));
  return out;
}

test.each(['the journal', 'a receipt'])(
  'one hash is one payment: a part is not paid by that of another in %s (requires: T-36)',
  async (known) => {
    const { message } = request('repayment', 1, 7_000n);
    const order = wantedEntry(loan.root, 'repayment', 1, 7_000n, nowSec * 1_000);
    if (known === 'the journal') {
      const other = wantedEntry(loan.root, 'repayment', 0, 5_000n, nowSec * 1_000);
      await desk.journal.write([{ ...other, step: 'receipted', paymentHash, preimage }]);
    } else {
      loan.pay('repayment', [{ n: 0, amountUnits: 5_000n, preimage }], nowSec - 10);
      const view = { root: loan.root, fold: loan.fold(), stateHash: '' };
      contract = { ...contract, view };
    }
    await desk.journal.write([order]);
    await desk.handed.keep(message, publicOf('investor'));
    record('settled');
    expect(await look('repayment')).toBe('clear');
    for (const paid of [undefined, [{ n: 1, preimage }]]) {
      const told = paid ? { ...message, paid } : message;
      const checked = await checkDelivery(desk, contract, 'repayment', told);
      expect(checked.refused).toEqual(['INVOICE_HASH_MISMATCH']);
      await applyDelivery(desk, contract, checked);
    }
    expect(entry('repayment', 1)).toBe(order);
  },
);

test('what its wallet has paid without a preimage is not paid again', async () => {
  const out = await handed();
  record('settled');
  for (const state of ['settled', 'accepted'] as const) {
    desk = { ...desk, journal: new Journal(openSqliteStore(':memory:')) };
    record(state, 'outgoing', '');
    expect(await look()).toBe('changed');
    expect(entry()).toMatchObject({ step: 'unknown', paymentHash });
    const pay = vi.fn<Wallet['pay']>();
    const wallet = { ...desk.wallet(), pay } as Wallet;
    const checked: JournalEntry = {
      ...wantedTick(),
      ...{ step: 'checked', request: out.event, invoice: out.message.invoices[0] ?? '' },
      ...{ paymentHash, expiresAtSec: nowSec + 600 },
    };
    await desk.journal.write([checked]);
    const after = await payEntry({ desk, contract, wallet }, checked, SINCE_MS);
    expect(after).toMatchObject({ step: 'unknown' });
    expect(pay).not.toHaveBeenCalled();
  }
});

test('what was paid by a key that has ended since is found all the same', async () => {
  const { event, message } = await handed();
  const { state } = contract.view.fold;
  const keys = state.keys.map((key) =>
    key.role === 'business' ? { ...key, endsAtSec: nowSec } : key,
  );
  const fold = { ...contract.view.fold, state: { ...state, keys } };
  contract = { ...contract, view: { ...contract.view, fold } };
  record('pending');
  expect(await desk.handed.payable(contract, 'disbursement')).toEqual([]);
  expect(await look()).toBe('changed');
  expect(entry()).toMatchObject({ step: 'unknown', request: event });
  // And what is unclear is proven by it: nothing else of what such a key says counts.
  const paid = [{ n: 0, preimage }];
  const deliver = async () => {
    const checked = await checkDelivery(desk, contract, 'disbursement', { ...message, paid });
    await applyDelivery(desk, contract, checked);
  };
  await deliver();
  expect(entry()).toMatchObject({ step: 'paid', preimage });
  await desk.journal.write([wantedTick()]);
  await deliver();
  expect(entry()?.step).toBe('wanted');
});

test('what another wallet was told is not taken for unpaid (requires: P-42)', async () => {
  const expiresAtSec = nowSec + 600;
  const wanted = wantedTick();
  const told = { paymentHash, expiresAtSec, wallet: 'old', sentAtMs: nowSec * 1_000 };
  await desk.journal.write([{ ...wanted, ...told, step: 'sending' }]);
  const resolve = (id: string) => {
    const wallet = { ...desk.wallet(), id } as Wallet;
    return resolveEntry({ desk, contract, wallet }, entry() ?? wanted);
  };
  const untilSec = expiresAtSec + 7_200 + 1;
  nowSec += 3_600;
  expect(await resolve('new')).toMatchObject({ code: 'NO_LOOKUP', untilSec });
  expect(entry()).toMatchObject({ step: 'unknown', wallet: 'old' });
  nowSec = untilSec;
  expect(await resolve('new')).toBeUndefined();
  expect(entry()).toMatchObject({ step: 'failed' });
  await desk.journal.write([{ ...wanted, ...told, step: 'unknown' }]);
  expect(await resolve('old')).toBeUndefined();
  expect(entry()).toMatchObject({ step: 'failed' });
});

test.each<[string, Said]>([
  ['refuses to say', { state: 'refused', code: 'OTHER', sentence: '' }],
  ['has but what came in', { state: 'answered', value: undefined }],
])('a wallet that %s holds a part up until its invoice ran out', async (_how, answer) => {
  record('pending', 'incoming');
  if (answer.state === 'refused') said = answer;
  const wanted = wantedTick();
  const told = { paymentHash, expiresAtSec: nowSec + 600, sentAtMs: nowSec * 1_000 };
  await desk.journal.write([{ ...wanted, ...told, step: 'sending' }]);
  const resolve = () =>
    resolveEntry({ desk, contract, wallet: desk.wallet() as Wallet }, entry() ?? wanted);
  nowSec += 7_800;
  expect(await resolve()).toMatchObject({ level: expect.any(String) as string });
  expect(entry()?.step).toBe('unknown');
  nowSec += 1;
  expect(await resolve()).toBeUndefined();
  expect(entry()?.step).toBe('failed');
});

test('strangers crowd out no request of the payee’s (requires: T-37)', async () => {
  const verified = request('disbursement', 0, tick()).message;
  for (let at = 0; at < 500; at += 1) {
    const part = { n: 0, amountUnits: tick(), preimage };
    const event = loan.request('disbursement', [part], nowSec - at, { payee: 'stranger' });
    const read = verify(event);
    if (!read.ok) throw new Error(read.code);
    const message = { ...verified, request: embed(read.value) };
    await desk.handed.keep(message, publicOf('stranger'), contract.view.fold.state);
  }
  const { event, message } = request('disbursement', 0, tick());
  await desk.handed.keep(message, publicOf('business'), contract.view.fold.state);
  const kept = await desk.handed.payable(contract, 'disbursement');
  expect(
    kept.map(
      ({
        request: {
          event: { id },
        },
      }) => id,
    ),
  ).toEqual([event.id]);
});

test('unpaid is what a wallet knows nothing of, or that it failed (requires: TE-21)', async () => {
  const unpaid = () => isSurelyUnpaid(desk.wallet(), { paymentHash });
  expect(await unpaid()).toBe(true);
  record('failed');
  expect(await unpaid()).toBe(true);
  for (const direction of ['incoming', 'outgoing'] as const) {
    for (const state of ['pending', 'accepted', 'settled'] as const) {
      record(state, direction);
      expect(await unpaid()).toBe(false);
    }
  }
});

test('what another device may just have told is waited for, and nothing else is', async () => {
  const { event, message } = await handed();
  const context = { desk, contract, wallet: desk.wallet() as Wallet };
  const examiner = new Examiner();
  const expiresAtSec = (await desk.handed.of(contract, 'disbursement'))[0]?.request.document
    .expiresAtSec as number;
  const told: JournalEntry = { ...wantedTick(), step: 'checked', paymentHash, expiresAtSec };
  const other = { ...told, paymentHash: paymentHashOf(hashOf('another')) };
  const isHeld = async (sinceSec: number) => {
    expect(await examiner.look(context, 'disbursement', sinceSec * 1_000)).toBe('clear');
    // What is told twice by one hash is paid once.
    expect(examiner.waitOn(told)).toBeUndefined();
    expect(examiner.waitOn({ ...other, n: 1 })).toBeUndefined();
    return examiner.waitOn(other)?.untilSec;
  };
  record('failed');
  expect(await isHeld(nowSec)).toBeUndefined();
  said = { state: 'answered', value: undefined };
  // Another request may come at any time before it looks again.
  const sinceSec = nowSec + 2;
  expect(await isHeld(sinceSec)).toBe(sinceSec + 90);
  await desk.journal.write([other]);
  nowSec = sinceSec + 90;
  expect(await isHeld(sinceSec)).toBe(nowSec);
  nowSec += 1;
  expect(await isHeld(sinceSec)).toBeUndefined();
  // What this one told itself stands in its journal; others may have told it before and since.
  const pay = async () => ({ state: 'refused', code: 'OTHER', sentence: '' }) as const;
  const wallet = { ...context.wallet, pay } as Wallet;
  const entryTold = { ...told, request: event, invoice: message.invoices[0] ?? '' };
  await examiner.pay({ ...context, wallet }, entryTold, nowSec * 1_000);
  expect(await isHeld(nowSec)).toBeUndefined();
  expect(await isHeld(nowSec + 1)).toBe(nowSec + 91);
  nowSec = expiresAtSec + 90;
  expect(await isHeld(nowSec)).toBe(nowSec);
  nowSec += 1;
  expect(await isHeld(nowSec)).toBeUndefined();
});
