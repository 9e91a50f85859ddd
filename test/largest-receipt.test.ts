/**
 * The largest receipts: what a writer, a reader and a relay say of them is the same, and what does
 * not fit one is proven by several.
 * requires: P-39, P-40
 */
import {
  MAX_CONTENT_BYTES,
  MAX_PARTS,
  nobleVerifier,
  readEvent,
  templateProblem,
  type ReceiptDocument,
  type RequestDocument,
  type SignedEvent,
  type Template,
} from '@realyield/protocol';
import { expect, it } from 'vitest';
import { decide, DEFAULT_RULES } from '../relay-rules/src/decide.ts';
import { createReader } from '../relay-rules/src/reader.ts';
import type { Desk, OwnContract } from '../web/lib/engine/desk.ts';
import { Journal, wantedEntry } from '../web/lib/engine/journal.ts';
import { Prover } from '../web/lib/engine/receipts.ts';
import { Loan, publicOf, signAs } from './fixtures/loan.ts';
import { largeRequest, preimageOf, receiptOf, receiptOfBytes } from './vectors/largest.ts';
import { openSqliteStore } from './world/sqlite-store.ts';

const loan = new Loan();

/** What a writer, a reader and a relay say of a receipt. */
function codesOf(template: Template): readonly (string | undefined)[] {
  const event = signAs('business', template);
  const read = readEvent(event);
  const context = { rules: DEFAULT_RULES, nowSec: 4_294_967_295, isSignatureChecked: false };
  const decision = decide(event, { ...context, reader: createReader(nobleVerifier) });
  return [
    templateProblem(template)?.code,
    read.ok ? undefined : read.code,
    decision.accept ? undefined : decision.code,
  ];
}

it('are of 300 parts and 60,000 bytes, and a byte or a part more is refused by everybody', () => {
  const all = (code: string | undefined) => [code, code, code];
  expect(codesOf(receiptOfBytes(loan, MAX_CONTENT_BYTES))).toEqual(all(undefined));
  expect(codesOf(receiptOfBytes(loan, MAX_CONTENT_BYTES + 1))).toEqual(all('EVENT_SIZE'));
  const more = receiptOf(loan, MAX_PARTS + 1, 6 * MAX_PARTS);
  expect(codesOf(more)).toEqual(all('CONTENT_SCHEMA'));
});

it('what does not fit one receipt is proven by two, every part once', async () => {
  const netMsat = Array.from({ length: MAX_PARTS }, () => '1'.repeat(15));
  const request = largeRequest(loan, MAX_PARTS, 15 * MAX_PARTS, { via: { netMsat } });
  const { n: numbers } = JSON.parse(request.content) as RequestDocument;
  const store = openSqliteStore(':memory:');
  const signed: SignedEvent[] = [];
  const nowMs = 1_800_000_100_000;
  const desk = {
    store,
    journal: new Journal(store),
    clock: { nowMs: () => nowMs, nowSec: () => nowMs / 1_000 },
    catalog: { contract: () => undefined, eventsOf: () => [], add: () => Promise.resolve() },
    keyring: { find: () => undefined },
    person: { publicKey: publicOf('somebody') },
    directory: { deliveryUrls: () => [] },
    outbox: {
      entry: ({ id }: SignedEvent) => ({ table: 'outbox', key: id, value: id }),
      push: () => Promise.resolve(),
    },
  } as unknown as Desk;
  const sign = (template: Template): Promise<SignedEvent> => {
    signed.push(signAs('business', template));
    return Promise.resolve(signed.at(-1) as SignedEvent);
  };
  const own = { role: 'business', keys: [publicOf('business')], money: { sign } };
  const view = { root: loan.root, fold: loan.fold(), stateHash: '' };
  await desk.journal.write(
    numbers.map((n) => ({
      ...wantedEntry(loan.root, 'repayment', n, 1n, nowMs),
      step: 'paid' as const,
      request,
      preimage: preimageOf(n),
    })),
  );
  await new Prover(desk, 'repayment').write({ view, own } as unknown as OwnContract);
  expect(signed.map((event) => readEvent(event).ok)).toEqual([true, true]);
  const proven = signed.flatMap(({ content }) => (JSON.parse(content) as ReceiptDocument).n);
  expect(proven).toEqual(numbers);
  expect(desk.journal.unproven(loan.root, 'repayment')).toEqual([]);
});
