/**
 * From counted receipts and answers to proven payments, one event after another: only requests
 * that an event is about are resolved anew. The result depends on the set, never on its order.
 * Spec: specs/payments.md, "Proof".
 */
import type { ParsedAcknowledgement } from '../events.ts';
import type { Leg } from '../kinds/fields.ts';
import type { ReceiptDocument, RequestDocument } from '../kinds/money-events.ts';
import { Chunks } from './chunks.ts';
import { DayTotals } from './day-totals.ts';
import { PaymentDigests } from './digests.ts';
import { payeeStanding, type AppliedReceipt, type Draft } from './draft.ts';
import {
  coversAll,
  eachPlace,
  keepsHash,
  newEvidence,
  placeOf,
  prove,
  resolve,
  type Evidence,
} from './evidence.ts';
import {
  eachOnce,
  PaidParts,
  runOf,
  type ChainPaid,
  type PaidRequest,
  type SeenParts,
} from './paid.ts';
import type { ShownParts } from './shown.ts';
import { LEGS } from './state.ts';

/** Takes receipts and answers that count; what they prove can be had at any moment. */
export class PaymentIntake {
  readonly #draft: Pick<Draft, 'contract' | 'keys' | 'stands'>;
  readonly #chain: readonly ChainPaid[];
  readonly #shown: ShownParts | undefined;
  readonly #seen: SeenParts;
  readonly #daySec: number;
  readonly #evidence: Evidence[] = [];
  readonly #places = new Map<string, number>();
  readonly #resolved = new Chunks<PaidRequest>();
  readonly #changed = new Set<number>();
  /** Places of requests by payment hash, for each leg. */
  readonly #byHash = new Map<Leg, Map<string, number>>();
  #days: DayTotals;
  #digests: PaymentDigests | undefined;
  #paid: PaidParts | undefined;

  constructor(
    draft: Pick<Draft, 'contract' | 'keys' | 'stands' | 'chainPaid'>,
    shown?: ShownParts,
    seen?: SeenParts,
  ) {
    this.#draft = draft;
    this.#shown = shown;
    this.#seen = seen;
    this.#daySec = draft.contract.document.daySec;
    this.#chain = eachOnce(draft.chainPaid);
    this.#days = this.#countedChain();
  }

  /** Payments on the chain are known from the start: another one folds the set anew. */
  #countedChain(): DayTotals {
    const days = new DayTotals(this.#daySec);
    for (const paid of this.#chain) days.add({ leg: paid.leg, runs: [runOf(paid)] });
    return days;
  }

  /** Takes a receipt that counts; true when it is the first of its request. */
  addReceipt({ receipt, request }: AppliedReceipt): boolean {
    const known = this.#places.get(request.event.id);
    const index = known ?? this.#evidence.length;
    if (known === undefined) {
      this.#places.set(request.event.id, index);
      const proof = coversAll(receipt.document, request.document) ? receipt : [];
      const shown = this.#shown?.get(request.event.id);
      this.#evidence.push(newEvidence(request, proof, shown));
    }
    const evidence = this.#evidence[index];
    if (evidence && evidence.proof !== receipt) prove(evidence, receipt);
    this.#claimHashes(index, request.document, receipt.document);
    this.#touch(index);
    return known === undefined;
  }

  /** Each leg has its hashes: who pays on another takes none of them. */
  #hashesOf(leg: Leg): Map<string, number> {
    const known = this.#byHash.get(leg);
    if (known) return known;
    const hashes = new Map<string, number>();
    this.#byHash.set(leg, hashes);
    return hashes;
  }

  #claimHashes(index: number, request: RequestDocument, receipt: ReceiptDocument): void {
    const { leg, n: requested, paymentHash } = request;
    const hashes = this.#hashesOf(leg);
    eachPlace(receipt.n, requested, (place) => {
      // P-14: "The same part under another hash is another payment…"
      const hash = paymentHash[place] ?? '';
      const holder = hashes.get(hash);
      if (holder === index) return;
      if (holder === undefined) hashes.set(hash, index);
      else this.#settleRivals(hash, holder, index);
    });
  }

  /** Two requests on one leg have one hash: the one with the lower id keeps it. */
  #settleRivals(hash: string, holder: number, rival: number): void {
    const [one, other] = [this.#evidence[holder], this.#evidence[rival]];
    if (!one || !other) return;
    const isKept = keepsHash(one, other, hash);
    const loser = isKept ? other : one;
    const index = isKept ? rival : holder;
    if (!isKept) this.#hashesOf(other.request.document.leg).set(hash, rival);
    loser.lost ??= new Set();
    loser.lost.add(placeOf(loser, hash));
    this.#touch(index);
  }

  /** Takes an answer; of it what counts: items about proven requests by a key of the payee. */
  addAnswer({ document, event }: ParsedAcknowledgement): void {
    if (document.type === 'cash') return;
    const items = document.type === 'received' ? document.items : [document];
    for (const item of items) {
      const index = this.#places.get(item.request);
      const evidence = index === undefined ? undefined : this.#evidence[index];
      if (index === undefined || !evidence) continue;
      const { leg, n: requested, expiresAtSec } = evidence.request.document;
      if (payeeStanding(this.#draft, event, LEGS[leg].payee) !== 'held') continue;
      if (document.type === 'received') this.#receive(evidence, item.n);
      else if ((document.settledAtSec ?? Infinity) <= expiresAtSec) {
        const statedSec = document.settledAtSec ?? 0;
        const stated = (evidence.stated ??= new Map<number, number>());
        eachPlace(item.n, requested, (place) => {
          stated.set(place, Math.max(statedSec, stated.get(place) ?? 0));
        });
      }
      this.#touch(index);
    }
  }

  #receive(evidence: Evidence, parts: readonly number[]): void {
    if (evidence.received === true) return;
    const { n: requested } = evidence.request.document;
    const received = Array.isArray(evidence.received)
      ? evidence.received
      : requested.map(() => false);
    eachPlace(parts, requested, (place) => {
      received[place] = true;
    });
    evidence.received = received.includes(false) ? received : true;
  }

  #touch(index: number): void {
    this.#changed.add(index);
    this.#paid = undefined;
  }

  /** What is proven by all that was taken so far. */
  get paid(): PaidParts {
    if (this.#paid) return this.#paid;
    let isCounted = true;
    const changes: PaidRequest[] = [];
    for (const index of this.#changed) {
      const evidence = this.#evidence[index];
      if (!evidence) continue;
      const before = this.#resolved.at(index);
      const after = resolve(evidence);
      this.#resolved.set(index, after);
      changes.push(after);
      if (!before) this.#days.add(after);
      else if (isCounted) isCounted = this.#days.replace(before, after);
    }
    this.#changed.clear();
    const chunks = this.#resolved.share();
    if (!isCounted) {
      this.#days = this.#countedChain();
      for (const chunk of chunks) for (const paid of chunk) this.#days.add(paid);
    }
    this.#digests = new PaymentDigests(() => chunks.flat(), this.#digests, changes);
    const known = { daily: this.#days.share(), digests: this.#digests, chain: this.#chain };
    this.#paid = new PaidParts(chunks, known, this.#seen);
    return this.#paid;
  }
}
