/**
 * Fees as legs: origination withheld and on top, the bank's share of repayments, recoveries and
 * guarantees. requires: FE-1, FE-2, FE-3, FE-4, FE-5, FE-6, FE-7, P-1, P-9, P-19
 */
import { describe, expect, it } from 'vitest';
import type { Fees } from '../kinds/fees.ts';
import type { Leg } from '../kinds/fields.ts';
import { planDue } from '../dues.ts';
import { inThree, Loan, sparedSigning } from '../testing/loan.ts';
import { NO_FEES } from '../testing/plans.ts';
import { computeLedger, type LedgerPayment } from './ledger.ts';
import { projectSchedule } from './schedule.ts';
import { countedServicing, shareDue } from './servicing.ts';
import { planFees, planTicks } from './ticks.ts';

const DAY = 60;
const NONE: ReadonlySet<number> = new Set();
const sat = (amount: number): bigint => BigInt(amount) * 1_000n;
const half = { shareBps: 5_000, startDay: 0, streamDays: 5, windowDays: 10, ticks: 3 };

function loanWith(fees: Partial<Fees>): Loan {
  const tranches = [half, { ...half, startDay: 10 }];
  const loan = new Loan({
    signing: sparedSigning,
    offer: { ...inThree, tranches, rateBps: 0, fees: { ...NO_FEES, ...fees } },
    principalUnits: sat(300_003),
  });
  loan.signAll();
  return loan;
}

function ledgerOf(loan: Loan, paid: readonly (readonly [Leg, bigint, number])[], day: number) {
  const payments: LedgerPayment[] = paid.map(([leg, amountUnits, on]) => ({
    ...{ leg, amountUnits, settledAtSec: loan.startAtSec + on * DAY },
  }));
  return computeLedger(loan.contract.document, payments, loan.startAtSec + day * DAY);
}

describe('an origination fee', () => {
  const withheld = loanWith({ originationBps: 250 });
  const onTop = loanWith({ originationBps: 250, origination: 'onTop' });
  const { startAtSec: start } = withheld;

  it('is a part of each tranche, rounded down to a satoshi', () => {
    expect(planFees(withheld.contract.document)).toMatchObject([
      { n: 0, amountUnits: sat(3_750), dueAtSec: start, lapsesAtSec: start + 10 * DAY },
      { n: 1, amountUnits: sat(3_750), dueAtSec: start + 10 * DAY, lapsesAtSec: start + 20 * DAY },
    ]);
    expect(planFees(loanWith({}).contract.document)).toEqual([]);
  });

  it('withheld leaves the rest to the ticks; on top it leaves all', () => {
    const amounts = (loan: Loan): number[] =>
      planTicks(loan.contract.document).map((tick) => Number(tick.amountUnits / 1_000n));
    // 150,001 and 150,002 sat, less 3,750 each.
    expect(amounts(withheld)).toEqual([48_750, 48_750, 48_751, 48_750, 48_750, 48_752]);
    expect(amounts(onTop)).toEqual([50_000, 50_000, 50_001, 50_000, 50_000, 50_002]);
  });

  it('withheld counts as disbursed, on top as nothing the business owes', () => {
    const paid = [['originationFee', sat(3_750), 0]] as const;
    expect(ledgerOf(withheld, paid, 1)).toMatchObject({ outstandingUnits: sat(3_750) });
    expect(ledgerOf(onTop, paid, 1)).toMatchObject({ outstandingUnits: 0n, repaidUnits: 0n });
    const planned = projectSchedule(withheld.contract.document, [], start);
    expect(planned.map(({ principalUnits }) => principalUnits)).toEqual(
      Array(3).fill(sat(100_001)),
    );
  });

  it.each([
    ['ok', 0, 3_750, withheld, {}],
    ['PART_UNKNOWN', 2, 3_750, withheld, {}],
    ['PART_AMOUNT', 0, 3_749, withheld, {}],
    ['AUTHOR_ROLE', 0, 3_750, withheld, { payer: 'business' }],
    ['AUTHOR_ROLE', 0, 3_750, withheld, { payee: 'business' }],
    ['ok', 1, 3_750, onTop, {}],
    ['AUTHOR_ROLE', 1, 3_750, onTop, { payer: 'investor' }],
  ])('%s: part %i of %i sat', (code, n, amount, terms, options) => {
    const loan = loanWith(terms.contract.document.fees);
    const at = loan.startAtSec + 20;
    const { receipt } = loan.pay('originationFee', [{ n, amountUnits: sat(amount) }], at, options);
    const fold = loan.fold();
    expect(fold.rejects.find(({ id }) => id === receipt.id)?.code ?? 'ok').toBe(code);
    expect([...fold.state.payments]).toHaveLength(code === 'ok' ? 1 : 0);
  });
});

describe('servicing', () => {
  const loan = loanWith({ servicingBps: 1_000 });
  const lent = ['disbursement', sat(300_003), 0] as const;

  it('is the bank’s share of what is due', () => {
    const due = ledgerOf(loan, [lent], 30);
    expect(due.dueNowUnits).toBe(sat(100_001));
    expect(due.dueNow).toEqual({ repaymentUnits: sat(90_001), servicingUnits: sat(10_000) });
    const paid = [lent, ['repayment', sat(90_001), 30], ['servicing', sat(10_000), 30]] as const;
    const after = ledgerOf(loan, paid, 30);
    expect(after).toMatchObject({ dueNowUnits: 0n, repaidUnits: sat(100_001) });
    expect(after.instalments[0]).toMatchObject({ state: 'paid' });
  });

  it('counts only beside what the investor got, later if not at once', () => {
    const early = [lent, ['servicing', sat(10_000), 20]] as const;
    expect(ledgerOf(loan, early, 20)).toMatchObject({
      repaidUnits: 0n,
      excessServicingUnits: sat(10_000),
    });
    expect(ledgerOf(loan, early, 30).dueNow).toEqual({
      repaymentUnits: sat(90_001),
      servicingUnits: 0n,
    });
    const both = ledgerOf(loan, [...early, ['repayment', sat(90_001), 30]], 30);
    expect(both).toMatchObject({ excessServicingUnits: 0n, dueNowUnits: 0n });
  });

  it('of what is owed leaves less than a satoshi, whatever was paid before', () => {
    for (let seed = 1; seed < 4_000; seed += 1) {
      const next = (most: number): bigint => BigInt((seed * 7_919 * most) % 1_000_003);
      const bps = [1, 100, 1_000, 3_333, 5_000][seed % 5] ?? 1;
      const paid = { repaymentUnits: next(31), servicingUnits: seed % 3 === 0 ? next(17) : 0n };
      const owed = next(101);
      const due = shareDue(owed, paid, bps, 1_000n);
      const repaymentUnits = paid.repaymentUnits + due.repaymentUnits;
      const servicingUnits = paid.servicingUnits + due.servicingUnits;
      const after = repaymentUnits + countedServicing({ repaymentUnits, servicingUnits }, bps);
      const left = paid.repaymentUnits + countedServicing(paid, bps) + owed - after;
      expect(left).toBeLessThan(1_000n);
      expect(left).toBeGreaterThan(-2_000n);
      const isWhole = due.repaymentUnits % 1_000n === 0n && due.servicingUnits % 1_000n === 0n;
      expect(isWhole).toBe(true);
    }
  });

  it('is planned as a part of its own', () => {
    const streamed = loanWith({ servicingBps: 1_000 });
    streamed.streamAll();
    const nowSec = streamed.startAtSec + 30 * DAY;
    const { state } = streamed.fold();
    expect(planDue(state, 'repayment', NONE, nowSec)).toEqual({
      action: 'pay',
      parts: [{ leg: 'repayment', n: 0, amountUnits: sat(90_001) }],
    });
    expect(planDue(state, 'servicing', NONE, nowSec)).toEqual({
      action: 'pay',
      parts: [{ leg: 'servicing', n: 0, amountUnits: sat(10_000) }],
    });
    streamed.pay('servicing', [{ n: 0, amountUnits: sat(10_000) }], nowSec);
    streamed.pay('repayment', [{ n: 0, amountUnits: sat(90_001) }], nowSec);
    const after = streamed.fold().state;
    expect(planDue(after, 'servicing', NONE, nowSec)).toMatchObject({ reason: 'nothingDue' });
    expect(planDue(after, 'repayment', NONE, nowSec)).toMatchObject({ reason: 'nothingDue' });
  });
});

describe('money that the bank pays the investor', () => {
  it('reduces the debt when it was recovered, not when it was guaranteed', () => {
    const loan = loanWith({});
    const lent = ['disbursement', sat(300_003), 0] as const;
    const recovered = ledgerOf(loan, [lent, ['recovery', sat(50_000), 40]], 40);
    expect(recovered).toMatchObject({ outstandingUnits: sat(250_003), repaidUnits: sat(50_000) });
    const guaranteed = ledgerOf(loan, [lent, ['guarantee', sat(50_000), 40]], 40);
    expect(guaranteed).toMatchObject({ outstandingUnits: sat(300_003), repaidUnits: 0n });
  });
});
