/**
 * Late fees, revenue shares, changed terms and acceleration against figures worked out by hand.
 * requires: PL-11, PL-12, PL-13, PL-14, M-8, M-20, M-21
 */
import { describe, expect, it } from 'vitest';
import type { ContractDocument } from '../kinds/agreement.ts';
import type { OfferPlan } from '../kinds/plan.ts';
import { Loan, sparedSigning } from '../testing/loan.ts';
import { bulletPlan, equalPlan } from '../testing/plans.ts';
import { computeLedger, type Ledger, type LedgerCourse, type LedgerPayment } from './ledger.ts';

const DAY = 60;
const sat = (amount: number): bigint => BigInt(amount) * 1_000n;

function contractOf(plan: OfferPlan, rateBps = 0, principal = 300_000): ContractDocument {
  const tranches = [{ shareBps: 10_000, startDay: 0, streamDays: 1, windowDays: 5, ticks: 1 }];
  const offer = { plan, tranches, rateBps };
  return new Loan({ signing: sparedSigning, offer, principalUnits: sat(principal) }).contract
    .document;
}

/** The ledger at the end of a day; all is lent on the first, repaid as said: days and satoshis. */
function ledgerOf(
  document: ContractDocument,
  repaid: readonly (readonly [number, number])[] = [],
  course: LedgerCourse = {},
): (day: number) => Ledger {
  const at = (day: number): number => document.startAtSec + day * DAY;
  const payments: LedgerPayment[] = [
    { leg: 'disbursement', amountUnits: BigInt(document.principalUnits), settledAtSec: at(0) },
    ...repaid.map(([day, amount]) => ({
      leg: 'repayment' as const,
      amountUnits: sat(amount),
      settledAtSec: at(day),
    })),
  ];
  return (day) => computeLedger(document, payments, at(day), course);
}

const dayOfStart = (document: ContractDocument): number => Math.floor(document.startAtSec / DAY);
const fees = (ledger: Ledger): bigint[] => ledger.instalments.map((each) => each.lateFeeUnits);
const principals = (ledger: Ledger): number[] =>
  ledger.instalments.map((each) => Number(each.principalUnits / 1_000n));

describe('a late fee', () => {
  const lateFee = { flatUnits: '500000', rateBps: 1_000, capBps: 200 };
  const plan = { ...equalPlan(3, 30, 30, 5), lateFee };
  const document = contractOf(plan);

  it('is charged on the day after the days of grace, from the due day on', () => {
    const at = ledgerOf(document);
    expect(fees(at(35))).toEqual([0n, 0n, 0n]);
    // Six days on 100,000 sat at 10 %: 164,383.5… msat.
    expect(fees(at(36))).toEqual([664_383n, 0n, 0n]);
    expect(at(36)).toMatchObject({ dueNowUnits: sat(100_664), lateFeesOwedUnits: 664_383n });
    expect(at(36).payoffUnits).toBe(sat(300_664));
    // At most 2 % of 100,000 sat, whatever the days.
    expect(fees(at(89))[0]).toBe(sat(500) + 1_500_000n);
    expect(fees(ledgerOf(document, [[35, 100_000]])(89))[0]).toBe(0n);
  });

  it('is paid first, and grows no more once the instalment is paid', () => {
    const at = ledgerOf(document, [[36, 1_000]]);
    expect(at(36)).toMatchObject({
      lateFeesPaidUnits: 664_383n,
      principalPaidUnits: 335_617n,
      lateFeesOwedUnits: 0n,
    });
    // Ten more days on 99,664,383 msat: 273,053.1… msat more.
    expect(fees(at(46))[0]).toBe(sat(500) + 437_436n);
    const paid = ledgerOf(document, [[40, 150_000]]);
    // Ten days on 100,000 sat.
    expect(fees(paid(41))[0]).toBe(sat(500) + 273_972n);
    expect(fees(paid(55))[0]).toBe(sat(500) + 273_972n);
    expect(paid(55).instalments[0]).toMatchObject({ state: 'paid', daysLate: 10, unpaidUnits: 0n });
    expect(paid(55).principalPaidUnits).toBe(sat(150_000) - sat(500) - 273_972n);
  });

  it('is charged for each instalment by itself, never on interest after its due day', () => {
    const at = ledgerOf(document);
    expect(fees(at(100))).toEqual([sat(2_000), sat(500) + 1_095_890n, sat(500) + 273_972n]);
    const dear = ledgerOf(contractOf({ ...bulletPlan(30, 0), lateFee }, 1_200));
    const asked = sat(300_000) + 2_958_904n;
    expect(dear(30).instalments[0]?.interestUnits).toBe(2_958_904n);
    expect(fees(dear(40))[0]).toBe(sat(500) + (asked * 1_000n * 10n) / 3_650_000n);
  });

  it('is part of what must be paid before a contract is repaid', () => {
    const at = ledgerOf(document, [[100, 300_000]]);
    expect(at(100).repaid).toBe(false);
    const owed = Number(at(100).payoffUnits / 1_000n);
    expect(ledgerOf(document, [[100, 300_000 + owed]])(200)).toMatchObject({ repaid: true });
  });
});

describe('a revenue share', () => {
  const { due, graceDays, lateFee } = equalPlan(4, 30, 30);
  const terms = { shareBps: 1_000, capBps: 12_000, floorBps: 500 };
  const document = contractOf({ type: 'revenueShare', due, graceDays, lateFee, ...terms });
  const totals = (ledger: Ledger): number[] =>
    ledger.instalments.map((each) => Number((each.principalUnits + each.interestUnits) / 1_000n));

  it('costs its cap from the first day, and asks for the floor and the rest at the end', () => {
    const at = ledgerOf(document);
    expect(at(1)).toMatchObject({ interestOwedUnits: sat(60_000), payoffUnits: sat(360_000) });
    expect(totals(at(1))).toEqual([15_000, 15_000, 15_000, 315_000]);
    expect(at(30).dueNowUnits).toBe(sat(15_000));
  });

  it('asks for its share of the sales reported, up to the cap', () => {
    const sales = [
      [30, 10_000_000],
      [31, 1_000_000],
      [60, 700_050],
      [90, 90_000_000],
    ].map(([day = 0, amount = 0]) => {
      return { reportedDay: dayOfStart(document) + day, revenueUnits: sat(amount) };
    });
    // A tenth of what is sought: a tenth of the share.
    const at = ledgerOf(document, [], { sales });
    expect(totals(at(29))).toEqual([15_000, 15_000, 15_000, 315_000]);
    expect(totals(at(31))).toEqual([100_000, 15_000, 15_000, 230_000]);
    expect(totals(at(90))).toEqual([100_000, 17_000, 243_000, 0]);
    const [first] = at(30).instalments;
    expect(first?.interestUnits).toBe(16_666_666n);
    expect(first?.principalUnits).toBe(sat(100_000) - 16_666_666n);
  });

  it('repays principal and cost in one proportion, early or not', () => {
    const at = ledgerOf(document, [[10, 30_000]]);
    expect(at(10)).toMatchObject({
      interestPaidUnits: sat(5_000),
      principalPaidUnits: sat(25_000),
    });
    expect(at(60)).toMatchObject({ dueNowUnits: 0n, daysPastDue: 0 });
    expect(at(90).dueNowUnits).toBe(sat(15_000));
    expect(ledgerOf(document, [[10, 360_001]])(10)).toMatchObject({
      repaid: true,
      unallocatedUnits: 1_000n,
    });
  });
});

describe('new terms', () => {
  const document = contractOf(equalPlan(3, 30, 30), 1_200);
  const start = dayOfStart(document);
  const lastSec = (day: number): number => document.startAtSec + (day + 1) * DAY - 1;
  const successor = (days: readonly number[], rateBps = 1_200): ContractDocument => ({
    ...document,
    rateBps,
    plan: { ...document.plan, due: { rule: 'list', atSec: days.map(lastSec) } },
  });
  const change = (
    days: readonly number[],
    fromDay: number,
    arrears: 'stay' | 'fold',
    rate = 1_200,
  ) => ({
    versions: [{ document: successor(days, rate), fromDay: start + fromDay, arrears }],
  });

  it('follow the old on their day, and the rate with them', () => {
    const paid = [[30, 102_958]] as const;
    const at = ledgerOf(document, paid, change([80, 110], 30, 'stay', 600));
    // 1,200 bps for thirty days on 300,000 sat, then 600 bps on 200,000 sat and 904 msat.
    const interest = (300_000_000n * 1_200n * 30n + 200_000_904n * 600n * 50n) / 3_650_000n;
    expect(at(80).interestAccruedUnits).toBe(interest);
    expect(principals(at(80))).toEqual([100_000, 100_000, 100_000]);
    expect(at(60)).toMatchObject({ dueNowUnits: 0n });
    const [, second] = at(80).instalments;
    expect(second?.dueAtSec).toBe(lastSec(80));
  });

  it('let arrears stay due, or spread them over what is to come', () => {
    const stay = ledgerOf(document, [], change([80, 110], 30, 'stay'));
    expect(stay(40)).toMatchObject({ daysPastDue: 10, dueNowUnits: sat(102_958) });
    const fold = ledgerOf(document, [], change([80, 110], 30, 'fold'));
    expect(fold(40)).toMatchObject({ daysPastDue: 0, dueNowUnits: 0n });
    expect(principals(fold(40))).toEqual([0, 150_000, 150_000]);
    const [, second] = fold(80).instalments;
    expect(second?.interestUnits).toBe((300_000_000n * 1_200n * 80n) / 3_650_000n);
  });

  it('ask for the late fees of arrears they take over', () => {
    const lateFee = { flatUnits: '500000', rateBps: 0, capBps: 200 };
    const dear = { ...document, plan: { ...document.plan, lateFee } };
    const versions = change([80, 110], 60, 'fold').versions.map((version) => ({
      ...version,
      document: { ...version.document, plan: { ...version.document.plan, lateFee } },
    }));
    const at = ledgerOf(dear, [[36, 200]], { versions });
    expect(fees(at(60))).toEqual([500_000n, 0n, 0n, 0n]);
    expect(fees(at(61))).toEqual([200_000n, 0n, 300_000n, 0n]);
    expect(at(61)).toMatchObject({ dueNowUnits: 0n, lateFeesOwedUnits: 300_000n });
    expect(at(80).dueNowUnits % 1_000_000n).toBeGreaterThan(0n);
    expect(fees(at(86))[2]).toBe(800_000n);
  });

  it('that take over arrears a second time keep what was paid of their late fees', () => {
    const lateFee = { flatUnits: '500000', rateBps: 0, capBps: 200 };
    const dear = { ...document, plan: { ...document.plan, lateFee } };
    const versions = [
      ...change([80, 110], 60, 'fold').versions,
      ...change([90, 120], 70, 'fold').versions,
    ].map((version) => ({
      ...version,
      document: { ...version.document, plan: { ...version.document.plan, lateFee } },
    }));
    const paid = [
      [36, 200],
      [65, 100],
    ] as const;
    const at = ledgerOf(dear, paid, { versions });
    const books = { lateFeesChargedUnits: 500_000n, lateFeesPaidUnits: 300_000n };
    expect(at(70)).toMatchObject({ ...books, lateFeesOwedUnits: 200_000n });
    expect(at(71)).toMatchObject({ ...books, lateFeesOwedUnits: 200_000n });
    expect(fees(at(71))).toEqual([200_000n, 0n, 300_000n, 0n]);
    expect(at(71).instalments[2]?.paidLateFeeUnits).toBe(100_000n);
  });
});

describe('acceleration', () => {
  const document = contractOf(equalPlan(3, 30, 30));
  const acceleratedDay = dayOfStart(document) + 45;

  it('makes everything outstanding due on its day', () => {
    const at = ledgerOf(document, [], { acceleratedDay });
    expect(at(44)).toMatchObject({ dueNowUnits: sat(100_000), daysPastDue: 14 });
    expect(principals(at(44))).toEqual([100_000, 100_000, 100_000]);
    expect(principals(at(45))).toEqual([100_000, 200_000]);
    expect(at(45)).toMatchObject({ dueNowUnits: sat(300_000), undisbursedUnits: 0n });
    expect(at(50).instalments[1]).toMatchObject({ state: 'late', daysPastDue: 5 });
  });

  it('once everything is due changes nothing', () => {
    const late = dayOfStart(document) + 95;
    expect(ledgerOf(document, [], { acceleratedDay: late })(120)).toEqual(ledgerOf(document)(120));
  });
});
