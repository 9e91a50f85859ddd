/** Laws of figures, over random histories of several loans of one bank and one investor. */
import {
  combineBank,
  combineBook,
  combinePortfolio,
  computeXirr,
  findReusedHashes,
  foldContract,
  partOf,
  periodOf,
  repaymentHistory,
  summarizeHolding,
  type BookUnit,
  type ContractState,
  type HoldingSummary,
  type ParsedEvent,
} from '@realyield/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publicOf, type Loan } from '../fixtures/loan.ts';
import { actions, playLoan, type Action } from './actions.ts';

const IN_BITCOIN: BookUnit = { network: 'regtest', denomination: { type: 'msat' } };
const START = 1_800_000_000;
const DAY = 60;
const RUNS = { numRuns: 12 };
const SUM = (list: readonly bigint[]): bigint => list.reduce((a, b) => a + b, 0n);

/** One to three loans, of either kind. */
const histories = fc.array(actions, { minLength: 1, maxLength: 3 });

function playAll(list: readonly (readonly Action[])[]): Loan[] {
  return list.map((steps, index) => playLoan(steps, true, { seed: `loan ${index} ` }));
}

const time = fc.integer({ min: -5, max: 400 }).map((day) => START + day * DAY + 7);

function fold(loan: Loan, events: readonly ParsedEvent[]): ContractState {
  const folded = foldContract(loan.root, events);
  if (!folded.ok) throw new Error(folded.code);
  return folded.value.state;
}

function summarize(states: readonly ContractState[], asOfSec: number): HoldingSummary[] {
  const { notCounted } = findReusedHashes(states);
  return states.map((state) => summarizeHolding(state, asOfSec, notCounted.get(state.root)));
}

/** All that is shown of some contracts. */
function shown(states: readonly ContractState[], list: readonly HoldingSummary[]) {
  const reuse = findReusedHashes(states);
  return {
    bank: combineBank(publicOf('bank'), IN_BITCOIN, list, { reuse }),
    portfolio: combinePortfolio(IN_BITCOIN, list),
    history: repaymentHistory(list),
  };
}

/** What the bank paid under its guarantee by the end of a day, reused hashes left out. */
function guaranteedOf(states: readonly ContractState[], index: number, asOfSec: number): bigint {
  const { root, payments = [] } = states[index] ?? {};
  const reused = findReusedHashes(states).notCounted.get(root ?? '');
  const counted = payments.filter(({ leg, settledAtSec }) => {
    return leg === 'guarantee' && Math.floor(settledAtSec / DAY) <= Math.floor(asOfSec / DAY);
  });
  const own = counted.filter((payment) => !reused?.has(partOf(payment)));
  return SUM(own.map(({ amountUnits }) => amountUnits));
}

describe('figures', () => {
  it('do not see order, repetition or who adds them up', () => {
    fc.assert(
      fc.property(histories, time, fc.nat({ max: 997 }), (played, asOfSec, seed) => {
        const loans = playAll(played);
        const states = loans.map((loan) => loan.fold().state);
        const expected = shown(states, summarize(states, asOfSec));
        const keyed = loans
          .flatMap((loan) => [...loan.parsed, ...loan.parsed.slice(0, 5)])
          .map((entry, index) => ({ entry, key: ((index + 1) * (seed + 7)) % 1_009 }));
        const events = keyed.sort((a, b) => a.key - b.key).map(({ entry }) => entry);
        const again = [...loans].reverse().map((loan) => fold(loan, events));
        const list = summarize(again, asOfSec);
        expect(shown([...again, ...states], [...list, ...list.slice(1)])).toEqual(expected);
      }),
      RUNS,
    );
  });

  it('stay what they are until a summary is stale', () => {
    fc.assert(
      fc.property(histories, time, fc.nat({ max: DAY }), (played, asOfSec, laterSec) => {
        const [loan] = playAll(played);
        fc.pre(loan !== undefined);
        const { state } = loan.fold();
        const { asOfSec: _, ...now } = summarizeHolding(state, asOfSec);
        const untilSec = Math.min(asOfSec + laterSec, now.staleAtSec - 1);
        const { asOfSec: __, ...later } = summarizeHolding(state, untilSec);
        expect({ ...later, expected: [] }).toEqual({ ...now, expected: [] });
      }),
      RUNS,
    );
  });

  it('add up within a contract and over contracts', () => {
    fc.assert(
      fc.property(histories, time, (played, asOfSec) => {
        const states = playAll(played).map((loan) => loan.fold().state);
        const list = summarize(states, asOfSec);
        for (const [index, each] of list.entries()) {
          const { outstandingUnits, dustUnits, principalPaidUnits, disbursedUnits } = each;
          expect(outstandingUnits + dustUnits + principalPaidUnits).toBe(disbursedUnits);
          const { interestPaidUnits, unallocatedUnits, repaidUnits } = each;
          expect(principalPaidUnits + interestPaidUnits + unallocatedUnits).toBe(repaidUnits);
          expect(SUM(each.flows.map((flow) => flow.paidUnits))).toBe(
            disbursedUnits + each.excessDisbursedUnits,
          );
          expect(SUM(each.flows.map((flow) => flow.receivedUnits))).toBe(
            repaidUnits + guaranteedOf(states, index, asOfSec),
          );
          expect(each.flows.every((flow) => flow.creditedUnits >= 0n)).toBe(true);
          for (const instalment of each.instalments) {
            const { paidInTimeUnits, paidLateUnits, unpaidUnits, dueUnits } = instalment;
            expect(paidInTimeUnits + paidLateUnits + unpaidUnits).toBe(dueUnits);
            expect([paidInTimeUnits, paidLateUnits, unpaidUnits].every((msat) => msat >= 0n)).toBe(
              true,
            );
          }
        }
        const one = (each: HoldingSummary) => combineBook(IN_BITCOIN, [each]);
        const whole = combineBook(IN_BITCOIN, list);
        const { punctuality, buckets, defaults } = whole;
        expect(SUM(buckets.map((bucket) => bucket.outstandingUnits))).toBe(whole.outstandingUnits);
        expect(SUM(list.map((each) => one(each).outstandingUnits))).toBe(whole.outstandingUnits);
        expect(SUM(list.map((each) => one(each).par30.numeratorUnits))).toBe(
          whole.par30.numeratorUnits,
        );
        const { paidInTime, paidLate, unpaid, inGrace, fallenDue } = punctuality;
        expect(paidInTime + paidLate + unpaid + inGrace).toBe(fallenDue);
        expect(whole.par1.numeratorUnits >= whole.par30.numeratorUnits).toBe(true);
        expect(whole.par30.numeratorUnits >= whole.par90.numeratorUnits).toBe(true);
        expect(defaults.outstandingUnits <= whole.outstandingUnits).toBe(true);
        const { acknowledged, preimageOnly } = whole;
        expect(acknowledged.amountUnits + preimageOnly.amountUnits).toBe(
          whole.disbursedUnits +
            whole.excessDisbursedUnits +
            whole.repaidUnits +
            SUM(list.map((_, index) => guaranteedOf(states, index, asOfSec))),
        );
      }),
      RUNS,
    );
  });

  it('have a history of what fell due and no more, however it is grouped', () => {
    fc.assert(
      fc.property(histories, time, (played, asOfSec) => {
        const loans = playAll(played);
        const list = summarize(
          loans.map((loan) => loan.fold().state),
          asOfSec,
        );
        const [few, periods] = [repaymentHistory(list), repaymentHistory(list, 'period')];
        for (const row of [...few, ...periods]) {
          const paidUnits = row.paidInTimeUnits + row.paidLateUnits;
          expect(paidUnits + row.inGraceUnits + row.unpaidUnits).toBe(row.dueUnits);
        }
        const { punctuality } = combineBook(IN_BITCOIN, list);
        for (const rows of [few, periods]) {
          expect(rows.reduce((sum, row) => sum + row.instalments, 0)).toBe(punctuality.fallenDue);
        }
        expect(SUM(few.map((row) => row.dueUnits))).toBe(SUM(periods.map((row) => row.dueUnits)));
      }),
      RUNS,
    );
  });

  it('expect what is outstanding or can still be paid out, but for what is late', () => {
    fc.assert(
      fc.property(histories, time, (played, asOfSec) => {
        const loans = playAll(played);
        for (const loan of loans) {
          const { state } = loan.fold();
          const each = summarizeHolding(state, asOfSec);
          const numbers = state.payments.filter(({ leg }) => leg === 'disbursement');
          // What was paid twice is in the place of a tick that can still be paid.
          if (new Set(numbers.map(({ n }) => n)).size < numbers.length) continue;
          const expected = SUM(each.expected.map((payment) => payment.principalUnits));
          const past = each.instalments.filter(({ dueDay }) => dueDay < each.asOfDay);
          const late = SUM(past.map(({ unpaidPrincipalUnits }) => unpaidPrincipalUnits));
          const owed = each.outstandingUnits + each.dustUnits + each.undisbursedUnits;
          expect(expected + late).toBe(owed);
          expect(each.expected.every((payment) => payment.interestUnits >= 0n)).toBe(true);
        }
      }),
      RUNS,
    );
  });
});

describe('the rate of return', () => {
  const flow = fc.record({
    years: fc.integer({ min: 0, max: 3_650 }).map((days) => days / 365),
    amountUnits: fc.bigInt({ min: -1_000_000_000n, max: 1_000_000_000n }),
  });

  it('solves its equation or is not given', () => {
    fc.assert(
      fc.property(fc.array(flow, { maxLength: 30 }), (flows) => {
        const rate = computeXirr(flows);
        if (rate === undefined) return;
        expect(rate).toBeGreaterThan(-1);
        const terms = flows.map(
          ({ years, amountUnits }) => Number(amountUnits) * (1 + rate) ** years,
        );
        const most = Math.max(1, ...terms.map(Math.abs));
        expect(Math.abs(terms.reduce((a, b) => a + b, 0)) / most).toBeLessThan(1e-9);
        expect(computeXirr([...flows].reverse())).toBe(rate);
      }),
    );
  });

  it('is found for whoever lends first and is repaid once, whatever the rate', () => {
    const rates = fc.double({ min: -0.99, max: 50, noNaN: true });
    fc.assert(
      fc.property(rates, fc.integer({ min: 30, max: 3_650 }), (rate, days) => {
        const lent = 10n ** 15n;
        const back = BigInt(Math.round(Number(lent) * (1 + rate) ** (days / 365)));
        fc.pre(back > 1_000_000n);
        const found = computeXirr([
          { years: days / 365, amountUnits: -lent },
          { years: 0, amountUnits: back },
        ]);
        expect(Math.abs((found ?? NaN) - rate) / (1 + rate)).toBeLessThan(1e-5);
      }),
    );
  });
});

describe('periods', () => {
  it('are the calendar’s months on real days', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999_999 }), (atSec) => {
        const date = new Date(atSec * 1_000);
        const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
        expect(periodOf(atSec, 86_400)).toEqual({
          fromSec: Date.UTC(year, month) / 1_000,
          toSec: Date.UTC(year, month + 1) / 1_000 - 1,
        });
      }),
      { numRuns: 500 },
    );
  });
});
