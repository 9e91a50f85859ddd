/**
 * Investors who go away: the business repays what falls due from the books they filled, one of
 * them or several in step; what a book has no part for waits for them, and nothing is paid twice.
 * requires: P-36, P-37, P-38, T-26
 */
import { ledgerOf, planTicks } from '@realyield/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RelayHandle } from '../../relay-rules/src/relay/server.ts';
import type { Store } from '../../web/lib/engine/ports.ts';
import type { Session } from '../../web/lib/engine/session.ts';
import { fundTogether } from '../fixtures/agreements.ts';
import { createLoneLease } from '../fixtures/lease.ts';
import { inThree, Loan, offerDocument } from '../fixtures/loan.ts';
import { openSqliteStore } from '../world/sqlite-store.ts';
import { systemClock } from '../world/system-clock.ts';
import { Estate, movedClock, store } from './estate.ts';
import { Purses } from './purses.ts';
import { until } from './until.ts';

const INVESTORS = ['investor', 'second investor'] as const;
const DAY = 600;
const clock = movedClock();

let estate: Estate;
let relay: RelayHandle;
let purses: Purses;
let loans: readonly Loan[];

/** Everything is lent, and the first instalment falls due on the day that is to begin. */
beforeEach(async () => {
  clock.aheadSec = DAY - (systemClock.nowSec() % DAY) - DAY / 2;
  estate = new Estate();
  relay = await estate.relay({ nowSec: () => clock.nowSec() });
  purses = new Purses(clock);
});

afterEach(() => estate.close());

function lend(...investors: readonly string[]): void {
  const urls = [relay.url];
  loans = investors.map((investor) => {
    const loan = new Loan({
      startAtSec: clock.nowSec() + DAY / 2 - 30 * DAY,
      offer: {
        ...inThree,
        daySec: DAY,
        relays: urls,
        business: { ...offerDocument().business, relays: urls },
      },
      principalUnits: 500_000_000n,
      investorRelays: urls,
      cast: (name) => (name === 'investor' ? investor : name),
      seed: investor,
    });
    loan.signAll();
    return loan;
  });
  if (loans.length > 1) fundTogether(loans, clock.nowSec() - 29 * DAY);
  for (const loan of loans) {
    loan.pay('disbursement', planTicks(loan.contract.document), loan.startAtSec + 20);
    store(relay, loan.events);
  }
}

async function open(
  name: string,
  { hasWallet = true, ...parts }: { store?: Store; hasWallet?: boolean } = {},
): Promise<Session> {
  const lease = createLoneLease();
  const session = await estate.session(name, [relay.url], clock, { ...parts, lease });
  if (hasWallet) session.useWallet(purses.of(name));
  for (const [index, { root }] of loans.entries()) {
    if (name !== 'business' && INVESTORS[index] !== name) continue;
    await until('a loan that was paid out', () => {
      const state = session.ownContract(root)?.view.fold.state;
      return session.isRunning && state?.paid.count('disbursement') === 10;
    });
  }
  return session;
}

/** An investor fills the book and goes away; yields what it was asked to be kept on. */
async function fillAndGo(name: string, parts: number): Promise<Store> {
  const disk = openSqliteStore(':memory:');
  const session = await open(name, { store: disk });
  const root = rootOf(name);
  const filled = await session.books.fill(root);
  expect(filled).toMatchObject({ value: { added: parts, parts, isWhole: true } });
  expect(await session.books.fill(root)).toMatchObject({ value: { added: 0, isWhole: true } });
  await session.stop();
  return disk;
}

const rootOf = (name: string): string =>
  loans[INVESTORS.findIndex((each) => each === name)]?.root ?? '';

function ledgerIn(session: Session, root: string) {
  const state = session.ownContract(root)?.view.fold.state;
  if (!state) throw new Error('the contract is not known');
  return ledgerOf(state, clock.nowSec());
}

const paidTo = (name: string): bigint[] => purses.between('business', name);
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);

const untilAsked = (session: Session, root: string, units: bigint) =>
  until('a question for the rest', () => {
    const entries = session.journalEntries(root, 'repayment');
    const open = entries.find(({ step }) => step === 'wanted');
    return open?.amountUnits === units.toString() && open.askedAtMs > 0;
  });

/** The business orders what is due today. */
async function order(session: Session, root: string): Promise<bigint> {
  const due = await until('what is due', () => ledgerIn(session, root).dueNowUnits);
  expect(await session.repayments.repay(root, due)).toMatchObject({ ok: true });
  return due;
}

const untilProven = (session: Session, root: string, count: number) =>
  until(`${count} proofs`, () => {
    const { paid } = session.ownContract(root)?.view.fold.state ?? {};
    return paid?.count('repayment') === count;
  });

it('repays from the book each instalment on its day, and what is added later live', async () => {
  lend('investor');
  const disk = await fillAndGo('investor', 3);
  const root = rootOf('investor');
  const business = await open('business');
  clock.aheadSec += DAY / 2 + 1;
  const first = await order(business, root);
  await untilProven(business, root, 1);
  expect(paidTo('investor')).toEqual([first]);
  expect(ledgerIn(business, root)).toMatchObject({ dueNowUnits: 0n });
  // More than the second asks for: nobody asked for that in advance.
  clock.aheadSec += 30 * DAY;
  const second = await until('the second to be due', () => ledgerIn(business, root).dueNowUnits);
  const more = 1_000_000n;
  expect(await business.repayments.repay(root, second + more)).toMatchObject({ ok: true });
  await untilProven(business, root, 2);
  expect(paidTo('investor')).toEqual([first, second]);
  await untilAsked(business, root, more);
  const again = await open('investor', { store: disk });
  await untilProven(again, root, 3);
  expect(paidTo('investor')).toEqual([first, second, more]);
  await again.stop();
  // By so much less falls due than the book asks for: nobody pays what is not due any more.
  clock.aheadSec += 30 * DAY;
  const third = await order(business, root);
  await untilAsked(business, root, third);
  expect(paidTo('investor')).toHaveLength(3);
  await open('investor', { store: disk });
  await until('nothing to be due', () => ledgerIn(business, root).repaid);
  expect(paidTo('investor')).toEqual([first, second, more, third]);
  expect(purses.hasPaidTwice).toBe(false);
});

it('repays several in step while all of them are away', async () => {
  lend(...INVESTORS);
  for (const name of INVESTORS) await fillAndGo(name, 12);
  const business = await open('business');
  const roots = loans.map(({ root }) => root);
  clock.aheadSec += DAY / 2 + 1;
  const dues = () => roots.map((root) => ledgerIn(business, root).dueNowUnits);
  await until('what is due', () => dues().every((due) => due > 0n));
  const due = dues();
  expect(await business.repayments.repayTogether(roots, sum(due))).toMatchObject({ ok: true });
  await until('nothing to be due', () => sum(dues()) === 0n);
  expect(INVESTORS.map((name) => sum(paidTo(name)))).toEqual(due);
  const counts = new Map<string, number>(INVESTORS.map((name) => [name, 0]));
  for (const { to } of purses.moved) {
    counts.set(to, (counts.get(to) ?? 0) + 1);
    const all = [...counts.values()];
    expect(Math.max(...all) - Math.min(...all)).toBeLessThanOrEqual(1);
  }
  expect([...counts.values()]).toEqual([4, 4]);
  expect(purses.hasPaidTwice).toBe(false);
});

it('pays nothing anew after its journal is lost, whoever tells it so', async () => {
  lend('investor');
  const disk = await fillAndGo('investor', 3);
  const root = rootOf('investor');
  const lost = openSqliteStore(':memory:');
  const business = await open('business', { store: lost });
  clock.aheadSec += DAY / 2 + 1;
  const due = await until('what is due', () => ledgerIn(business, root).dueNowUnits);
  // It dies when the money has gone and nothing says so.
  const journal = lost.write.bind(lost);
  lost.write = (changes) => {
    const isPaid = changes.some((change) => {
      const value = 'value' in change ? (change.value as { step?: string }) : {};
      return value.step === 'paid';
    });
    return isPaid ? new Promise(() => undefined) : journal(changes);
  };
  expect(await business.repayments.repay(root, due)).toMatchObject({ ok: true });
  await until('the money to be gone', () => paidTo('investor').length === 1);
  void business.stop();
  // Another disk: it orders what seems to be due, before anybody says that it is paid.
  const again = await open('business', { hasWallet: false });
  expect(await again.repayments.repay(root, due)).toMatchObject({ ok: true });
  again.useWallet(purses.of('business'));
  await untilProven(again, root, 1);
  expect(ledgerIn(again, root).dueNowUnits).toBe(0n);
  expect(again.journalEntries(root, 'repayment')).toHaveLength(1);
  expect(paidTo('investor')).toEqual([due]);
  const investor = await open('investor', { store: disk });
  await untilProven(investor, root, 1);
  expect(purses.hasPaidTwice).toBe(false);
});
