/**
 * A payee's new device reads from its own mail what others of its devices have handed out: before
 * it knows the contract, in any order, several at once; and from the contract what they answered
 * in public. It answers with nothing else.
 * requires: T-11, T-27
 */
import { embed, planTicks, verify, type RequestDocument } from '@realyield/protocol';
import { beforeEach, expect, test } from 'vitest';
import type { Desk } from '../web/lib/engine/desk.ts';
import { OpenRequests } from '../web/lib/engine/open-requests.ts';
import { OwnCopies } from '../web/lib/engine/own-copies.ts';
import { createInlineVerifier } from '../web/lib/nostr/verifier/inline-verifier.ts';
import { loadWasmVerifier } from '../web/lib/nostr/verifier/load-wasm.ts';
import { createLocalSigner } from '../web/lib/signer/local-signer.ts';
import { secretOf } from './fixtures/keys.ts';
import { hashOf, Loan, paymentHashOf, publicOf } from './fixtures/loan.ts';
import { answerTender, tender } from './fixtures/tenders.ts';
import { openSqliteStore } from './world/sqlite-store.ts';

const verifier = createInlineVerifier(await loadWasmVerifier());
const HOUR = 3_600;

let loan: Loan;
let desk: Desk;
let requests: OpenRequests;
let copies: OwnCopies;
let nowSec: number;
let person: string;
let isKnown: boolean;
let isListed: boolean;
let isCaughtUp: boolean;
/** Hashes of what the payee's wallet was paid, with the preimages. */
let paid: Map<string, string>;

beforeEach(() => {
  loan = new Loan();
  loan.signAll();
  nowSec = loan.startAtSec + 20;
  [isKnown, isListed, isCaughtUp] = [false, false, true];
  paid = new Map();
  person = 'business';
  const lookup = ({ paymentHash }: { paymentHash: string }) => {
    const preimage = paid.get(paymentHash);
    const settled = { state: 'settled', direction: 'incoming', preimage };
    return Promise.resolve({
      state: 'answered',
      value: preimage === undefined ? preimage : settled,
    });
  };
  const after = (_ms: number, run: () => void) => {
    void Promise.resolve().then(run);
    return () => undefined;
  };
  desk = {
    store: openSqliteStore(':memory:'),
    verifier,
    get person() {
      return createLocalSigner(secretOf(person));
    },
    keyring: { find: () => undefined, keys: () => [] },
    clock: { nowSec: () => nowSec, nowMs: () => nowSec * 1_000, after },
    mailbox: {
      isCaughtUp: () => isCaughtUp,
      whenCaughtUp: () => (isCaughtUp ? Promise.resolve() : new Promise(() => undefined)),
    },
    catalog: {
      contract: () => (isKnown ? { root: loan.root, fold: loan.fold(), stateHash: '' } : undefined),
      eventsOf: () => loan.parsed,
      isWatchListed: () => isListed,
    },
    wallet: () => ({ lookup }),
  } as unknown as Desk;
  requests = new OpenRequests(desk);
  copies = new OwnCopies(desk, requests);
});

const preimageOf = (name: string): string => hashOf(`copy ${name}`);
const find = () => requests.find(loan.root, 'disbursement', 0);

/** What another device handed out for the first tick, that can be paid for an hour. */
function copyOf(name: string, atSec: number, endsAtSec = atSec + HOUR) {
  const [tick] = planTicks(loan.contract.document);
  const part = { n: 0, amountUnits: tick?.amountUnits ?? 0n, preimage: preimageOf(name) };
  const window = { notBeforeSec: atSec, expiresAtSec: endsAtSec };
  const event = loan.request('disbursement', [part], atSec, window);
  const verified = verify(event);
  if (!verified.ok) throw new Error(verified.code);
  const message = {
    v: 1,
    type: 'requestDelivery',
    contract: loan.root,
    request: embed(verified.value),
    invoices: [name],
  } as const;
  return {
    event,
    message: { ...message, invoices: [...message.invoices] },
    author: publicOf('business'),
  };
}

test('what comes before the contract is known is kept, over a restart too', async () => {
  const copy = copyOf('one', nowSec);
  await copies.take(copy);
  expect(await find()).toBeUndefined();
  copies = new OwnCopies(desk, requests);
  await copies.attend(loan.root);
  expect(await find()).toBeUndefined();
  isKnown = true;
  await copies.attend(loan.root);
  expect(await find()).toMatchObject({ request: { event: { id: copy.event.id } } });
  expect((await desk.store.all('journal')).filter(({ key }) => key.startsWith('copy|'))).toEqual(
    [],
  );
});

test('in any order, all at once: each is known, and the last is handed out', async () => {
  isKnown = true;
  const earlier = ['one', 'two', 'three'].map((name, at) => copyOf(name, nowSec + at * (HOUR + 1)));
  const last = earlier.at(-1);
  nowSec += 2 * (HOUR + 1);
  // Relays list the newest first.
  await Promise.all(earlier.reverse().map((copy) => copies.take(copy)));
  expect(await find()).toMatchObject({ request: { event: { id: last?.event.id } } });
  for (const name of ['one', 'two', 'three']) {
    const preimage = preimageOf(name);
    paid = new Map([[paymentHashOf(preimage), preimage]]);
    expect(await find()).toMatchObject({ request: { invoices: [name] }, preimage });
  }
});

test('a copy beside what is made here at the same time is no less known', async () => {
  isKnown = true;
  const made = copyOf('made', nowSec + HOUR + 1);
  const document = JSON.parse(made.event.content) as RequestDocument;
  const { event, message } = made;
  await Promise.all([
    requests.keep(document, { event, invoices: message.invoices }),
    copies.take(copyOf('older', nowSec)),
    copies.take(made),
  ]);
  nowSec += HOUR + 2;
  expect(await find()).toMatchObject({ request: { event: { id: event.id } } });
  const preimage = preimageOf('older');
  paid.set(paymentHashOf(preimage), preimage);
  expect(await find()).toMatchObject({ request: { invoices: ['older'] }, preimage });
});

test('one by a key that may not ask is kept until all events are there, and then not', async () => {
  isKnown = true;
  const kept = async () =>
    (await desk.store.all('journal')).filter(({ key }) => key.startsWith('copy|')).length;
  await copies.take({ ...copyOf('strange', nowSec), author: publicOf('stranger') });
  expect(await kept()).toBe(1);
  isListed = true;
  await copies.attend(loan.root);
  expect(await kept()).toBe(0);
  expect(await find()).toBeUndefined();
});

test('nothing is asked for in advance before the relays said what was handed out', async () => {
  isKnown = true;
  expect(await copies.areRead(loan.root)).toBe(true);
  isCaughtUp = false;
  expect(await copies.areRead(loan.root)).toBe(false);
});

test('what was answered in public is what is handed out, and proves what was paid', async () => {
  [isKnown, person] = [true, 'investor'];
  loan.pay('disbursement', planTicks(loan.contract.document), loan.startAtSec + 20);
  nowSec = loan.startAtSec + 31 * loan.contract.document.daySec;
  const part = { n: 0, amountUnits: 50_000_000n };
  const offered = tender(loan, part, nowSec);
  const preimage = preimageOf('public');
  const given = { preimage };
  const { request } = answerTender(loan, offered, part, nowSec + 60, given);
  answerTender(loan, offered, part, nowSec + 90, { name: 'stranger' });
  nowSec += 120;
  await copies.attend(loan.root);
  const findRepayment = () => requests.find(loan.root, 'repayment', 0);
  expect(await findRepayment()).toMatchObject({ request: { event: { id: request.id } } });
  paid.set(paymentHashOf(preimage), preimage);
  expect(await findRepayment()).toMatchObject({ request: { event: { id: request.id } }, preimage });
});
