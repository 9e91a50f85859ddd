/** The ledger against figures worked out by hand, and the schedule that follows from it. */
import { describe, expect, it } from 'vitest';
import { Loan, sparedSigning } from '../testing/loan.ts';
import { accrue, ACCRUAL_DIVISOR, dayOf, endOfDaySec, interestOf } from '../interest.ts';
import type { Leg } from '../kinds/fields.ts';
import { computeLedger, type LedgerPayment } from './ledger.ts';
import { dueDates, lastDueAtSec } from './plan.ts';
import { projectSchedule } from './schedule.ts';
import { planTicks, tickAt } from './ticks.ts';
import { splitEqually } from '../money.ts';

const DAY = 60;
const START = 1_800_000_000;
const { document } = new Loan({ signing: sparedSigning }).contract;
const at = (day: number, sec = 0): number => START + day * DAY + sec;
const pay = (leg: Leg, amountUnits: bigint, day: number, sec = 5): LedgerPayment => ({
  leg,
  amountUnits,
  settledAtSec: at(day, sec),
});
const lent = pay('disbursement', 1_000_000_000n, 0);
const ledgerAt = (payments: LedgerPayment[], day: number, sec = 0) =>
  computeLedger(document, payments, at(day, sec));

describe('days and interest', () => {
  it('a day ends with its last second', () => {
    expect(dayOf(86_399, 86_400)).toBe(0);
    expect(dayOf(86_400, 86_400)).toBe(1);
    expect(endOfDaySec(0, 86_400)).toBe(86_399);
    expect(dueDates(document)).toEqual([at(90, 59)]);
  });

  it('is the exact sum divided once', () => {
    expect(ACCRUAL_DIVISOR).toBe(3_650_000n * 72n);
    expect(interestOf(accrue(1_000_000_000n, 1_200, 90))).toBe(29_589_041n);
    expect(interestOf(accrue(1n, 1_200, 3_041))).toBe(0n);
    expect(interestOf(accrue(1n, 1_200, 3_042))).toBe(1n);
    const halves = accrue(1_000_000_000n, 1_200, 45) * 2n;
    expect(halves).toBe(accrue(1_000_000_000n, 1_200, 90));
  });

  it('counts 29 February like any other day', () => {
    // 2028-02-20 noon to the end of 2028-05-20: nine days, a leap day, 31, 30 and 20 more.
    const start = Date.UTC(2028, 1, 20, 12) / 1000;
    const offer = { network: 'mainnet', daySec: 86_400 } as const;
    const leap = new Loan({ signing: sparedSigning, startAtSec: start, offer }).contract.document;
    expect(lastDueAtSec(leap)).toBe(Date.UTC(2028, 4, 20, 23, 59, 59) / 1000);
    const payment = { ...lent, settledAtSec: start };
    const ledger = computeLedger(leap, [payment], lastDueAtSec(leap));
    expect(ledger.interestAccruedUnits).toBe(29_589_041n);
  });
});

describe('the bullet', () => {
  it('owes nothing before its day, everything on it', () => {
    expect(ledgerAt([lent], 89, 59)).toMatchObject({
      interestAccruedUnits: 29_260_273n,
      dueNowUnits: 0n,
      payoffUnits: 1_029_260_000n,
      daysPastDue: 0,
    });
    const due = ledgerAt([lent], 90);
    expect(due).toMatchObject({ dueNowUnits: 1_029_589_000n, payoffUnits: 1_029_589_000n });
    expect(due.instalments[0]).toMatchObject({ state: 'due', unpaidUnits: 1_029_589_041n });
  });

  it('is late the day after, and interest runs on', () => {
    expect(ledgerAt([lent], 91)).toMatchObject({ daysPastDue: 1 });
    const late = ledgerAt([lent], 100);
    expect(late).toMatchObject({ daysPastDue: 10, interestAccruedUnits: 32_876_712n });
    expect(late.instalments[0]).toMatchObject({ state: 'late', daysPastDue: 10 });
  });

  it('takes interest first, then principal', () => {
    const half = pay('repayment', 500_000_000n, 30);
    expect(ledgerAt([lent, half], 30)).toMatchObject({
      interestPaidUnits: 9_863_013n,
      principalPaidUnits: 490_136_987n,
      outstandingUnits: 509_863_013n,
      interestOwedUnits: 0n,
    });
    // (1,000,000,000 × 30 + 509,863,013 × 60) × 1,200 / 3,650,000 = 19,920,585.46…
    expect(ledgerAt([lent, half], 90)).toMatchObject({
      interestAccruedUnits: 19_920_585n,
      interestOwedUnits: 10_057_572n,
      payoffUnits: 519_920_000n,
    });
  });

  it('makes no difference between one payment of a day and two', () => {
    const one = ledgerAt([lent, pay('repayment', 500_000_000n, 30)], 90);
    const first = pay('repayment', 123_456_789n, 30, 59);
    const second = pay('repayment', 376_543_211n, 30, 0);
    expect(ledgerAt([first, lent, second], 90)).toEqual(one);
  });

  it('is repaid to less than a satoshi, and not late for it', () => {
    const paid = [lent, pay('repayment', 1_029_588_042n, 90)];
    expect(ledgerAt(paid, 95)).toMatchObject({ repaid: true, daysPastDue: 0, dueNowUnits: 0n });
    expect(ledgerAt(paid, 95).instalments[0]?.state).toBe('paid');
    const lacking = [lent, pay('repayment', 1_029_588_041n, 90)];
    expect(ledgerAt(lacking, 95)).toMatchObject({ repaid: false, daysPastDue: 5 });
  });

  it('keeps what is overpaid apart and lends it to nobody', () => {
    const over = pay('repayment', 150_000_000n, 1);
    const tick = pay('disbursement', 100_000_000n, 0);
    // Interest of the first day: 100,000,000 × 1,200 / 3,650,000 = 32,876.7… msat.
    expect(ledgerAt([tick, over], 1)).toMatchObject({
      unallocatedUnits: 49_967_124n,
      outstandingUnits: 0n,
    });
    const more = [tick, over, pay('disbursement', 100_000_000n, 2)];
    expect(ledgerAt(more, 2)).toMatchObject({
      outstandingUnits: 100_000_000n,
      unallocatedUnits: 49_967_124n,
    });
  });

  it('bears no interest on what was disbursed beyond the principal', () => {
    const excess = ledgerAt([lent, pay('disbursement', 100_000_000n, 0)], 90);
    expect(excess).toMatchObject({
      disbursedUnits: 1_100_000_000n,
      excessDisbursedUnits: 100_000_000n,
      outstandingUnits: 1_000_000_000n,
      interestAccruedUnits: 29_589_041n,
    });
  });
});

describe('time', () => {
  it('leaves out what is settled on a later day', () => {
    expect(ledgerAt([lent, pay('repayment', 1n, 31)], 30)).toMatchObject({ repaidUnits: 0n });
    expect(ledgerAt([], 30)).toMatchObject({ outstandingUnits: 0n, repaid: false });
    expect(ledgerAt([pay('disbursement', 1_000n, 5)], 0)).toMatchObject({ disbursedUnits: 0n });
  });

  it('says what can still be disbursed, and when nothing more can', () => {
    const tick = pay('disbursement', 100_000_000n, 0);
    expect(ledgerAt([tick], 29, 59).undisbursedUnits).toBe(900_000_000n);
    expect(ledgerAt([tick], 30).undisbursedUnits).toBe(0n);
    expect(ledgerAt([], 29).instalments[0]?.state).toBe('planned');
    expect(ledgerAt([lent], 29).instalments[0]?.state).toBe('planned');
  });

  it('counts only tranches that are open', () => {
    const [tranche] = document.tranches;
    if (!tranche) throw new Error('the fixture has a tranche');
    const half = { ...tranche, amountUnits: '500000000' };
    const tranches = [half, { ...half, fromSec: at(20), toSec: at(30), lapsesAtSec: at(50) }];
    const ledger = computeLedger({ ...document, tranches }, [], at(40));
    expect(ledger.undisbursedUnits).toBe(500_000_000n);
  });
});

describe('ticks', () => {
  it('share a tranche in whole satoshis, spread over its stream', () => {
    const ticks = planTicks(document);
    expect(ticks.map((tick) => tick.dueAtSec)).toEqual(ticks.map((_, day) => at(day)));
    const [tranche] = document.tranches;
    if (!tranche) throw new Error('the fixture has a tranche');
    const uneven = { ...tranche, amountUnits: '10001000', ticks: 7, toSec: tranche.fromSec + 10 };
    const planned = planTicks({ ...document, tranches: [uneven, tranche] });
    expect(planned.slice(0, 7).map((tick) => tick.amountUnits)).toEqual(
      splitEqually(10_001_000n, 7),
    );
    expect(planned.slice(0, 7).map((tick) => tick.dueAtSec - START)).toEqual([0, 1, 2, 4, 5, 7, 8]);
    expect(planned[7]).toMatchObject({ n: 7, tranche: 1 });
    for (const tick of planned) {
      expect(tickAt({ ...document, tranches: [uneven, tranche] }, tick.n)).toEqual(tick);
    }
    expect(tickAt(document, 10)).toBeUndefined();
  });

  it('stay exact where a float would not', () => {
    const tranche = {
      amountUnits: '100000000000',
      fromSec: 0,
      toSec: 99_999_999_999,
      lapsesAtSec: 99_999_999_999,
      ticks: 100_000,
    };
    const last = tickAt({ ...document, tranches: [tranche] }, 99_999);
    expect(last?.dueAtSec).toBe(Number((99_999n * 99_999_999_999n) / 100_000n));
  });
});

describe('the schedule', () => {
  it('expects every open tick at its time and the bullet at the end', () => {
    // Ten ticks on days 0 to 9: 100,000,000 × 1,200 × 855 / 3,650,000 = 28,109,589.04…
    expect(projectSchedule(document, [], START)).toEqual([
      {
        number: 1,
        dueAtSec: at(90, 59),
        principalUnits: 1_000_000_000n,
        interestUnits: 28_109_589n,
        totalUnits: 1_028_109_589n,
      },
    ]);
  });

  it('expects late ticks now, lapsed ones never, paid ones as they were', () => {
    const late = projectSchedule(document, [], at(20));
    // All ten on day 20: 1,000,000,000 × 1,200 × 70 / 3,650,000 = 23,013,698.6…
    expect(late[0]).toMatchObject({ interestUnits: 23_013_698n });
    const paid = [{ ...pay('disbursement', 100_000_000n, 0), n: 0 }];
    expect(projectSchedule(document, paid, at(30))[0]).toMatchObject({
      principalUnits: 100_000_000n,
      interestUnits: 2_958_904n,
    });
  });
});
