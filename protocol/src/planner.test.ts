/** What a payer does next: in order, in time, within the principal, and never twice. */
import { describe, expect, it } from 'vitest';
import { Loan, sparedSigning } from './testing/loan.ts';
import { nextPartNumber, planDue } from './dues.ts';
import { disbursementProgress, heldByPayer, planDisbursement } from './planner.ts';
import { payerHold } from './waiting.ts';

const START = 1_800_000_000;
const DAY = 60;
const TICK = 100_000_000n;
const none = new Set<number>();

function agreed(): Loan {
  const loan = new Loan({ signing: sparedSigning });
  loan.signAll();
  return loan;
}

const state = (loan: Loan) => loan.fold().state;
const tick = (n: number) => ({ n, amountUnits: TICK });

describe('requires: P-17, P-18', () => {
  it('pays nothing before the contract is effective', () => {
    const loan = new Loan({ signing: sparedSigning });
    const plan = planDisbursement(state(loan), none, START + DAY, 10);
    expect(plan).toEqual({ action: 'wait', reason: 'notEffective' });
  });

  it('pays nothing after the investor withdrew, even when that came too late', () => {
    const loan = agreed();
    loan.withdraw('investor', START + 5);
    expect(state(loan).status).toBe('effective');
    const plan = planDisbursement(state(loan), none, START + DAY, 10);
    expect(plan).toEqual({ action: 'wait', reason: 'withdrawn' });
    const other = agreed();
    other.withdraw('business', START + 5);
    expect(planDisbursement(state(other), none, START + DAY, 10).action).toBe('pay');
  });

  it('waits for the first tick, then for the next', () => {
    const loan = agreed();
    expect(planDisbursement(state(loan), none, START - 1, 10)).toEqual({
      action: 'wait',
      reason: 'windowNotOpen',
      untilSec: START,
    });
    loan.pay('disbursement', [tick(0)], START + 5);
    expect(planDisbursement(state(loan), none, START + 5, 10, { aheadSec: 20 })).toEqual({
      action: 'wait',
      reason: 'nextTick',
      untilSec: START + DAY - 20,
    });
  });

  it('pays what is due, oldest first, as many as asked for, none in hand', () => {
    const loan = agreed();
    const plan = planDisbursement(state(loan), new Set([1]), START + 5 * DAY, 3);
    expect(plan).toEqual({
      action: 'pay',
      parts: [0, 2, 3].map((n) => ({ leg: 'disbursement', n, amountUnits: TICK })),
    });
    const all = new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(planDisbursement(state(loan), all, START + 5 * DAY, 3)).toEqual({
      action: 'wait',
      reason: 'inFlight',
    });
  });

  it('pays nothing that lapsed, and says so', () => {
    const loan = agreed();
    const plan = planDisbursement(state(loan), none, START + 30 * DAY, 10);
    expect(plan).toEqual({ action: 'wait', reason: 'lapsed' });
    expect(disbursementProgress(state(loan), START + 30 * DAY)).toMatchObject({
      lapsedTicks: 10,
      toGoUnits: 0n,
      next: undefined,
    });
  });

  it('never pays beyond the principal when a tick was paid twice', () => {
    const loan = agreed();
    loan.streamAll();
    const short = agreed();
    for (let n = 0; n < 9; n += 1) {
      short.pay('disbursement', [tick(n)], START + n * DAY + 20);
    }
    expect(planDisbursement(state(short), none, START + 10 * DAY, 10).action).toBe('pay');
    short.pay('disbursement', [tick(0)], START + 10 * DAY);
    const plan = planDisbursement(state(short), none, START + 11 * DAY, 10);
    expect(plan).toEqual({ action: 'wait', reason: 'complete' });
    expect(disbursementProgress(state(short), START + 11 * DAY).toGoUnits).toBe(0n);
    const done = planDisbursement(state(loan), none, START + 11 * DAY, 10);
    expect(done).toEqual({ action: 'wait', reason: 'complete' });
  });

  it('counts parts in hand against the principal', () => {
    const loan = agreed();
    loan.pay('disbursement', [tick(0)], START + 5);
    loan.pay('disbursement', [tick(0)], START + 700);
    const inHand = new Set([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(planDisbursement(state(loan), inHand, START + 12 * DAY, 10)).toEqual({
      action: 'wait',
      reason: 'inFlight',
    });
  });

  it('reports progress', () => {
    const loan = agreed();
    loan.pay('disbursement', [tick(0), tick(1)], START + DAY + 1);
    expect(disbursementProgress(state(loan), START + 2 * DAY)).toMatchObject({
      ticks: 10,
      paidTicks: 2,
      lapsedTicks: 0,
      paidUnits: 2n * TICK,
      toGoUnits: 8n * TICK,
      next: { n: 2 },
    });
  });
});

describe('requires: P-19', () => {
  const DUE = START + 90 * DAY;

  function streamed(): Loan {
    const loan = agreed();
    loan.pay('disbursement', disbursementParts(), START + 20);
    return loan;
  }

  function disbursementParts() {
    return Array.from({ length: 10 }, (_, n) => tick(n));
  }

  it('owes nothing before the due day, everything in whole satoshis on it', () => {
    const loan = streamed();
    expect(planDue(state(loan), 'repayment', none, DUE - 1)).toEqual({
      action: 'wait',
      reason: 'nothingDue',
    });
    expect(planDue(state(loan), 'repayment', none, DUE)).toEqual({
      action: 'pay',
      parts: [{ leg: 'repayment', n: 0, amountUnits: 1_029_589_000n }],
    });
    expect(planDue(state(loan), 'repayment', new Set([0]), DUE)).toEqual({
      action: 'wait',
      reason: 'inFlight',
    });
  });

  it('numbers parts one above all it knows of', () => {
    const loan = streamed();
    loan.pay('repayment', [{ n: 4, amountUnits: TICK }], START + DAY);
    expect(nextPartNumber(state(loan), 'repayment', [2])).toBe(5);
    expect(nextPartNumber(state(loan), 'repayment', [7])).toBe(8);
    expect(planDue(state(loan), 'repayment', none, DUE)).toMatchObject({ parts: [{ n: 5 }] });
  });

  it('is complete when repaid; owes again what a closure had not seen', () => {
    const loan = agreed();
    const parts = disbursementParts();
    loan.pay('disbursement', parts.slice(0, 9), START + 20);
    loan.pay('repayment', [{ n: 0, amountUnits: 926_630_000n }], DUE);
    loan.close(DUE + 5);
    expect(state(loan).status).toBe('closed');
    expect(planDue(state(loan), 'repayment', none, DUE)).toEqual({
      action: 'wait',
      reason: 'complete',
    });
    loan.pay('disbursement', parts.slice(9), START + 9 * DAY);
    expect(planDue(state(loan), 'repayment', none, DUE)).toMatchObject({ parts: [{ n: 1 }] });
  });

  it('owes nothing under a contract that is not effective', () => {
    const loan = new Loan({ signing: sparedSigning });
    expect(planDue(state(loan), 'repayment', none, DUE)).toEqual({
      action: 'wait',
      reason: 'notEffective',
    });
  });
});

describe('requires: P-33', () => {
  const silence = { whom: 'payee', sinceSec: START } as const;
  const limit = { limit: 'day', untilSec: START + 900 } as const;

  it('a pause goes before a limit, and a limit before who does not answer', () => {
    expect(payerHold({ isPaused: true, limit, silence })).toEqual({
      reason: 'paused',
      by: 'payer',
    });
    expect(payerHold({ limit, silence })).toEqual({ reason: 'budget', ...limit });
    expect(payerHold({ silence })).toEqual({ reason: 'payeeUnreachable', ...silence });
    expect(payerHold({})).toBeUndefined();
  });

  it('holds what would be paid; a contract that pays nothing keeps its own reason', () => {
    const loan = agreed();
    const due = planDisbursement(state(loan), none, START + 5, 10);
    expect(heldByPayer(due, { limit })).toEqual({ action: 'wait', reason: 'budget', ...limit });
    expect(heldByPayer(due, {})).toEqual(due);
    const early = planDisbursement(state(loan), none, START - 1, 10);
    expect(heldByPayer(early, { isPaused: true })).toEqual(early);
  });
});
