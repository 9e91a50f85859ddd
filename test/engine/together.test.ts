/**
 * One obligation to three investors, paid by the business's engine with wallets in memory: in step,
 * to the satoshi, past one who cannot be paid, and across a restart.
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  checkSale,
  ledgerOf,
  LOCKSTEP_WAIT_SEC,
  readEvent,
  reportGaps,
  type ParsedEvent,
  type SaleDocument,
  type SalesReport,
  type Signed,
} from '@realyield/protocol';
import type { RelayHandle } from '../../relay-rules/src/relay/server.ts';
import type { Store } from '../../web/lib/engine/ports.ts';
import type { Session } from '../../web/lib/engine/session.ts';
import { createLoneLease } from '../fixtures/lease.ts';
import { inThree, Loan, offerDocument } from '../fixtures/loan.ts';
import { openSqliteStore } from '../world/sqlite-store.ts';
import { Estate, movedClock, store } from './estate.ts';
import { Purses, type Moved } from './purses.ts';
import { until } from './until.ts';

const INVESTORS = ['investor', 'second investor', 'third investor'] as const;
const PRINCIPALS = [500_000_000n, 300_000_000n, 200_001_000n] as const;
const DAY = 60;
const tillShare = {
  ...{ runBy: 'business' as const, shareBps: 1_000, recoveryBps: 1_000, thresholdSat: 10 },
};

let estate: Estate;
let relay: RelayHandle;
let purses: Purses;
let loans: readonly Loan[];
const clock = movedClock();

beforeEach(async () => {
  estate = new Estate();
  relay = await estate.relay();
  purses = new Purses();
  const urls = [relay.url];
  const { business } = offerDocument();
  const startAtSec = clock.nowSec() - 31 * DAY;
  loans = INVESTORS.map((investor, index) => {
    const loan = new Loan({
      startAtSec,
      offer: { ...inThree, tillShare, relays: urls, business: { ...business, relays: urls } },
      principalUnits: PRINCIPALS[index] ?? 0n,
      investorRelays: urls,
      cast: (name) => (name === 'investor' ? investor : name),
      seed: investor,
    });
    loan.signAll();
    loan.streamAll(10);
    store(relay, loan.events);
    return loan;
  });
});

afterEach(() => estate.close());

async function open(name: string, parts: { store?: Store } = {}): Promise<Session> {
  const session = await estate.session(name, [relay.url], clock, {
    ...parts,
    lease: createLoneLease(),
  });
  session.useWallet(purses.of(name));
  const own = loans.filter((loan) => name === 'business' || loanOf(name) === loan);
  for (const { root } of own) {
    await until('a loan paid out', () => {
      const state = session.ownContract(root)?.view.fold.state;
      return session.isRunning && (state?.payments.length ?? 0) >= 10;
    });
  }
  return session;
}

const loanOf = (name: string): Loan | undefined => loans[INVESTORS.findIndex((id) => id === name)];
const roots = (): string[] => loans.map(({ root }) => root);
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);

function duesIn(session: Session): bigint[] {
  return roots().map((root) => {
    const state = session.ownContract(root)?.view.fold.state;
    return state ? ledgerOf(state, clock.nowSec()).dueNowUnits : 0n;
  });
}

/** How many parts each investor was ahead of the one behind, at most, in what moved. */
function mostAhead(moved: readonly Moved[], of: readonly string[]): number {
  const counts = new Map(of.map((name) => [name, 0]));
  return moved.reduce((most, { to }) => {
    if (counts.has(to)) counts.set(to, (counts.get(to) ?? 0) + 1);
    return Math.max(most, Math.max(...counts.values()) - Math.min(...counts.values()));
  }, 0);
}

it('pays all of them in step, each what is due, with one order', async () => {
  const [business] = await Promise.all([open('business'), ...INVESTORS.map((name) => open(name))]);
  const dues = duesIn(business);
  const total = sum(dues);
  expect(dues.every((due) => due > 0n)).toBe(true);
  expect(await business.repayments.repayTogether(roots(), total + 1_000n)).toMatchObject({
    code: 'PART_AMOUNT',
  });
  expect(await business.repayments.repayTogether(roots(), total)).toMatchObject({ ok: true });
  expect(await business.repayments.repayTogether(roots(), total)).toMatchObject({
    detail: 'inFlight',
  });
  await until('nothing to be due', () => sum(duesIn(business)) === 0n);
  expect(INVESTORS.map((name) => sum(purses.between('business', name)))).toEqual(dues);
  expect(INVESTORS.map((name) => purses.between('business', name).length)).toEqual([4, 4, 4]);
  expect(mostAhead(purses.moved, INVESTORS)).toBe(1);
  expect(purses.hasPaidTwice).toBe(false);
});

it('goes on after a minute without one who does not answer, and across a restart', async () => {
  const answering = INVESTORS.slice(0, 2);
  const disk = openSqliteStore(':memory:');
  const [business] = await Promise.all([
    open('business', { store: disk }),
    ...answering.map((name) => open(name)),
  ]);
  const dues = duesIn(business);
  await business.repayments.repayTogether(roots(), sum(dues));
  await until('one part to each who answers', () => purses.moved.length === 2);
  await business.stop();
  const again = await open('business', { store: disk });
  expect(purses.moved.length).toBe(2);
  clock.aheadSec += LOCKSTEP_WAIT_SEC + 1;
  await until('a second part to each who answers', () => purses.moved.length === 4);
  const steps = again.journalEntries(roots()[2] ?? '', 'repayment').map(({ step }) => step);
  expect(steps).toEqual(Array(4).fill('wanted'));
  await open('third investor');
  await until('nothing to be due', () => sum(duesIn(again)) === 0n);
  expect(INVESTORS.map((name) => sum(purses.between('business', name)))).toEqual(dues);
  expect(mostAhead(purses.moved, INVESTORS)).toBe(2);
  expect(purses.hasPaidTwice).toBe(false);
});

it('takes sales at a till and pays each investor the share, across a restart', async () => {
  const disk = openSqliteStore(':memory:');
  const [first, ...investors] = await Promise.all([
    open('business', { store: disk }),
    ...INVESTORS.map((name) => open(name)),
  ]);
  const customer = purses.of('customer');
  const sell = async ({ till }: Session, msat: bigint): Promise<void> => {
    const asked = await till.ask({ msat });
    if (asked.ok) await customer.pay(asked.sale.invoice ?? '');
  };
  await until('the till to be open', () => first.till.isReady);
  await Promise.all([1_000_003n, 7_000n, 24_999_999n, 310_000n].map((msat) => sell(first, msat)));
  const left = await first.till.ask({ msat: 52_000_000n });
  await first.stop();
  if (left.ok) await customer.pay(left.sale.invoice ?? '');
  const second = await open('business', { store: disk });
  await Promise.all([999n, 4_000_000n].map((msat) => sell(second, msat)));
  await second.till.till.check();
  const taken = sum(purses.between('customer', 'business'));
  expect(taken).toBe(82_318_001n);
  const { sales, names } = second.till.till;
  expect(sales.map((sale) => sale.paid?.serial).sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(names.map(({ contracts }) => contracts)).toEqual([roots().sort()]);
  const shares = PRINCIPALS.map((principal) => (taken * 1_000n * principal) / 30_000_000_000_000n);
  const waiting = (): bigint[] =>
    INVESTORS.map((name, at) => (shares[at] ?? 0n) - sum(purses.between('business', name)));
  await until('the shares to be paid', () => waiting().every((msat) => msat < 10_000n));
  expect(waiting().every((msat) => msat >= 0n)).toBe(true);
  expect(purses.hasPaidTwice).toBe(false);

  // Reported once, to all who lent; what is sold later is of the next period.
  expect(await second.till.reportNow()).toBeUndefined();
  await sell(second, 5_000n);
  expect(await second.till.reportNow()).toBeUndefined();
  expect(await second.till.reportNow()).toBeUndefined();
  const heard = investors.map((session, at) => ({ session, root: roots()[at] ?? '' }));
  for (const { session, root } of heard) {
    const reports = () => session.ownContract(root)?.view.fold.state.reports ?? [];
    await until('both reports to be known', () => reports().length === 2);
    expect(reports().map(({ units }) => units)).toEqual([taken, 5_000n]);
    expect(session.ownContract(root)?.view.fold.state.equivocations).toEqual([]);
    expect(reportGaps(reports())).toEqual([]);
  }
  const [{ session, root }] = heard as [(typeof heard)[number]];
  const report = session.catalog.eventsOf(root).find(isReport);
  for (const { order, paid } of second.till.till.sales) {
    const receipt = await second.till.receipt(order);
    const read = receipt.ok ? readEvent(receipt.event) : undefined;
    if (!read?.ok || !report) throw new Error('no receipt');
    const sale = read.value.at(-1) as unknown as Signed<SaleDocument>;
    const keys = session.ownContract(root)?.view.fold.state.keys.map(({ key }) => key) ?? [];
    const proof = second.till.proof(order);
    expect(checkSale(sale, report, keys, proof).state).toBe(
      (paid?.serial ?? 0) <= 7 ? 'included' : 'elsewhere',
    );
  }
});

function isReport(parsed: ParsedEvent): parsed is ParsedEvent & Signed<SalesReport> {
  return parsed.name === 'sales' && parsed.document.type === 'salesReport';
}
