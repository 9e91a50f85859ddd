/**
 * Vectors of repayment plans: folder `plans`, one file for each plan, every day count and due rule
 * with the usual life of a loan, and the corners. Spec: specs/plans.md, specs/money.md.
 */
import type { ContractDue, ContractPlan, DayCount } from '@realyield/protocol';
import { NO_LATE_FEE } from '../fixtures/plans.ts';
import { dollars } from '../fixtures/prices.ts';
import type { PlanCase, PlanTerms } from './plan-shapes.ts';
import { finish, type Cases, type Vector } from './vector.ts';

const DAY = 86_400;
/** 31 January of a common year, and of a leap year, 00:00 UTC. */
const COMMON = 1_801_353_600;
const LEAP = 1_832_889_600;

const endOf = (startAtSec: number, day: number): number => startAtSec + (day + 1) * DAY - 1;

/** Six due dates by each rule. */
const rules = (startAtSec: number): Readonly<Record<string, ContractDue>> => ({
  weekly: { rule: 'days', firstAtSec: endOf(startAtSec, 7), everyDays: 7, count: 6 },
  'every 30 days': { rule: 'days', firstAtSec: endOf(startAtSec, 30), everyDays: 30, count: 6 },
  // 28 or 29 February, then the last day of each month.
  'monthly on the 31st': {
    ...{ rule: 'months', firstAtSec: endOf(startAtSec, startAtSec === LEAP ? 29 : 28) },
    ...{ everyMonths: 1, anchorDay: 31, count: 6 },
  },
  quarterly: {
    ...{ rule: 'months', firstAtSec: endOf(startAtSec, startAtSec === LEAP ? 90 : 89) },
    ...{ everyMonths: 3, anchorDay: 30, count: 6 },
  },
  listed: { rule: 'list', atSec: [5, 40, 41, 100, 250, 600].map((day) => endOf(startAtSec, day)) },
});

const once = (startAtSec: number, day: number): ContractDue => ({
  ...{ rule: 'days', firstAtSec: endOf(startAtSec, day), everyDays: 1, count: 1 },
});

/** Tranches of one tick each: amounts in satoshis, and the days on which they begin and lapse. */
const tranches = (
  startAtSec: number,
  ...list: (readonly [sats: string, fromDay: number, lapseDay: number])[]
): PlanTerms['tranches'] =>
  list.map(([sats, fromDay, lapseDay]) => ({
    amountUnits: `${sats}000`,
    fromSec: startAtSec + fromDay * DAY,
    toSec: startAtSec + (fromDay + 1) * DAY,
    lapsesAtSec: startAtSec + lapseDay * DAY,
    ticks: 1,
  }));

const LATE_FEE = { flatUnits: '500000', rateBps: 1_000, capBps: 200 };
const DAY_COUNTS: readonly DayCount[] = ['ACT/365F', 'ACT/360', '30E/360'];
const LENT = '0 disbursement 1000003000';

/** A loan of a prime number of satoshis, late with the first, ahead with the rest, overpaid. */
const life = (firstDay: number): Pick<PlanCase, 'payments' | 'asOfDays'> => ({
  payments: [
    LENT,
    `${firstDay + 8} repayment 100000001`,
    `${firstDay + 9} repayment 400000999`,
    `${firstDay + 700} repayment 2000000000`,
  ],
  asOfDays: [firstDay + 8, firstDay + 9, firstDay + 700],
});

function ruleCases(hasOne: boolean): PlanCase[] {
  return DAY_COUNTS.flatMap((dayCount) =>
    [COMMON, LEAP].flatMap((startAtSec) =>
      Object.entries(rules(startAtSec))
        // Days alone do not know a leap year but by 30E/360.
        .filter(([, due]) => startAtSec === COMMON || due.rule === 'months')
        .map(([rule, six]) => {
          const firstAtSec = six.rule === 'list' ? (six.atSec[0] ?? 0) : six.firstAtSec;
          const firstDay = Math.floor((firstAtSec - startAtSec) / DAY);
          const due = hasOne ? once(startAtSec, firstDay) : six;
          const year = startAtSec === LEAP ? ', leap year' : '';
          const own = tranches(startAtSec, ['1000003', 0, 1]);
          const terms = { startAtSec, dayCount, tranches: own, plan: { due } };
          return { name: `${dayCount}, ${rule}${year}`, terms, ...life(firstDay) };
        }),
    ),
  );
}

/** Amounts and times at which roundings and bounds show; of every plan. */
function cornerCases(hasOne: boolean, isRevenue: boolean): PlanCase[] {
  const due = once(COMMON, 90);
  const lent = tranches(COMMON, ['1000003', 0, 90]);
  const sat = { principalUnits: '1000', tranches: tranches(COMMON, ['1', 0, 90]) };
  const two = tranches(COMMON, ['333334', 0, 20], ['666669', 45, 80]);
  const years: ContractDue = {
    ...{ rule: 'months', firstAtSec: endOf(COMMON, 28), everyMonths: 12, anchorDay: 28, count: 40 },
  };
  const forty = hasOne ? once(COMMON, 14_610) : years;
  const single: PlanCase[] = [
    { name: 'One instalment', terms: { plan: { due } }, payments: [LENT], asOfDays: [89, 90, 91] },
  ];
  return [
    ...(isRevenue
      ? []
      : [{ name: 'No interest', terms: { rateBps: 0 }, payments: [LENT], asOfDays: [65] }]),
    { name: 'One satoshi', terms: sat, payments: ['0 disbursement 1000'], asOfDays: [60, 400] },
    { name: 'One millisatoshi', terms: sat, payments: ['0 disbursement 1'], asOfDays: [60, 400] },
    { name: '999 msat unpaid', payments: [LENT, '1 repayment 999999001'], asOfDays: [2, 400] },
    { name: 'Forty years', terms: { plan: { due: forty } }, payments: [LENT], asOfDays: [14_700] },
    {
      name: 'A second tranche after the first due day, a third of it',
      terms: { tranches: two },
      payments: ['0 disbursement 333334000', '50 disbursement 666669000'],
      asOfDays: [31, 50, 200],
    },
    {
      name: 'A second tranche that lapses',
      terms: { tranches: two },
      payments: ['0 disbursement 333334000', '40 repayment 200000000'],
      asOfDays: [31, 79, 80, 200],
    },
    { name: 'Lent twice', terms: { tranches: lent }, payments: [LENT, LENT], asOfDays: [10] },
    {
      name: 'Overpaid, then lent more',
      terms: { tranches: two },
      payments: [
        '0 disbursement 333334000',
        '10 repayment 400000000',
        '50 disbursement 666669000',
        '60 repayment 1',
      ],
      asOfDays: [10, 50, 200],
    },
    {
      name: 'A late fee, capped',
      terms: { plan: { graceDays: 5, lateFee: LATE_FEE } },
      payments: [LENT, '36 repayment 1000000', '300 repayment 100000000'],
      asOfDays: [35, 36, 37, 120, 300, 400],
    },
    ...(hasOne ? [] : single),
  ];
}

function aheadCases(): PlanCase[] {
  const payments = [LENT, '10 repayment 400000000', '70 repayment 300000000'];
  return (['nextDue', 'shorten', 'reduce'] as const).map((prepayment) => ({
    ...{ name: `Paid ahead, ${prepayment}`, terms: { plan: { prepayment } }, payments },
    asOfDays: [10, 30, 60, 90, 150],
  }));
}

function moratoriumCases(type: 'equalPrincipal' | 'annuity'): PlanCase[] {
  const payments = [LENT, '60 repayment 50000000'];
  const one = (name: string, plan: object): PlanCase => ({
    ...{ name, terms: { plan }, payments, asOfDays: [60, 90] },
  });
  const principal = one('No principal in the first two', { principalMoratorium: 2 });
  if (type === 'annuity') return [principal];
  const interest = one('No interest in the first two', { interestMoratorium: 2 });
  const both = { principalMoratorium: 3, interestMoratorium: 2 };
  return [principal, interest, one('Neither in the first two', both)];
}

const salesCases: readonly PlanCase[] = [
  {
    name: 'Sales above and below the floor, and none',
    payments: [LENT, '30 repayment 77777777', '60 repayment 1'],
    sales: ['30 999999999', '31 5000', '91 70000000000'],
    asOfDays: [30, 60, 90, 120, 150],
  },
  {
    name: 'Sales reported on the due day, a day after it, twice, and none',
    payments: [LENT],
    sales: ['30 1999999999', '31 1999999999', '40 1999999999', '91 1999999999'],
    asOfDays: [29, 30, 31, 60, 61, 90],
  },
];

/** A million and three dollars in a ledger of millionths of cents: what is asked is whole cents. */
const currencyCase: PlanCase = {
  name: 'In a currency: whole cents',
  terms: {
    denomination: dollars(),
    principalUnits: '100000300000000',
    tranches: tranches(COMMON, ['100000300000', 0, 1]),
    plan: { lateFee: { flatUnits: '77000000', rateBps: 1_111, capBps: 500 } },
  },
  payments: [
    '0 disbursement 100000300000000',
    '33 repayment 777777777777',
    '61 repayment 17000999999',
    '95 repayment 30000000000001',
  ],
  asOfDays: [0, 30, 33, 60, 61, 96, 150, 200],
};

function planVector(name: string, requires: string[], plan: ContractPlan): Vector {
  const isRevenue = plan.type === 'revenueShare';
  const hasOne = plan.type === 'bullet';
  const base: PlanTerms = {
    daySec: DAY,
    startAtSec: COMMON,
    denomination: { type: 'msat' },
    principalUnits: '1000003000',
    rateBps: isRevenue ? 0 : 1_237,
    dayCount: 'ACT/365F',
    plan,
    fees: { originationBps: 0, origination: 'withheld', servicingBps: 0 },
    tranches: tranches(COMMON, ['1000003', 0, 1]),
  };
  const cases = [
    ...ruleCases(hasOne),
    // An interest-only plan has two instalments or more.
    ...cornerCases(hasOne, isRevenue).filter(
      (each) => plan.type !== 'interestOnly' || each.name !== 'One instalment',
    ),
    currencyCase,
    ...('prepayment' in plan ? aheadCases() : []),
    ...(plan.type === 'equalPrincipal' || plan.type === 'annuity'
      ? moratoriumCases(plan.type)
      : []),
    ...(isRevenue ? salesCases : []),
  ];
  return finish([], { name, requires, base, cases });
}

/** Folder `plans`. */
export function planCases(): Cases {
  const six = rules(COMMON)['every 30 days'] ?? once(COMMON, 30);
  const common = { due: six, graceDays: 5, lateFee: NO_LATE_FEE } as const;
  const ahead = { ...common, prepayment: 'nextDue' } as const;
  const late = ['M-4', 'M-5', 'M-8', 'M-9', 'M-16', 'M-17', 'PL-1', 'PL-2', 'PL-11', 'PL-12'];
  const equal = { principalMoratorium: 0, interestMoratorium: 0 };
  const shared = { shareBps: 1_000, capBps: 13_337, floorBps: 501 };
  return {
    bullet: planVector('Everything on one day', ['PL-5', ...late], {
      ...{ type: 'bullet', ...common, due: once(COMMON, 90) },
    }),
    'interest-only': planVector('Interest, the principal last', ['PL-5', 'PL-10', ...late], {
      ...{ type: 'interestOnly', ...ahead },
    }),
    'equal-principal': planVector('Equal parts', ['PL-5', 'PL-8', 'PL-10', 'M-15', ...late], {
      ...{ type: 'equalPrincipal', ...ahead, ...equal },
    }),
    annuity: planVector('Level amounts', ['PL-6', 'PL-10', 'M-15', ...late], {
      ...{ type: 'annuity', ...ahead, principalMoratorium: 0 },
    }),
    'revenue-share': planVector('A share of sales', ['PL-13', 'PL-14', 'PL-18', ...late], {
      ...{ type: 'revenueShare', ...common, ...shared },
    }),
  };
}
