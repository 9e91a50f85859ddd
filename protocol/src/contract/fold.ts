/**
 * The fold: a set of events of one contract → its state. No clock; any permutation or duplication
 * of the same set gives the same state. Spec: specs/contract.md, "Fold".
 */
import {
  embeddedIn,
  type ParsedContract,
  type ParsedEvent,
  type ParsedRequest,
} from '../events.ts';
import { canonicalOrder, type OrderNode } from '../order.ts';
import { ok, reject, type Result } from '../result.ts';
import { contractOf, createDraft, type Draft, type RejectedEvent } from './draft.ts';
import { findOverlaps, resolvePayments } from './payments.ts';
import type { ContractState } from './state.ts';
import { actOf, applyEvent } from './transitions.ts';

/** A contract's state with what was refused and what is known to be missing. */
export interface Fold {
  readonly state: ContractState;
  readonly rejects: readonly RejectedEvent[];
  /** Ids somebody named that are not in the set: a relay withholds them. */
  readonly missing: readonly string[];
  /** Ids in canonical order. */
  readonly order: readonly string[];
}

/** Ids an event names as known to its author, or embeds. */
function parentsOf(parsed: ParsedEvent): string[] {
  const { document } = parsed;
  // What a contract rests on is checked with it and never an event of the contract itself.
  const inner = parsed.name === 'contract' ? [] : embeddedIn(parsed);
  const parents = inner.map((embedded) => embedded.id);
  if ('prev' in document) parents.push(...document.prev);
  if ('seen' in document) parents.push(...document.seen);
  if ('contract' in document) parents.push(document.contract);
  return parents;
}

/** The events of a contract that other events may name as heads; requests never are. */
function toNode(parsed: ParsedEvent): OrderNode {
  return {
    id: parsed.event.id,
    timeSec: parsed.event.created_at,
    parents: parentsOf(parsed),
    final: actOf(parsed) === 'closure',
  };
}

interface Selection {
  readonly contract: ParsedContract | undefined;
  readonly events: ReadonlyMap<string, ParsedEvent>;
  readonly requests: ReadonlyMap<string, ParsedRequest>;
}

/**
 * The contract's own events, once each. Requests enter only through receipts: a request that
 * only some clients hold must not change anybody's state.
 */
function select(root: string, input: Iterable<ParsedEvent>): Selection {
  const events = new Map<string, ParsedEvent>();
  const known = new Map<string, ParsedRequest>();
  let contract: ParsedContract | undefined;
  for (const parsed of input) {
    if (contractOf(parsed) !== root) continue;
    if (parsed.name === 'contract') contract = parsed;
    if (parsed.name === 'request') known.set(parsed.event.id, parsed);
    else events.set(parsed.event.id, parsed);
  }
  const requests = new Map<string, ParsedRequest>();
  for (const parsed of events.values()) {
    if (parsed.name !== 'receipt') continue;
    const request = known.get(parsed.document.request.id);
    if (request) {
      requests.set(request.event.id, request);
    }
  }
  return { contract, events, requests };
}

function finish(draft: Draft, order: readonly string[], missing: readonly string[]): Fold {
  const payments = resolvePayments(draft);
  const used = new Map(draft.receipts.map(({ request }) => [request.event.id, request]));
  const overlaps = findOverlaps(used.values());
  const times = Object.values(draft.signatures).map((signature) => signature.effectiveAtSec);
  const isEffective = draft.status === 'effective' || draft.status === 'closed';
  const equivocations = [...draft.equivocations, ...overlaps].sort((a, b) =>
    a.events.join() < b.events.join() ? -1 : 1,
  );
  const state: ContractState = {
    root: draft.root,
    contract: draft.contract,
    version: draft.root,
    status: draft.status,
    signatures: draft.signatures,
    effectiveAtSec: isEffective ? Math.max(...times) : undefined,
    payments,
    finalEvents: draft.finalEvents,
    equivocations,
  };
  return { state, rejects: draft.rejects, missing, order };
}

/**
 * Folds the events of the contract with this id; others are left aside. Answers
 * CONTRACT_UNKNOWN while the contract event itself is not in the set.
 */
export function foldContract(root: string, input: Iterable<ParsedEvent>): Result<Fold> {
  const { contract, events, requests } = select(root, input);
  if (!contract) return reject('CONTRACT_UNKNOWN', root);
  const nodes = [...events.values(), ...requests.values()].map(toNode);
  const { ids, missing } = canonicalOrder(nodes);
  const draft = createDraft(contract, requests);
  for (const id of ids) {
    const parsed = events.get(id);
    if (!parsed || parsed.name === 'contract') continue;
    const refused = applyEvent(draft, parsed);
    if (refused) draft.rejects.push({ id, code: refused.code, detail: refused.detail });
  }
  return ok(finish(draft, ids, missing));
}

/** The heads of one author: its events that none of its own later events names. */
export function headsOf(authors: readonly string[], input: Iterable<ParsedEvent>): string[] {
  const own = [...input].filter(
    (parsed) => parsed.name !== 'request' && authors.includes(parsed.event.pubkey),
  );
  const named = new Set(own.flatMap((parsed) => parentsOf(parsed)));
  const ids = new Set(own.map((parsed) => parsed.event.id).filter((id) => !named.has(id)));
  return [...ids].sort().slice(0, 64);
}
