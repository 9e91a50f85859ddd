/** What each step of a case needs and does. Spec: specs/disputes.md, "Steps". */
import type { ContractState } from '../contract/state.ts';
import type { Award, DisputeDocument } from '../kinds/dispute.ts';
import type { PartyRole } from '../kinds/fields.ts';
import { reject, type Reject } from '../result.ts';
import { claimBy, claimsBefore, type Claim, type DisputeDraft } from './draft.ts';
import { paysClaimant } from './earlier.ts';
import { payoutRefusal } from './payouts.ts';
import { arbiterOf, canShareCase, partyOf } from './roles.ts';
import { isOver } from './settlements.ts';
import type { DisputeStep } from './steps.ts';

type Of<Type extends DisputeDocument['type']> = Extract<DisputeDocument, { type: Type }>;

function applyJoin(draft: DisputeDraft, step: DisputeStep, state: ContractState) {
  // DI-5: "…and who joins claims the same of another contract under the offer."
  if (partyOf(state, step) !== draft.claimant) return reject('AUTHOR_ROLE');
  const opener = draft.states.get(draft.opened.document.contract);
  if (!opener || !canShareCase(opener, state)) return reject('OFFER_MISMATCH');
  if (draft.claims.has(state.root)) return reject('STATE_FORBIDS');
  const claim = claimBy(step, state, draft);
  if (claim.limitUnits === 0n) return reject('NOTHING_CLAIMED');
  draft.claims.set(state.root, claim);
  return undefined;
}

function applyTaken(draft: DisputeDraft, step: DisputeStep, state: ContractState) {
  const role = arbiterOf(state, step);
  // DI-9: "Only the arbiter whom the contract names takes the case and rules, and the fallback
  // arbiter once a call to it counts that its taking rests on…"
  if (!role) return reject('AUTHOR_ROLE');
  const isCalled = draft.calls.some(({ id }) => step.past.has(id));
  if (role === 'fallbackArbiter' && !isCalled) return reject('ARBITER_NOT_SILENT');
  draft.tracks[role].taken.push(step);
  return undefined;
}

/** Whether the arbiter's time was over at a step, by the takings and rulings that count for it. */
function isOverdue(
  { tracks, takeBySec, ruleDaysSec }: DisputeDraft,
  step: DisputeStep,
  counts: (each: DisputeStep) => boolean,
): boolean {
  const first = tracks.arbiter.taken.find(counts);
  // DI-10: "A call of the fallback arbiter counts when it takes effect after the time the arbiter
  // had to take the case, and rests on no taking by it; or after the time it had to rule, and
  // rests on no ruling by it…"
  const dueSec = first ? first.effectiveAtSec + ruleDaysSec : takeBySec;
  return step.effectiveAtSec > dueSec && !tracks.arbiter.rulings.some(counts);
}

function applyFallback(draft: DisputeDraft, step: DisputeStep, state: ContractState) {
  if (!partyOf(state, step)) return reject('AUTHOR_ROLE');
  if (!isOverdue(draft, step, ({ id }) => step.past.has(id))) return reject('ARBITER_NOT_SILENT');
  const isInTime = !isOverdue(draft, step, () => true);
  draft.calls.push({ id: step.id, isOver: isOver(draft), isInTime });
  return undefined;
}

/** The first thing wrong with awards, given the claims they can answer. */
export function awardsMismatch(
  awards: readonly Award[],
  claims: readonly Claim[],
  claimant: PartyRole,
): Reject | undefined {
  const totals = new Map<string, bigint>();
  for (const award of awards) {
    const claim = claims.find(({ state }) => state.root === award.contract);
    if (!claim) return reject('CONTRACT_MISMATCH', award.contract);
    // DI-49: "A ruling or proposal is refused as `CONTENT_TERMS` that awards something on a leg
    // that does not pay the claimant…"
    if (!paysClaimant(award, claimant)) return reject('CONTENT_TERMS', award.leg);
    const total = (totals.get(award.contract) ?? 0n) + BigInt(award.units);
    totals.set(award.contract, total);
    // DI-11: "A ruling or proposal that awards a contract more than was claimed for it is refused
    // as `CLAIM_EXCEEDED`…"
    if (total > claim.claimUnits) return reject('CLAIM_EXCEEDED', award.contract);
    // DI-12: "A ruling or proposal with an address that is not the one the claim named is refused
    // as `AWARD_ADDRESS`."
    if (award.address !== claim.address && award.address !== undefined) {
      return reject('AWARD_ADDRESS', award.contract);
    }
  }
  return undefined;
}

function applyRuling(
  draft: DisputeDraft,
  step: DisputeStep,
  state: ContractState,
  document: Of<'ruling'>,
) {
  const role = arbiterOf(state, step);
  if (!role) return reject('AUTHOR_ROLE');
  const taken = draft.tracks[role].taken.find(({ id }) => id === document.taken);
  if (!taken) return reject('STATE_FORBIDS', 'taken');
  // DI-13: "A ruling is refused as `RESPONSE_RUNNING` that neither admits a response nor takes
  // effect after the time to respond."
  const isAnswered = draft.responses.some(({ id }) => document.admitted.includes(id));
  if (!isAnswered && step.effectiveAtSec <= draft.respondBySec) return reject('RESPONSE_RUNNING');
  // DI-45: "A ruling is refused as `CONTENT_TERMS` that awards something to be paid before it takes
  // effect."
  const isDueBefore = document.awards.length > 0 && document.payBySec < step.effectiveAtSec;
  if (isDueBefore) return reject('CONTENT_TERMS', 'payBySec');
  const refused = awardsMismatch(document.awards, claimsBefore(draft, taken), draft.claimant);
  if (refused) return refused;
  draft.tracks[role].rulings.push(step);
  return undefined;
}

/** What a party's key signs for: its role in every contract of the case that names it. */
function signedFor(draft: DisputeDraft, step: DisputeStep): string[] {
  const before = draft.withdrawals.filter(({ id }) => step.past.has(id));
  return [...draft.claims.values()].flatMap(({ state }) => {
    const role = partyOf(state, step);
    // DI-17: "…and a claimant's signature that rests on it is none."
    const isOut = before.some(({ document }) => document.contract === state.root);
    return role && !(role === draft.claimant && isOut) ? [`${state.root} ${role}`] : [];
  });
}

function applyProposal(
  draft: DisputeDraft,
  step: DisputeStep,
  state: ContractState,
  document: Of<'proposal'>,
) {
  if (!partyOf(state, step)) return reject('AUTHOR_ROLE');
  const refused = awardsMismatch(document.awards, [...draft.claims.values()], draft.claimant);
  if (refused) return refused;
  const signed = signedFor(draft, step).map((place) => [place, step.effectiveAtSec] as const);
  draft.proposals.set(step.id, { step, signers: new Map(signed) });
  return undefined;
}

function applySettlement(
  draft: DisputeDraft,
  step: DisputeStep,
  state: ContractState,
  document: Of<'settlement'>,
) {
  if (!partyOf(state, step)) return reject('AUTHOR_ROLE');
  const proposal = draft.proposals.get(document.proposal.id);
  if (!proposal) return reject('STATE_FORBIDS', 'proposal');
  // DI-44: "A settlement step that takes effect after the time its proposal says to pay is refused
  // as `STATE_FORBIDS`."
  const { document: proposed } = proposal.step;
  const isOver = 'payBySec' in proposed && step.effectiveAtSec > proposed.payBySec;
  if (isOver) return reject('STATE_FORBIDS', 'payBySec');
  for (const place of signedFor(draft, step)) {
    const before = proposal.signers.get(place) ?? step.effectiveAtSec;
    proposal.signers.set(place, Math.min(before, step.effectiveAtSec));
  }
  return undefined;
}

function applyWithdrawal(draft: DisputeDraft, step: DisputeStep, state: ContractState) {
  const claim = draft.claims.get(state.root);
  if (!claim || partyOf(state, step) !== draft.claimant) return reject('AUTHOR_ROLE');
  claim.withdrawn = true;
  draft.withdrawals.push(step);
  return undefined;
}

function applySaid(draft: DisputeDraft, step: DisputeStep, state: ContractState) {
  const role = partyOf(state, step);
  if (!role) return reject('AUTHOR_ROLE');
  if (step.document.type === 'evidence') draft.evidence.push(step);
  if (step.document.type !== 'response') return undefined;
  if (role === draft.claimant) return reject('AUTHOR_ROLE');
  draft.responses.push(step);
  return undefined;
}

function applyPayout(
  draft: DisputeDraft,
  step: DisputeStep,
  state: ContractState,
  document: Of<'payout' | 'paidOut'>,
) {
  const refused = payoutRefusal(step, state, document);
  if (!refused) draft.payouts.push(step);
  return refused;
}

/** Applies one step after the opening; a refusal where it does not count. */
export function applyStep(draft: DisputeDraft, step: DisputeStep): Reject | undefined {
  const { document } = step;
  const state = draft.states.get(document.contract);
  if (!state) return reject('CONTRACT_UNKNOWN', document.contract);
  if (document.type === 'open') return reject('STATE_FORBIDS');
  if (document.type === 'join') return applyJoin(draft, step, state);
  // DI-14: "Every other step names a contract of the case, and is refused as `CONTRACT_MISMATCH`
  // where it does not…"
  if (!draft.claims.has(state.root)) return reject('CONTRACT_MISMATCH');
  switch (document.type) {
    case 'taken':
      return applyTaken(draft, step, state);
    case 'ruling':
      return applyRuling(draft, step, state, document);
    case 'fallback':
      return applyFallback(draft, step, state);
    case 'proposal':
      return applyProposal(draft, step, state, document);
    case 'settlement':
      return applySettlement(draft, step, state, document);
    case 'withdrawal':
      return applyWithdrawal(draft, step, state);
    case 'payout':
    case 'paidOut':
      return applyPayout(draft, step, state, document);
    case 'closing':
      if (!arbiterOf(state, step)) return reject('AUTHOR_ROLE');
      draft.closings.push(step);
      return undefined;
    default:
      return applySaid(draft, step, state);
  }
}
