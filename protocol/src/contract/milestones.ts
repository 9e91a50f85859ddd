/**
 * Milestones: who claims, who decides, and how each stands. The result depends on the set of
 * claims and decisions, never on their order. Spec: specs/milestones.md.
 */
import type { ParsedEvent, ParsedMilestone } from '../events.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import { reject, type Reject } from '../result.ts';
import { attesterOf, type Draft } from './draft.ts';
import type { Equivocation, Milestone } from './state.ts';

/** What milestones are resolved from. */
export type Decided = Pick<Draft, 'contract' | 'claims' | 'decisions'>;

interface Claim {
  readonly parsed: ParsedMilestone;
  /** Least (time, id) first. */
  readonly approvals: readonly ParsedMilestone[];
  readonly refusals: readonly ParsedMilestone[];
}

function hasMilestone(document: ContractDocument, tranche: number): boolean {
  return document.tranches[tranche]?.milestone !== undefined;
}

/** The business says what a tranche waits for is done. */
export function applyClaim(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const claim = parsed as ParsedMilestone;
  const { tranche } = claim.document;
  // S-2: "A claim or decision on a tranche that has no milestone is refused as
  // `MILESTONE_UNKNOWN`."
  if (!hasMilestone(draft.contract.document, tranche)) {
    return reject('MILESTONE_UNKNOWN', String(tranche));
  }
  draft.claims.push(claim);
  return undefined;
}

/** The attester decides on a claim. */
export function applyDecision(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const decision = parsed as ParsedMilestone;
  const { document } = decision;
  if (!hasMilestone(draft.contract.document, document.tranche)) {
    return reject('MILESTONE_UNKNOWN', String(document.tranche));
  }
  // S-3: "A decision counts only on a claim that counts; otherwise it is refused as
  // `CLAIM_UNKNOWN`."
  const claimed = document.type === 'claim' ? '' : document.claim.id;
  const isKnown = draft.claims.some((claim) => claim.event.id === claimed);
  if (!isKnown) return reject('CLAIM_UNKNOWN', claimed);
  draft.decisions.push(decision);
  return undefined;
}

function compare(a: ParsedMilestone, b: ParsedMilestone): number {
  const times = a.event.created_at - b.event.created_at;
  if (times !== 0) return times;
  return a.event.id < b.event.id ? -1 : 1;
}

/** Claims with the decisions on them; claims and decisions least (time, id) first. */
function claimsOf(decided: Decided): Claim[] {
  const byClaim = new Map<string, { approval: ParsedMilestone[]; refusal: ParsedMilestone[] }>();
  for (const decision of [...decided.decisions].sort(compare)) {
    if (decision.document.type === 'claim') continue;
    const { id } = decision.document.claim;
    const known = byClaim.get(id) ?? { approval: [], refusal: [] };
    known[decision.document.type].push(decision);
    byClaim.set(id, known);
  }
  return [...decided.claims].sort(compare).map((parsed) => {
    const { approval = [], refusal = [] } = byClaim.get(parsed.event.id) ?? {};
    return { parsed, approvals: approval, refusals: refusal };
  });
}

/** When a decision takes effect: no earlier than what it decides on. */
function effectiveSec(decision: ParsedMilestone, claim: ParsedMilestone): number {
  return Math.max(decision.event.created_at, claim.event.created_at);
}

function approvedBy(claims: readonly Claim[]): Omit<Milestone, 'tranche'> | undefined {
  // S-6: "Of the approvals of approved claims the state names the one with the least effective
  // time, then the lowest id…"
  const approved = claims
    .filter(({ refusals }) => refusals.length === 0)
    .flatMap(({ parsed, approvals }) =>
      approvals.map((approval) => ({
        status: 'approved' as const,
        claim: parsed.event.id,
        decision: approval.event.id,
        decidedAtSec: effectiveSec(approval, parsed),
      })),
    );
  approved.sort((a, b) => a.decidedAtSec - b.decidedAtSec || (a.decision < b.decision ? -1 : 1));
  return approved[0];
}

function resolve(claims: readonly Claim[]): Omit<Milestone, 'tranche'> {
  // S-5: "A milestone is `approved` while any claim on it is approved, otherwise `claimed` while a
  // claim on it is undecided, otherwise `refused` when there is a claim, otherwise `open`."
  const approved = approvedBy(claims);
  if (approved) return approved;
  const nothing = { claim: undefined, decision: undefined, decidedAtSec: undefined };
  const open = claims.filter(({ refusals }) => refusals.length === 0).at(-1);
  if (open) return { ...nothing, status: 'claimed', claim: open.parsed.event.id };
  const last = claims.at(-1);
  const refusal = last?.refusals[0];
  if (!last || !refusal) return { ...nothing, status: 'open' };
  return {
    status: 'refused',
    claim: last.parsed.event.id,
    decision: refusal.event.id,
    decidedAtSec: effectiveSec(refusal, last.parsed),
  };
}

/** How the milestone of each tranche that has one stands. */
export function resolveMilestones(decided: Decided): Milestone[] {
  const claims = claimsOf(decided);
  return decided.contract.document.tranches.flatMap(({ milestone }, tranche) => {
    if (!milestone) return [];
    const own = claims.filter(({ parsed }) => parsed.document.tranche === tranche);
    return [{ tranche, ...resolve(own) }];
  });
}

/** Claims the attester both approved and refused. */
export function findContradictions(decided: Decided): Equivocation[] {
  const author = attesterOf(decided.contract.document);
  return claimsOf(decided).flatMap(({ approvals, refusals }) => {
    const [approval, refusal] = [approvals[0], refusals[0]];
    if (!approval || !refusal) return [];
    // S-4: "A claim is approved when an approval and no refusal of it counts. An approval and a
    // refusal of one claim, of each the least (`created_at`, id), are reported as `contradictory
    // decisions`, and the claim counts as refused."
    const [least, most] = [approval.event.id, refusal.event.id].sort() as [string, string];
    return [{ reason: 'contradictory decisions', author, events: [least, most] as const }];
  });
}
