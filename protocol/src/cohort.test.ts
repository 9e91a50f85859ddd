/** Investors of one offer pay out in step, and none can hold the others for ever. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cohortHold, type CohortMember } from './cohort.ts';
import type { ContractState } from './contract/state.ts';
import { planTicks, ticksOf } from './contract/ticks.ts';
import { planDisbursement } from './planner.ts';
import { fundTogether } from './testing/agreements.ts';
import { Loan, sparedSigning, type LoanOptions } from './testing/loan.ts';
import { claim, decide } from './testing/steps.ts';

const START = 1_800_000_000;
const DAY = 60;
/** The window is thirty days, the stream ten ticks in ten days. */
const at = (day: number): number => START + day * DAY;
const none = new Set<number>();

/** Loans of one offer, agreed and funded together. */
function cohortOf(principals: readonly bigint[], options: LoanOptions = {}): Loan[] {
  const loans = principals.map((principalUnits, index) => {
    const seed = `member ${index}`;
    const loan = new Loan({ ...options, seed, principalUnits, signing: sparedSigning });
    loan.signAll();
    return loan;
  });
  fundTogether(loans, START + 4);
  return loans;
}

const stateOf = (loan: Loan): ContractState => loan.fold().state;
const memberOf = (loan: Loan): CohortMember => ({ root: loan.root, state: stateOf(loan) });

function plan(own: Loan, others: readonly Loan[], sec: number) {
  return planDisbursement(stateOf(own), none, sec, 10, { others: others.map(memberOf) });
}

function pay(loan: Loan, ticks: number, sec: number): void {
  const done = stateOf(loan).paid.count('disbursement');
  const parts = planTicks(loan.contract.document).slice(done, done + ticks);
  loan.pay('disbursement', parts, sec);
}

describe('requires: P-26, P-27', () => {
  it('pays one tick ahead of the others and no more', () => {
    const [ana, ben] = cohortOf([1_000_000_000n, 700_000_000n]) as [Loan, Loan];
    expect(plan(ana, [ben], at(0))).toMatchObject({ action: 'pay', parts: [{ n: 0 }] });
    pay(ana, 1, at(0));
    expect(plan(ana, [ben], at(0.5))).toMatchObject({ reason: 'nextTick' });
    // Ben's first tick was due on day 0 and lapses on day 30: he is waited for until day 1.
    expect(plan(ana, [ben], at(1))).toEqual({
      action: 'wait',
      reason: 'cohortBehind',
      behind: [ben.root],
      untilSec: at(1) + 1,
    });
    expect(plan(ben, [ana], at(1))).toMatchObject({ action: 'pay', parts: [{ n: 0 }, { n: 1 }] });
    pay(ben, 1, at(1));
    expect(plan(ana, [ben], at(1))).toMatchObject({ action: 'pay', parts: [{ n: 1 }] });
  });

  it('waits for nobody without a notice, and for nobody who is not named', () => {
    const loan = new Loan({ signing: sparedSigning });
    loan.signAll();
    const [other] = cohortOf([1_000_000_000n]) as [Loan];
    expect(stateOf(loan).cohort).toBeUndefined();
    const parts = [0, 1, 2, 3, 4, 5].map((n) => ({ n }));
    expect(plan(loan, [other], at(5))).toMatchObject({ action: 'pay', parts });
    expect(stateOf(other).cohort).toEqual({
      contracts: [other.root],
      totalUnits: 1_000_000_000n,
    });
  });
});

describe('requires: P-28, P-29', () => {
  it('goes on without one that does not answer, is not known, or left', () => {
    const [ana, ben] = cohortOf([1_000_000_000n, 700_000_000n]) as [Loan, Loan];
    pay(ana, 1, at(0));
    expect(plan(ana, [ben], at(1) + 1)).toMatchObject({ action: 'pay', parts: [{ n: 1 }] });
    const unknown = { root: ben.root, state: undefined };
    const second = ticksOf(stateOf(ana), at(1))[1] ?? expect.fail();
    const hold = (sec: number) => cohortHold(stateOf(ana), [unknown], second, sec);
    expect(hold(at(2))).toMatchObject({ behind: [ben.root], untilSec: at(2) + 1 });
    // Of somebody nothing is known of, nothing counts: Ana alone has more than half.
    expect(hold(at(2) + 1)).toBeUndefined();
    ben.withdraw('investor', at(0) + 9);
    expect(plan(ana, [ben], at(1))).toMatchObject({ action: 'pay' });
  });

  it('does not go on once those who are left hold less than half', () => {
    const [ana, ben] = cohortOf([1_000_000_000n, 700_000_000n]) as [Loan, Loan];
    pay(ben, 1, at(0));
    expect(plan(ben, [ana], at(1))).toMatchObject({ reason: 'cohortBehind', untilSec: at(1) + 1 });
    const stopped = { action: 'wait', reason: 'cohortBehind', behind: [ana.root] };
    expect(plan(ben, [ana], at(1) + 1)).toEqual(stopped);
    expect(plan(ben, [ana], at(29))).toEqual(stopped);
    expect(plan(ben, [ana], at(30))).toMatchObject({ reason: 'lapsed' });
    // Ana comes back: he goes on.
    pay(ana, 2, at(2));
    expect(plan(ben, [ana], at(2))).toMatchObject({ action: 'pay', parts: [{ n: 1 }, { n: 2 }] });
  });

  it('is held by one whose milestone waits until that lapses', () => {
    const tranche = { shareBps: 10_000, startDay: 0, streamDays: 10, windowDays: 30, ticks: 10 };
    const milestone = { title: 'The oven stands', description: '' };
    const offer = { tranches: [{ ...tranche, milestone }] };
    const [ana, ben] = cohortOf([1_000_000_000n, 700_000_000n], { offer }) as [Loan, Loan];
    const claimed = claim(ana, 0, at(0));
    decide(ana, 'approval', claimed, at(0));
    expect(plan(ana, [ben], at(0))).toMatchObject({ parts: [{ n: 0 }] });
    pay(ana, 1, at(0));
    expect(plan(ana, [ben], at(20))).toEqual({
      action: 'wait',
      reason: 'cohortBehind',
      behind: [ben.root],
    });
  });
});

/** A cohort as a simulation runs it: who pays when, and how long receipts take. */
const scenes = fc.record({
  principals: fc.array(fc.bigInt({ min: 1n, max: 20n }), { minLength: 2, maxLength: 5 }),
  /** For each member, the half days on which it is awake. */
  awake: fc.array(fc.infiniteStream(fc.boolean()), { minLength: 5, maxLength: 5 }),
  /** From when on a member never comes back, in half days. */
  dies: fc.array(fc.option(fc.nat({ max: 60 })), { minLength: 5, maxLength: 5 }),
  delay: fc.nat({ max: 3 }),
});

const HALF_DAYS = 60;

describe('requires: P-26, P-28', { timeout: 60_000 }, () => {
  it('in any cohort nobody is ahead of who goes on, and whoever is awake is not held for ever', () => {
    const bases = cohortOf(Array.from({ length: 5 }, () => 1_000_000_000n)).map(stateOf);
    fc.assert(
      fc.property(scenes, ({ principals, awake, dies, delay }) => {
        const totalUnits = principals.reduce((sum, each) => sum + each, 0n);
        const sleeps = awake.map((stream) => [...stream.take(HALF_DAYS)]);
        /** For each member, when each tick was paid, in half days. */
        const paidAt = principals.map((): number[] => []);
        const seen = (index: number, by: number): ContractState => {
          const base = bases[index] ?? expect.fail();
          const known = (paidAt[index] ?? []).filter((half) => half <= by).map((_, n) => n);
          const { contract } = base;
          const principalUnits = (principals[index] ?? 0n).toString();
          const document = { ...contract.document, principalUnits };
          const tranches = document.tranches.map((each) => ({ ...each, amountUnits: '0' }));
          const contracts = bases.slice(0, principals.length).map(({ root }) => root);
          return {
            ...base,
            payments: [],
            cohort: { contracts, totalUnits },
            contract: { ...contract, document: { ...document, tranches } },
            versions: [],
            paid: Object.assign(Object.create(base.paid) as typeof base.paid, {
              numbers: () => new Set(known),
              totalUnits: () => 0n,
            }),
          };
        };
        for (let half = 0; half < HALF_DAYS; half += 1) {
          principals.forEach((_, own) => {
            const end = dies[own] ?? Infinity;
            if (half >= end || sleeps[own]?.[half] !== true) return;
            const others = principals.flatMap((_each, index) =>
              index === own
                ? []
                : [{ root: String(index), state: seen(index, half - 1 - delay), index }],
            );
            const sec = at(half / 2);
            const next = planDisbursement(seen(own, half), none, sec, 1, { others });
            if (next.action !== 'pay') return;
            const n = next.parts[0]?.n ?? expect.fail();
            expect(n).toBe(paidAt[own]?.length);
            for (const { index, state } of others) {
              const proven = state.paid.numbers('disbursement').size;
              const dueSec = ticksOf(state, sec)[proven]?.dueAtSec ?? Infinity;
              // Ahead by one tick at most of everybody who is not a day behind.
              if (sec <= dueSec + DAY) expect(n, `member ${index}`).toBeLessThanOrEqual(proven);
            }
            paidAt[own]?.push(half);
          });
        }
        // Who stays has paid all that was due long ago, where those who stay hold enough.
        const stay = principals.map((_, index) => (dies[index] ?? Infinity) >= HALF_DAYS);
        const staying = principals.reduce(
          (sum, each, index) => sum + (stay[index] ? each : 0n),
          0n,
        );
        const always = stay.every((is, index) => !is || sleeps[index]?.every(Boolean));
        if (!always || 2n * staying < totalUnits) return;
        stay.forEach((is, index) => {
          if (is) expect(paidAt[index]?.length, `member ${index}`).toBe(10);
        });
      }),
      { numRuns: 50 },
    );
  });
});
