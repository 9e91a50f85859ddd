/** Books of repayments: what falls due, once, however amounts change after they were filled. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BookChunk } from './book.ts';
import { ledgerOf } from './contract/standing.ts';
import type { ContractState } from './contract/state.ts';
import { planTicks } from './contract/ticks.ts';
import { fundTogether } from './testing/agreements.ts';
import { Loan, sparedSigning } from './testing/loan.ts';
import { equalPlan, NO_FEES } from './testing/plans.ts';
import {
  cutOrder,
  planRepaymentBook,
  repaymentReach,
  useBook,
  type AskedPart,
  type OrderedPart,
} from './repayment-book.ts';

const START = 1_800_000_000;
const DAY = 60;
const at = (day: number): number => START + day * DAY;
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);

/** A loan of the given terms, with its first ticks paid. */
function lent(ticks: number, options: ConstructorParameters<typeof Loan>[0] = {}): Loan {
  const offer = { plan: equalPlan(3, 30, 30), ...options.offer };
  const loan = new Loan({ signing: sparedSigning, startAtSec: START, ...options, offer });
  loan.signAll();
  const all = planTicks(loan.contract.document).slice(0, ticks);
  for (const tick of all) loan.pay('disbursement', [tick], tick.dueAtSec + 1);
  return loan;
}

const stateOf = (loan: Loan): ContractState => loan.fold().state;
const dueOf = (loan: Loan, sec: number): bigint =>
  ledgerOf(stateOf(loan), sec).dueNow.repaymentUnits;

/** What a book has asked for once it is filled. */
function askedBy(chunks: readonly BookChunk[]): AskedPart[] {
  return chunks.flatMap(({ parts, ...window }) => parts.map((part) => ({ ...part, ...window })));
}

const fill = (loan: Loan, asOfSec: number, asked: readonly AskedPart[] = []): AskedPart[] =>
  askedBy(planRepaymentBook(stateOf(loan), asked, [], asOfSec));

describe('requires: P-36, P-37', () => {
  it('asks for just what falls due on each day, and is not filled twice', () => {
    const terms = fc.record({
      sats: fc.bigInt({ min: 100_000n, max: 3_000_000n }),
      rateBps: fc.integer({ min: 0, max: 5_000 }),
      servicingBps: fc.integer({ min: 0, max: 1_000 }),
      count: fc.integer({ min: 1, max: 8 }),
      every: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(terms, ({ sats, rateBps, servicingBps, count, every }) => {
        const plan = equalPlan(count, 40, every);
        const offer = { rateBps, plan, fees: { ...NO_FEES, servicingBps } };
        const loan = lent(10, { principalUnits: sats * 1_000n, offer });
        const book = fill(loan, at(12));
        expect(book.map(({ n }) => n)).toEqual(Array.from({ length: count }, (_, n) => n));
        expect(fill(loan, at(13), book)).toEqual([]);
        for (const { n, amountUnits, notBeforeSec, expiresAtSec } of book) {
          expect(expiresAtSec - notBeforeSec).toBe(7 * DAY);
          expect(dueOf(loan, notBeforeSec - 1)).toBe(0n);
          expect(dueOf(loan, notBeforeSec)).toBe(amountUnits);
          const { servicingUnits } = ledgerOf(stateOf(loan), notBeforeSec).dueNow;
          const window = { notBeforeSec, expiresAtSec };
          loan.pay('repayment', [{ n, amountUnits }], notBeforeSec + 20, window);
          if (servicingUnits > 0n) {
            loan.pay('servicing', [{ n, amountUnits: servicingUnits }], notBeforeSec + 20, window);
          }
          expect(dueOf(loan, notBeforeSec)).toBe(0n);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('splits what more ticks would add from what is due without them', () => {
    const plan = equalPlan(3, 11, 30);
    const offer = {
      plan,
      tranches: [{ shareBps: 10_000, startDay: 0, streamDays: 20, windowDays: 30, ticks: 10 }],
    };
    const [first, added] = fill(lent(4, { offer }), at(7));
    const stopped = lent(4, { offer });
    expect(first?.amountUnits).toBe(dueOf(stopped, at(11)));
    const going = lent(6, { offer });
    expect((first?.amountUnits ?? 0n) + (added?.amountUnits ?? 0n)).toBe(dueOf(going, at(11)));
  });

  it('asks for what is late at once, for what is added later beside it, and for no more', () => {
    const loan = lent(10);
    const late = dueOf(loan, at(35));
    const book = fill(loan, at(35));
    expect(book[0]).toMatchObject({ amountUnits: late, notBeforeSec: at(35) });
    expect(repaymentReach(stateOf(loan), book, at(35))).toEqual({
      parts: 3,
      untilSec: undefined,
      isWhole: true,
    });
    // Half is repaid live: what is booked is more than what is due, and nothing is added to it.
    loan.pay('repayment', [{ n: 9, amountUnits: (late / 2_000n) * 1_000n }], at(35) + 5);
    expect(fill(loan, at(35), book)).toEqual([]);
    // Its request ran out unpaid: the rest is asked for anew, under another number.
    const [again] = fill(loan, at(43), book);
    expect(again).toMatchObject({ n: 10, amountUnits: dueOf(loan, at(43)) });
  });

  it('has one part for each round that is paid in step, and numbers nobody has', () => {
    const loans = ['investor', 'second investor'].map((name) =>
      lent(10, { seed: name, cast: (key) => (key === 'investor' ? name : key) }),
    );
    fundTogether(loans, at(0) + 4);
    const [loan] = loans;
    if (!loan) throw new Error('no loan');
    const chunks = planRepaymentBook(stateOf(loan), [], [7], at(29));
    expect(chunks.every(({ parts }) => parts.length === 1)).toBe(true);
    const first = askedBy(chunks).slice(0, 4);
    expect(first.map(({ n }) => n)).toEqual([8, 9, 10, 11]);
    expect(sum(first.map(({ amountUnits }) => amountUnits))).toBe(dueOf(loan, at(30)));
  });

  it('ends within 35 days, and has nothing where nothing runs or amounts are not known', () => {
    const daily = lent(10, { offer: { daySec: 86_400, plan: equalPlan(12, 20, 7) } });
    const book = fill(daily, START + 12 * 86_400);
    expect(book).toHaveLength(4);
    const last = START + 47 * 86_400;
    expect(book.every(({ expiresAtSec }) => expiresAtSec <= last)).toBe(true);
    expect(repaymentReach(stateOf(daily), book, START + 12 * 86_400)).toMatchObject({
      parts: 4,
      isWhole: false,
    });
    const proposed = new Loan({ signing: sparedSigning });
    expect(planRepaymentBook(stateOf(proposed), [], [], at(1))).toEqual([]);
  });
});

describe('requires: P-38', () => {
  const amount = fc.bigInt({ min: 1n, max: 5_000n }).map((sat) => sat * 1_000n);
  const parts = fc
    .array(amount, { maxLength: 8 })
    .map((amounts) => amounts.map((amountUnits, n) => ({ n: 100 + n, amountUnits })));
  const orders = fc
    .array(amount, { minLength: 1, maxLength: 4 })
    .map((amounts) =>
      amounts.map((amountUnits, place): OrderedPart => ({ n: place, amountUnits, round: place })),
    );

  it('pays from a book no more than was ordered, none ahead of it, and asks for the rest', () => {
    fc.assert(
      fc.property(orders, parts, (order, booked) => {
        const { parts: used, left } = useBook(order, booked);
        const units = ({ amountUnits }: { amountUnits: bigint }): bigint => amountUnits;
        const ordered = sum(order.map(units));
        const paid = sum(used.map(({ part }) => part.amountUnits));
        expect(paid + sum(left.map(units))).toBe(ordered);
        expect(new Set(used.map(({ part }) => part.n)).size).toBe(used.length);
        for (const { round } of used) {
          const by = used.filter((each) => each.round <= round);
          const most = order.filter((each) => each.round <= round);
          expect(sum(by.map(({ part }) => part.amountUnits))).toBeLessThanOrEqual(
            sum(most.map(units)),
          );
        }
        // What is left over in the book is more than what is left of the order.
        const over = booked.filter((part) => !used.some((each) => each.part === part));
        const leftUnits = sum(left.map(units));
        expect(over.every(({ amountUnits }) => amountUnits > leftUnits)).toBe(true);
      }),
    );
  });

  it('takes equal parts round by round, and nothing that is more than was ordered', () => {
    const order = [0, 1, 2, 3].map((round) => ({ n: round, amountUnits: 25_000n, round }));
    const equal = [0, 1, 2, 3].map((n) => ({ n: 50 + n, amountUnits: 25_000n }));
    expect(useBook(order, equal).parts.map(({ round }) => round)).toEqual([0, 1, 2, 3]);
    expect(useBook(order, equal).left).toEqual([]);
    const whole = [{ n: 50, amountUnits: 100_000n }];
    expect(useBook(order, whole).parts).toMatchObject([{ round: 3 }]);
    expect(useBook(order, [{ n: 50, amountUnits: 100_001n }])).toEqual({ parts: [], left: order });
    expect(useBook(order, [{ n: 50, amountUnits: 70_000n }]).left).toEqual([
      { n: 3, amountUnits: 30_000n, round: 3 },
    ]);
  });

  it('cuts what was paid already off an order, its first parts first', () => {
    const order = [0, 1, 2].map((round) => ({ n: round, amountUnits: 10_000n, round }));
    expect(cutOrder(order, 15_000n)).toEqual([
      { n: 1, amountUnits: 5_000n, round: 1 },
      { n: 2, amountUnits: 10_000n, round: 2 },
    ]);
    expect(cutOrder(order, 40_000n)).toEqual([]);
  });
});
