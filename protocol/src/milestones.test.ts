/** Tranches that wait for a milestone: when their ticks are due, and what a payer does. */
import { describe, expect, it } from 'vitest';
import { Loan, sparedSigning } from './testing/loan.ts';
import { claim, decide, give } from './testing/steps.ts';
import { planTicks } from './contract/ticks.ts';
import { scheduleOf } from './contract/standing.ts';
import { planDue } from './dues.ts';
import { disbursementProgress, planDisbursement } from './planner.ts';
import { summarizeHolding } from './statistics/holding.ts';

const START = 1_800_000_000;
const DAY = 60;
const none = new Set<number>();
const at = (day: number): number => START + day * DAY;
const half = { shareBps: 4_000, startDay: 0, streamDays: 10, windowDays: 40, ticks: 5 };
const milestone = { title: 'The oven stands', description: '' };
const TRANCHES = [
  half,
  { ...half, startDay: 10, milestone },
  { ...half, shareBps: 2_000, startDay: 50, windowDays: 20 },
];

const bankKey = (loan: Loan): string => loan.contract.document.parties.bank.pubkey;

function agreed(): Loan {
  const loan = new Loan({ signing: sparedSigning, offer: { tranches: TRANCHES } });
  loan.signAll();
  return loan;
}

const stateOf = (loan: Loan) => loan.fold().state;
const dueDays = (loan: Loan): number[] => {
  const { contract, milestones } = stateOf(loan);
  const ticks = planTicks(contract.document, milestones).filter((tick) => tick.tranche === 1);
  return ticks.map((tick) => (tick.dueAtSec - START) / DAY);
};

function approvedAt(day: number): Loan {
  const loan = agreed();
  decide(loan, 'approval', claim(loan, 1, at(5)), at(day));
  return loan;
}

describe('requires: P-2', () => {
  it('ticks wait as planned, stream as planned when approved in time', () => {
    expect(dueDays(agreed())).toEqual([10, 12, 14, 16, 18]);
    expect(dueDays(approvedAt(7))).toEqual([10, 12, 14, 16, 18]);
  });

  it('move with a late approval, and close up towards the end of the window', () => {
    expect(dueDays(approvedAt(20))).toEqual([20, 22, 24, 26, 28]);
    expect(dueDays(approvedAt(45))).toEqual([45, 46, 47, 48, 49]);
    expect(dueDays(approvedAt(60))).toEqual([60, 60, 60, 60, 60]);
  });
});

describe('requires: P-20', () => {
  const paidFirst = (loan: Loan): Loan => {
    loan.pay('disbursement', planTicks(loan.contract.document).slice(0, 5), at(9));
    return loan;
  };

  it('nothing is paid of a tranche that waits', () => {
    const loan = paidFirst(agreed());
    const reason = 'milestoneNotApproved';
    // The third tranche comes on day 50 whether or not the second one does.
    const next = { action: 'wait', reason: 'nextTick', untilSec: at(50) };
    expect(planDisbursement(stateOf(loan), none, at(12), 10)).toEqual(next);
    const last = new Set([10, 11, 12, 13, 14]);
    expect(planDisbursement(stateOf(loan), last, at(12), 10).action).toBe('wait');
    loan.pay('disbursement', planTicks(loan.contract.document).slice(10), at(12));
    const { lapsesAtSec: untilSec } = loan.contract.document.tranches[1] ?? { lapsesAtSec: 0 };
    const waits = { action: 'wait', reason, tranche: 1, by: bankKey(loan), untilSec };
    expect(planDisbursement(stateOf(loan), none, at(12), 10)).toEqual(waits);
    expect(planDisbursement(stateOf(loan), none, at(50), 10)).toMatchObject({ reason: 'lapsed' });
    expect(disbursementProgress(stateOf(loan), at(12))).toMatchObject({
      heldTicks: 5,
      lapsedTicks: 0,
      toGoUnits: 400_000_000n,
      next: undefined,
    });
  });

  it('approved, it is paid; contradicted, it waits again with what is left', () => {
    const loan = paidFirst(agreed());
    const claimed = claim(loan, 1, at(11));
    decide(loan, 'approval', claimed, at(20));
    const plan = planDisbursement(stateOf(loan), none, at(22), 10);
    expect(plan).toMatchObject({ action: 'pay', parts: [{ n: 5 }, { n: 6 }] });
    loan.pay('disbursement', planTicks(loan.contract.document).slice(5, 7), at(22));
    decide(loan, 'refusal', claimed, at(23));
    expect(planDisbursement(stateOf(loan), none, at(30), 10).action).toBe('wait');
    expect(stateOf(loan).payments).toHaveLength(7);
    expect(stateOf(loan).equivocations).toMatchObject([{ reason: 'contradictory decisions' }]);
  });

  it('the schedule expects what waits, later where it was approved later', () => {
    const first = (loan: Loan, day: number) => scheduleOf(stateOf(loan), at(day))[0];
    const whole = [agreed(), approvedAt(20)].map((loan) => first(loan, 21)?.principalUnits);
    expect(whole).toEqual([1_000_000_000n, 1_000_000_000n]);
    const interest = (loan: Loan, day: number): bigint => first(loan, day)?.interestUnits ?? 0n;
    expect(interest(approvedAt(20), 21)).toBeLessThan(interest(approvedAt(10), 21));
    // M-14: an approval to come is not known yet.
    expect(interest(approvedAt(20), 9)).toBe(interest(agreed(), 9));
    expect(summarizeHolding(stateOf(approvedAt(20)), at(21)).expected).toMatchObject([
      { interestUnits: interest(approvedAt(20), 21) },
    ]);
  });
});

describe('requires: P-18, P-19', () => {
  it('a loan in default is paid out no more, and repaid on', () => {
    const loan = agreed();
    loan.pay('disbursement', planTicks(loan.contract.document).slice(0, 5), at(9));
    give(loan, 'arrears', at(96));
    give(loan, 'default', at(120));
    const state = stateOf(loan);
    expect(state.status).toBe('defaulted');
    expect(planDisbursement(state, none, at(60), 10)).toEqual({
      action: 'wait',
      reason: 'defaulted',
    });
    expect(planDue(state, 'repayment', none, at(121)).action).toBe('pay');
  });
});
