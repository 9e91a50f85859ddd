/**
 * The steps of one case in their order, with when each took effect and what it rests on.
 * Spec: specs/disputes.md, "Order". No clock: any order or repetition of the set gives the same.
 */
import type { ParsedDispute, ParsedEvent } from '../events.ts';
import type { DisputeDocument } from '../kinds/dispute.ts';
import { canonicalOrder } from '../order.ts';
import type { RejectCode } from '../result.ts';

/** A step with its place in the case. */
export interface DisputeStep {
  readonly id: string;
  readonly author: string;
  readonly document: DisputeDocument;
  readonly event: ParsedDispute['event'];
  /** No earlier than its block and than what it names, Unix seconds. */
  readonly effectiveAtSec: number;
  /** Ids of the case's steps it rests on. */
  readonly past: Pick<ReadonlySet<string>, 'has'>;
}

/** What a step rests on, a bit for each place in the order: steps can be very many. */
class Past {
  readonly #bits: Uint32Array;
  readonly #places: ReadonlyMap<string, number>;

  constructor(named: readonly string[], places: Map<string, number>, pasts: readonly Past[]) {
    this.#places = places;
    this.#bits = new Uint32Array((places.size >> 5) + 1);
    for (const id of named) {
      const place = places.get(id);
      if (place !== undefined) this.#add(place, pasts[place]);
    }
  }

  #add(place: number, its: Past | undefined): void {
    if (its) {
      for (const [word, bits] of its.#bits.entries()) {
        this.#bits[word] = (this.#bits[word] ?? 0) | bits;
      }
    }
    this.#bits[place >> 5] = (this.#bits[place >> 5] ?? 0) | (1 << (place & 31));
  }

  has(id: string): boolean {
    const place = this.#places.get(id);
    return place !== undefined && (((this.#bits[place >> 5] ?? 0) >> (place & 31)) & 1) === 1;
  }
}

/** The id of the case a step belongs to. */
export function caseOf({ document, event }: ParsedDispute): string {
  return document.type === 'open' ? event.id : document.dispute;
}

function namedBy(document: DisputeDocument): string[] {
  const named = [...document.prev];
  if (document.type !== 'open') named.push(document.dispute);
  if ('admitted' in document) named.push(...document.admitted);
  if (document.type === 'ruling') named.push(document.taken);
  if (document.type === 'settlement') named.push(document.proposal.id);
  if ('outcome' in document) named.push(document.outcome);
  return named;
}

function claimedTimeSec({ document, event }: ParsedDispute): number {
  const medianSec = 'block' in document ? document.block.medianTimeSec : 0;
  return Math.max(event.created_at, medianSec);
}

/** The steps of one case, and the ids they name that nobody handed over. */
export interface OrderedSteps {
  readonly steps: readonly DisputeStep[];
  readonly missing: readonly string[];
}

/** The steps of a case, each once, in no order. */
export function stepsOf(dispute: string, input: Iterable<ParsedEvent>): ParsedDispute[] {
  const own = new Map<string, ParsedDispute>();
  for (const parsed of input) {
    if (parsed.name === 'dispute' && caseOf(parsed) === dispute) own.set(parsed.event.id, parsed);
  }
  return [...own.values()];
}

/** A step that does not count, and why. */
export interface RefusedStep {
  readonly id: string;
  readonly code: RejectCode;
}

/** Puts the steps of a case in order. */
export function orderSteps(steps: readonly ParsedDispute[]): OrderedSteps {
  const own = new Map(steps.map((parsed) => [parsed.event.id, parsed]));
  const nodes = steps.map((parsed) => ({
    id: parsed.event.id,
    timeSec: claimedTimeSec(parsed),
    parents: namedBy(parsed.document),
    final: false,
  }));
  const { ids, missing } = canonicalOrder(nodes);
  const placed = new Map<string, DisputeStep>();
  const places = new Map<string, number>();
  const pasts: Past[] = [];
  for (const id of ids) {
    const parsed = own.get(id);
    if (!parsed) continue;
    const named = namedBy(parsed.document);
    const before = named.flatMap((each) => placed.get(each) ?? []);
    // DI-7: "A step takes effect at the latest of its `created_at`, the median time of its block
    // and the times of the steps it names…"
    const times = before.map(({ effectiveAtSec }) => effectiveAtSec);
    const past = new Past(named, places, pasts);
    places.set(id, pasts.push(past) - 1);
    const { document, event } = parsed;
    const effectiveAtSec = Math.max(claimedTimeSec(parsed), ...times);
    placed.set(id, { id, author: event.pubkey, document, event, effectiveAtSec, past });
  }
  return { steps: [...placed.values()], missing };
}
