/**
 * Loans others have printed, to their last figure. A minor unit of the source (a cent) is one
 * satoshi where the source's figures are exact, and a million where it rounds them: the ledger
 * then computes finer than the source, and its figures rounded to the unit, halves up, are those
 * printed. Years and months are those of 30E/360, as in all tables of equal periods.
 * requires: PL-2, PL-5, PL-6, M-4, M-15, K-5, K-9
 */
import {
  buildContract,
  planTicks,
  projectSchedule,
  yearlyRateBps,
  type OfferDocument,
  type OfferPlan,
} from '@realyield/protocol';
import { describe, expect, it } from 'vitest';
import { hashOf, Loan, publicOf, sparedSigning } from './fixtures/loan.ts';
import { NO_LATE_FEE } from './fixtures/plans.ts';

/** Interest and principal of one period as printed, in the source's currency. */
type Row = readonly [interest: string, principal: string];

interface Book {
  readonly principal: string;
  readonly rateBps: number;
  readonly type: 'annuity' | 'equalPrincipal' | 'interestOnly';
  readonly count: number;
  readonly everyMonths: number;
  readonly satPerCent: bigint;
}

/** 1 January 2027, 00:00 UTC. */
const START = 1_798_761_600;

const cents = (printed: string): bigint => BigInt(printed.replaceAll(',', '').replace('.', ''));

function planOf({ type, count, everyMonths }: Book): OfferPlan {
  const due = { rule: 'months' as const, firstMonth: everyMonths, everyMonths, count };
  const common = { due, graceDays: 0, lateFee: NO_LATE_FEE, prepayment: 'nextDue' as const };
  if (type === 'interestOnly') return { type, ...common };
  if (type === 'annuity') return { type, ...common, principalMoratorium: 0 };
  return { type, ...common, principalMoratorium: 0, interestMoratorium: 0 };
}

/** The schedule of a printed loan, lent at once on its first day, in cents rounded half up. */
function scheduleOf(book: Book): { interest: bigint; principal: bigint; balance: bigint }[] {
  const msat = cents(book.principal) * book.satPerCent * 1_000n;
  const tranches = [{ shareBps: 10_000, startDay: 0, streamDays: 1, windowDays: 1, ticks: 1 }];
  const offer: Partial<OfferDocument> = {
    ...{ daySec: 86_400, dayCount: '30E/360', rateBps: book.rateBps, plan: planOf(book), tranches },
    ...{
      amountSoughtUnits: msat.toString(),
      minimumTicketUnits: '1000',
      minimumTotalUnits: '1000',
    },
  };
  const loan = new Loan({ signing: sparedSigning, startAtSec: START, offer, principalUnits: msat });
  const built = buildContract(loan.offer, {
    principalUnits: msat,
    investor: { pubkey: publicOf('investor'), relays: ['wss://relay.example'] },
    commitment: hashOf('commitment'),
    nonce: hashOf('nonce'),
    startAtSec: START,
    expiresAtSec: START,
  });
  if (!built.ok) throw new Error(built.detail);
  const lent = planTicks(built.value).map(({ n, amountUnits }) => ({
    ...{ leg: 'disbursement' as const, n, amountUnits, settledAtSec: START },
  }));
  const unit = 1_000n * book.satPerCent;
  const rounded = (amount: bigint): bigint => (amount + unit / 2n) / unit;
  let left = msat;
  return projectSchedule(built.value, lent, START).map(({ interestUnits, principalUnits }) => {
    left -= principalUnits;
    const [interest, principal] = [rounded(interestUnits), rounded(principalUnits)];
    return { interest, principal, balance: rounded(left) };
  });
}

function expectRows(book: Book, rows: readonly Row[]): void {
  const schedule = scheduleOf(book);
  const printed = rows.map(([interest, principal]) => [cents(interest), cents(principal)]);
  const ours = schedule.slice(0, rows.length).map((each) => [each.interest, each.principal]);
  expect(ours).toEqual(printed);
  expect(schedule).toHaveLength(book.count);
}

/** A schedule that is printed to its last row, with the interest in all. */
function expectWhole(book: Book, rows: readonly Row[], totalInterest: string): void {
  expect(rows).toHaveLength(book.count);
  expectRows(book, rows);
  const schedule = scheduleOf(book);
  expect(schedule.at(-1)?.balance).toBe(0n);
  const paid = schedule.reduce((sum, { interest }) => sum + interest, 0n);
  // A sum of rounded rows is off by half a cent a row at most.
  expect(Math.abs(Number(paid - cents(totalInterest)))).toBeLessThanOrEqual(1);
}

/** Textbooks' loans at 9 % in five equal annual payments, every row of them. */
const IN_FIVE_YEARS: readonly (readonly [string, string, readonly Row[]])[] = [
  // Ross, Westerfield and Jordan, Fundamentals of Corporate Finance, sixth edition (alternate),
  // McGraw-Hill 2002, page 184: five payments of $1,285.46.
  // https://issuhub.com/view/index/5317?pageIndex=220
  [
    '5,000.00',
    '1,427.31',
    [
      ['450.00', '835.46'],
      ['374.81', '910.65'],
      ['292.85', '992.61'],
      ['203.51', '1,081.95'],
      ['106.14', '1,179.32'],
    ],
  ],
  // The same book's problem "Amortization with Equal Payments", solved for $67,000:
  // https://qammunity.org/8161373/
  [
    '67,000.00',
    '19,125.96',
    [
      ['6,030.00', '11,195.19'],
      ['5,022.43', '12,202.76'],
      ['3,924.18', '13,301.01'],
      ['2,727.09', '14,498.10'],
      ['1,422.26', '15,802.93'],
    ],
  ],
];

describe('level payments', () => {
  it.each(IN_FIVE_YEARS)('are those of a textbook’s $%s at 9 %% to the last row', (...book) => {
    const [principal, interest, rows] = book;
    const terms = { principal, rateBps: 900, count: 5, everyMonths: 12 };
    expectWhole({ ...terms, type: 'annuity', satPerCent: 1_000_000n }, rows, interest);
  });

  it('are those of a problem of three years at 6 % to the last row', () => {
    // "Your firm just acquired a bank loan in the amount of $30,000": payments of $11,223.29.
    // https://justaaa.com/accounting/88418-your-firm-just-acquired-a-bank-loan-in-the-amount
    const book = { principal: '30,000.00', rateBps: 600, count: 3, everyMonths: 12 };
    const rows: Row[] = [
      ['1,800.00', '9,423.29'],
      ['1,234.60', '9,988.69'],
      ['635.28', '10,588.01'],
    ];
    expectWhole({ ...book, type: 'annuity', satPerCent: 1_000_000n }, rows, '3,669.88');
  });

  it('are those of the Center for Agricultural Profitability, University of Nebraska', () => {
    // "CAP Launches New Loan Payment Calculator Tool", CropWatch, 2023, table 1: $100,000 at 7 %,
    // seven payments of $18,555.32 each.
    // https://cropwatch.unl.edu/2023/cap-launches-new-loan-payment-calculator-tool
    const book = { principal: '100,000.00', rateBps: 700, count: 7, everyMonths: 12 };
    expectRows({ ...book, type: 'annuity', satPerCent: 1_000_000n }, [
      ['7,000.00', '11,555.32'],
      ['6,191.13', '12,364.19'],
      ['5,325.63', '13,229.69'],
      ['4,399.56', '14,155.77'],
      ['3,408.65', '15,146.67'],
    ]);
    const [first] = scheduleOf({ ...book, type: 'annuity', satPerCent: 1_000_000n });
    expect((first?.interest ?? 0n) + (first?.principal ?? 0n)).toBe(cents('18,555.32'));
    const balances = scheduleOf({ ...book, type: 'annuity', satPerCent: 1_000_000n });
    expect(balances.slice(0, 5).map(({ balance }) => balance)).toEqual(
      ['88,444.68', '76,080.48', '62,850.80', '48,695.03', '33,548.36'].map(cents),
    );
  });

  it('are those of the solution of a textbook’s problem of five years', () => {
    // Chapter 6, solution with an amortization table for equal payments: $42,000 at 8 %, five
    // payments of $10,519.17. https://www.coursehero.com/file/5919788/CHAPTER-6-11/
    const book = { principal: '42,000.00', rateBps: 800, count: 5, everyMonths: 12 };
    expectRows({ ...book, type: 'annuity', satPerCent: 1_000_000n }, [
      ['3,360.00', '7,159.17'],
      ['2,787.27', '7,731.90'],
      ['2,168.71', '8,350.46'],
      ['1,500.68', '9,018.49'],
      ['779.20', '9,739.97'],
    ]);
  });

  it('are those of a loan of 360 months', () => {
    // "Loan Amortization": $47,100.00 at 10.61 %, payments of $434.72; its first year, after which
    // the rounding of that payment begins to show in it.
    // http://www.docstoc.com/docs/1460085/Loan-Amortization
    const book = { principal: '47,100.00', rateBps: 1_061, count: 360, everyMonths: 1 };
    expectRows({ ...book, type: 'annuity', satPerCent: 1_000_000n }, [
      ['416.44', '18.28'],
      ['416.28', '18.44'],
      ['416.12', '18.60'],
      ['415.95', '18.77'],
      ['415.79', '18.93'],
      ['415.62', '19.10'],
      ['415.45', '19.27'],
      ['415.28', '19.44'],
      ['415.11', '19.61'],
      ['414.94', '19.78'],
      ['414.76', '19.96'],
      ['414.58', '20.14'],
    ]);
  });
});

describe('equal parts of the principal', () => {
  it('are those of a textbook’s $5,000 at 9 % to the last row', () => {
    // Ross, Westerfield and Jordan, as above, pages 182 to 184: $1,000 of principal a year, of
    // interest $360 in the second and $1,350 in all.
    const book = { principal: '5,000.00', rateBps: 900, count: 5, everyMonths: 12 };
    const interest = ['450.00', '360.00', '270.00', '180.00', '90.00'];
    const rows = interest.map((each): Row => [each, '1,000.00']);
    expectWhole({ ...book, type: 'equalPrincipal', satPerCent: 1n }, rows, '1,350.00');
  });

  it('are those of a note of Belden, Inc., in ten years at 12 %', () => {
    // $50,000, $5,000 of principal a year; the first three payments are $11,000, $10,400 and
    // $9,800. https://qammunity.org/4734203
    const book = { principal: '50,000.00', rateBps: 1_200, count: 10, everyMonths: 12 };
    expectRows({ ...book, type: 'equalPrincipal', satPerCent: 1n }, [
      ['6,000.00', '5,000.00'],
      ['5,400.00', '5,000.00'],
      ['4,800.00', '5,000.00'],
    ]);
  });
});

describe('interest only', () => {
  it('is that of a loan of $10,000 at 7 % in a course on corporate finance', () => {
    // "Years 1–4: interest payments of .07(10,000) = 700; year 5: interest + principal = 10,700."
    // Slide 54 of https://www.coursehero.com/file/8921584
    const book = { principal: '10,000.00', rateBps: 700, count: 5, everyMonths: 12 };
    const coupon: Row = ['700.00', '0.00'];
    const rows = [coupon, coupon, coupon, coupon, ['700.00', '10,000.00'] as const];
    expectRows({ ...book, type: 'interestOnly', satPerCent: 1n }, rows);
  });

  it('is that of ten months of building supplies at 16.5 %', () => {
    // WinAmort user's guide, "Interest Only": $25,000, monthly $343.75, at last $25,343.75.
    // https://winamortpro.com/winamort-users-guide/interest_only.htm
    const book = { principal: '25,000.00', rateBps: 1_650, count: 10, everyMonths: 1 };
    const months = Array.from({ length: 9 }, (): Row => ['343.75', '0.00']);
    const rows = [...months, ['343.75', '25,000.00'] as const];
    expectRows({ ...book, type: 'interestOnly', satPerCent: 1n }, rows);
  });
});

describe('the annual percentage rate', () => {
  // Examples on a calendar basis of annex III of Directive 87/102/EEC as proposed in COM(1996) 79
  // and enacted by Directive 98/7/EC, whose equation is that of Directive 2008/48/EC, annex I:
  // 1,000 lent on 1 January 1994. https://service.betterregulation.com/document/260747
  it.each([
    [
      'first: 1,200 after 546 days, 12.96 %',
      [
        [0, -1_000],
        [546, 1_200],
      ],
      1_296,
    ],
    [
      'second: 50 kept back for expenses, 16.9 %',
      [
        [0, -950],
        [546, 1_200],
      ],
      1_690,
    ],
    [
      'third: 600 after one and two years, 13.07 %',
      [
        [0, -1_000],
        [365, 600],
        [730, 600],
      ],
      1_307,
    ],
  ])('of the %s', (_, flows, rateBps) => {
    const dated = flows.map(([day = 0, amount = 0]) => ({
      ...{ day, amountUnits: BigInt(amount) * 1_000n },
    }));
    expect(yearlyRateBps(dated)).toBe(rateBps);
  });
});
