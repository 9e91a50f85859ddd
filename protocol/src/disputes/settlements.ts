/** Proposals that all have signed. Spec: specs/disputes.md, "Outcome". */
import { legOf } from '../contract/legs.ts';
import type { Award, DisputeDocument } from '../kinds/dispute.ts';
import type { Claim, DisputeDraft, Proposed } from './draft.ts';
import type { DisputeStep } from './steps.ts';

/** Ids that any arbiter's taking lists: claims among them are heard. */
function admittedByTaking({ tracks }: DisputeDraft): ReadonlySet<string> {
  const taken = Object.values(tracks).flatMap((track) => track.taken);
  return new Set(
    taken.flatMap(({ document }) => (document.type === 'taken' ? document.admitted : [])),
  );
}

/**
 * Who must sign a proposal: every claimant it rests on or an arbiter hears, every payer, and
 * always the bank; nobody can where all withdrew without having signed.
 */
function signersNeeded(
  draft: DisputeDraft,
  { step, signers }: Proposed,
  awards: readonly Award[],
  heard: ReadonlySet<string>,
): string[] {
  const isBound = ({ id }: DisputeStep): boolean =>
    id === draft.opened.id || heard.has(id) || step.past.has(id);
  // DI-17: "…A withdrawal takes back no signature…"
  const isIn = ({ withdrawn, state }: Claim): boolean =>
    !withdrawn || signers.has(`${state.root} ${draft.claimant}`);
  const known = [...draft.claims.values()].filter((claim) => isIn(claim) && isBound(claim.step));
  if (known.length === 0) return [];
  const payers = awards.map(({ contract, leg }) => {
    const document = draft.states.get(contract)?.contract.document;
    return document ? `${contract} ${legOf(document, leg).payer}` : '';
  });
  const banks = known.map(({ state }) => `${state.root} bank`);
  const claimants = known.map(({ state }) => `${state.root} ${draft.claimant}`);
  return [...new Set([...payers, ...banks, ...claimants])];
}

/** A proposal that all have signed. */
export interface Settled {
  readonly step: DisputeStep;
  readonly document: Extract<DisputeDocument, { type: 'proposal' }>;
  /** Of how many contracts the claimant signed it. */
  readonly claimants: number;
  readonly effectiveAtSec: number;
}

function settledBy(
  draft: DisputeDraft,
  proposed: Proposed,
  heard: ReadonlySet<string>,
): Settled | undefined {
  const { step, signers } = proposed;
  const { document } = step;
  if (document.type !== 'proposal') return undefined;
  // DI-17: "A proposal is a settlement, whatever was ruled, once the bank, every payer of it and
  // every claimant who has not withdrawn have signed it, of the claims it rests on and of those a
  // taking admits; and takes effect when the last of them had first signed it…"
  const needed = signersNeeded(draft, proposed, document.awards, heard);
  const times = needed.flatMap((place) => signers.get(place) ?? []);
  if (needed.length === 0 || times.length < needed.length) return undefined;
  const claimants = needed.filter((place) => place.endsWith(` ${draft.claimant}`)).length;
  return { step, document, claimants, effectiveAtSec: Math.max(...times) };
}

/** Settlements that no other replaced, the one that stands at the beginning. */
export function settlementsOf(draft: DisputeDraft): Settled[] {
  const heard = admittedByTaking(draft);
  const all = [...draft.proposals.values()].flatMap((each) => settledBy(draft, each, heard) ?? []);
  // DI-43: "Of several settlements one gives way to another whose proposal rests on its own…"
  const left = all.filter(({ step }) => !all.some((other) => other.step.past.has(step.id)));
  // DI-43: "…of those that are left the one that more claimants signed is the outcome, and of
  // these the first in order…"
  return left.sort((a, b) => b.claimants - a.claimants);
}

/** Whether nothing is left to decide, by the steps so far: settled, or every claim withdrawn. */
export function isOver(draft: DisputeDraft): boolean {
  const isWithdrawn = [...draft.claims.values()].every(({ withdrawn }) => withdrawn);
  return isWithdrawn || settlementsOf(draft).length > 0;
}
