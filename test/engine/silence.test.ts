/**
 * A business that was away and comes back to a question that has waited for minutes, because who
 * asks a silent payee asks seldom: it answers that one, and does not wait for the next.
 * Who waits for it is told so, and since when.
 * requires: T-29
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLoneLease } from '../fixtures/lease.ts';
import { Loan, offerDocument } from '../fixtures/loan.ts';
import { openSqliteStore } from '../world/sqlite-store.ts';
import { Estate, movedClock, store, type MovedClock } from './estate.ts';
import { Purses } from './purses.ts';
import { until } from './until.ts';

const DAY_SEC = 86_400;

let estate: Estate;

beforeEach(() => {
  estate = new Estate();
});

afterEach(() => estate.close());

/** An investor who streams, and a business that is away. */
async function begin(clock: MovedClock, purses: Purses) {
  const relay = await estate.relay({ nowSec: () => clock.nowSec() });
  const urls = [relay.url];
  const { business: party } = offerDocument();
  const loan = new Loan({
    startAtSec: clock.nowSec() - 5 * DAY_SEC,
    offer: { daySec: DAY_SEC, relays: urls, business: { ...party, relays: urls } },
    investorRelays: urls,
  });
  loan.signAll();
  store(relay, loan.events);
  const parts = () => ({ lease: createLoneLease() });
  const before = relay.statistics().storedEvents;
  const investor = await estate.session('investor', urls, clock, parts());
  investor.useWallet(purses.of('investor'));
  return { relay, urls, loan, parts, before, investor };
}

it('a business that comes back answers what it was asked nine minutes ago', async () => {
  const clock = movedClock();
  const purses = new Purses();
  const { relay, urls, loan, parts, before, investor } = await begin(clock, purses);
  await until('a question', () => {
    const asked = investor.journalEntries(loan.root, 'disbursement');
    return asked.some(({ askedAtMs }) => askedAtMs > 0) && relay.statistics().storedEvents > before;
  });
  // It has asked, and asks no more.
  await investor.stop();
  clock.aheadSec += 540;
  const disk = openSqliteStore(':memory:');
  const business = await estate.session('business', urls, clock, { ...parts(), store: disk });
  business.useWallet(purses.of('business'));
  const handedOut = await until('an answer', async () => {
    const kept = await disk.byContract('journal', loan.root);
    return kept.some((value) => (value as { invoices?: unknown }).invoices !== undefined);
  });
  expect(handedOut).toBe(true);
});

it('a stream whose business stays away stands still, however often it asks', async () => {
  const clock = movedClock();
  const { loan, investor } = await begin(clock, new Purses());
  const first = await until('the word that nobody answers', () => investor.stopped(loan.root));
  expect(first.status).toMatchObject({ level: 'problem', code: 'payeeUnreachable' });
  const asked = (): number =>
    Math.max(...investor.journalEntries(loan.root, 'disbursement').map((each) => each.askedAtMs));
  const before = asked();
  clock.aheadSec += 60;
  await until('another question', () => asked() > before);
  expect(investor.stopped(loan.root)).toEqual(first);
});
