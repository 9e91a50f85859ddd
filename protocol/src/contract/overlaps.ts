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

/**
 * Compares each request with the one next before it, for every part it asks for. Where any two
 * windows overlap, some neighbours' do, so a flood costs no more than its own length.
 */
export class Overlaps {
  readonly #requests: ParsedRequest[] = [];
  /** For each leg and part the latest request, counted from 1. */
  #latest = new Map<Leg, ByPart>();
  #found = new Map<string, Equivocation>();
  #isSorted = true;

  /** Takes a request that a counted receipt embeds, once. */
  add(request: ParsedRequest): void {
    this.#requests.push(request);
    if (this.#isSorted) this.#compare(request, this.#requests.length);
  }

  #compare(request: ParsedRequest, place: number): void {
    const { document, event } = request;
    const latest = this.#latest.get(document.leg) ?? new ByPart();
    this.#latest.set(document.leg, latest);
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
      this.#latest = new Map();
      this.#found = new Map();
      this.#isSorted = true;
      this.#requests.sort(compareWindows);
      this.#requests.forEach((request, index) => {
        this.#compare(request, index + 1);
      });
    }
    return [...this.#found.values()];
  }
}
