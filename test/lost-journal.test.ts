/**
 * What a payer and a payee do about payments that a lost journal no longer knows, with wallets
 * that say what a test wants them to. Real wallets: test/engine/restored.test.ts.
 * requires: T-10, T-11, T-12, T-13
 */
import {
  computeCommitment,
  embed,
  planTicks,
  verify,
  type Leg,
  type MessageOf,
  type ParsedRequest,
  type SignedEvent,
} from '@realyield/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import { applyDelivery, checkDelivery } from '../web/lib/engine/delivery-check.ts';
import type { Desk, OwnContract } from '../web/lib/engine/desk.ts';
import { Examiner, Handed } from '../web/lib/engine/handed.ts';
import { wantedEntry } from '../web/lib/engine/journal.ts';
import { OpenRequests } from '../web/lib/engine/open-requests.ts';
import { Openings } from '../web/lib/engine/openings.ts';
import type { PaymentRecord, Store, Wallet, WalletAnswer } from '../web/lib/engine/ports.ts';
import { createInlineVerifier } from '../web/lib/nostr/verifier/inline-verifier.ts';
import { loadWasmVerifier } from '../web/lib/nostr/verifier/load-wasm.ts';
import { writeInvoice } from './fixtures/invoices.ts';
import { hashOf, Loan, paymentHashOf, publicOf, realSigning } from './fixtures/loan.ts';
import { NEVER_ARRIVED_MS, resolveEntry } from '../web/lib/engine/payment.ts';
import { payerDesk } from './fixtures/payer-desk.ts';
import { openSqliteStore } from './world/sqlite-store.ts';

const verifier = createInlineVerifier(await loadWasmVerifier());
/** Whatever is asked for, another life of this payer may have paid it. */
const SINCE_MS = Number.MAX_SAFE_INTEGER;
const PREIMAGES = ['first', 'second'].map(hashOf);

type Said = WalletAnswer<PaymentRecord | undefined>;

let loan: Loan;
let store: Store;
let desk: Desk;
let contract: OwnContract;
let nowSec: number;
/** What the wallet says by payment hash; it knows of nothing else. */
let says: Map<string, Said>;
let sentences: string[];

beforeEach(() => {
  loan = new Loan();
  loan.signAll();
  store = openSqliteStore(':memory:');
  says = new Map();
  sentences = [];
  nowSec = loan.startAtSec + 20;
  const lookup: Wallet['lookup'] = async ({ paymentHash }) =>
    says.get(paymentHash) ?? { state: 'answered', value: undefined };
  desk = payerDesk({
    ...{ store, verifier, lookup },
    nowSec: () => nowSec,
    view: () => contract.view,
    say: (code) => sentences.push(code),
  });
  const view = { root: loan.root, fold: loan.fold(), stateHash: '' };
  contract = { view, own: { role: 'investor' } } as unknown as OwnContract;
});

function record(
  at: number,
  state: PaymentRecord['state'],
  direction: PaymentRecord['direction'] = 'outgoing',
): void {
  const preimage = PREIMAGES[at] ?? '';
  const paymentHash = paymentHashOf(preimage);
  const value: PaymentRecord = {
    state,
    direction,
    paymentHash,
    preimage: state === 'settled' ? preimage : undefined,
    amountMsat: 1n,
    feesPaidMsat: 0n,
    settledAtSec: undefined,
  };
  says.set(paymentHash, { state: 'answered', value });
}

interface Handout {
  readonly event: SignedEvent;
  readonly parsed: ParsedRequest;
  readonly message: MessageOf<'requestDelivery'>;
}

/** A request for one part, at a time, under one of the preimages. */
function request(leg: Leg, n: number, amountMsat: bigint, at: number, atSec: number): Handout {
  const preimage = PREIMAGES[at] ?? '';
  const event = loan.request(leg, [{ n, amountUnits: amountMsat, preimage }], atSec);
  const verified = verify(event);
  if (!verified.ok) throw new Error(verified.code);
  const invoice = writeInvoice('node', {
    paymentHash: paymentHashOf(preimage),
    amountMsat,
    createdAtSec: atSec - 10,
    expirySec: 700,
  });
  const message = {
    v: 1,
    type: 'requestDelivery',
    contract: loan.root,
    request: embed(verified.value),
  } as const;
  return {
    event,
    parsed: realSigning.read(event)[0] as ParsedRequest,
    message: { ...message, invoices: [invoice] },
  };
}

const tick = (): bigint => planTicks(loan.contract.document)[0]?.amountUnits ?? 0n;

describe('the payer', () => {
  const look = (leg: Leg = 'disbursement') =>
    new Examiner().look({ desk, contract, wallet: desk.wallet() as Wallet }, leg, SINCE_MS);
  const entry = (leg: Leg = 'disbursement', n = 0) => desk.journal.get(loan.root, leg, n);

  async function handed(at: number, atSec = nowSec, leg: Leg = 'disbursement'): Promise<Handout> {
    const payee = publicOf(leg === 'disbursement' ? 'business' : 'investor');
    const out = request(leg, 0, tick(), at, atSec);
    await desk.handed.keep(out.message, payee);
    return out;
  }

  test('finds in its mail and wallet what it had paid, and can prove it', async () => {
    const { event } = await handed(0);
    record(0, 'settled');
    expect(await look()).toBe('changed');
    expect(entry()).toMatchObject({ step: 'paid', preimage: PREIMAGES[0], request: event });
    expect(await look()).toBe('clear');
  });

  test('knows it again after a restart, and only from the payee', async () => {
    const out = request('disbursement', 0, tick(), 0, nowSec);
    await desk.handed.keep(out.message, publicOf('stranger'));
    record(0, 'settled');
    expect(await look()).toBe('clear');
    await desk.handed.keep(out.message, publicOf('business'));
    desk = { ...desk, handed: new Handed(store, verifier) };
    await desk.handed.load();
    expect(await look()).toBe('changed');
  });

  test('waits while one is under way, also under a request that has run out', async () => {
    await handed(0);
    await handed(1, nowSec + 700);
    nowSec += 700;
    record(0, 'pending');
    const amount = tick();
    await desk.journal.write([wantedEntry(loan.root, 'disbursement', 0, amount, nowSec * 1_000)]);
    expect(await look()).toBe('changed');
    expect(entry()).toMatchObject({
      step: 'unknown',
      paymentHash: paymentHashOf(PREIMAGES[0] ?? ''),
    });
  });

  test('pays nothing while its wallet has not said', async () => {
    await handed(0);
    const hash = paymentHashOf(PREIMAGES[0] ?? '');
    says.set(hash, { state: 'unknown', sentence: '' });
    expect(await look()).toMatchObject({ code: 'WALLET_SILENT' });
    // A wallet that cannot look up clears nothing that can still be paid, or is on its way.
    says.set(hash, { state: 'refused', code: 'NOT_IMPLEMENTED', sentence: '' });
    expect(await look()).toMatchObject({ code: 'NO_LOOKUP' });
    nowSec += 700;
    expect(await look()).toMatchObject({ code: 'NO_LOOKUP' });
    nowSec += 7_200;
    expect(await look()).toBe('clear');
    expect(entry()).toBeUndefined();
  });

  test('says what an unclear payment waits for, and sends nothing before it is over', async () => {
    const paymentHash = paymentHashOf(PREIMAGES[0] ?? '');
    const wanted = wantedEntry(loan.root, 'disbursement', 0, tick(), nowSec * 1_000);
    const sent = { ...wanted, step: 'sending', paymentHash, sentAtMs: nowSec * 1_000 } as const;
    await desk.journal.write([sent]);
    const waitsFor = () =>
      resolveEntry({ desk, contract, wallet: desk.wallet() as Wallet }, entry() ?? sent);
    const untilSec = nowSec + NEVER_ARRIVED_MS / 1_000;
    expect(await waitsFor()).toMatchObject({ code: 'NOT_ARRIVED', untilSec });
    says.set(paymentHash, { state: 'unknown', sentence: '' });
    expect(await waitsFor()).toMatchObject({ code: 'WALLET_SILENT' });
    record(0, 'pending');
    expect(await waitsFor()).toMatchObject({ code: 'inFlight' });
    says.clear();
    nowSec = untilSec + 1;
    expect(await waitsFor()).toBeUndefined();
    expect(entry()).toMatchObject({ step: 'failed' });
  });

  test('takes the payee’s preimage for proof, however old the request, and no other', async () => {
    const amount = tick();
    await desk.journal.write([wantedEntry(loan.root, 'disbursement', 0, amount, nowSec * 1_000)]);
    const { message } = request('disbursement', 0, amount, 0, nowSec);
    nowSec += 10_000;
    const deliver = async (preimage: string): Promise<void> => {
      const paid = [{ n: 0, preimage }];
      const checked = await checkDelivery(desk, contract, 'disbursement', { ...message, paid });
      await applyDelivery(desk, contract, checked);
    };
    await deliver(PREIMAGES[1] ?? '');
    expect(entry()?.step).toBe('wanted');
    await deliver(PREIMAGES[0] ?? '');
    expect(entry()).toMatchObject({ step: 'paid', preimage: PREIMAGES[0] });
  });

  test('does not pay an order whose number turns out to be a repayment already made', async () => {
    contract = { ...contract, own: { role: 'business' } } as unknown as OwnContract;
    const order = wantedEntry(loan.root, 'repayment', 0, 7_000n, nowSec * 1_000);
    const { message } = request('repayment', 0, 5_000n, 0, nowSec);
    const deliver = async (paid?: { n: number; preimage: string }[]): Promise<void> => {
      await desk.journal.write([order]);
      const told = paid ? { ...message, paid } : message;
      const checked = await checkDelivery(desk, contract, 'repayment', told);
      await applyDelivery(desk, contract, checked);
    };
    // Of another device, and not paid: ours takes the next number.
    await deliver();
    expect(entry('repayment', 0)).toBeUndefined();
    expect(entry('repayment', 1)).toMatchObject({ amountUnits: '7000', step: 'wanted' });
    // Paid, by the payee's proof or by the wallet's.
    await deliver([{ n: 0, preimage: PREIMAGES[0] ?? '' }]);
    expect(entry('repayment', 0)).toMatchObject({ amountUnits: '5000', step: 'paid' });
    record(0, 'settled');
    await deliver();
    expect(entry('repayment', 0)).toMatchObject({ amountUnits: '5000', step: 'paid' });
    expect(sentences).toEqual(['ORDER_FOUND', 'ORDER_FOUND']);
    expect(desk.journal.entries(loan.root, 'repayment')).toHaveLength(2);
  });
});

describe('the payee', () => {
  const find = () => new OpenRequests(desk).find(loan.root, 'disbursement', 0);

  async function handOut(at: number): Promise<Handout> {
    const out = request('disbursement', 0, tick(), at, nowSec);
    const { document, event } = out.parsed;
    const kept = { event: { ...event, tags: event.tags.map((tag) => [...tag]) }, invoices: [''] };
    await new OpenRequests(desk).keep(document, kept);
    return out;
  }

  test('answers alike while a request is open, and says when it was paid', async () => {
    expect(await find()).toBeUndefined();
    const { event } = await handOut(0);
    expect(await find()).toMatchObject({ request: { event }, preimage: undefined });
    record(0, 'accepted', 'incoming');
    expect(await find()).toMatchObject({ request: { event }, preimage: undefined });
    record(0, 'settled', 'incoming');
    expect(await find()).toMatchObject({ request: { event }, preimage: PREIMAGES[0] });
  });

  test('makes another only for one that has expired and clearly was not paid', async () => {
    const { event } = await handOut(0);
    nowSec += 10_000;
    const hash = paymentHashOf(PREIMAGES[0] ?? '');
    expect(await find()).toBeUndefined();
    says.set(hash, { state: 'unknown', sentence: '' });
    expect(await find()).toMatchObject({ request: { event } });
    record(0, 'settled', 'incoming');
    expect(await find()).toMatchObject({ request: { event }, preimage: PREIMAGES[0] });
  });

  test('remembers the one before: a payment may arrive after another was handed out', async () => {
    const first = await handOut(0);
    nowSec += 10_000;
    const second = await handOut(1);
    expect(await find()).toMatchObject({ request: { event: second.event } });
    record(0, 'settled', 'incoming');
    expect(await find()).toMatchObject({ request: { event: first.event }, preimage: PREIMAGES[0] });
    record(0, 'settled', 'outgoing');
    expect(await find()).toMatchObject({ request: { event: second.event }, preimage: undefined });
  });
});

test('a commitment is opened by the key it names, and by nobody in its name', async () => {
  const mainKey = publicOf('investor main');
  const opening = { pubkey: mainKey, salt: hashOf('salt') };
  expect(computeCommitment(opening.pubkey, opening.salt)).toBe(loan.contract.document.commitment);
  const openings = new Openings(store);
  await openings.keep(loan.contract, opening, publicOf('investor'));
  await openings.keep(loan.contract, { ...opening, salt: hashOf('pepper') }, mainKey);
  expect(openings.of(loan.root)).toBeUndefined();
  await openings.keep(loan.contract, opening, mainKey);
  const restarted = new Openings(store);
  await restarted.load();
  const kept = [{ contract: loan.root, mainKey, salt: opening.salt }];
  expect([openings.all(), restarted.all()]).toEqual([kept, kept]);
});
