/**
 * Due dates, weights, moratoria and prepayment against figures worked out by hand.
 * requires: PL-1, PL-2, PL-3, PL-5, PL-6, PL-8, PL-9, PL-10, M-15, M-17
 */
import { describe, expect, it } from 'vitest';
import { civilOf, daysToMonthIndex } from '../civil.ts';
import { dayOf, daysBetween } from '../interest.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import type { DayCount, OfferDue, OfferPlan } from '../kinds/plan.ts';
import { Loan, sparedSigning } from '../testing/loan.ts';
import { bulletPlan, equalPlan, NO_LATE_FEE } from '../testing/plans.ts';
import { computeLedger, type LedgerPayment } from './ledger.ts';
import { buildPlan, dueDates, leastTermDaysOf, termDaysOf } from './plan.ts';
import { plannedDues } from './weights.ts';

const DAY_SEC = 86_400;
/** Midnight of a calendar date in UTC, as a day since the epoch. */
const day = (text: string): number => Date.parse(`${text}T00:00:00Z`) / 1000 / DAY_SEC;
const dateOf = (atSec: number): string => new Date(atSec * 1000).toISOString();

function datesOf(due: OfferDue, start: string): string[] {
  const plan = buildPlan({ ...bulletPlan(1), due }, day(start), DAY_SEC);
  const dates = dueDates({ plan, daySec: DAY_SEC }).map(dateOf);
  expect(dates.filter((date) => !date.endsWith('T23:59:59.000Z'))).toEqual([]);
  return dates.map((date) => date.slice(0, 10));
}

describe('due dates', () => {
  it('keep the anchor day through short months', () => {
    const due = { rule: 'months', firstMonth: 1, everyMonths: 1, count: 4 } as const;
    const ends = ['2028-02-29', '2028-03-31', '2028-04-30', '2028-05-31'];
    expect(datesOf(due, '2028-01-31')).toEqual(ends);
    expect(datesOf(due, '2027-01-30')[0]).toBe('2027-02-28');
    expect(datesOf({ ...due, anchorDay: 1 }, '2028-01-31')[0]).toBe('2028-02-01');
    const yearly = { ...due, firstMonth: 12, everyMonths: 12, count: 3 };
    const leap = ['2029-02-28', '2030-02-28', '2031-02-28'];
    expect(datesOf(yearly, '2028-02-29')).toEqual(leap);
    expect(datesOf({ ...yearly, count: 4 }, '2028-02-29')[3]).toBe('2032-02-29');
  });

  it('come every so many days, or on the days listed', () => {
    const weekly = { rule: 'days', firstDay: 7, everyDays: 7, count: 3 } as const;
    expect(datesOf(weekly, '2027-12-20')).toEqual(['2027-12-27', '2028-01-03', '2028-01-10']);
    expect(datesOf({ rule: 'list', days: [1, 71] }, '2027-12-20')).toEqual([
      '2027-12-21',
      '2028-02-29',
    ]);
  });

  it('reach as many days as they at least must, whenever the contract starts', () => {
    for (const [firstMonth, anchorDay] of [1, 2, 3, 5, 6, 7, 11, 12, 35, 47, 95, 479, 480].flatMap(
      (months) => [
        [months, undefined] as const,
        ...[1, 15, 31].map((anchor) => [months, anchor] as const),
      ],
    )) {
      const anchor = anchorDay === undefined ? {} : { anchorDay };
      const due = { rule: 'months', firstMonth, everyMonths: 1, count: 1, ...anchor } as const;
      const plan: OfferPlan = { ...bulletPlan(1), due };
      const starts = ['2026-01-01', '2087-01-01', '2099-01-01'].flatMap((first) =>
        Array.from({ length: 1_000 }, (_, index) => day(first) + index),
      );
      const terms = starts.map((start) => {
        const [atSec = 0] = dueDates({ plan: buildPlan(plan, start, DAY_SEC), daySec: DAY_SEC });
        return dayOf(atSec, DAY_SEC) - start;
      });
      const least = Math.min(...terms);
      expect(leastTermDaysOf(plan)).toBeLessThanOrEqual(least);
      if (anchorDay === undefined) expect(least - leastTermDaysOf(plan)).toBeLessThan(4);
    }
    expect(termDaysOf(equalPlan(12, 60, 30))).toBe(390);
    expect(leastTermDaysOf(equalPlan(12, 60, 30))).toBe(390);
    const due = { rule: 'months', firstMonth: 12, everyMonths: 1, count: 1 } as const;
    expect(termDaysOf({ ...bulletPlan(1), due })).toBe(365);
  });
});

describe('the calendar', () => {
  it('is that of everybody else, over four hundred years', () => {
    for (let at = day('1970-01-01'); at < day('2370-01-01'); at += 13) {
      const { year, month, day: ofMonth } = civilOf(at);
      const text = [year, month, ofMonth].map((part) => String(part).padStart(2, '0')).join('-');
      expect(dateOf(at * DAY_SEC).slice(0, 10)).toBe(text);
    }
    expect(daysToMonthIndex(0)).toBe(0);
  });

  it.each([
    ['30E/360', '2027-01-30', '2027-01-31', 0],
    ['30E/360', '2027-01-31', '2027-02-28', 28],
    ['30E/360', '2027-02-28', '2027-03-01', 3],
    ['30E/360', '2028-02-28', '2028-03-01', 3],
    ['30E/360', '2028-02-29', '2028-03-31', 31],
    ['30E/360', '2027-01-01', '2028-01-01', 360],
    ['ACT/360', '2027-02-28', '2027-03-01', 1],
    ['ACT/365F', '2028-02-28', '2028-03-01', 2],
  ] satisfies [DayCount, string, string, number][])('%s %s to %s', (dayCount, from, to, days) => {
    expect(daysBetween(day(from), day(to), dayCount)).toBe(days);
  });
});

const sat = (amount: number): bigint => BigInt(amount) * 1_000n;

function contractOf(plan: OfferPlan, change: Partial<ContractDocument> = {}): ContractDocument {
  const tranches = [{ shareBps: 10_000, startDay: 0, streamDays: 1, windowDays: 5, ticks: 1 }];
  const offer = { plan, tranches, daySec: DAY_SEC, minimumTicketUnits: '1000' };
  const startAtSec = day('2027-01-01') * DAY_SEC;
  const loan = new Loan({ signing: sparedSigning, offer, startAtSec });
  return { ...loan.contract.document, ...change };
}

function runOf(document: ContractDocument, repaid: readonly (readonly [number, bigint])[] = []) {
  const start = document.startAtSec;
  const lent: LedgerPayment = {
    leg: 'disbursement',
    amountUnits: BigInt(document.principalUnits),
    settledAtSec: start,
  };
  const back = repaid.map(([at, amountUnits]) => ({
    leg: 'repayment' as const,
    amountUnits,
    settledAtSec: start + at * DAY_SEC,
  }));
  const payments = [lent, ...back];
  return (at: number) => computeLedger(document, payments, start + at * DAY_SEC);
}

const principals = (ledger: ReturnType<typeof computeLedger>): number[] =>
  ledger.instalments.map((each) => Number(each.principalUnits / 1_000n));

describe('weights', () => {
  const twelve = equalPlan(12, 30, 30).due;
  const common = { graceDays: 5, lateFee: NO_LATE_FEE, prepayment: 'nextDue' } as const;
  const annuity = { type: 'annuity', due: twelve, ...common, principalMoratorium: 0 } as const;
  const totals = (document: ContractDocument, due = plannedDues(document, day('2027-01-01'))) => {
    let left = due[0]?.weightLeft ?? 0n;
    let numerator = 0n;
    return due.map(({ weight, dueDay }, k) => {
      const from = due[k - 1]?.dueDay ?? day('2027-01-01');
      const before = numerator / 3_650_000n;
      numerator += left * BigInt(document.rateBps * (dueDay - from));
      left -= weight;
      return Number((weight + numerator / 3_650_000n - before) / 1_000n);
    });
  };

  it('make the instalments of an annuity level, the last at most as high', () => {
    const level = totals(contractOf(annuity));
    expect(level.slice(0, -1)).toEqual(Array(11).fill(88_772));
    expect(level.at(-1)).toBeLessThanOrEqual(88_772);
    expect(level.at(-1)).toBeGreaterThan(88_760);
    const later = totals(contractOf({ ...annuity, principalMoratorium: 3 }));
    expect(later.slice(0, 3)).toEqual([9_863, 9_863, 9_863]);
    expect(new Set(later.slice(3, -1))).toEqual(new Set([116_663]));
  });

  it('of an annuity without interest are equal, and of one msat end in one instalment', () => {
    expect(new Set(totals(contractOf(annuity, { rateBps: 0 })))).toEqual(new Set([83_334, 83_326]));
    const weights = plannedDues(contractOf(annuity, { principalUnits: '1' }), 0);
    expect(weights.reduce((sum, each) => sum + each.weight, 0n)).toBe(1n);
    const one = { ...annuity, due: { ...twelve, count: 1 } } as OfferPlan;
    const [only] = plannedDues(contractOf(one), 0);
    expect(only?.weight).toBe(1_000_000_000n);
  });

  it('of 600 instalments are found once and then known', () => {
    const due = { rule: 'days', firstDay: 20, everyDays: 20, count: 600 } as const;
    const document = contractOf({ ...annuity, due });
    const planned = plannedDues(document, 20_000);
    expect(plannedDues(document, 20_000)).toBe(planned);
    expect(planned.reduce((sum, each) => sum + each.weight, 0n)).toBe(1_000_000_000n);
  });

  it('ask for interest alone until the last instalment', () => {
    const plan = { type: 'interestOnly', due: { ...twelve, count: 3 }, ...common } as OfferPlan;
    const ledger = runOf(contractOf(plan))(30);
    expect(principals(ledger)).toEqual([0, 0, 1_000_000]);
    expect(ledger.dueNowUnits).toBe(9_863_000n);
    expect(ledger.instalments[0]?.interestUnits).toBe(9_863_013n);
  });
});

describe('moratoria', () => {
  it('ask for no principal, or for no interest until they are over', () => {
    const plan = { ...equalPlan(4, 30, 30), principalMoratorium: 2, interestMoratorium: 1 };
    const at = runOf(contractOf(plan));
    expect(principals(at(1))).toEqual([0, 0, 500_000, 500_000]);
    expect(at(31)).toMatchObject({ dueNowUnits: 0n, daysPastDue: 0 });
    // Sixty days on 1,000,000 sat: 19,726,027.3… msat.
    expect(at(60).instalments.map((each) => each.interestUnits)).toEqual([0n, 19_726_027n, 0n, 0n]);
  });

  it('let a prepayment pay the interest that has accrued, then principal', () => {
    const plan = { ...equalPlan(4, 30, 30), interestMoratorium: 2 };
    const at = runOf(contractOf(plan), [[10, sat(300_000)]]);
    // Ten days: 3,287,671 msat.
    expect(at(10)).toMatchObject({
      interestPaidUnits: 3_287_671n,
      principalPaidUnits: 296_712_329n,
    });
    expect(at(60)).toMatchObject({ dueNowUnits: 203_287_000n });
  });
});

describe('a prepayment', () => {
  const plan = (prepayment: 'nextDue' | 'shorten' | 'reduce') => ({
    ...equalPlan(5, 30, 30),
    prepayment,
  });
  const free = { rateBps: 0 };
  /** 200,000 sat each; on day 10 500,000 sat are paid: 300,000 beyond the first instalment. */
  const asked = (prepayment: 'nextDue' | 'shorten' | 'reduce', onDay: number): number[] =>
    principals(runOf(contractOf(plan(prepayment), free), [[10, sat(500_000)]])(onDay));

  it('covers coming instalments', () => {
    expect(asked('nextDue', 30)).toEqual([200_000, 200_000, 200_000, 200_000, 200_000]);
  });

  it('makes the plan shorter, each instalment as planned', () => {
    expect(asked('shorten', 30)).toEqual([500_000, 200_000, 200_000, 100_000, 0]);
    expect(asked('shorten', 300)).toEqual([500_000, 200_000, 200_000, 100_000, 0]);
  });

  it('makes every later instalment smaller', () => {
    expect(asked('reduce', 30)).toEqual([500_000, 125_000, 125_000, 125_000, 125_000]);
  });

  it('no larger than the running instalment is none', () => {
    const at = (kind: 'shorten' | 'reduce') =>
      principals(runOf(contractOf(plan(kind), free), [[10, sat(200_000)]])(30));
    expect(at('shorten')).toEqual([200_000, 200_000, 200_000, 200_000, 200_000]);
    expect(at('reduce')).toEqual(at('shorten'));
  });
});
