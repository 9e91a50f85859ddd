/** Books of a payee who is away, and catching up after a sleep: within the contract, exactly. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bookReach, planBook } from './book.ts';
import type { ContractState } from './contract/state.ts';
import { planTicks, ticksOf } from './contract/ticks.ts';
import { planDisbursement } from './planner.ts';
import { Loan, sparedSigning } from './testing/loan.ts';

const START = 1_800_000_000;
const DAY = 60;
const at = (day: number): number => START + day * DAY;
const milestone = { title: 'The oven stands', description: '' };
const tranche = { shareBps: 5_000, startDay: 0, streamDays: 10, windowDays: 30, ticks: 100 };

function agreed(offer: ConstructorParameters<typeof Loan>[0] = {}): Loan {
  const loan = new Loan({ signing: sparedSigning, ...offer });
  loan.signAll();
  return loan;
}

const stateOf = (loan: Loan): ContractState => loan.fold().state;

describe('requires: P-30, P-31', () => {
  const loan = agreed({ offer: { tranches: [tranche, { ...tranche, startDay: 10, milestone }] } });
  const chunks = planBook(stateOf(loan), new Set([3]), at(1));

  it('has what can be paid, none twice, none held back, none that is booked', () => {
    const numbers = chunks.flatMap(({ parts }) => parts.map(({ n }) => n));
    const expected = Array.from({ length: 100 }, (_, n) => n).filter((n) => n !== 3);
    expect(numbers).toEqual(expected);
    expect(chunks.map(({ parts }) => parts.length)).toEqual([60, 39]);
    const proposed = new Loan({ signing: sparedSigning });
    expect(planBook(stateOf(proposed), new Set(), at(1))).toEqual([]);
  });

  it('opens before the first of its ticks is due and ends as they lapse', () => {
    const ticks = planTicks(loan.contract.document);
    for (const { parts, notBeforeSec, expiresAtSec } of chunks) {
      const [first, last] = [parts[0], parts.at(-1)].map((part) => ticks[part?.n ?? -1]);
      expect(notBeforeSec).toBe(Math.max(at(1), (first?.dueAtSec ?? 0) - 600));
      expect(expiresAtSec).toBe(at(30));
      expect((last?.dueAtSec ?? 0) - (first?.dueAtSec ?? 0)).toBeLessThanOrEqual(7 * DAY);
    }
  });

  it('reaches to the first tick that is in no open request', () => {
    const open = (numbers: readonly number[], endsSec = at(30)) =>
      new Map(numbers.map((n) => [n, endsSec]));
    const all = Array.from({ length: 200 }, (_, n) => n);
    const state = stateOf(loan);
    const fifth = ticksOf(state, at(1))[5]?.dueAtSec;
    expect(bookReach(state, open([0, 1, 2, 3, 4]), at(0))).toMatchObject({
      parts: 5,
      untilSec: fifth,
      isWhole: false,
    });
    // One that ends before its tick is due is not in it.
    expect(bookReach(state, open(all, (fifth ?? 0) - 1), at(0))).toMatchObject({ parts: 5 });
    expect(bookReach(state, open(all), at(0))).toEqual({
      parts: 200,
      untilSec: undefined,
      isWhole: true,
    });
  });
});

describe('requires: P-1, P-17', () => {
  it('catches up after any sleeps with what is due, once, and pays the principal exactly', () => {
    const shape = fc.record({
      principalUnits: fc.bigInt({ min: 100_000n, max: 9_000_000n }).map((sat) => sat * 1_000n),
      ticks: fc.integer({ min: 1, max: 40 }),
      wakes: fc.array(
        fc.record({ day: fc.nat({ max: 40 }), most: fc.integer({ min: 1, max: 9 }) }),
      ),
    });
    const base = stateOf(agreed());
    const law = ({
      principalUnits,
      ticks,
      wakes,
    }: typeof shape extends fc.Arbitrary<infer T> ? T : never): void => {
      const { contract } = base;
      const [first] = contract.document.tranches;
      if (!first) return;
      const tranches = [{ ...first, amountUnits: principalUnits.toString(), ticks }];
      const document = {
        ...contract.document,
        principalUnits: principalUnits.toString(),
        tranches,
      };
      const plan = planTicks(document);
      const paid = new Map<number, bigint>();
      const state = {
        ...base,
        payments: [],
        versions: [],
        contract: { ...contract, document },
        paid: Object.assign(Object.create(base.paid) as typeof base.paid, {
          numbers: () => new Set(paid.keys()),
          totalUnits: () => [...paid.values()].reduce((sum, each) => sum + each, 0n),
        }),
      };
      // Awake at random, then every day from the tenth to the end of the window.
      const always = Array.from({ length: 60 }, (_, index) => ({ day: 10 + index / 4, most: 9 }));
      const all = [...wakes.sort((a, b) => a.day - b.day).filter(({ day }) => day < 10), ...always];
      for (const { day, most } of all) {
        const next = planDisbursement(state, new Set(), at(day), most);
        if (next.action !== 'pay') continue;
        expect(next.parts.length).toBeLessThanOrEqual(most);
        for (const { n, amountUnits } of next.parts) {
          expect(paid.has(n)).toBe(false);
          expect(plan[n]?.dueAtSec).toBeLessThanOrEqual(at(day));
          expect(plan[n]?.lapsesAtSec).toBeGreaterThan(at(day));
          paid.set(n, amountUnits);
        }
      }
      expect(paid.size).toBe(ticks);
      expect(state.paid.totalUnits('disbursement')).toBe(principalUnits);
      expect(planDisbursement(state, new Set(), at(29), 9)).toMatchObject({ reason: 'complete' });
    };
    fc.assert(fc.property(shape, law), { numRuns: 30 });
  });
});
