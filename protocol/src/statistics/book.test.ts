/** Figures of small books that can be checked by hand. */
import { describe, expect, it } from 'vitest';
import { combineBank, combinePortfolio, summarizeHolding, type BookUnit } from '../index.ts';
import { Loan, publicOf, sparedSigning } from '../testing/loan.ts';

const IN_BITCOIN: BookUnit = { network: 'regtest', denomination: { type: 'msat' } };
const START = 1_800_000_000;
const DAY = 60;

/** 1,000,000 sat streamed over ten days, due after ninety with five days of grace. */
function streamed(): Loan {
  const loan = new Loan({ signing: sparedSigning });
  loan.signAll();
  loan.streamAll();
  return loan;
}

const holdingOn = (loan: Loan, day: number) =>
  summarizeHolding(loan.fold().state, START + day * DAY);

describe('a book of one bullet loan', () => {
  it('is current before the due day and at risk from the day after', () => {
    const loan = streamed();
    const before = combineBank(publicOf('bank'), IN_BITCOIN, [holdingOn(loan, 90)]);
    expect(before.outstandingUnits).toBe(1_000_000_000n);
    expect(before.par1.bps).toBe(0);
    expect(before.punctuality.onTimeByCount.bps).toBeUndefined();
    const inGrace = combineBank(publicOf('bank'), IN_BITCOIN, [holdingOn(loan, 91)]);
    expect(inGrace.par1.bps).toBe(10_000);
    expect(inGrace.punctuality).toMatchObject({ fallenDue: 1, inGrace: 1, unpaid: 0 });
    const late = combineBank(publicOf('bank'), IN_BITCOIN, [holdingOn(loan, 90 + 31)]);
    expect(late.par30.bps).toBe(10_000);
    expect(late.par90.bps).toBe(0);
    expect(late.punctuality.onTimeByCount).toEqual({ numerator: 0, denominator: 1, bps: 0 });
    const lost = combineBank(publicOf('bank'), IN_BITCOIN, [holdingOn(loan, 180)]);
    expect(lost.defaults.byAmountOfEnded.bps).toBe(10_000);
  });

  it('is paid in time on the last day of grace, late on the day after', () => {
    const onDay = (day: number) => {
      const loan = streamed();
      loan.pay('repayment', [{ n: 0, amountUnits: 1_100_000_000n }], START + day * DAY + 20);
      const book = combineBank(publicOf('bank'), IN_BITCOIN, [holdingOn(loan, 100)]);
      return book.punctuality.onTimeByCount.bps;
    };
    expect([onDay(30), onDay(90), onDay(95), onDay(96)]).toEqual([10_000, 10_000, 10_000, 0]);
  });

  it('returns a little more than its rate to its investor', () => {
    const loan = streamed();
    loan.pay('repayment', [{ n: 0, amountUnits: 1_027_000_000n }], START + 90 * DAY + 20);
    const portfolio = combinePortfolio(IN_BITCOIN, [holdingOn(loan, 90)]);
    // 12 % for a quarter, compounded: 12.6 %.
    expect(portfolio.xirr.rate).toBeCloseTo(0.1257, 3);
  });
});
