/** A journal that was damaged on disk: what is whole is read, the rest is told and set aside. */
import { expect, test } from 'vitest';
import { Journal, wantedEntry, type JournalEntry } from './journal.ts';
import type { Store } from './ports.ts';

const ROOT = 'ab'.repeat(32);
const HASH = 'cd'.repeat(32);
const whole = wantedEntry(ROOT, 'disbursement', 0, 1_000n, 5);

async function load(rows: readonly (readonly [string, unknown])[]) {
  const all = rows.map(([key, value]) => ({ key, value }));
  const store = { all: () => Promise.resolve(all) } as unknown as Store;
  const damaged: string[] = [];
  const journal = new Journal(store, (key) => damaged.push(key));
  await journal.load();
  return { entries: journal.entries(ROOT, 'disbursement'), damaged };
}

const key = (n: number): string => `part|${ROOT}|disbursement|${n}`;
const sending: JournalEntry = { ...whole, n: 1, step: 'sending', paymentHash: HASH };

test('whole rows are read, what belongs to others is let be', async () => {
  const rows = [
    [key(0), whole],
    [key(1), sending],
    ['open|something', 7],
  ] as const;
  expect(await load(rows)).toEqual({ entries: [whole, sending], damaged: [] });
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['a text', 'part'],
  ['no step', { ...sending, step: undefined }],
  ['another step', { ...sending, step: 'done' }],
  ['an amount that is none', { ...sending, amountUnits: '0x10' }],
  ['a payment without its hash', { ...sending, paymentHash: undefined }],
  ['half a hash', { ...sending, paymentHash: HASH.slice(1) }],
  ['paid without a preimage', { ...sending, step: 'paid' }],
  ['a row of another part', { ...sending, n: 2 }],
  ['half a request', { ...sending, request: { id: HASH } }],
])('a row with %s is set aside and told', async (_what, value) => {
  const read = await load([
    [key(0), whole],
    [key(1), value],
  ]);
  expect(read).toEqual({ entries: [whole], damaged: [key(1)] });
});
