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

function kahn(nodes: ReadonlyMap<string, OrderNode>): OrderNode[] {
  const waiting = new Map<string, number>();
  const children = new Map<string, OrderNode[]>();
  const ready = new ReadyHeap();
  for (const node of nodes.values()) {
    let known = 0;
    for (const parent of new Set(node.parents)) {
      if (parent === node.id || !nodes.has(parent)) continue;
      known += 1;
      const list = children.get(parent);
      if (list) list.push(node);
      else children.set(parent, [node]);
    }
    if (known === 0) ready.push(node);
    else waiting.set(node.id, known);
  }
  const order: OrderNode[] = [];
  for (let node = ready.pop(); node; node = ready.pop()) {
    order.push(node);
    for (const child of children.get(node.id) ?? []) {
      const left = (waiting.get(child.id) ?? 0) - 1;
      waiting.set(child.id, left);
      if (left === 0) ready.push(child);
    }
  }
  return order;
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
): OrderNode[] {
  const nodes = new Map<string, OrderNode>();
  for (const final of finals) {
    const parents = finals
      .map((other) => other.id)
      .filter((other) => ancestors.get(final.id)?.has(other));
    nodes.set(final.id, { ...final, parents });
  }
  return kahn(nodes);
}

/** Final events first, each preceded by what it rests on; then what is left. */
function withFinalsFirst(
  base: readonly string[],
  nodes: ReadonlyMap<string, OrderNode>,
): readonly string[] {
  const finals = [...nodes.values()].filter((node) => node.final);
  if (finals.length === 0) return base;
  const ancestors = new Map(finals.map((node) => [node.id, ancestorsOf(node.id, nodes)]));
  const emitted = new Set<string>();
  for (const { id: finalId } of orderFinals(finals, ancestors)) {
    const restsOn = ancestors.get(finalId) ?? new Set<string>();
    for (const id of base) {
      // A final event that is not this one's ancestor keeps its own place.
      if (restsOn.has(id)) emitted.add(id);
    }
    emitted.add(finalId);
  }
  for (const id of base) emitted.add(id);
  return [...emitted];
}

/**
 * A graph that grows by events that nobody in it has named yet. Such an event moves no other, so
 * the order is Kahn's once, and each newcomer takes its place in it.
 */
export class EventGraph {
  readonly #nodes = new Map<string, OrderNode>();
  readonly #missing = new Set<string>();
  #missingIds: readonly string[] | undefined;
  readonly #added: OrderNode[] = [];
  #base: OrderNode[] | undefined;
  /** So many of the nodes added are in `#base`; of them the one of latest (time, id). */
  #placed = 0;
  #latest: OrderNode | undefined;

  /** The nodes by id. */
  get nodes(): ReadonlyMap<string, OrderNode> {
    return this.#nodes;
  }

  /** How many nodes there are. */
  get size(): number {
    return this.#added.length;
  }

  /** Whether an event of the graph names this one, which is not in it. */
  isMissing(id: string): boolean {
    return this.#missing.has(id);
  }

  /** Adds a node; once an order was asked for, none that is missed: it would move others. */
  add(node: OrderNode): void {
    if (this.#nodes.has(node.id)) return;
    this.#nodes.set(node.id, node);
    this.#added.push(node);
    if (this.#missing.delete(node.id)) this.#missingIds = undefined;
    // C-24: "Parents that are not in the set are ignored and reported as missing…"
    for (const parent of node.parents) {
      if (this.#nodes.has(parent)) continue;
      this.#missing.add(parent);
      this.#missingIds = undefined;
    }
  }

  /** Named and not here, in order of their ids. */
  missing(): readonly string[] {
    return (this.#missingIds ??= [...this.#missing].sort());
  }

  /** Where Kahn's algorithm emits a node that nothing waits for. */
  #placeOf(node: OrderNode, base: readonly OrderNode[]): number {
    if (!this.#latest || isBefore(this.#latest, node)) return base.length;
    const parents = new Set(node.parents);
    let place = base.length;
    while (place > 0 && !parents.has(base[place - 1]?.id ?? '')) place -= 1;
    for (let other = base[place]; other && isBefore(other, node); other = base[place]) place += 1;
    return place;
  }

  #note(node: OrderNode): void {
    if (!this.#latest || isBefore(this.#latest, node)) this.#latest = node;
  }

  #order(): readonly OrderNode[] {
    // C-23: "The canonical order is Kahn's algorithm over what events name and embed…"
    if (!this.#base) {
      this.#base = kahn(this.#nodes);
      for (const node of this.#base) this.#note(node);
    } else {
      for (const node of this.#added.slice(this.#placed)) {
        this.#base.splice(this.#placeOf(node, this.#base), 0, node);
        this.#note(node);
      }
    }
    this.#placed = this.#added.length;
    return this.#base;
  }

  /** Canonical order of the nodes, or of the first so many, as it was when there were no more. */
  order(size = this.size): readonly string[] {
    const order = this.#order();
    if (size === this.size)
      return withFinalsFirst(
        order.map(({ id }) => id),
        this.#nodes,
      );
    const then = new Map(this.#added.slice(0, size).map((node) => [node.id, node]));
    const ids = order.map(({ id }) => id).filter((id) => then.has(id));
    return withFinalsFirst(ids, then);
  }
}

/** The canonical order of a set of events; any permutation of the input gives the same. */
export function canonicalOrder(input: Iterable<OrderNode>): CanonicalOrder {
  const graph = new EventGraph();
  for (const node of input) graph.add(node);
  return { ids: graph.order(), missing: graph.missing() };
}
