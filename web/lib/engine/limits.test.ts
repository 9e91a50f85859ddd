/** Spending limits: by day, by contract, and together with what is about to be paid. */
import { beforeEach, expect, test } from 'vitest';
import { openSqliteStore } from '../store/sqlite.ts';
import { Journal, wantedEntry, type JournalStep } from './journal.ts';
import { SpendingLimits } from './limits.ts';
import type { Clock, Store, Wallet } from './ports.ts';

const HOUR_MS = 3_600_000;
const [FIRST, SECOND] = ['a'.repeat(64), 'b'.repeat(64)] as const;

let nowMs = 0;
let store: Store;
let journal: Journal;
let limits: SpendingLimits;

beforeEach(() => {
  nowMs = 100 * HOUR_MS;
  const clock = { nowMs: () => nowMs, nowSec: () => nowMs / 1_000 } as unknown as Clock;
  store = openSqliteStore(':memory:');
  journal = new Journal(store);
  limits = new SpendingLimits(journal, clock, store);
});

async function sent(contract: string, n: number, step: JournalStep, feesPaidMsat = '0') {
  const entry = { ...wantedEntry(contract, 'disbursement', n, 1_000n, nowMs), step };
  await journal.write([{ ...entry, sentAtMs: nowMs, feesPaidMsat }]);
}

const hit = (contract: string, amountMsat: bigint) => {
  const held = limits.hold(contract, amountMsat);
  return 'limit' in held ? held : undefined;
};

test('without limits everything may be paid', () => {
  expect(hit(FIRST, 10n ** 15n)).toBeUndefined();
});

test('a day’s limit counts what left in 24 hours with fees, or may have left', async () => {
  limits.use({ perDayMsat: 3_000n, perContractMsat: undefined });
  await sent(FIRST, 0, 'receipted', '5');
  await sent(SECOND, 0, 'unknown');
  await sent(SECOND, 1, 'failed');
  expect(limits.spentTodayMsat()).toBe(2_005n);
  expect(hit(FIRST, 996n)).toEqual({ limit: 'day', untilSec: 124 * 3_600 + 1 });
  expect(hit(FIRST, 3_001n)).toEqual({ limit: 'day', untilSec: undefined });
  expect(hit(FIRST, 995n)).toBeUndefined();
  nowMs += 24 * HOUR_MS + 1_000;
  expect(limits.hold(SECOND, 2_005n)).toHaveProperty('release');
});

test('a contract’s limit counts for ever, and for that contract only', async () => {
  limits.use({ perDayMsat: undefined, perContractMsat: 1_500n });
  await sent(FIRST, 0, 'paid');
  nowMs += 1_000 * HOUR_MS;
  expect(hit(FIRST, 501n)).toEqual({ limit: 'contract' });
  expect(hit(SECOND, 1_500n)).toBeUndefined();
});

test('what is about to be paid has its room until it is given back', () => {
  limits.use({ perDayMsat: 1_000n, perContractMsat: undefined });
  const held = limits.hold(FIRST, 600n);
  expect(hit(SECOND, 401n)).toMatchObject({ limit: 'day' });
  if ('release' in held) held.release();
  expect(hit(SECOND, 401n)).toBeUndefined();
});

test('what was chosen is kept on the device; what was given from outside comes first', async () => {
  const chosen = { perDayMsat: 5_000n, perContractMsat: undefined };
  await limits.choose(chosen);
  const clock = { nowMs: () => nowMs } as unknown as Clock;
  const next = new SpendingLimits(journal, clock, store);
  await next.load();
  expect(next.limits).toEqual(chosen);
  const agent = new SpendingLimits(journal, clock, store);
  const given = { perDayMsat: undefined, perContractMsat: 7n };
  agent.use(given);
  await agent.load();
  expect(agent.limits).toEqual(given);
});

test('a wallet’s own budget holds payments back until it allows more', async () => {
  let totalMsat = 3_000n;
  let asked = 0;
  const wallet = {
    budget: () => {
      asked += 1;
      return Promise.resolve({ state: 'answered', value: { totalMsat, usedMsat: 1_000n } });
    },
  } as unknown as Wallet;
  limits.budget.use(wallet);
  await Promise.resolve();
  nowMs += 1;
  await sent(FIRST, 0, 'receipted', '5');
  expect(hit(SECOND, 996n)).toEqual({ limit: 'wallet' });
  expect(hit(SECOND, 995n)).toBeUndefined();
  totalMsat = 5_000n;
  nowMs += 59_000;
  expect(hit(SECOND, 1n)).toMatchObject({ limit: 'wallet' });
  expect(asked).toBe(1);
  nowMs += 1_000;
  hit(SECOND, 1n);
  await Promise.resolve();
  expect(asked).toBe(2);
  expect(hit(SECOND, 3_000n)).toBeUndefined();
});

test('a wallet without budgets is asked once', async () => {
  let asked = 0;
  const budget = () => {
    asked += 1;
    return Promise.resolve({ state: 'refused', code: 'NOT_IMPLEMENTED', sentence: '' });
  };
  limits.budget.use({ budget } as unknown as Wallet);
  await Promise.resolve();
  nowMs += HOUR_MS;
  expect(hit(FIRST, 10_000n)).toBeUndefined();
  expect(asked).toBe(1);
});
