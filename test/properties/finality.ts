/**
 * What a final event rests on stands: whatever anybody adds that it does not rest on, dated as it
 * likes, the business never owes more by it. Spec: specs/notices.md, "Finality".
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
import { DAY, playScene, scenes, START } from './finality-scenes.ts';

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

/** All that is owed at some times, but for disbursements that it did not see. */
function debts(state: ContractState, seen: ReadonlySet<string>): bigint[] {
  const known = state.payments.filter(
    ({ leg, paymentHash }) => leg !== 'disbursement' || seen.has(`${leg} ${paymentHash}`),
  );
  const times = [...[30, 60, 84, 100, 125].map((day) => START + day * DAY), FAR_SEC];
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

describe('a final event', () => {
  it('stands as it was seen: what it does not rest on makes nobody owe more', () => {
    let [finals, extras] = [0, 0];
    fc.assert(
      fc.property(scenes, (scene) => {
        const { play, known } = playScene(scene);
        const { root, parsed: events } = play.loan;
        const [final] = stateOf(root, events.slice(0, known)).finalEvents;
        if (final === undefined) return;
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
        const [before, after] = [stateOf(root, base), stateOf(root, [...base, ...added])];
        expect(after.finalEvents).toContain(final);
        finals += 1;
        extras += added.length;
        const seen = seenIn(before);
        const owed = debts(before, seen);
        // Of two amounts of one hash that two final events show, the greater counts in the end.
        const isSplit = ['sameHash', 'final'].every((type) =>
          scene.extras.some((each) => each.type === type),
        );
        // What another final event shows otherwise is ordered by N-23 and spread anew.
        if (shownOtherwise(before, after)) return;
        debts(after, seen).forEach((debt, at) => {
          if (isSplit && at < owed.length - 1) return;
          expect(debt, String(at)).toBeLessThanOrEqual(owed[at] ?? 0n);
        });
      }),
      {
        numRuns: Number(process.env['LAW_RUNS'] ?? 150),
        endOnFailure: process.env['LAW_RUNS'] === undefined,
      },
    );
    expect(Math.min(finals, extras)).toBeGreaterThan(0);
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
