/** Several instalments against figures worked out by hand. requires: M-15, M-16, M-8, M-5 */
import { describe, expect, it } from 'vitest';
import { inThree, Loan, sparedSigning } from '../testing/loan.ts';
import type { Leg } from '../kinds/fields.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import { computeLedger, type Instalment, type LedgerPayment } from './ledger.ts';
import { dueDates } from './plan.ts';
import { projectSchedule } from './schedule.ts';

const DAY = 60;
const START = 1_800_000_000;
const { document } = new Loan({ signing: sparedSigning, offer: inThree }).contract;
const at = (day: number, sec = 0): number => START + day * DAY + sec;
const pay = (leg: Leg, amountUnits: bigint, day: number): LedgerPayment => ({
  leg,
  amountUnits,
  settledAtSec: at(day, 5),
});
const lent = pay('disbursement', 1_000_000_000n, 0);
const ledgerAt = (payments: LedgerPayment[], day: number) =>
  computeLedger(document, payments, at(day));
const principals = (payments: LedgerPayment[], day: number, terms = document): bigint[] =>
  computeLedger(terms, payments, at(day)).instalments.map((each) => each.principalUnits / 1_000n);
const states = (instalments: readonly Instalment[]): string[] =>
  instalments.map((each) => each.state);
/** 1,000,000,000 × 1,200 × 30 / 3,650,000. */
const FIRST_INTEREST = 9_863_013n;

function withTranches(...lapseDays: number[]): ContractDocument {
  const [tranche] = document.tranches;
  if (!tranche) throw new Error('the fixture has a tranche');
  const tranches = lapseDays.map((day) => ({
    ...tranche,
    amountUnits: (1_000_000_000n / BigInt(lapseDays.length)).toString(),
    lapsesAtSec: at(day),
  }));
  return { ...document, tranches };
}

describe('what instalments ask for', () => {
  it('falls due every thirty days, in equal parts of whole satoshis', () => {
    expect(dueDates(document)).toEqual([at(30, 59), at(60, 59), at(90, 59)]);
    expect(principals([lent], 1)).toEqual([333_333n, 333_333n, 333_334n]);
    expect(principals([pay('disbursement', 5_000n, 0)], 40)).toEqual([1n, 2n, 2n]);
  });

  it('is never more than was disbursed, while the rest can still come', () => {
    const part = [pay('disbursement', 400_000_000n, 0)];
    const open = withTranches(80, 80);
    expect(principals(part, 10, open)).toEqual([333_333n, 66_667n, 0n]);
    expect(principals(part, 40, open)).toEqual([333_333n, 66_667n, 0n]);
    expect(principals([], 40, open)).toEqual([0n, 0n, 0n]);
  });

  it('is planned anew for the instalments not yet due when a tranche lapses', () => {
    const part = [pay('disbursement', 400_000_000n, 0)];
    const terms = withTranches(20, 40);
    expect(principals(part, 10, terms)).toEqual([333_333n, 66_667n, 0n]);
    // 500,000 sat lapsed on day 20: of 400,000 and 500,000 that may come a third is 300,000.
    expect(principals(part, 25, terms)).toEqual([300_000n, 100_000n, 0n]);
    expect(principals(part, 39, terms)).toEqual([300_000n, 100_000n, 0n]);
    expect(principals(part, 40, terms)).toEqual([300_000n, 50_000n, 50_000n]);
    const later = [...part, pay('disbursement', 100_000_000n, 70)];
    expect(principals(later, 71, terms)).toEqual([300_000n, 50_000n, 150_000n]);
    expect(principals([...part, pay('disbursement', 9_000_000n, 95)], 95, terms)).toEqual([
      300_000n,
      50_000n,
      59_000n,
    ]);
  });
});

describe('interest', () => {
  it('is charged to the instalment in whose time it accrues, overdue principal included', () => {
    const instalments = ledgerAt([lent], 90).instalments;
    // Thirty days each on the whole: 9,863,013.69…, 19,726,027.39…, 29,589,041.09…
    expect(instalments.map((each) => each.interestUnits)).toEqual([
      FIRST_INTEREST,
      9_863_014n,
      9_863_014n,
    ]);
    expect(ledgerAt([lent], 40)).toMatchObject({ dueNowUnits: 343_196_000n, daysPastDue: 10 });
    expect(ledgerAt([lent], 90)).toMatchObject({ dueNowUnits: 1_029_589_000n, daysPastDue: 60 });
  });

  it('falls with principal: each paid on its day, the schedule comes true', () => {
    const plan = projectSchedule(document, [{ ...lent, n: 0 }], at(1));
    // On 666,667.013 sat for thirty days 6,575,346.7…, on 333,334.36 sat 3,287,681.1…
    expect(plan.map((each) => each.principalUnits)).toEqual([
      333_333_000n,
      333_333_000n,
      333_334_000n,
    ]);
    const paid = [lent];
    for (const [index, dueAtSec] of dueDates(document).entries()) {
      const { dueNowUnits } = computeLedger(document, paid, dueAtSec);
      expect(dueNowUnits - (plan[index]?.totalUnits ?? 0n)).toBeLessThan(1_000n);
      paid.push({ leg: 'repayment', amountUnits: dueNowUnits, settledAtSec: dueAtSec });
    }
    const end = computeLedger(document, paid, at(91));
    expect(end.repaid).toBe(true);
    expect(end.instalments.map((each) => each.interestUnits)).toEqual(
      plan.map((each) => each.interestUnits),
    );
    expect(end.interestAccruedUnits).toBeGreaterThan(19_726_000n);
    expect(end.interestAccruedUnits).toBeLessThan(19_727_000n);
  });
});

describe('repayments', () => {
  it('go to the oldest instalment first, its interest before its principal', () => {
    const part = ledgerAt([lent, pay('repayment', 10_000_000n, 65)], 65);
    expect(part.instalments.map((each) => each.paidInterestUnits)).toEqual([
      FIRST_INTEREST,
      0n,
      0n,
    ]);
    expect(part.instalments[0]?.paidPrincipalUnits).toBe(10_000_000n - FIRST_INTEREST);
    const more = ledgerAt([lent, pay('repayment', 360_000_000n, 65)], 65);
    const left = 360_000_000n - FIRST_INTEREST - 333_333_000n - 9_863_014n;
    expect(more.instalments.map((each) => each.paidInterestUnits)).toEqual([
      FIRST_INTEREST,
      9_863_014n,
      0n,
    ]);
    expect(more.instalments.map((each) => each.paidPrincipalUnits)).toEqual([
      333_333_000n,
      left,
      0n,
    ]);
  });

  it('prepay principal of the next instalments once nothing else is owed', () => {
    // Ten days: 3,287,671.2… of interest, the rest is principal: 396,712,329 msat.
    const early = [lent, pay('repayment', 400_000_000n, 10)];
    expect(ledgerAt(early, 10).instalments.map((each) => each.paidPrincipalUnits)).toEqual([
      333_333_000n,
      63_379_329n,
      0n,
    ]);
    // Twenty days on 603,287,671 msat: the interest is due, the principal is not.
    const due = ledgerAt(early, 30);
    expect(due.dueNowUnits).toBe(3_966_000n);
    expect(due.instalments.map((each) => each.state)).toEqual(['due', 'planned', 'planned']);
  });

  it('that repay everything early leave every instalment paid, and on time', () => {
    const closing = ledgerAt([lent], 35).payoffUnits;
    const { repaid, instalments } = ledgerAt([lent, pay('repayment', closing, 35)], 36);
    expect(repaid).toBe(true);
    expect(states(instalments)).toEqual(['paid', 'paid', 'paid']);
    const day = START / DAY;
    expect(instalments.map((each) => (each.paidDay ?? 0) - day)).toEqual([35, 35, 35]);
    expect(instalments.map((each) => each.paidWhen)).toEqual(['inGrace', 'onTime', 'onTime']);
    expect(instalments.map((each) => each.daysLate)).toEqual([5, 0, 0]);
  });
});

describe('late and cured', () => {
  const first = 333_333_000n + FIRST_INTEREST;
  const viewOf = (day: number, asOfDay: number, ...more: LedgerPayment[]) =>
    ledgerAt([lent, pay('repayment', first, day), ...more], asOfDay).instalments[0];

  it('are views: the day it was paid says whether in time, in grace or late', () => {
    expect(ledgerAt([lent], 36).instalments[0]).toMatchObject({
      state: 'late',
      daysPastDue: 6,
      paidDay: undefined,
      paidWhen: undefined,
    });
    const day = START / DAY;
    expect(viewOf(30, 30)).toMatchObject({ state: 'paid', paidDay: day + 30 });
    expect(viewOf(29, 29)).toMatchObject({ state: 'planned', paidDay: undefined });
    expect(viewOf(30, 31)).toMatchObject({ state: 'paid', paidDay: day + 30, paidWhen: 'onTime' });
    expect(viewOf(35, 36)).toMatchObject({ paidWhen: 'inGrace', daysLate: 5, daysPastDue: 0 });
    expect(viewOf(36, 36)).toMatchObject({ state: 'paid', paidWhen: 'afterGrace', daysLate: 6 });
  });

  it('what lacked less than a satoshi was paid, what lacked one is late', () => {
    const short = (lack: bigint) =>
      ledgerAt([lent, pay('repayment', first - lack, 30)], 31).instalments[0]?.state;
    expect([short(999n), short(1_000n)]).toEqual(['paid', 'late']);
  });

  it('an instalment that asks for nothing was never paid', () => {
    const nothing = computeLedger(withTranches(80), [], at(31)).instalments[0];
    expect(nothing).toMatchObject({ state: 'paid', paidDay: undefined, paidWhen: undefined });
  });
});

describe('many', () => {
  it('600 instalments and 100,000 payments are one pass', () => {
    const due = { ...document.plan.due, rule: 'days', count: 600, everyDays: 1 };
    const terms = { ...document, plan: { ...document.plan, due } } as ContractDocument;
    const disbursed = Array.from({ length: 100_000 }, (_, index) => ({
      ...pay('disbursement', 10_000n, 0),
      settledAtSec: at(0) + (index % 600),
    }));
    const repaid = Array.from({ length: 600 }, (_, day) => pay('repayment', 2_000_000n, 30 + day));
    const ledger = computeLedger(terms, [...disbursed, ...repaid], at(700));
    const counted = ledger.instalments.reduce((sum, each) => sum + each.principalUnits, 0n);
    expect(counted).toBe(1_000_000_000n);
    expect(ledger.repaid).toBe(true);
  });
});
