/** What a case came to and what of it is paid. Spec: specs/disputes.md, "Outcome". */
import type { Award, DisputeDocument } from '../kinds/dispute.ts';
import type { DisputeContradiction, DisputeOutcome, OwedAward, PaidBefore } from './case.ts';
import { claimsBefore, governingOf, type Claim, type DisputeDraft } from './draft.ts';
import { limitBeside } from './beside.ts';
import { linesBefore, paidBeside } from './earlier.ts';
import { claimedLimit } from './limit.ts';
import { paidBefore, recordedPayouts, withBond } from './payouts.ts';
import { settlementsOf } from './settlements.ts';
import type { DisputeStep } from './steps.ts';

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

function owedAwards(
  draft: DisputeDraft,
  awards: readonly Award[],
  claims: readonly Claim[],
  decided: Pick<DisputeOutcome, 'id' | 'effectiveAtSec' | 'paidFromSec'>,
  before: readonly PaidBefore[],
): Omit<OwedAward, 'fromBondUnits'>[] {
  const atSec = decided.effectiveAtSec;
  const lines = linesBefore(draft.others, draft.reason, decided);
  const left = new Map<string, bigint>();
  for (const { state, step, claimUnits, withdrawn } of claims) {
    // DI-15: "Owed is what was awarded, for a contract no more than was claimed and no more than
    // the limit at the time the outcome took effect, of both without what the bond paid to the
    // claim's address for a ruling that the outcome rests on; nothing where the claim is
    // withdrawn."
    const { reason, claimant } = draft;
    const limit = claimedLimit(state, reason, step.effectiveAtSec, atSec, claimant);
    const most = least(claimUnits, limitBeside(state, limit, atSec, lines, claimant));
    const spentUnits = before.find(({ contract }) => contract === state.root)?.units ?? 0n;
    left.set(state.root, withdrawn || spentUnits > most ? 0n : most - spentUnits);
  }
  return awards.map((award) => {
    const most = left.get(award.contract) ?? 0n;
    const owedUnits = least(BigInt(award.units), most);
    left.set(award.contract, most - owedUnits);
    const state = draft.states.get(award.contract);
    // DI-16: "Paid of an award is what settled on its leg from the time the outcome took effect,
    // or a ruling of the case that it does not rest on…"
    const paidUnits = state ? paidBeside(state, award, decided.paidFromSec, lines) : 0n;
    const outstandingUnits = paidUnits < owedUnits ? owedUnits - paidUnits : 0n;
    return { award, owedUnits, paidUnits, outstandingUnits };
  });
}

type Deciding = Extract<DisputeDocument, { type: 'ruling' | 'proposal' }>;

/** Rulings of the case that a decision does not rest on: what was paid for one pays it too. */
function unknownTo({ tracks }: DisputeDraft, { id, past }: DisputeStep): DisputeStep[] {
  const rulings = Object.values(tracks).flatMap((track) => track.rulings);
  return rulings.filter((ruling) => ruling.id !== id && !past.has(ruling.id));
}

/** What a payout that is on the chain was for: the outcome, or any ruling of the case. */
export function recordedDecisions(
  { tracks }: DisputeDraft,
  outcome: Pick<DisputeOutcome, 'id'> | undefined,
): ReadonlySet<string> {
  const rulings = Object.values(tracks).flatMap((track) => track.rulings);
  return new Set([...rulings.map(({ id }) => id), ...(outcome ? [outcome.id] : [])]);
}

/** What payouts of the bond can be for: the outcome, and rulings that it does not rest on. */
export function paidDecisions(
  draft: DisputeDraft,
  outcome: Pick<DisputeOutcome, 'id'> | undefined,
): ReadonlySet<string> {
  const rulings = Object.values(draft.tracks).flatMap((track) => track.rulings);
  const step =
    draft.proposals.get(outcome?.id ?? '')?.step ?? rulings.find(({ id }) => id === outcome?.id);
  return new Set(step ? [step.id, ...unknownTo(draft, step).map(({ id }) => id)] : []);
}

/** Claims with those withdrawals alone that a decision rests on. */
function claimsKnownTo(
  { withdrawals }: DisputeDraft,
  { past }: DisputeStep,
  all: readonly Claim[],
) {
  return all.map((claim): Claim => {
    const own = withdrawals.filter(({ document }) => document.contract === claim.state.root);
    return { ...claim, withdrawn: own.some(({ id }) => past.has(id)) };
  });
}

const outstandingOf = (awards: readonly OwedAward[]): bigint =>
  awards.reduce((sum, each) => sum + each.outstandingUnits, 0n);

function outcomeBy(
  draft: DisputeDraft,
  step: DisputeStep,
  document: Deciding,
  { by, effectiveAtSec }: Pick<DisputeOutcome, 'by' | 'effectiveAtSec'>,
  claims: readonly Claim[],
): DisputeOutcome {
  const times = unknownTo(draft, step).map((ruling) => ruling.effectiveAtSec);
  const paidFromSec = Math.min(effectiveAtSec, ...times);
  const decided = { id: step.id, by, effectiveAtSec, paidFromSec };
  const all = recordedPayouts(draft.payouts, recordedDecisions(draft, decided));
  const paying = paidDecisions(draft, decided);
  const records = all.filter((each) => paying.has(each.outcome));
  const others = all.filter((each) => !paying.has(each.outcome));
  const before = paidBefore(claims, others);
  const owedTo = (those: readonly Claim[]): OwedAward[] =>
    withBond(owedAwards(draft, document.awards, those, decided, before), records, draft.states);
  const awards = owedTo(claims);
  // DI-47: "A withdrawal that an outcome does not rest on takes nothing from the record…"
  const known = claimsKnownTo(draft, step, claims);
  const isMet = known.some(({ withdrawn }) => !withdrawn) && outstandingOf(owedTo(known)) === 0n;
  return {
    ...decided,
    type: document.type === 'ruling' ? 'ruling' : 'settlement',
    payBySec: document.payBySec,
    awards,
    payouts: records.map(({ payout }) => payout),
    outstandingUnits: outstandingOf(awards),
    isMet,
    ...(before.length > 0 ? { paidBefore: before } : {}),
  };
}

/** What the case came to: a settlement, else the first ruling of who decides. */
export function outcomeOf(draft: DisputeDraft): DisputeOutcome | undefined {
  const [settled] = settlementsOf(draft);
  if (settled) {
    const { document, effectiveAtSec, step } = settled;
    const decided = { by: undefined, effectiveAtSec };
    return outcomeBy(draft, step, document, decided, [...draft.claims.values()]);
  }
  const by = governingOf(draft);
  // DI-18: "Of several rulings the first in order stands, and each other is reported with it as
  // `rival rulings`…"
  const ruling = draft.tracks[by].rulings[0];
  if (ruling?.document.type !== 'ruling') return undefined;
  const { document, effectiveAtSec } = ruling;
  const taken = draft.tracks[by].taken.find((step) => step.id === document.taken);
  return outcomeBy(draft, ruling, document, { by, effectiveAtSec }, claimsBefore(draft, taken));
}

function pair(a: DisputeStep, b: DisputeStep): readonly [string, string] {
  return a.id < b.id ? [a.id, b.id] : [b.id, a.id];
}

function exchangedDocuments(steps: readonly DisputeStep[]): DisputeContradiction[] {
  const known = new Map<string, { readonly sha256: string; readonly step: DisputeStep }>();
  const found: DisputeContradiction[] = [];
  for (const step of steps) {
    const documents = 'documents' in step.document ? step.document.documents : [];
    for (const { name, sha256 } of documents) {
      const place = `${step.author} ${name}`;
      const before = known.get(place);
      if (!before) known.set(place, { sha256, step });
      else if (before.sha256 !== sha256) {
        const events = pair(before.step, step);
        found.push({ reason: 'documents exchanged', author: step.author, events });
      }
    }
  }
  return found;
}

/** What contradicts in a case, in the order of its steps. */
export function contradictionsOf(
  draft: DisputeDraft,
  applied: readonly DisputeStep[],
): DisputeContradiction[] {
  const { tracks } = draft;
  const [settled, ...rest] = settlementsOf(draft).map(({ step }) => step);
  // DI-43: "…and each other is reported with it as `rival settlements`."
  const settlements = rest.flatMap((other): DisputeContradiction[] =>
    settled
      ? [{ reason: 'rival settlements', author: other.author, events: pair(settled, other) }]
      : [],
  );
  const rivals = Object.values(tracks).flatMap(({ rulings: [first, ...others] }) =>
    others.flatMap((other): DisputeContradiction[] =>
      first ? [{ reason: 'rival rulings', author: first.author, events: pair(first, other) }] : [],
    ),
  );
  const { arbiter, fallbackArbiter } = tracks;
  const called = fallbackArbiter.taken[0];
  // DI-10: "…a taking by the arbiter in time that it does not rest on is reported with the
  // fallback arbiter's as `rival takings`."
  const overlooked = arbiter.taken.filter(({ id }) => called && !called.past.has(id));
  const takings = overlooked.flatMap((step): DisputeContradiction[] =>
    called ? [{ reason: 'rival takings', author: called.author, events: pair(called, step) }] : [],
  );
  // DI-19: "Documents of one name by one author with two hashes are reported as `documents
  // exchanged`."
  return [...rivals, ...settlements, ...takings, ...exchangedDocuments(applied)];
}
