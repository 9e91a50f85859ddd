/** Laws of the ledger, over random payments. */
import {
  computeLedger,
  projectSchedule,
  type Instalment,
  type Leg,
  type LedgerPayment,
} from '@realyield/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inThree, Loan, offerDocument, sparedSigning } from '../fixtures/loan.ts';
import { equalPlan } from '../fixtures/plans.ts';

const START = 1_800_000_000;
const DAY = 60;
const [tranche] = offerDocument().tranches;
if (!tranche) throw new Error('the fixture has a tranche');
const half = { ...tranche, shareBps: 5_000 };

/** Repaid at once, in three parts, and in parts that fall due while ticks can come and lapse. */
const terms = [
  {},
  inThree,
  {
    plan: equalPlan(25, 7, 3, 0),
    tranches: [half, { ...half, startDay: 40, windowDays: 30 }],
  },
].map((offer) => new Loan({ signing: sparedSigning, offer }).contract.document);
const documents = fc.constantFrom(...terms);

const payment: fc.Arbitrary<LedgerPayment> = fc.record({
  leg: fc.constantFrom<Leg>('disbursement', 'repayment'),
  amountMsat: fc.bigInt({ min: 1n, max: 600_000_000n }),
  settledAtSec: fc.integer({ min: START - 5 * DAY, max: START + 200 * DAY }),
});
const payments = fc.array(payment, { maxLength: 15 });
const later = fc.tuple(
  fc.integer({ min: START - 10 * DAY, max: START + 300 * DAY }),
  fc.nat({ max: 100 }),
);
const time = fc.integer({ min: START - 10 * DAY, max: START + 300 * DAY });

describe('the ledger', () => {
  it('loses no value and makes none', () => {
    fc.assert(
      fc.property(documents, payments, time, (document, list, asOfSec) => {
        const ledger = computeLedger(document, list, asOfSec);
        const counted = ledger.disbursedMsat - ledger.excessDisbursedMsat;
        expect(counted).toBe(ledger.outstandingMsat + ledger.principalPaidMsat);
        const used = ledger.principalPaidMsat + ledger.interestPaidMsat + ledger.unallocatedMsat;
        expect(ledger.repaidMsat).toBe(used);
        expect(counted + ledger.undisbursedMsat <= BigInt(document.principalMsat)).toBe(true);
        expect(ledger.interestAccruedMsat).toBe(ledger.interestPaidMsat + ledger.interestOwedMsat);
        const over = (amount: (each: Instalment) => bigint): bigint =>
          ledger.instalments.map(amount).reduce((a, b) => a + b, 0n);
        const owed = ledger.outstandingMsat + ledger.interestOwedMsat;
        expect(over((each) => each.unpaidMsat)).toBe(owed);
        expect(over((each) => each.principalMsat)).toBe(counted);
        expect(over((each) => each.interestMsat)).toBe(ledger.interestAccruedMsat);
        expect(over((each) => each.paidPrincipalMsat)).toBe(ledger.principalPaidMsat);
        expect(over((each) => each.paidInterestMsat)).toBe(ledger.interestPaidMsat);
      }),
    );
  });

  it('is never negative, and payable in whole satoshis', () => {
    fc.assert(
      fc.property(documents, payments, time, (document, list, asOfSec) => {
        const ledger = computeLedger(document, list, asOfSec);
        const amounts = Object.values(ledger).filter((value) => typeof value === 'bigint');
        const shares = ledger.instalments.flatMap((each) => Object.values(each) as unknown[]);
        const all = [...amounts, ...shares.filter((value) => typeof value === 'bigint')];
        expect(all.filter((amount) => amount < 0n)).toEqual([]);
        expect(ledger.dueNowMsat % 1_000n).toBe(0n);
        expect(ledger.payoffMsat % 1_000n).toBe(0n);
        expect(ledger.dueNowMsat <= ledger.payoffMsat).toBe(true);
      }),
    );
  });

  it('does not see the order of payments, nor that one of a day was split', () => {
    const split = fc.tuple(
      payments,
      time,
      fc.bigInt({ min: 0n, max: 600_000_000n }),
      fc.nat(DAY - 1),
    );
    fc.assert(
      fc.property(documents, split, (document, [list, asOfSec, part, second]) => {
        const parts = list.flatMap((each) => {
          const first = part < each.amountMsat ? part : 0n;
          const daySec = Math.floor(each.settledAtSec / DAY) * DAY;
          const moved = { ...each, amountMsat: first, settledAtSec: daySec + second };
          return [{ ...each, amountMsat: each.amountMsat - first }, moved];
        });
        const whole = computeLedger(document, list, asOfSec);
        expect(computeLedger(document, parts.reverse(), asOfSec)).toEqual(whole);
      }),
    );
  });

  it('is repaid by its payoff of the day, and stays repaid for ever', () => {
    fc.assert(
      fc.property(
        documents,
        payments,
        time,
        fc.nat({ max: 50_000 }),
        (document, list, asOfSec, days) => {
          const before = list.filter((each) => each.settledAtSec <= asOfSec);
          const { payoffMsat } = computeLedger(document, before, asOfSec);
          const lapses = document.tranches.map((each) => each.lapsesAtSec);
          fc.pre(payoffMsat > 0n && asOfSec >= Math.max(...lapses));
          const paid: LedgerPayment = {
            leg: 'repayment',
            amountMsat: payoffMsat,
            settledAtSec: asOfSec,
          };
          const after = computeLedger(document, [...before, paid], asOfSec + days * DAY);
          expect(after.repaid).toBe(true);
          expect(after.daysPastDue).toBe(0);
        },
      ),
    );
  });

  it('owes more with time, less with every repayment, what is owed back set off', () => {
    fc.assert(
      fc.property(documents, payments, later, payment, (document, list, [asOfSec, days], extra) => {
        const owed = (each: LedgerPayment[], atSec: number): bigint => {
          const ledger = computeLedger(document, each, atSec);
          return ledger.outstandingMsat + ledger.interestOwedMsat - ledger.unallocatedMsat;
        };
        const known = list.filter((each) => each.settledAtSec <= asOfSec);
        expect(owed(known, asOfSec + days * DAY) >= owed(known, asOfSec)).toBe(true);
        const repaid = { ...extra, leg: 'repayment' as const };
        expect(owed([...list, repaid], asOfSec) <= owed(list, asOfSec)).toBe(true);
      }),
    );
  });

  it('asks of an instalment that fell due nothing more for what happens later', () => {
    fc.assert(
      fc.property(documents, payments, later, (document, list, [asOfSec, days]) => {
        const known = list.filter((each) => each.settledAtSec <= asOfSec);
        const asked = (each: LedgerPayment[], atSec: number): (bigint | string)[] =>
          computeLedger(document, each, atSec)
            .instalments.slice(0, -1)
            .filter((one) => one.dueAtSec < asOfSec)
            .flatMap((one) => [one.principalMsat, one.interestMsat]);
        const laterSec = asOfSec + (days + 1) * DAY;
        const newer = list.filter((each) => each.settledAtSec > asOfSec + DAY);
        const before = asked(known, asOfSec);
        expect(asked([...known, ...newer], laterSec)).toEqual(before);
      }),
    );
  });

  it('an instalment once paid stays paid, on the same day', () => {
    fc.assert(
      fc.property(documents, payments, later, (document, list, [asOfSec, days]) => {
        const daysOf = (atSec: number): (number | undefined)[] =>
          computeLedger(document, list, atSec)
            .instalments.slice(0, -1)
            .filter((one) => one.dueAtSec < asOfSec)
            .map((one) => one.paidDay);
        const after = daysOf(asOfSec + days * DAY);
        for (const [index, day] of daysOf(asOfSec).entries()) {
          if (day !== undefined) expect(after[index]).toBe(day);
        }
      }),
    );
  });

  it('its schedule asks for everything that was or can be lent', () => {
    fc.assert(
      fc.property(documents, payments, time, (document, list, asOfSec) => {
        const known = list
          .filter((each) => each.settledAtSec <= asOfSec)
          .map((each, n) => ({ ...each, n: 1_000 + n }));
        const planned = projectSchedule(document, known, asOfSec);
        const principal = planned.reduce((sum, each) => sum + each.principalMsat, 0n);
        const ledger = computeLedger(document, known, asOfSec);
        const lent = ledger.disbursedMsat - ledger.excessDisbursedMsat;
        expect(principal).toBe(lent + ledger.undisbursedMsat);
      }),
    );
  });
});
