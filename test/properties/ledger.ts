/**
 * Laws of the ledger, over random contracts of every plan and random payments; and what a second
 * ledger, written from specs/ alone, makes of them.
 */
import {
  computeLedger,
  LEGS,
  dueDates,
  lastDueAtSec,
  projectSchedule,
  wholeOf,
  type ContractDocument,
  type Instalment,
  type Ledger,
  type LedgerCourse,
  type Leg,
  type LedgerPayment,
} from '@realyield/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ledgerAt } from '../independent-money.mjs';
import { contracts, coursesOf, DAY } from './contracts.ts';

/** A contract with payments somewhere around its life, and times in it. */
interface Case {
  readonly document: ContractDocument;
  readonly list: readonly LedgerPayment[];
  readonly asOfSec: number;
  /** What happens to its terms. */
  readonly course: LedgerCourse;
  /** One more payment, of its own. */
  readonly extra: LedgerPayment;
  readonly daysLater: number;
}

const amounts = fc.oneof(
  fc.bigInt({ min: 1n, max: 30_000n }),
  fc.bigInt({ min: 1n, max: 3_000_000_000n }),
  fc.bigInt({ min: 1n, max: 3_000_000_000_000n }),
);

const cases: fc.Arbitrary<Case> = contracts.chain((document) => {
  const lastSec = lastDueAtSec(document);
  const time = fc.integer({ min: document.startAtSec - 9 * DAY, max: lastSec + 90 * DAY });
  const settledAtSec = fc.oneof(time, fc.constantFrom(...dueDates(document)));
  const others = fc.constantFrom(...(Object.keys(LEGS) as Leg[]));
  const leg = fc.oneof(fc.constantFrom<Leg>('disbursement', 'repayment'), others);
  const payment = fc.record({ leg, amountUnits: amounts, settledAtSec });
  return fc.record({
    document: fc.constant(document),
    list: fc.array(payment, { maxLength: 15 }),
    asOfSec: fc.oneof(time, settledAtSec),
    course: coursesOf(document),
    extra: payment,
    daysLater: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 400 })),
  });
});

/**
 * Checks a law; all laws together see more than 10,000 contracts with their payments in a run.
 * `LAW_RUNS` of the environment says how often instead. What fails is printed with its seed and
 * path: `LAW_SEED` and `LAW_PATH` take it up again.
 */
function holds(law: (one: Case) => void): void {
  const { LAW_RUNS, LAW_SEED, LAW_PATH } = process.env;
  fc.assert(fc.property(cases, law), {
    numRuns: Number(LAW_RUNS ?? 1_120),
    ...(LAW_SEED === undefined ? {} : { seed: Number(LAW_SEED) }),
    ...(LAW_PATH === undefined ? {} : { path: LAW_PATH }),
  });
}

function over(ledger: Ledger, amount: (each: Instalment) => bigint): bigint {
  return ledger.instalments.map(amount).reduce((sum, each) => sum + each, 0n);
}

const owedOf = (ledger: Ledger): bigint =>
  ledger.outstandingUnits + ledger.interestOwedUnits + ledger.lateFeesOwedUnits;

describe('the ledger', { timeout: 120_000 }, () => {
  it('loses no value and makes none', () => {
    holds(({ document, list, asOfSec, course }) => {
      const ledger = computeLedger(document, list, asOfSec, course);
      const counted = ledger.disbursedUnits - ledger.excessDisbursedUnits;
      expect(counted).toBe(ledger.outstandingUnits + ledger.principalPaidUnits);
      const used = ledger.principalPaidUnits + ledger.interestPaidUnits + ledger.lateFeesPaidUnits;
      expect(ledger.repaidUnits).toBe(used + ledger.unallocatedUnits);
      expect(counted + ledger.undisbursedUnits <= BigInt(document.principalUnits)).toBe(true);
      expect(ledger.interestAccruedUnits).toBe(ledger.interestPaidUnits + ledger.interestOwedUnits);
      expect(ledger.lateFeesChargedUnits).toBe(ledger.lateFeesPaidUnits + ledger.lateFeesOwedUnits);
      expect(over(ledger, (each) => each.unpaidUnits)).toBe(owedOf(ledger));
      expect(over(ledger, (each) => each.principalUnits)).toBe(counted);
      expect(over(ledger, (each) => each.interestUnits)).toBe(ledger.interestAccruedUnits);
      expect(over(ledger, (each) => each.lateFeeUnits)).toBe(ledger.lateFeesChargedUnits);
      expect(over(ledger, (each) => each.paidPrincipalUnits)).toBe(ledger.principalPaidUnits);
      expect(over(ledger, (each) => each.paidInterestUnits)).toBe(ledger.interestPaidUnits);
      expect(over(ledger, (each) => each.paidLateFeeUnits)).toBe(ledger.lateFeesPaidUnits);
    });
  });

  it('is never negative, and payable in whole satoshis or whole cents', () => {
    holds(({ document, list, asOfSec, course }) => {
      const ledger = computeLedger(document, list, asOfSec, course);
      const amountsOf = Object.values(ledger).filter((value) => typeof value === 'bigint');
      const shares = ledger.instalments.flatMap((each) => Object.values(each) as unknown[]);
      const all = [...amountsOf, ...shares.filter((value) => typeof value === 'bigint')];
      expect(all.filter((amount) => amount < 0n)).toEqual([]);
      const whole = wholeOf(document.denomination);
      expect(ledger.dueNowUnits % whole).toBe(0n);
      expect(ledger.payoffUnits % whole).toBe(0n);
      expect(ledger.dueNowUnits <= ledger.payoffUnits).toBe(true);
    });
  });

  it('does not see the order of payments, nor that one of a day was split', () => {
    holds(({ document, list, asOfSec, extra, course }) => {
      const parts = list.flatMap((each) => {
        const first = extra.amountUnits < each.amountUnits ? extra.amountUnits : 0n;
        const daySec = Math.floor(each.settledAtSec / DAY) * DAY;
        const settledAtSec = daySec + (extra.settledAtSec % DAY);
        const moved = { ...each, amountUnits: first, settledAtSec };
        return [{ ...each, amountUnits: each.amountUnits - first }, moved];
      });
      const whole = computeLedger(document, list, asOfSec, course);
      expect(computeLedger(document, parts.reverse(), asOfSec, course)).toEqual(whole);
    });
  });

  it('is repaid by its payoff of the day, and stays repaid for ever', () => {
    holds(({ document, list, asOfSec, daysLater, course }) => {
      const lapses = document.tranches.map((each) => each.lapsesAtSec);
      const atSec = Math.max(asOfSec, ...lapses);
      const before = list.filter((each) => each.settledAtSec <= atSec);
      const { payoff, payoffUnits, disbursedUnits, ...rest } = computeLedger(
        document,
        before,
        atSec,
        course,
      );
      fc.pre(disbursedUnits > 0n);
      const paid: LedgerPayment[] = [
        { leg: 'repayment', amountUnits: payoff.repaymentUnits, settledAtSec: atSec },
        { leg: 'servicing', amountUnits: payoff.servicingUnits, settledAtSec: atSec },
      ];
      const laterSec = atSec + daysLater * 100 * DAY;
      const after = computeLedger(document, [...before, ...paid], laterSec, course);
      expect(after).toMatchObject({ repaid: true, daysPastDue: 0, payoffUnits: 0n });
      const isOver =
        after.unallocatedUnits > rest.unallocatedUnits + wholeOf(document.denomination);
      expect(isOver).toBe(false);
    });
  });

  it('owes more with time, less with every repayment, what is owed back set off', () => {
    holds(({ document, list, asOfSec, daysLater, extra }) => {
      const owed = (each: readonly LedgerPayment[], atSec: number) => {
        const ledger = computeLedger(document, each, atSec);
        const backUnits = ledger.unallocatedUnits;
        return { units: owedOf(ledger) - backUnits, backUnits };
      };
      const known = list.filter((each) => each.settledAtSec <= asOfSec);
      const later = owed(known, asOfSec + daysLater * DAY);
      expect(later.units >= owed(known, asOfSec).units).toBe(true);
      const without = owed(list, asOfSec);
      const repaid = { ...extra, leg: 'repayment' as const };
      const after = owed([...list, repaid], asOfSec);
      // What the bank was paid too early counts with a repayment (FE-5): on a day on which nothing
      // is owed it goes back (M-9), and lowers no principal that comes later.
      const goesBack = after.backUnits > without.backUnits + repaid.amountUnits;
      if (!goesBack) expect(after.units <= without.units).toBe(true);
    });
  });

  it('asks of an instalment that fell due nothing more for what happens later', () => {
    holds(({ document, list, asOfSec, daysLater }) => {
      const known = list.filter((each) => each.settledAtSec <= asOfSec);
      const asked = (each: LedgerPayment[], atSec: number): (bigint | string)[] =>
        computeLedger(document, each, atSec)
          .instalments.slice(0, -1)
          .filter((one) => one.dueAtSec < asOfSec)
          .flatMap((one) => [one.principalUnits, one.interestUnits]);
      const laterSec = asOfSec + (daysLater + 1) * DAY;
      const newer = list.filter((each) => each.settledAtSec > asOfSec + DAY);
      expect(asked([...known, ...newer], laterSec)).toEqual(asked(known, asOfSec));
    });
  });

  it('an instalment once paid stays paid, on the same day, and costs no more', () => {
    holds(({ document, list, asOfSec, daysLater }) => {
      const paidAt = (atSec: number): (number | bigint | undefined)[][] =>
        computeLedger(document, list, atSec)
          .instalments.slice(0, -1)
          .filter((one) => one.dueAtSec < asOfSec)
          .map((one) => [one.paidDay, one.lateFeeUnits, one.unpaidUnits]);
      const after = paidAt(asOfSec + daysLater * DAY);
      for (const [index, [day, fee]] of paidAt(asOfSec).entries()) {
        if (day !== undefined) expect(after[index]?.slice(0, 2)).toEqual([day, fee]);
      }
    });
  });

  it('its schedule asks for everything that was or can be lent', () => {
    holds(({ document, list, asOfSec }) => {
      const known = list
        .filter((each) => each.settledAtSec <= asOfSec)
        .map((each, n) => ({ ...each, n: 1_000 + n }));
      const planned = projectSchedule(document, known, asOfSec);
      const principal = planned.reduce((sum, each) => sum + each.principalUnits, 0n);
      const ledger = computeLedger(document, known, asOfSec);
      const lent = ledger.disbursedUnits - ledger.excessDisbursedUnits;
      expect(principal).toBe(lent + ledger.undisbursedUnits);
    });
  });

  it('is what the specification says, to a second reader of it', () => {
    holds(({ document, list, asOfSec }) => {
      const ledger = computeLedger(document, list, asOfSec);
      const paid = list.map(({ leg, amountUnits, settledAtSec }) => ({
        ...{ leg, msat: amountUnits.toString(), atSec: settledAtSec },
      }));
      const second = ledgerAt(document, paid, asOfSec);
      const begun = second.owed.length - 1;
      const [fallen, rest] = [ledger.instalments.slice(0, begun), ledger.instalments.slice(begun)];
      expect(fallen.map((each) => each.unpaidUnits)).toEqual(second.owed.slice(0, begun));
      expect(rest.reduce((sum, each) => sum + each.unpaidUnits, 0n)).toBe(second.owed.at(-1));
      const days = ledger.instalments.slice(0, begun + 1).map((each) => each.daysPastDue);
      expect(days).toEqual(second.daysLate);
      expect(ledger.repaid).toBe(second.isRepaid);
    });
  });
});
