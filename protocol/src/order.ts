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

/** A node in its graph. */
interface Placed {
  readonly id: string;
  readonly timeSec: number;
  readonly final: boolean;
  /** Its parents as far as they are in the set, each once. */
  readonly known: Placed[];
  /** Where it stands in the list that was sorted last. */
  place: number;
}

function isBefore(a: Placed, b: Placed): boolean {
  return a.timeSec === b.timeSec ? a.id < b.id : a.timeSec < b.timeSec;
}

function compare(a: Placed, b: Placed): number {
  if (a.timeSec !== b.timeSec) return a.timeSec - b.timeSec;
  return a.id < b.id ? -1 : 1;
}

/** A binary heap of nodes, least (time, id) first. */
class ReadyHeap {
  readonly #items: Placed[] = [];

  push(node: Placed): void {
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

  pop(): Placed | undefined {
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

function isCausal(sorted: readonly Placed[]): boolean {
  for (let place = 0; place < sorted.length; place += 1) {
    const node = sorted[place];
    if (node) node.place = place;
  }
  return sorted.every(({ known, place }) => known.every((parent) => parent.place < place));
}

/** Kahn's algorithm over nodes sorted by (time, id), each of which has its place among them. */
function emitReady(sorted: readonly Placed[]): Placed[] {
  const waiting = sorted.map(({ known }) => known.length);
  const children = sorted.map((): Placed[] => []);
  const ready = new ReadyHeap();
  for (const node of sorted) {
    for (const parent of node.known) children[parent.place]?.push(node);
    if (node.known.length === 0) ready.push(node);
  }
  const order: Placed[] = [];
  for (let node = ready.pop(); node; node = ready.pop()) {
    order.push(node);
    for (const child of children[node.place] ?? []) {
      const left = (waiting[child.place] ?? 0) - 1;
      waiting[child.place] = left;
      if (left === 0) ready.push(child);
    }
  }
  return order;
}

function kahn(nodes: Iterable<Placed>): Placed[] {
  const sorted = [...nodes].sort(compare);
  // Where parents are dated before their children, the least that is left is always ready.
  return isCausal(sorted) ? sorted : emitReady(sorted);
}

/** Ids of everything a node rests on, directly or not, itself left out. */
function ancestorsOf(node: Placed, isPassed?: (id: string) => boolean): Set<string> {
  const found = new Set<string>();
  const stack = [...node.known];
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (next === node || found.has(next.id) || isPassed?.(next.id) === false) continue;
    found.add(next.id);
    stack.push(...next.known);
  }
  return found;
}

/** Final events among themselves: causal, then (time, id). */
function orderFinals(
  finals: readonly Placed[],
  ancestors: ReadonlyMap<string, ReadonlySet<string>>,
): Placed[] {
  const alone = finals.map((final): Placed => ({ ...final, known: [] }));
  for (const final of alone) {
    const restsOn = ancestors.get(final.id);
    final.known.push(...alone.filter(({ id }) => restsOn?.has(id)));
  }
  return kahn(alone);
}

/** Final events first, each preceded by what it rests on; then what is left. */
function withFinalsFirst(order: readonly Placed[]): readonly string[] {
  const base = order.map(({ id }) => id);
  const finals = order.filter((node) => node.final);
  if (finals.length === 0) return base;
  const ancestors = new Map(finals.map((node) => [node.id, ancestorsOf(node)]));
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
  readonly #nodes = new Map<string, Placed>();
  /** Nodes that name an id which is not in the set, by that id. */
  readonly #missing = new Map<string, Placed[]>();
  #missingIds: readonly string[] | undefined;
  readonly #added: Placed[] = [];
  #base: Placed[] | undefined;
  /** So many of the nodes added are in `#base`; of them the one of latest (time, id). */
  #placed = 0;
  #latest: Placed | undefined;

  /** How many nodes there are. */
  get size(): number {
    return this.#added.length;
  }

  /** Whether an event of the graph names this one, which is not in it. */
  isMissing(id: string): boolean {
    return this.#missing.has(id);
  }

  /** Adds a node; once an order was asked for, none that is missed: it would move others. */
  add({ id, timeSec, final, parents }: OrderNode): void {
    if (this.#nodes.has(id)) return;
    const node: Placed = { id, timeSec, final, known: [], place: -1 };
    for (const parent of parents) {
      if (parent === id) continue;
      const found = this.#nodes.get(parent);
      if (!found) this.#miss(parent, node);
      else if (!node.known.includes(found)) node.known.push(found);
    }
    this.#nodes.set(id, node);
    this.#added.push(node);
    const waiting = this.#missing.size === 0 ? undefined : this.#missing.get(id);
    if (!waiting) return;
    for (const child of waiting) child.known.push(node);
    this.#missing.delete(id);
    this.#missingIds = undefined;
  }

  #miss(parent: string, node: Placed): void {
    // C-24: "Parents that are not in the set are ignored and reported as missing…"
    const waiting = this.#missing.get(parent);
    if (!waiting) this.#missing.set(parent, [node]);
    else if (waiting.at(-1) !== node) waiting.push(node);
    this.#missingIds = undefined;
  }

  /** Named and not here, in order of their ids. */
  missing(): readonly string[] {
    return (this.#missingIds ??= [...this.#missing.keys()].sort());
  }

  /**
   * Ids of everything an event rests on, directly or not, as far as it is in the set: through
   * events that pass, where something is asked of them.
   */
  pastOf(id: string, isPassed?: (id: string) => boolean): Set<string> {
    const node = this.#nodes.get(id);
    return node ? ancestorsOf(node, isPassed) : new Set();
  }

  /** Where Kahn's algorithm emits a node that nothing waits for. */
  #placeOf(node: Placed, base: readonly Placed[]): number {
    if (!this.#latest || isBefore(this.#latest, node)) return base.length;
    let place = base.length;
    for (let other = base[place - 1]; other; other = base[place - 1]) {
      if (node.known.includes(other)) break;
      place -= 1;
    }
    for (let other = base[place]; other && isBefore(other, node); other = base[place]) place += 1;
    return place;
  }

  #note(node: Placed): void {
    if (!this.#latest || isBefore(this.#latest, node)) this.#latest = node;
  }

  #order(): readonly Placed[] {
    // C-23: "The canonical order is Kahn's algorithm over what events name and embed…"
    if (!this.#base) {
      this.#base = kahn(this.#added);
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
    if (size === this.size) return withFinalsFirst(order);
    const then = new Set(this.#added.slice(0, size));
    return withFinalsFirst(order.filter((node) => then.has(node)));
  }
}

/** The canonical order of a set of events; any permutation of the input gives the same. */
export function canonicalOrder(input: Iterable<OrderNode>): CanonicalOrder {
  const graph = new EventGraph();
  for (const node of input) graph.add(node);
  return { ids: graph.order(), missing: graph.missing() };
}
