/**
 * Who knew what: the graph that `prev`, `seen` and embedding make of a contract's events.
 * Spec: specs/contract.md, "Order".
 */
import { embeddedIn, type ParsedEvent } from '../events.ts';
import type { SalesDocument } from '../kinds/sales.ts';
import type { OrderNode } from '../order.ts';
import { REGISTER_START } from '../params.ts';

/** The reports of its till that a report follows or corrects. */
function earlierReports(document: SalesDocument): string[] {
  if (document.type === 'sale') return [];
  const { previous, corrects } = document;
  const before = previous === REGISTER_START ? [] : [previous];
  return corrects === undefined ? before : [...before, corrects];
}

/** Ids an event names as known to its author, or embeds. */
export function parentsOf(parsed: ParsedEvent): string[] {
  const { document } = parsed;
  // Most events are of these three names.
  if (parsed.name === 'receipt') {
    const { request, contract, prev } = parsed.document;
    return [request.id, contract, ...prev];
  }
  if (parsed.name === 'acknowledgement') return [parsed.document.contract, ...parsed.document.prev];
  if (parsed.name === 'request') return [parsed.document.contract, ...parsed.document.seen];
  if (parsed.name === 'forward') return [];
  // What a contract rests on is checked with it and never an event of the contract itself.
  const inner = parsed.name === 'contract' ? [] : embeddedIn(parsed);
  const parents = inner.map((embedded) => embedded.id);
  if (parsed.name === 'contract' && parsed.document.replaces) {
    parents.push(parsed.document.replaces.version);
  }
  if (parsed.name === 'tenderAnswer') parents.push(parsed.document.tender);
  // A till's reports name each other.
  if (parsed.name === 'sales') return earlierReports(parsed.document);
  // What a notice on an offer names as its author's heads lies in other contracts too.
  if ('offer' in document) return [];
  if ('prev' in document) parents.push(...document.prev);
  if ('seen' in document) parents.push(...document.seen);
  if ('contract' in document) parents.push(document.contract);
  return parents;
}

/** An event as ordering sees it. */
export function toNode(parsed: ParsedEvent, final: boolean): OrderNode {
  return {
    id: parsed.event.id,
    timeSec: parsed.event.created_at,
    parents: parentsOf(parsed),
    final,
  };
}

/** Whether an event travels inside others alone: a request, or the bank's forward of one. */
export function isPrivate(parsed: ParsedEvent): boolean {
  return parsed.name === 'request' || parsed.name === 'forward';
}

/** The heads of one author: its events that none of its own other events names. */
export function headsOf(authors: readonly string[], input: Iterable<ParsedEvent>): string[] {
  const own = [...input].filter(
    // DI-2: "…and no head of a contract is one."
    (parsed) =>
      !isPrivate(parsed) && parsed.name !== 'dispute' && authors.includes(parsed.event.pubkey),
  );
  const named = new Set(own.flatMap((parsed) => parentsOf(parsed)));
  const ids = new Set(own.map((parsed) => parsed.event.id).filter((id) => !named.has(id)));
  return [...ids].sort().slice(0, 64);
}
