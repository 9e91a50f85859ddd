/** A case while its steps are applied, one after another. Spec: specs/disputes.md, "Case". */
import type { ContractState } from '../contract/state.ts';
import type { DisputeReason } from '../kinds/dispute.ts';
import type { PartyRole } from '../kinds/fields.ts';
import { claimLimit, claimantOf, RESPONSE_DAYS, RULING_DAYS, TAKING_DAYS } from './limit.ts';
import type { ArbiterRole } from './case.ts';
import type { OtherOutcome } from './earlier.ts';
import { partyOf } from './roles.ts';
import type { DisputeStep } from './steps.ts';

/** A claim while the case is folded. */
export interface Claim {
  readonly step: DisputeStep;
  readonly state: ContractState;
  readonly claimUnits: bigint;
  readonly limitUnits: bigint;
  readonly address: string | undefined;
  withdrawn: boolean;
}

/** What one arbiter did. */
export interface Track {
  readonly taken: DisputeStep[];
  readonly rulings: DisputeStep[];
}

/** A proposal to settle. */
export interface Proposed {
  readonly step: DisputeStep;
  /** For whom it was signed, and since when. */
  readonly signers: Map<string, number>;
}

/** A call of the fallback arbiter, with what was known of the case before it. */
export interface Call {
  readonly id: string;
  /** The parties had settled it, or every claim was withdrawn. */
  readonly isOver: boolean;
  /** The arbiter was in time, by steps that the call may leave out. */
  readonly isInTime: boolean;
}

/** The case so far. */
export interface DisputeDraft {
  readonly opened: DisputeStep;
  readonly reason: DisputeReason;
  readonly claimant: PartyRole;
  /** Outcomes of other cases on its contracts. */
  readonly others: readonly OtherOutcome[];
  readonly states: ReadonlyMap<string, ContractState>;
  /** By contract, the opener's first. */
  readonly claims: Map<string, Claim>;
  readonly responses: DisputeStep[];
  readonly evidence: DisputeStep[];
  readonly tracks: Readonly<Record<ArbiterRole, Track>>;
  readonly calls: Call[];
  readonly withdrawals: DisputeStep[];
  readonly proposals: Map<string, Proposed>;
  readonly closings: DisputeStep[];
  /** Payouts a key holder has signed, and records of those on the chain. */
  readonly payouts: DisputeStep[];
  readonly respondBySec: number;
  readonly takeBySec: number;
  readonly ruleDaysSec: number;
}

/** A claim by the step that makes it. */
export function claimBy(
  step: DisputeStep,
  state: ContractState,
  { reason, claimant }: Pick<DisputeDraft, 'reason' | 'claimant'>,
): Claim {
  const { document, effectiveAtSec } = step;
  const isClaim = document.type === 'open' || document.type === 'join';
  return {
    step,
    state,
    claimUnits: isClaim ? BigInt(document.claimUnits) : 0n,
    limitUnits: claimLimit(state, reason, effectiveAtSec, claimant),
    address: isClaim ? document.address : undefined,
    withdrawn: false,
  };
}

/** The case as its opening makes it. */
export function draftOf(
  opened: DisputeStep,
  reason: DisputeReason,
  states: ReadonlyMap<string, ContractState>,
  state: ContractState,
  others: readonly OtherOutcome[],
): DisputeDraft {
  const claimant = claimantOf(reason, partyOf(state, opened));
  const { daySec } = state.contract.document;
  // DI-8: "The other side responds within 14 contract days of the opening, the arbiter takes the
  // case within 28 of it and rules within 60 of taking it."
  const after = (days: number): number => opened.effectiveAtSec + days * daySec;
  return {
    opened,
    reason,
    others,
    claimant,
    states,
    claims: new Map([[state.root, claimBy(opened, state, { reason, claimant })]]),
    responses: [],
    evidence: [],
    tracks: { arbiter: { taken: [], rulings: [] }, fallbackArbiter: { taken: [], rulings: [] } },
    calls: [],
    withdrawals: [],
    proposals: new Map(),
    closings: [],
    payouts: [],
    respondBySec: after(RESPONSE_DAYS),
    takeBySec: after(TAKING_DAYS),
    ruleDaysSec: RULING_DAYS * daySec,
  };
}

/** Who decides: the fallback arbiter once called by a party and having taken the case. */
export function governingOf({ tracks }: DisputeDraft): ArbiterRole {
  return tracks.fallbackArbiter.taken.length > 0 ? 'fallbackArbiter' : 'arbiter';
}

/** Whether the arbiter let its time pass while there was something to decide. */
export function isSilent(draft: DisputeDraft): boolean {
  // F-43: "An arbiter was silent in a case in which a call of the fallback arbiter counts (DI-10),
  // unless, by the steps in order before the call, the case was settled or every claim withdrawn,
  // or, while the fallback arbiter has not taken it, the arbiter was in time…"
  const isTakenOver = governingOf(draft) === 'fallbackArbiter';
  return draft.calls.some(({ isOver, isInTime }) => !isOver && (isTakenOver || !isInTime));
}

/** The claims an arbiter decides on: what the taking admits, or all while nobody took the case. */
export function claimsBefore(draft: DisputeDraft, taken: DisputeStep | undefined): Claim[] {
  const listed = taken?.document.type === 'taken' ? taken.document.admitted : undefined;
  return [...draft.claims.values()].filter(({ step }) => {
    return step === draft.opened || listed === undefined || listed.includes(step.id);
  });
}
