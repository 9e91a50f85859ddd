/**
 * Who knew what: the graph that `prev`, `seen` and embedding make of a contract's events.
 * Spec: specs/contract.md, "Order".
 */
import { embeddedIn, type ParsedEvent } from '../events.ts';
import type { OrderNode } from '../order.ts';

/** Ids an event names as known to its author, or embeds. */
function parentsOf(parsed: ParsedEvent): string[] {
  const { document } = parsed;
  // What a contract rests on is checked with it and never an event of the contract itself.
  const inner = parsed.name === 'contract' ? [] : embeddedIn(parsed);
  const parents = inner.map((embedded) => embedded.id);
  if (parsed.name === 'contract' && parsed.document.replaces) {
    parents.push(parsed.document.replaces.version);
  }
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

/** Ids of everything an event rests on, directly or not, as far as it is in the set. */
export function pastOf(id: string, nodes: ReadonlyMap<string, OrderNode>): Set<string> {
  const found = new Set<string>();
  const stack = [...(nodes.get(id)?.parents ?? [])];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const node = nodes.get(next);
    if (!node || found.has(next)) continue;
    found.add(next);
    stack.push(...node.parents);
  }
  return found;
}

/** The heads of one author: its events that none of its own other events names. */
export function headsOf(authors: readonly string[], input: Iterable<ParsedEvent>): string[] {
  const own = [...input].filter(
    (parsed) => parsed.name !== 'request' && authors.includes(parsed.event.pubkey),
  );
  const named = new Set(own.flatMap((parsed) => parentsOf(parsed)));
  const ids = new Set(own.map((parsed) => parsed.event.id).filter((id) => !named.has(id)));
  return [...ids].sort().slice(0, 64);
}
