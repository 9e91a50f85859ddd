/**
 * The fold: a set of events of one contract → its state. No clock; any permutation or duplication
 * of the same set gives the same state. Spec: specs/contract.md, "Fold".
 */
import type { ParsedContract, ParsedEvent, ParsedRequest } from '../events.ts';
import { canonicalOrder, type OrderNode } from '../order.ts';
import { ok, reject, type Result } from '../result.ts';
import {
  attesterOf,
  contractOf,
  createDraft,
  roleOfActor,
  type Draft,
  type RejectedEvent,
} from './draft.ts';
import { pastOf, toNode } from './graph.ts';
import { findContradictions, resolveMilestones } from './milestones.ts';
import { viewNotices } from './notices.ts';
import { findOverlaps, flagUnseen, resolvePayments } from './payments.ts';
import type { ContractState } from './state.ts';
import { actOf, applyEvent, isFinal, phaseOf } from './transitions.ts';

/** A contract's state with what was refused and what is known to be missing. */
export interface Fold {
  readonly state: ContractState;
  /** One entry for each refused event, in the order of application. */
  readonly rejects: readonly RejectedEvent[];
  /** Ids parties named that are not in the set: a relay withholds them. */
  readonly missing: readonly string[];
  /** Ids of the parties' events and of requests in receipts, in canonical order. */
  readonly order: readonly string[];
}

interface Selection {
  readonly contract: ParsedContract | undefined;
  /** What acts on the contract, in the order of application. */
  readonly acts: readonly ParsedEvent[];
  readonly requests: ReadonlyMap<string, ParsedRequest>;
}

function compareForApplication(a: ParsedEvent, b: ParsedEvent): number {
  // C-15: "Events are applied in phases, within a phase by (`created_at`, id): acceptances,
  // withdrawals, receipts, acknowledgements, claims, decisions, arrears, defaults, closures…"
  const phases = phaseOf(a) - phaseOf(b);
  if (phases !== 0) return phases;
  if (a.event.created_at !== b.event.created_at) return a.event.created_at - b.event.created_at;
  return a.event.id < b.event.id ? -1 : 1;
}

/**
 * The contract's own events, once each. Requests enter only through receipts: a request that
 * only some clients hold must not change anybody's state.
 */
function select(root: string, input: Iterable<ParsedEvent>): Selection {
  const acts = new Map<string, ParsedEvent>();
  const known = new Map<string, ParsedRequest>();
  let contract: ParsedContract | undefined;
  for (const parsed of input) {
    // C-14: "The fold takes the events whose document names the root as its contract, each id
    // once…"
    if (contractOf(parsed) !== root) continue;
    if (parsed.name === 'contract') contract = parsed;
    else if (parsed.name === 'request') known.set(parsed.event.id, parsed);
    else acts.set(parsed.event.id, parsed);
  }
  const requests = new Map<string, ParsedRequest>();
  for (const parsed of acts.values()) {
    if (parsed.name !== 'receipt') continue;
    const request = known.get(parsed.document.request.id);
    if (request) requests.set(request.event.id, request);
  }
  return { contract, acts: [...acts.values()].sort(compareForApplication), requests };
}

function toState(draft: Draft): ContractState {
  const proven = resolvePayments(draft);
  const equivocations = [
    ...draft.equivocations,
    ...findOverlaps(draft.proven.values()),
    ...findContradictions(draft),
  ].sort((a, b) => (a.events.join() < b.events.join() ? -1 : 1));
  const finals = [...draft.finals].sort(
    (a, b) => a.createdAtSec - b.createdAtSec || (a.id < b.id ? -1 : 1),
  );
  const times = Object.values(draft.signatures).map((signature) => signature.effectiveAtSec);
  const isEffective = draft.status !== 'proposed' && draft.status !== 'withdrawn';
  return {
    root: draft.root,
    contract: draft.contract,
    version: draft.root,
    status: draft.status,
    signatures: draft.signatures,
    withdrawnBy: [...draft.withdrawnBy].sort(),
    effectiveAtSec: isEffective ? Math.max(...times) : undefined,
    payments: flagUnseen(draft, proven),
    milestones: resolveMilestones(draft),
    notices: viewNotices(draft, proven),
    finalEvents: finals.map(({ id }) => id),
    equivocations,
  };
}

/** The graph of what parties signed; what strangers publish is no part of it. */
function graphOf(draft: Draft, acts: readonly ParsedEvent[]): Map<string, OrderNode> {
  const nodes = new Map([[draft.root, toNode(draft.contract, false)]]);
  for (const parsed of acts) {
    const { pubkey } = parsed.event;
    const isAttester = pubkey === attesterOf(draft.contract.document);
    if (!isAttester && roleOfActor(draft, pubkey) === undefined) continue;
    nodes.set(parsed.event.id, toNode(parsed, isFinal(draft, parsed)));
    if (parsed.name !== 'receipt') continue;
    const request = draft.requests.get(parsed.document.request.id);
    if (request) nodes.set(request.event.id, toNode(request, false));
  }
  return nodes;
}

/**
 * Folds the events of the contract with this id; others are left aside. Answers
 * CONTRACT_UNKNOWN while the contract event itself is not in the set.
 */
export function foldContract(root: string, input: Iterable<ParsedEvent>): Result<Fold> {
  const { contract, acts, requests } = select(root, input);
  if (!contract) return reject('CONTRACT_UNKNOWN', root);
  let nodes = new Map<string, OrderNode>();
  const draft = createDraft(contract, requests, (id) => pastOf(id, nodes));
  const apply = (parsed: ParsedEvent): void => {
    const { id } = parsed.event;
    const refused = applyEvent(draft, parsed);
    if (refused) draft.rejects.push({ id, code: refused.code, detail: refused.detail });
  };
  const isAgreement = (parsed: ParsedEvent): boolean => actOf(parsed) === 'acceptance';
  acts.filter(isAgreement).forEach(apply);
  // Acceptances name the delegates, so only now is it known who is a party and who a stranger.
  nodes = graphOf(draft, acts);
  acts.filter((parsed) => !isAgreement(parsed)).forEach(apply);
  const { ids, missing } = canonicalOrder(nodes.values());
  return ok({ state: toState(draft), rejects: draft.rejects, missing, order: ids });
}
