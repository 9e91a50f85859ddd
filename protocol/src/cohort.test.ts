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
    expect(hold(at(1))).toMatchObject({ behind: [ben.root], untilSec: at(1) + 1 });
    // Of somebody nothing is known of, nothing counts: Ana alone has more than half.
    expect(hold(at(1) + 1)).toBeUndefined();
    ben.withdraw('investor', at(0) + 9);
    expect(plan(ana, [ben], at(1))).toMatchObject({ action: 'pay' });
  });

  it('waits again for everybody after nobody could pay for days', () => {
    const [ana, ben] = cohortOf([1_000_000_000n, 700_000_000n]) as [Loan, Loan];
    for (const loan of [ana, ben]) pay(loan, 1, at(0));
    expect(plan(ana, [ben], at(6))).toMatchObject({ parts: [{ n: 1 }] });
    pay(ana, 1, at(6));
    expect(plan(ana, [ben], at(7))).toMatchObject({ untilSec: at(7) + 1 });
    expect(plan(ben, [ana], at(6))).toMatchObject({ parts: [{ n: 1 }, { n: 2 }] });
    expect(plan(ana, [ben], at(7) + 1)).toMatchObject({ action: 'pay' });
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

const HALF_DAYS = 60;
const naps = fc.array(fc.boolean(), { minLength: HALF_DAYS, maxLength: HALF_DAYS });

/** A cohort as a simulation runs it: who pays when, and how long receipts take. */
const scenes = fc.record({
  principals: fc.array(fc.bigInt({ min: 1n, max: 20n }), { minLength: 2, maxLength: 5 }),
  /** For each member, the half days on which it is awake; none listed: all. */
  awake: fc.array(fc.oneof(fc.constant([]), naps), { minLength: 5, maxLength: 5 }),
  /** From when on a member never comes back, in half days. */
  dies: fc.array(fc.option(fc.nat({ max: 60 })), { minLength: 5, maxLength: 5 }),
  delay: fc.nat({ max: 1 }),
});

type Scene = typeof scenes extends fc.Arbitrary<infer T> ? T : never;

/** A cohort that pays by the planner alone; every step of it is checked. */
class Simulation {
  /** For each member, when each tick was paid, in half days. */
  readonly paidAt: number[][];
  readonly #scene: Scene;
  readonly #bases: readonly ContractState[];

  constructor(scene: Scene, bases: readonly ContractState[]) {
    this.#scene = scene;
    this.#bases = bases.slice(0, scene.principals.length);
    this.paidAt = scene.principals.map(() => []);
  }

  /** A member's state as receipts show it that were there at a time. */
  #seen(index: number, by: number): ContractState {
    const base = this.#bases[index] ?? expect.fail();
    const known = (this.paidAt[index] ?? []).filter((half) => half <= by).map((_, n) => n);
    const { contract } = base;
    const principalUnits = (this.#scene.principals[index] ?? 0n).toString();
    const tranches = contract.document.tranches.map((each) => ({ ...each, amountUnits: '0' }));
    const totalUnits = this.#scene.principals.reduce((sum, each) => sum + each, 0n);
    return {
      ...base,
      payments: [],
      cohort: { contracts: this.#bases.map(({ root }) => root), totalUnits },
      contract: { ...contract, document: { ...contract.document, principalUnits, tranches } },
      versions: [],
      paid: Object.assign(Object.create(base.paid) as typeof base.paid, {
        numbers: () => new Set(known),
        totalUnits: () => 0n,
        firstSettledAtSec: (_leg: string, from: number) => this.#paidAtSec(index, from),
      }),
    };
  }

  #paidAtSec(index: number, n: number): number | undefined {
    const half = this.paidAt[index]?.[n];
    return half === undefined ? undefined : at(half / 2);
  }

  /** One member does what the planner says. */
  step(own: number, half: number): void {
    const sec = at(half / 2);
    const seenAt = half - 1 - this.#scene.delay;
    const all = this.#bases.map(({ root }, index) => ({ root, state: this.#seen(index, seenAt) }));
    const others = all.filter((_, index) => index !== own);
    const next = planDisbursement(this.#seen(own, half), none, sec, 1, { others });
    if (next.action !== 'pay') return;
    const n = next.parts[0]?.n ?? expect.fail();
    expect(n).toBe(this.paidAt[own]?.length);
    for (const { state } of others) {
      const proven = state.paid.numbers('disbursement').size;
      const { dueAtSec = Infinity } = ticksOf(state, sec)[proven] ?? {};
      const sinceSec = Math.max(dueAtSec, this.#paidAtSec(own, proven) ?? 0);
      const waitSec = Math.min(DAY, (at(30) - sinceSec) / 2);
      // Ahead by one tick at most of everybody who has not been waited for.
      if (sec <= sinceSec + waitSec) expect(n).toBeLessThanOrEqual(proven);
    }
    this.paidAt[own]?.push(half);
  }
}

describe('requires: P-26, P-28', { timeout: 60_000 }, () => {
  it('in any cohort nobody is far ahead, and whoever is awake is not held for ever', () => {
    const bases = cohortOf(Array.from({ length: 5 }, () => 1_000_000_000n)).map(stateOf);
    const law = (scene: Scene): void => {
      const { principals, awake, dies } = scene;
      const simulation = new Simulation(scene, bases);
      const isUp = (own: number, half: number): boolean =>
        half < (dies[own] ?? Infinity) && awake[own]?.[half] !== false;
      for (let half = 0; half < HALF_DAYS; half += 1) {
        for (const own of principals.keys()) if (isUp(own, half)) simulation.step(own, half);
      }
      // Who is always there has paid everything, where those who are come to half.
      const halves = Array.from({ length: HALF_DAYS }, (_, half) => half);
      const always = principals.map((_, own) => halves.every((half) => isUp(own, half)));
      const units = principals.reduce((sum, each, own) => sum + (always[own] ? each : 0n), 0n);
      if (2n * units < principals.reduce((sum, each) => sum + each, 0n)) return;
      for (const own of principals.keys()) {
        if (always[own]) expect(simulation.paidAt[own]).toHaveLength(10);
      }
    };
    fc.assert(fc.property(scenes, law), { numRuns: 30 });
  });
});
