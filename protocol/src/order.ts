/**
 * Canonical order of the events of one contract. Spec: specs/contract.md, "Order".
 *
 * Events form a graph: each names what its author knew (`prev`, `seen`) and what it embeds.
 * Kahn's algorithm emits, of all events whose known parents are out, the one with the least
 * (effective time, id). Final events go first, each preceded by exactly what it rests on.
 */

/** What ordering needs to know of an event. */
export interface OrderNode {
  readonly id: string;
  /** Effective time, seconds. */
  readonly timeSec: number;
  /** Ids the event names or embeds; those not in the set are ignored and reported. */
  readonly parents: readonly string[];
  readonly final: boolean;
}

/** The order, and the parents somebody named that are not here (a relay withholds them). */
export interface CanonicalOrder {
  readonly ids: readonly string[];
  readonly missing: readonly string[];
}

function isBefore(a: OrderNode, b: OrderNode): boolean {
  return a.timeSec === b.timeSec ? a.id < b.id : a.timeSec < b.timeSec;
}

/** A binary heap of nodes, least (time, id) first. */
class ReadyHeap {
  readonly #items: OrderNode[] = [];

  get size(): number {
    return this.#items.length;
  }

  push(node: OrderNode): void {
    const items = this.#items;
    let at = items.push(node) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = items[up];
      if (!parent || !isBefore(node, parent)) break;
      items[at] = parent;
      at = up;
    }
    items[at] = node;
  }

  pop(): OrderNode | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (!top || !last || items.length === 0) return top;
    let at = 0;
    for (;;) {
      const left = items[2 * at + 1];
      const right = items[2 * at + 2];
      const child = left && right && isBefore(right, left) ? 2 * at + 2 : 2 * at + 1;
      const node = items[child];
      if (!node || !isBefore(node, last)) break;
      items[at] = node;
      at = child;
    }
    items[at] = last;
    return top;
  }
}

function kahn(nodes: ReadonlyMap<string, OrderNode>): string[] {
  const waiting = new Map<string, number>();
  const children = new Map<string, string[]>();
  const ready = new ReadyHeap();
  for (const node of nodes.values()) {
    const known = [...new Set(node.parents)].filter((id) => id !== node.id && nodes.has(id));
    waiting.set(node.id, known.length);
    for (const parent of known) {
      const list = children.get(parent);
      if (list) list.push(node.id);
      else children.set(parent, [node.id]);
    }
    if (known.length === 0) ready.push(node);
  }
  const ids: string[] = [];
  for (let node = ready.pop(); node; node = ready.pop()) {
    ids.push(node.id);
    for (const childId of children.get(node.id) ?? []) {
      const left = (waiting.get(childId) ?? 0) - 1;
      waiting.set(childId, left);
      const child = nodes.get(childId);
      if (left === 0 && child) ready.push(child);
    }
  }
  return ids;
}

function ancestorsOf(id: string, nodes: ReadonlyMap<string, OrderNode>): Set<string> {
  const found = new Set<string>();
  const stack = [...(nodes.get(id)?.parents ?? [])];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const node = nodes.get(next);
    if (!node || found.has(next) || next === id) continue;
    found.add(next);
    stack.push(...node.parents);
  }
  return found;
}

/** Final events among themselves: causal, then (time, id). */
function orderFinals(
  finals: readonly OrderNode[],
  ancestors: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  const nodes = new Map<string, OrderNode>();
  for (const final of finals) {
    const parents = finals
      .map((other) => other.id)
      .filter((other) => ancestors.get(final.id)?.has(other));
    nodes.set(final.id, { ...final, parents });
  }
  return kahn(nodes);
}

/** The canonical order of a set of events; any permutation of the input gives the same. */
export function canonicalOrder(input: Iterable<OrderNode>): CanonicalOrder {
  const nodes = new Map<string, OrderNode>();
  for (const node of input) nodes.set(node.id, node);
  const missing = new Set<string>();
  for (const node of nodes.values()) {
    // C-24: "Parents that are not in the set are ignored and reported as missing…"
    for (const parent of node.parents) if (!nodes.has(parent)) missing.add(parent);
  }
  // C-23: "The canonical order is Kahn's algorithm over what events name and embed…"
  const base = kahn(nodes);
  const finals = [...nodes.values()].filter((node) => node.final);
  const ancestors = new Map(finals.map((node) => [node.id, ancestorsOf(node.id, nodes)]));
  const emitted = new Set<string>();
  for (const finalId of orderFinals(finals, ancestors)) {
    const restsOn = ancestors.get(finalId) ?? new Set<string>();
    for (const id of base) {
      // A final event that is not this one's ancestor keeps its own place.
      if (restsOn.has(id)) emitted.add(id);
    }
    emitted.add(finalId);
  }
  for (const id of base) emitted.add(id);
  return { ids: [...emitted], missing: [...missing].sort() };
}
