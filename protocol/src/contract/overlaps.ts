/**
 * Requests that ask for one part twice at one time: the payee contradicts itself.
 * Spec: specs/contract.md, "Equivocation".
 */
import type { ParsedRequest } from '../events.ts';
import type { Leg } from '../kinds/fields.ts';
import { MAX_TICKS } from '../params.ts';
import type { Equivocation } from './state.ts';

function compareWindows(a: ParsedRequest, b: ParsedRequest): number {
  const from = a.document.notBeforeSec - b.document.notBeforeSec;
  if (from !== 0) return from;
  return a.event.id < b.event.id ? -1 : 1;
}

/** Whole numbers by part number: a column for ticks and serials, a map for what lies beyond. */
class ByPart {
  #column = new Uint32Array(64);
  readonly #beyond = new Map<number, number>();

  get(n: number): number {
    return n < MAX_TICKS ? (this.#column[n] ?? 0) : (this.#beyond.get(n) ?? 0);
  }

  set(n: number, value: number): void {
    if (n >= MAX_TICKS) {
      this.#beyond.set(n, value);
      return;
    }
    if (n >= this.#column.length) {
      const wider = new Uint32Array(Math.min(MAX_TICKS, Math.max(n + 1, 2 * this.#column.length)));
      wider.set(this.#column);
      this.#column = wider;
    }
    this.#column[n] = value;
  }
}

/** What one leg was asked for. */
interface LegParts {
  /** The greatest part number any request asks for. */
  most: number;
  /** Places, from 1, of requests each of which asks only for parts beyond those before it. */
  readonly rising: number[];
  /** For each part the place of its latest request; undefined while all requests rise. */
  latest: ByPart | undefined;
}

/**
 * Compares each request with the one next before it, for every part it asks for. Where any two
 * windows overlap, some neighbours' do, so a flood costs no more than its own length; and as long
 * as each asks for parts beyond those before, there is nothing to compare.
 */
export class Overlaps {
  readonly #requests: ParsedRequest[] = [];
  #legs = new Map<Leg, LegParts>();
  #found = new Map<string, Equivocation>();
  #isSorted = true;

  /** Takes a request that a counted receipt embeds, once. */
  add(request: ParsedRequest): void {
    this.#requests.push(request);
    if (this.#isSorted) this.#note(request, this.#requests.length);
  }

  #note(request: ParsedRequest, place: number): void {
    const { leg, n: parts } = request.document;
    let own = this.#legs.get(leg);
    if (!own) this.#legs.set(leg, (own = { most: -1, rising: [], latest: undefined }));
    const isBeyond = (parts[0] ?? 0) > own.most;
    own.most = Math.max(own.most, parts.at(-1) ?? 0);
    if (isBeyond && !own.latest) {
      own.rising.push(place);
      return;
    }
    own.latest ??= this.#latestOf(own.rising);
    this.#compare(request, place, own.latest);
  }

  #latestOf(places: readonly number[]): ByPart {
    const latest = new ByPart();
    for (const place of places) {
      for (const n of this.#requests[place - 1]?.document.n ?? []) latest.set(n, place);
    }
    return latest;
  }

  #compare(request: ParsedRequest, place: number, latest: ByPart): void {
    const { document, event } = request;
    for (const n of document.n) {
      const other = this.#requests[latest.get(n) - 1];
      latest.set(n, place);
      if (!other) continue;
      // One that belongs between others: all are compared again, in order.
      if (compareWindows(other, request) > 0) this.#isSorted = false;
      // C-25: "…each request is compared with the one next before it."
      if (document.notBeforeSec >= other.document.expiresAtSec) continue;
      const [least, most] = [event.id, other.event.id].sort() as [string, string];
      const overlap = { reason: 'overlapping requests', author: event.pubkey } as const;
      this.#found.set(`${least}:${most}`, { ...overlap, events: [least, most] });
    }
  }

  /** The overlaps among all requests taken so far. */
  found(): readonly Equivocation[] {
    if (!this.#isSorted) {
      this.#legs = new Map();
      this.#found = new Map();
      this.#isSorted = true;
      this.#requests.sort(compareWindows);
      this.#requests.forEach((request, index) => {
        this.#note(request, index + 1);
      });
    }
    return [...this.#found.values()];
  }
}
