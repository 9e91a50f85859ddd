/**
 * Laws for any case: honest and hostile steps in any order, any often, by clocks that differ as far
 * as they may, with money paid or not. Counts how often each ending is reached, so that the laws
 * are not about cases in which nothing happens. Spec: specs/disputes.md.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CLOCK_TOLERANCE_SEC,
  claimedLimit,
  foldDispute,
  type ContractState,
  type DisputeCase,
  type ParsedDispute,
} from '@realyield/protocol';
import { idsOf } from './fixtures/disputes.ts';
import { AnyCase, scenario, type Scenario } from './fixtures/dispute-scenes.ts';

const RUNS = 150;

/** What of an outcome's awards was paid, counted anew: on legs, and out of the bond. */
function paidUnits({ parsed, states }: AnyCase, view: DisputeCase): bigint {
  const { outcome } = view;
  if (!outcome) return 0n;
  const onLegs = outcome.awards.map(({ award, owedUnits }) => {
    const payments = states.get(award.contract)?.payments ?? [];
    const paid = payments
      .filter(({ leg, settledAtSec }) => leg === award.leg && settledAtSec >= outcome.paidFromSec)
      .reduce((sum, { amountUnits }) => sum + amountUnits, 0n);
    return paid < owedUnits ? paid : owedUnits;
  });
  const records = new Map<string, bigint>();
  for (const { event, document } of parsed) {
    if (document.type !== 'paidOut' || !view.applied.includes(event.id)) continue;
    const msat = document.paid.reduce((sum, { valueSat }) => sum + BigInt(valueSat) * 1_000n, 0n);
    records.set(document.txid, msat);
  }
  return [...onLegs, ...records.values()].reduce((sum, units) => sum + units, 0n);
}

const sumOf = (units: readonly bigint[]): bigint => units.reduce((sum, each) => sum + each, 0n);

/** Nothing is owed above a claim, what it was awarded, or what the ledger gives. */
function expectBounded(view: DisputeCase, states: ReadonlyMap<string, ContractState>): void {
  const { outcome, claims, reason } = view;
  for (const contract of new Set(outcome?.awards.map(({ award }) => award.contract))) {
    const own = outcome?.awards.filter(({ award }) => award.contract === contract) ?? [];
    const claim = claims.find((each) => each.contract === contract);
    const state = states.get(contract);
    if (!claim || !state || !outcome) throw new Error('an award without a claim');
    const owed = sumOf(own.map(({ owedUnits }) => owedUnits));
    expect(owed <= claim.claimUnits).toBe(true);
    const limit = claimedLimit(state, reason, claim.effectiveAtSec, outcome.effectiveAtSec);
    expect(owed <= limit).toBe(true);
    for (const { award, owedUnits, fromBondUnits, outstandingUnits } of own) {
      expect(owedUnits <= BigInt(award.units)).toBe(true);
      expect(fromBondUnits + outstandingUnits <= owedUnits).toBe(true);
    }
  }
}

/** A case that is over owes nothing, by its own figures and counted anew. */
function expectPaid(made: AnyCase, view: DisputeCase): void {
  const { outcome, status } = view;
  const isOver = ['closed', 'complied', 'withdrawn'].includes(status);
  const owed = sumOf(outcome?.awards.map(({ owedUnits }) => owedUnits) ?? []);
  if (isOver) {
    expect(outcome?.outstandingUnits ?? 0n).toBe(0n);
    expect(paidUnits(made, view) >= owed).toBe(true);
  } else if (outcome) expect(outcome.outstandingUnits > 0n).toBe(true);
  const closings = made.parsed.filter(({ document }) => document.type === 'closing');
  const isClosed = closings.some(({ event }) => view.applied.includes(event.id));
  expect(status === 'closed').toBe(isClosed);
}

/** One decision stands, and every other by who decides is shown beside it. */
function expectOneDecision(made: AnyCase, view: DisputeCase): void {
  const byId = new Map(made.parsed.map((parsed) => [parsed.event.id, parsed]));
  const rulings = view.applied.filter((id) => byId.get(id)?.document.type === 'ruling');
  const author = (id: string): string | undefined => byId.get(id)?.event.pubkey;
  for (const name of new Set(rulings.map(author))) {
    const [first, ...others] = rulings.filter((id) => author(id) === name);
    for (const other of others) {
      const events = idsOf({ id: first ?? '' }, { id: other });
      const shown = view.contradictions.filter(({ reason }) => reason === 'rival rulings');
      expect(shown.map((each) => each.events)).toContainEqual(events);
    }
  }
  if (view.outcome?.type !== 'ruling') return;
  const decider = made.keyOf(view.governing);
  expect(view.outcome.id).toBe(rulings.find((id) => author(id) === decider));
}

/** How often each ending is reached. */
class Tally {
  readonly counts = new Map<string, number>();

  note(view: DisputeCase): void {
    const { outcome, status, contradictions, claims, rejects } = view;
    const fromBond = outcome?.awards.some(({ fromBondUnits }) => fromBondUnits > 0n);
    const onLegs = outcome?.awards.some(({ paidUnits: paid }) => paid > 0n);
    const reached = {
      ...{ ruling: outcome?.by === 'arbiter', fallbackRuling: outcome?.by === 'fallbackArbiter' },
      ...{ settlement: outcome?.type === 'settlement', payout: fromBond, payment: onLegs },
      ...{ closed: status === 'closed', complied: status === 'complied' },
      ...{ owing: (outcome?.outstandingUnits ?? 0n) > 0n, withdrawn: status === 'withdrawn' },
      ...{ joined: claims.length > 1, refused: rejects.length > 0 },
      rivals: contradictions.some(({ reason }) => reason === 'rival rulings'),
      less: outcome?.awards.some(({ award, owedUnits }) => owedUnits < BigInt(award.units)),
    };
    for (const [name, isReached] of Object.entries(reached)) {
      this.counts.set(name, (this.counts.get(name) ?? 0) + (isReached ? 1 : 0));
    }
  }
}

function foldOf(made: AnyCase, steps: readonly ParsedDispute[]): DisputeCase {
  const folded = foldDispute(made.id, steps, made.states);
  if (!folded.ok) throw new Error(folded.code);
  return folded.value;
}

describe('any case', () => {
  it('has one ruling, owes no more than its claims, and is not over while money is owed', () => {
    const tally = new Tally();
    const orders = fc.tuple(scenario, fc.infiniteStream(fc.nat()));
    fc.assert(
      fc.property(orders, ([scene, random]: [Scenario, Iterator<number>]) => {
        const made = new AnyCase(scene);
        const view = foldOf(made, made.parsed);
        expectBounded(view, made.states);
        expectPaid(made, view);
        expectOneDecision(made, view);
        // Any order, and any of them again.
        const again = [...made.parsed, ...made.parsed.filter((_, index) => index % 2 === 0)];
        const keyed = again.map((parsed) => [Number(random.next().value), parsed] as const);
        const shuffled = keyed.sort(([a], [b]) => a - b).map(([, parsed]) => parsed);
        expect(foldOf(made, shuffled)).toEqual(view);
        tally.note(view);
      }),
      { numRuns: RUNS },
    );
    const reached = Object.fromEntries(tally.counts);
    for (const [name, count] of Object.entries(reached)) {
      expect({ name, isEnough: count * 40 >= RUNS, count }).toMatchObject({ isEnough: true });
    }
  }, 60_000);

  it('is tried by clocks as far apart as a reader allows', () => {
    const [scene] = fc.sample(scenario, 1);
    if (!scene) throw new Error('no scenario');
    const most = { ...scene, skews: scene.skews.map(() => CLOCK_TOLERANCE_SEC) };
    const made = new AnyCase(most);
    const still = new AnyCase({ ...scene, skews: scene.skews.map(() => 0) });
    const [late, onTime] = [made, still].map(({ parsed: [first] }) => first?.event.created_at);
    expect((late ?? 0) - (onTime ?? 0)).toBe(CLOCK_TOLERANCE_SEC);
  });
});
