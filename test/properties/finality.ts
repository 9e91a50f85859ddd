/**
 * What a final event rests on stands: whatever anybody adds that it does not rest on, dated as it
 * likes, the business never owes more by it. More than 10,000 sets a run; `LAW_RUNS` says how many
 * instead, `LAW_SEED` takes a run up again. Spec: specs/notices.md, "Finality".
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

/** Times at which what is owed is compared, Unix seconds; the last is long after everything. */
const TIMES = [...[30, 60, 84, 100, 125].map((day) => START + day * DAY), FAR_SEC];

/** All that is owed at some times, but for disbursements that it did not see. */
function debts(state: ContractState, seen: ReadonlySet<string>, times = TIMES): bigint[] {
  const known = state.payments.filter(
    ({ leg, paymentHash }) => leg !== 'disbursement' || seen.has(`${leg} ${paymentHash}`),
  );
  return times.map((atSec) => {
    const ledger = ledgerOf(state, atSec, known);
    return ledger.outstandingUnits + ledger.interestOwedUnits + ledger.lateFeesOwedUnits;
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

/** A history up to a final event, what that rests on, and what anybody else signed. */
interface Ended {
  readonly root: string;
  readonly final: string;
  readonly base: readonly ParsedEvent[];
  readonly others: readonly ParsedEvent[];
  readonly before: ContractState;
  readonly seen: ReadonlySet<string>;
  readonly owed: readonly bigint[];
  /** Two amounts of one hash, and two final events that may show each another. */
  readonly isSplit: boolean;
}

function endedOf(scene: Scene): Ended | undefined {
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
  const others = events.filter(
    (each, at) => !base.includes(each) && !(at < known && isAmendment(each)),
  );
  const before = stateOf(root, base);
  const seen = seenIn(before);
  const isSplit = ['sameHash', 'final'].every((type) =>
    scene.extras.some((each) => each.type === type),
  );
  return { root, final, base, others, before, seen, owed: debts(before, seen), isSplit };
}

/** Nobody owes more, at one of the times and in the end, once some of the others is added. */
function expectNoMore(ended: Ended, added: readonly ParsedEvent[], time: number): void {
  const { root, final, base, before, seen, owed, isSplit } = ended;
  const after = stateOf(root, [...base, ...added]);
  expect(after.finalEvents).toContain(final);
  // What another final event shows otherwise is ordered by N-23 and spread anew.
  if (shownOtherwise(before, after)) return;
  // Of two amounts of one hash that two final events show, the greater counts in the end.
  const places = isSplit ? [TIMES.length - 1] : [time, TIMES.length - 1];
  const now = debts(
    after,
    seen,
    places.map((place) => TIMES[place] ?? FAR_SEC),
  );
  places.forEach((place, at) => {
    expect(now[at], String(place)).toBeLessThanOrEqual(owed[place] ?? 0n);
  });
}

const { LAW_RUNS, LAW_SEED } = process.env;
/** Sets of what others signed; so many are taken of one history. */
const SETS = Number(LAW_RUNS ?? 10_500);
const SETS_OF_ONE = 60;
const seed = LAW_SEED === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(LAW_SEED);

/** Some of a list, by a number that mixes with each place. */
function someOf<T>(list: readonly T[], salt: number, share: number): T[] {
  return list.filter((_, index) => {
    const mixed = Math.imul(salt ^ Math.imul(index + 1, 0x9e37_79b1), 0x85eb_ca6b) >>> 0;
    return mixed % 100 < share;
  });
}

describe('a final event', () => {
  it('stands as it was seen: what it does not rest on makes nobody owe more', () => {
    const played = fc.sample(scenes, { numRuns: Math.ceil(SETS / SETS_OF_ONE), seed });
    const histories = played.map(endedOf).filter((ended) => ended !== undefined);
    let extras = 0;
    const picks = fc.record({
      of: fc.nat({ max: histories.length - 1 }),
      salt: fc.nat(),
      share: fc.constantFrom(30, 60, 90, 100),
      time: fc.nat({ max: TIMES.length - 2 }),
    });
    fc.assert(
      fc.property(picks, ({ of, salt, share, time }) => {
        const ended = histories[of];
        if (!ended) throw new Error('no such history');
        const added = someOf(ended.others, salt, share);
        extras += added.length;
        expectNoMore(ended, added, time);
      }),
      { numRuns: SETS, seed, endOnFailure: true },
    );
    expect(extras).toBeGreaterThan(SETS);
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
