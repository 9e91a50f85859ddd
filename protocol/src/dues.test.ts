/** What is due on the legs beside disbursement, and what a payer does about it. */
import { describe, expect, it } from 'vitest';
import { bulletPlan, NO_FEES } from './testing/plans.ts';
import { acceptAll, amendment } from './testing/agreements.ts';
import { inThree, Loan, sparedSigning, type LoanOptions } from './testing/loan.ts';
import { give, recover } from './testing/steps.ts';
import {
  isStreamed,
  legsInUse,
  planDue,
  planOrigination,
  planStreamed,
  shareRepayment,
} from './dues.ts';
import { ledgerOf, scheduleOf } from './contract/standing.ts';
import { disbursementProgress, planDisbursement } from './planner.ts';
import { summarizeHolding } from './statistics/holding.ts';

const DAY = 60;
const none: ReadonlySet<number> = new Set();
const half = { shareBps: 5_000, startDay: 0, streamDays: 5, windowDays: 8, ticks: 2 };
const later = { ...half, startDay: 10, milestone: { title: 'Oven', description: 'It bakes.' } };
const charged = { ...NO_FEES, originationBps: 200 };

function loanWith(offer: LoanOptions['offer'] = {}): Loan {
  const loan = new Loan({ signing: sparedSigning, offer: { ...inThree, rateBps: 0, ...offer } });
  loan.signAll();
  return loan;
}

const stateOf = (loan: Loan) => loan.fold().state;
const at = (loan: Loan, day: number): number => loan.startAtSec + day * DAY;

// requires: P-22
describe('an origination fee', () => {
  const tranches = [half, later];
  const fee = { leg: 'originationFee', n: 0, amountUnits: 10_000_000n };

  it('is paid when its tranche begins to stream, once', () => {
    const loan = loanWith({ tranches, fees: charged });
    const early = planOrigination(stateOf(loan), none, at(loan, 0) - 30);
    expect(early).toEqual({ action: 'wait', reason: 'nothingDue', untilSec: at(loan, 0) });
    const plan = { action: 'pay', parts: [fee] };
    expect(planOrigination(stateOf(loan), none, at(loan, 0) - 30, 30)).toEqual(plan);
    expect(planStreamed(stateOf(loan), 'originationFee', none, at(loan, 0), 10)).toEqual(plan);
    const inHand = planOrigination(stateOf(loan), new Set([0]), at(loan, 0));
    expect(inHand).toEqual({ action: 'wait', reason: 'inFlight' });
    loan.pay('originationFee', [fee], at(loan, 0) + 5);
    expect(planOrigination(stateOf(loan), none, at(loan, 1))).toMatchObject({
      action: 'wait',
      reason: 'milestoneNotApproved',
      tranche: 1,
    });
  });

  it('lapses with its tranche, and is not paid out of a contract that holds', () => {
    const loan = loanWith({ tranches, fees: charged });
    expect(planOrigination(stateOf(loan), none, at(loan, 19)).action).toBe('wait');
    const reasonOf = (other: Loan): unknown => planOrigination(stateOf(other), none, at(other, 1));
    loan.withdraw('investor', loan.startAtSec + 20);
    expect(reasonOf(loan)).toEqual({ action: 'wait', reason: 'withdrawn' });
    const waiting = loanWith({ tranches, fees: charged, coolingOffDays: 2 });
    expect(reasonOf(waiting)).toMatchObject({ reason: 'coolingOff', untilSec: at(waiting, 2) + 3 });
    expect(planOrigination(stateOf(waiting), none, at(waiting, 2) + 3)).toMatchObject({
      parts: [fee],
    });
  });

  it('leaves no room for ticks beyond the principal', () => {
    const one = { ...half, shareBps: 10_000, ticks: 5, windowDays: 28 };
    const loan = loanWith({ tranches: [one], fees: { ...charged, originationBps: 5_000 } });
    const tick = (n: number) => ({ n, amountUnits: 100_000_000n });
    for (const n of [0, 1, 2, 3]) loan.pay('disbursement', [tick(n)], at(loan, n) + 1);
    loan.pay('disbursement', [tick(0)], at(loan, 4));
    expect(planDisbursement(stateOf(loan), none, at(loan, 6), 10)).toEqual({
      action: 'wait',
      reason: 'complete',
    });
    expect(disbursementProgress(stateOf(loan), at(loan, 6)).toGoUnits).toBe(0n);
  });

  it('is streamed by the investor where it is withheld, and ordered where it is on top', () => {
    const withheld = stateOf(loanWith({ fees: charged }));
    const onTop = stateOf(loanWith({ fees: { ...charged, origination: 'onTop' } }));
    expect([withheld, onTop].map((state) => isStreamed(state, 'originationFee'))).toEqual([
      true,
      false,
    ]);
  });
});

describe('a repayment with a share of the bank', () => {
  const fees = { ...NO_FEES, servicingBps: 1_000 };

  it('of any amount is shared so that no leg gets more than it is owed', () => {
    const loan = loanWith({ fees });
    loan.streamAll();
    const state = stateOf(loan);
    const { payoff, payoffUnits, dueNow, dueNowUnits } = ledgerOf(state, at(loan, 30));
    expect(shareRepayment(state, dueNowUnits, at(loan, 30))).toEqual(dueNow);
    for (const amountUnits of [1_000n, 9_000n, 77_777_000n, payoffUnits - 1_000n, payoffUnits]) {
      const shares = shareRepayment(state, amountUnits, at(loan, 30));
      expect(shares.repaymentUnits).toBeLessThanOrEqual(payoff.repaymentUnits);
      expect(shares.servicingUnits).toBeLessThanOrEqual(payoff.servicingUnits);
      const over = shares.repaymentUnits + shares.servicingUnits - amountUnits;
      expect(over).toBeGreaterThanOrEqual(0n);
      expect(over).toBeLessThanOrEqual(1_000n);
    }
  });
});

describe('what an investor is to expect', () => {
  it('is later by the time to withdraw, as the schedule has it', () => {
    const loan = loanWith({ rateBps: 1_200, coolingOffDays: 20 });
    const state = stateOf(loan);
    const interest = (parts: readonly { readonly interestUnits: bigint }[]): bigint[] =>
      parts.map(({ interestUnits }) => interestUnits);
    const { expected } = summarizeHolding(state, at(loan, 1));
    expect(interest(expected)).toEqual(interest(scheduleOf(state, at(loan, 1))));
  });
});

// requires: P-23
describe('what follows a default', () => {
  const guarantee = { type: 'full', capBps: 12_000, payDays: 30 } as const;

  it('is one part of the leg of what is unpaid, by whoever owes it', () => {
    const loan = loanWith({ guarantee, plan: bulletPlan(30, 5) });
    loan.streamAll();
    expect(legsInUse(stateOf(loan))).toEqual(['disbursement', 'repayment']);
    const called = at(loan, 62);
    give(loan, 'arrears', at(loan, 45));
    give(loan, 'default', called);
    const state = stateOf(loan);
    expect(legsInUse(state)).toEqual(['disbursement', 'repayment', 'guarantee']);
    const part = { leg: 'guarantee', n: 0, amountUnits: 1_000_000_000n };
    expect(planDue(state, 'guarantee', none, called)).toEqual({ action: 'pay', parts: [part] });
    expect(planDue(state, 'handedOn', none, called)).toMatchObject({ reason: 'nothingDue' });
    loan.pay('guarantee', [part], called + 1);
    expect(planDue(stateOf(loan), 'guarantee', none, called + 2).action).toBe('wait');
    loan.pay('repayment', [{ n: 0, amountUnits: 400_000_000n }], at(loan, 70));
    const after = stateOf(loan);
    expect(legsInUse(after)).toContain('handedOn');
    expect(planDue(after, 'handedOn', none, at(loan, 70))).toEqual({
      action: 'pay',
      parts: [{ leg: 'handedOn', n: 0, amountUnits: 400_000_000n }],
    });
    const shares = [{ contract: loan.root, shareUnits: 5_000_007n }];
    const recoveredAtSec = at(loan, 71);
    recover(loan, { grossUnits: 5_000_007n, recoveredAtSec, shares }, recoveredAtSec + 1);
    const plan = planDue(stateOf(loan), 'recovery', none, at(loan, 72));
    expect(plan).toMatchObject({ parts: [{ leg: 'recovery', amountUnits: 5_000_007n }] });
    loan.pay('recovery', [{ n: 0, amountUnits: 5_000_000n }], at(loan, 73));
    const reason = { action: 'wait', reason: 'nothingDue' };
    expect(planDue(stateOf(loan), 'recovery', none, at(loan, 73))).toEqual(reason);
  });

  it('is paid by a bank that guarantees it only since an amendment', () => {
    const loan = loanWith({ plan: bulletPlan(30, 5) });
    loan.streamAll();
    acceptAll(loan, amendment(loan, { guarantee }, at(loan, 20)), at(loan, 20));
    give(loan, 'arrears', at(loan, 45));
    give(loan, 'default', at(loan, 62));
    expect(legsInUse(stateOf(loan))).toContain('guarantee');
  });
});
