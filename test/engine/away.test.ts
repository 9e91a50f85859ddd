/**
 * A business that goes away: its investors stream from the books it filled, in step with one
 * another, with wallets in memory; nothing is paid twice when it comes back.
 * requires: P-26, P-30, P-32
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RelayHandle } from '../../relay-rules/src/relay/server.ts';
import type { Store } from '../../web/lib/engine/ports.ts';
import type { Session } from '../../web/lib/engine/session.ts';
import { createLoneLease } from '../fixtures/lease.ts';
import { fundTogether } from '../fixtures/agreements.ts';
import { Loan, offerDocument } from '../fixtures/loan.ts';
import { openSqliteStore } from '../world/sqlite-store.ts';
import { Estate, movedClock, store } from './estate.ts';
import { Purses } from './purses.ts';
import { until } from './until.ts';

const INVESTORS = ['investor', 'second investor'] as const;
const TICKS = 10;
const DAY = 600;

let estate: Estate;
let relay: RelayHandle;
let purses: Purses;
let loans: readonly Loan[];
const clock = movedClock();

beforeEach(async () => {
  clock.aheadSec = 0;
  estate = new Estate();
  relay = await estate.relay({ nowSec: () => clock.nowSec() });
  purses = new Purses();
  const urls = [relay.url];
  const { business } = offerDocument();
  loans = INVESTORS.map((investor) => {
    const loan = new Loan({
      startAtSec: clock.nowSec() - 4 * DAY - DAY / 2,
      offer: { daySec: DAY, relays: urls, business: { ...business, relays: urls } },
      principalUnits: 500_000_000n,
      investorRelays: urls,
      cast: (name) => (name === 'investor' ? investor : name),
      seed: investor,
    });
    loan.signAll();
    return loan;
  });
  fundTogether(loans, clock.nowSec() - 4 * DAY);
  for (const loan of loans) store(relay, loan.events);
});

afterEach(() => estate.close());

async function open(name: string, parts: { store?: Store } = {}): Promise<Session> {
  const lease = createLoneLease();
  const session = await estate.session(name, [relay.url], clock, { ...parts, lease });
  session.useWallet(purses.of(name));
  const own = loans.filter((_, index) => name === 'business' || INVESTORS[index] === name);
  for (const { root } of own) {
    await until('a loan that streams', () => {
      const state = session.ownContract(root)?.view.fold.state;
      return session.isRunning && state?.cohort?.contracts.length === INVESTORS.length;
    });
  }
  return session;
}

const paidTo = (name: string): number => purses.between(name, 'business').length;

it('streams from a book while the business is away, in step, and never twice', async () => {
  const disk = openSqliteStore(':memory:');
  const business = await open('business', { store: disk });
  for (const { root } of loans) {
    expect(await business.books.fill(root)).toMatchObject({
      value: { added: TICKS, parts: TICKS, isWhole: true },
    });
    // Nothing is left to be signed in advance.
    expect(await business.books.fill(root)).toMatchObject({ value: { added: 0, isWhole: true } });
  }
  await business.stop();
  const [ana] = await Promise.all(INVESTORS.map((name) => open(name)));
  // Five ticks are due, of the day that runs too.
  await until('what is due to be paid', () => INVESTORS.every((name) => paidTo(name) === 5));
  // One of them goes too: the other pays one tick more, and says whom it waits for.
  const [, gone] = INVESTORS;
  purses.refuses = ({ from }) => from === gone;
  clock.aheadSec += DAY;
  const root = loans[0]?.root ?? '';
  await until('one tick ahead', () => paidTo(INVESTORS[0]) === 6);
  // The wallet's answer may still be on its way: time leaps once the payment is proven.
  await until('one tick ahead to be proven', () => {
    return ana?.ownContract(root)?.view.fold.state.paid.count('disbursement') === 6;
  });
  clock.aheadSec += DAY / 2 + 1;
  const waits = await until('the wait for the other', () => {
    const status = ana?.payerStatus(root, 'disbursement');
    return status?.code === 'cohortBehind' && status;
  });
  expect(waits.sentence).toContain('One is behind.');
  expect(paidTo(INVESTORS[0])).toBe(6);
  purses.refuses = () => false;
  clock.aheadSec += 4 * DAY;
  await until('everything to be paid', () => INVESTORS.every((name) => paidTo(name) === TICKS));
  const again = await open('business', { store: disk });
  await until('the business to know', () =>
    loans.every(({ root: each }) => {
      const state = again.ownContract(each)?.view.fold.state;
      return state?.paid.count('disbursement') === TICKS;
    }),
  );
  expect(purses.moved).toHaveLength(INVESTORS.length * TICKS);
  expect(purses.hasPaidTwice).toBe(false);
});
