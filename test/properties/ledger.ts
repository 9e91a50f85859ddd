/** Laws of the ledger, over random payments. */
import { computeLedger, type Leg, type LedgerPayment } from '@realyield/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Loan, sparedSigning } from '../fixtures/loan.ts';

const START = 1_800_000_000;
const DAY = 60;
const { document } = new Loan({ signing: sparedSigning }).contract;

const payment: fc.Arbitrary<LedgerPayment> = fc.record({
  leg: fc.constantFrom<Leg>('disbursement', 'repayment'),
  amountMsat: fc.bigInt({ min: 1n, max: 600_000_000n }),
  settledAtSec: fc.integer({ min: START - 5 * DAY, max: START + 200 * DAY }),
});
const payments = fc.array(payment, { maxLength: 15 });
const time = fc.integer({ min: START - 10 * DAY, max: START + 300 * DAY });

describe('the ledger', () => {
  it('loses no value and makes none', () => {
    fc.assert(
      fc.property(payments, time, (list, asOfSec) => {
        const ledger = computeLedger(document, list, asOfSec);
        const counted = ledger.disbursedMsat - ledger.excessDisbursedMsat;
        expect(counted).toBe(ledger.outstandingMsat + ledger.principalPaidMsat);
        const used = ledger.principalPaidMsat + ledger.interestPaidMsat + ledger.unallocatedMsat;
        expect(ledger.repaidMsat).toBe(used);
        expect(counted + ledger.undisbursedMsat <= BigInt(document.principalMsat)).toBe(true);
        expect(ledger.interestAccruedMsat).toBe(ledger.interestPaidMsat + ledger.interestOwedMsat);
        const perInstalment = ledger.instalments.map((each) => each.unpaidMsat);
        const owed = ledger.outstandingMsat + ledger.interestOwedMsat;
        expect(perInstalment.reduce((a, b) => a + b, 0n)).toBe(owed);
      }),
    );
  });

  it('is never negative, and payable in whole satoshis', () => {
    fc.assert(
      fc.property(payments, time, (list, asOfSec) => {
        const ledger = computeLedger(document, list, asOfSec);
        const amounts = Object.values(ledger).filter((value) => typeof value === 'bigint');
        expect(amounts.filter((amount) => amount < 0n)).toEqual([]);
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
      fc.property(split, ([list, asOfSec, part, second]) => {
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
      fc.property(payments, time, fc.nat({ max: 50_000 }), (list, asOfSec, days) => {
        const before = list.filter((each) => each.settledAtSec <= asOfSec);
        const { payoffMsat } = computeLedger(document, before, asOfSec);
        fc.pre(payoffMsat > 0n && asOfSec > START + 31 * DAY);
        const paid: LedgerPayment = {
          leg: 'repayment',
          amountMsat: payoffMsat,
          settledAtSec: asOfSec,
        };
        const after = computeLedger(document, [...before, paid], asOfSec + days * DAY);
        expect(after.repaid).toBe(true);
        expect(after.daysPastDue).toBe(0);
      }),
    );
  });

  it('owes more with time, less with every repayment, what is owed back set off', () => {
    fc.assert(
      fc.property(payments, time, fc.nat({ max: 100 }), payment, (list, asOfSec, days, extra) => {
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
});
