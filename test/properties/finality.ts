/**
 * What a final event rests on stands: whatever anybody adds that it does not rest on, dated as it
 * likes, the business never owes more by it; held against more than 10,000 sets of events that
 * are added (sets.ts). Spec: specs/notices.md, "Finality".
 */
import {
  computeStateHash,
  foldContract,
  ledgerOf,
  type ContractState,
  type ParsedEvent,
} from '@realyield/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stateHashOf } from '../independent-reader.mjs';
import { DAY, playScene, scenes, START, type Scene } from './finality-scenes.ts';
import { partOf, SEED as seed, SETS, SETS_OF_ONE } from './sets.ts';

const FAR_SEC = 4_200_000_000;

function stateOf(root: string, events: readonly ParsedEvent[]): ContractState {
  const fold = foldContract(root, events);
  if (!fold.ok) throw new Error(fold.code);
  return fold.value.state;
}

/** Ids that an event names or embeds, and those that these do, as far as they are there. */
function pastOf(id: string, events: readonly ParsedEvent[]): Set<string> {
  const byId = new Map(events.map((parsed) => [parsed.event.id, parsed]));
  const past = new Set<string>([id]);
  for (const each of past) {
    const { document, name } = byId.get(each) ?? {};
    if (!document) continue;
    for (const key of ['prev', 'seen'] as const) {
      const named = (document as { readonly prev?: string[]; readonly seen?: string[] })[key];
      for (const next of named ?? []) past.add(next);
    }
    if (name === 'receipt') past.add(document.request.id);
  }
  return past;
}

/** Payments but for disbursements that the final event did not see. */
function seenIn(state: ContractState): Set<string> {
  const seen = state.payments.filter(({ afterFinal }) => !afterFinal);
  return new Set(seen.map(({ leg, paymentHash }) => `${leg} ${paymentHash}`));
}

const TIMES = [...[30, 60, 84, 100, 125].map((day) => START + day * DAY), FAR_SEC];

/** What is owed at a time, and all late fees that were charged until then. */
interface Debt {
  readonly units: bigint;
  readonly lateFeeUnits: bigint;
}

/** What is owed at some of those times, but for disbursements that it did not see. */
function debts(
  state: ContractState,
  seen: ReadonlySet<string>,
  times: readonly number[] = TIMES,
): Debt[] {
  const known = state.payments.filter(
    ({ leg, paymentHash }) => leg !== 'disbursement' || seen.has(`${leg} ${paymentHash}`),
  );
  return times.map((atSec) => {
    const ledger = ledgerOf(state, atSec, known);
    const { outstandingUnits, interestOwedUnits, lateFeesOwedUnits, lateFeesPaidUnits } = ledger;
    return {
      units: outstandingUnits + interestOwedUnits + lateFeesOwedUnits,
      lateFeeUnits: lateFeesOwedUnits + lateFeesPaidUnits,
    };
  });
}

/** Payments that a further final event shows at another time or with another amount (N-23). */
function shownOtherwise(before: ContractState, after: ContractState): boolean {
  if (after.finalEvents.length === before.finalEvents.length) return false;
  const known = new Map(before.payments.map((each) => [`${each.leg} ${each.paymentHash}`, each]));
  const moved = after.payments.filter((each) => {
    const shown = known.get(`${each.leg} ${each.paymentHash}`);
    if (!shown || each.amountUnits !== shown.amountUnits) return shown !== undefined;
    const laterSec = each.settledAtSec - shown.settledAtSec;
    // What is lent counts later, what is repaid earlier; the other way would be against N-23.
    if (each.leg === 'disbursement') expect(laterSec).toBeGreaterThanOrEqual(0);
    else expect(laterSec).toBeLessThanOrEqual(0);
    return laterSec !== 0;
  });
  return moved.length > 0;
}

/** Whether a further final event, dated before, shows another of two rival successors (N-24). */
function isOtherSuccessor(before: ContractState, after: ContractState): boolean {
  if (after.finalEvents.length === before.finalEvents.length) return false;
  const inForce = new Set(after.versions.map(({ id }) => id));
  return before.versions.some(({ id }) => !inForce.has(id));
}

/** A loan's events at its first final event: what that rests on, and what anybody adds. */
interface Ended {
  readonly root: string;
  readonly final: string;
  readonly base: readonly ParsedEvent[];
  readonly added: readonly ParsedEvent[];
  readonly before: ContractState;
  readonly seen: ReadonlySet<string>;
  /** Whether one payment hash was proven with two amounts. */
  readonly hasTwin: boolean;
  readonly owed: readonly Debt[];
}

function endedBy(scene: Scene): Ended | undefined {
  const { play, known } = playScene(scene);
  const { root, parsed: events } = play.loan;
  const [final] = stateOf(root, events.slice(0, known)).finalEvents;
  if (final === undefined) return undefined;
  const past = pastOf(final, events).add(root);
  const isAgreement = ({ name, document }: ParsedEvent): boolean =>
    name === 'contract' ||
    (name === 'signature' && 'terms' in document && document.terms.id === root);
  const base = events.filter(
    (each, at) => past.has(each.event.id) || (at < known && isAgreement(each)),
  );
  // An amendment is the word of all three: one that it does not rest on is another matter.
  const isAmendment = ({ name, document }: ParsedEvent): boolean =>
    name === 'signature' && 'terms' in document && document.terms.id !== root;
  const added = events.filter(
    (each, at) => !base.includes(each) && !(at < known && isAmendment(each)),
  );
  const before = stateOf(root, base);
  const seen = seenIn(before);
  const hasTwin = scene.extras.some(({ type }) => type === 'sameHash');
  return { root, final, base, added, before, seen, hasTwin, owed: debts(before, seen) };
}

const isShare = ({ contract }: ContractState): boolean =>
  contract.document.plan.type === 'revenueShare';

/** Checks the law for one set that is added; whether all of it held, with nothing excepted. */
function checkAdded(ended: Ended, added: readonly ParsedEvent[], time: number): boolean {
  const after = stateOf(ended.root, [...ended.base, ...added]);
  expect(after.finalEvents).toContain(ended.final);
  // What another final event shows otherwise is ordered by N-23 and spread anew.
  if (shownOtherwise(ended.before, after) || isOtherSuccessor(ended.before, after)) return false;
  // Of two amounts of one hash that two final events show, the greater counts in the end.
  const isSplit = ended.hasTwin && after.finalEvents.length > ended.before.finalEvents.length;
  const last = TIMES.length - 1;
  const places = isSplit ? [last] : [time, last];
  const times = places.map((place) => TIMES[place] ?? FAR_SEC);
  // Sales reported under a revenue share add nothing to the debt but late fees of what they ask.
  const isAsked = added.some(({ name }) => name === 'sales') && isShare(after);
  debts(after, ended.seen, times).forEach((debt, at) => {
    const owed = ended.owed[places[at] ?? last] ?? { units: 0n, lateFeeUnits: 0n };
    const fees = isAsked ? debt.lateFeeUnits - owed.lateFeeUnits : 0n;
    expect(debt.units - (fees > 0n ? fees : 0n), `at ${times[at]}`).toBeLessThanOrEqual(owed.units);
  });
  return !isSplit;
}

describe('a final event', () => {
  it('stands as it was seen: what it does not rest on makes nobody owe more', () => {
    let whole = 0;
    const sets = new Set<string>();
    const loans = fc.sample(scenes, { numRuns: Math.ceil(SETS / SETS_OF_ONE), seed });
    const all = loans.map(endedBy).filter((each) => each !== undefined);
    const picks = fc.record({
      of: fc.nat({ max: all.length - 1 }),
      share: fc.constantFrom(20, 40, 60, 80),
      salt: fc.nat(),
      time: fc.nat({ max: TIMES.length - 2 }),
    });
    fc.assert(
      fc.property(picks, ({ of, share, salt, time }) => {
        const ended = all[of];
        if (!ended) throw new Error('no such loan');
        const added = partOf(ended.added, share, salt);
        if (checkAdded(ended, added, time)) whole += 1;
        sets.add([of, ...added.map(({ event }) => event.id)].join());
      }),
      { numRuns: SETS, seed, endOnFailure: true },
    );
    // Nearly all of them differ, and nothing is excepted from the law in most.
    expect(sets.size * 4).toBeGreaterThan(SETS * 3);
    expect(whole * 10).toBeGreaterThan(SETS * 7);
  });

  it('is what the specification says, to a second reader of it', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        // It takes notices by the first terms alone.
        const { loan } = playScene({ ...scene, rivals: [] }).play;
        const raw = loan.events.map((event) => {
          return { ...event, tags: event.tags.map((tag) => [...tag]) };
        });
        expect(stateHashOf(loan.root, raw)).toBe(computeStateHash(loan.fold().state));
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });
});
