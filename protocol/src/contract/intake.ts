/**
 * From counted receipts and answers to proven payments, one event after another: only requests
 * that an event is about are resolved anew. The result depends on the set, never on its order.
 * Spec: specs/payments.md, "Proof".
 */
import type { ParsedAcknowledgement, ParsedReceipt, ParsedRequest } from '../events.ts';
import type { Leg, PartyRole } from '../kinds/fields.ts';
import type { ReceiptDocument, RequestDocument } from '../kinds/money-events.ts';
import { Chunks } from './chunks.ts';
import { DayTotals } from './day-totals.ts';
import { PaymentDigests } from './digests.ts';
import { payeeStanding, type AppliedReceipt, type Draft } from './draft.ts';
import { PaidParts, type PaidRequest, type PaidRun } from './paid.ts';
import { unitsOf } from './prices.ts';
import { LEGS } from './state.ts';

/** When a payment counts as settled: the receipt's time, kept inside the part's window. */
export function settledAtSec(receiptAtSec: number, request: RequestDocument): number {
  // P-10: "A part settles at the receipt's `created_at`, moved into the request's window…"
  return Math.min(Math.max(receiptAtSec, request.notBeforeSec), request.expiresAtSec);
}

/** All that is said about one request; what is not said takes no space. */
interface Evidence {
  readonly request: ParsedRequest;
  /** The one receipt that proves every part, or the best one for each place. */
  proof: ParsedReceipt | (ParsedReceipt | undefined)[];
  /** Whether all parts were acknowledged, or which, by place. */
  received: boolean | boolean[];
  /** Latest time that objections state, by place. */
  stated: Map<number, number> | undefined;
  /** Places whose hash counts under another request. */
  lost: Set<number> | undefined;
}

/** Places of part numbers among a request's; both lists rise, so one pass finds them. */
function eachPlace(
  parts: readonly number[],
  requested: readonly number[],
  visit: (place: number) => void,
): void {
  let place = 0;
  for (const n of parts) {
    while (place < requested.length && (requested[place] ?? 0) < n) place += 1;
    if (requested[place] === n) visit(place);
  }
}

function isBetter(a: ParsedReceipt, b: ParsedReceipt, request: RequestDocument): boolean {
  // P-11: "Of several receipts of one part under one request the latest settled counts, then the
  // lowest receipt id."
  const one = settledAtSec(a.event.created_at, request);
  const other = settledAtSec(b.event.created_at, request);
  return one === other ? a.event.id < b.event.id : one > other;
}

function coversAll(receipt: ReceiptDocument, request: RequestDocument): boolean {
  // A receipt has no part that its request has not (P-6).
  return receipt.n.length === request.n.length;
}

/** Sum of decimal amounts: as numbers while that is exact, as bigint beyond. */
function sumOf(amounts: readonly string[], first: number, last: number): bigint {
  let sum = 0;
  for (let place = first; place <= last; place += 1) sum += Number(amounts[place]);
  if (sum <= Number.MAX_SAFE_INTEGER) return BigInt(sum);
  return amounts.slice(first, last + 1).reduce((total, each) => total + BigInt(each), 0n);
}

/** A run that is still growing. */
type OpenRun = { -readonly [Key in keyof Omit<PaidRun, 'amountUnits'>]: PaidRun[Key] };

function partAt(evidence: Evidence, place: number): OpenRun | undefined {
  const { proof, received, stated, lost, request } = evidence;
  const receipt = Array.isArray(proof) ? proof[place] : proof;
  if (!receipt || lost?.has(place)) return undefined;
  const settled = settledAtSec(receipt.event.created_at, request.document);
  // P-12: "Where objections by the payee state times no later than `expiresAtSec`, the latest of
  // them replaces an earlier settled time…"
  const statedSec = stated?.get(place) ?? 0;
  const timeContested = statedSec > settled;
  return {
    first: place,
    last: place,
    receipt,
    settledAtSec: timeContested ? statedSec : settled,
    isReceived: typeof received === 'boolean' ? received : received[place] === true,
    timeContested,
  };
}

function isSame(run: OpenRun, part: OpenRun): boolean {
  return (
    run.last + 1 === part.first &&
    run.receipt === part.receipt &&
    run.settledAtSec === part.settledAtSec &&
    run.isReceived === part.isReceived &&
    run.timeContested === part.timeContested
  );
}

function closed(run: OpenRun, msat: readonly string[]): PaidRun {
  const { first, last, receipt, settledAtSec, isReceived, timeContested } = run;
  const amountUnits = sumOf(msat, first, last);
  return { first, last, receipt, settledAtSec, isReceived, timeContested, amountUnits };
}

/** The least number of runs that say all that is known of a request. */
function resolve(evidence: Evidence): PaidRequest {
  const { request, proof, received, stated, lost } = evidence;
  const { leg, n } = request.document;
  const units = unitsOf(request.document);
  const isWhole = !Array.isArray(proof) && typeof received === 'boolean' && !stated && !lost;
  let open = partAt(evidence, 0);
  if (isWhole && open) {
    open.last = n.length - 1;
    return { leg, request, runs: [closed(open, units)] };
  }
  const runs: PaidRun[] = [];
  for (let place = 1; place < n.length; place += 1) {
    const part = partAt(evidence, place);
    if (open && part && isSame(open, part)) {
      open.last = place;
      continue;
    }
    if (open) runs.push(closed(open, units));
    open = part;
  }
  if (open) runs.push(closed(open, units));
  return { leg, request, runs };
}

function newEvidence(request: ParsedRequest, proof: Evidence['proof']): Evidence {
  return { request, proof, received: false, stated: undefined, lost: undefined };
}

/** Takes one more receipt into what is said about its request. */
function prove(evidence: Evidence, receipt: ParsedReceipt): void {
  const { proof: whole, request } = evidence;
  const { n: requested } = request.document;
  const proof = Array.isArray(whole) ? whole : requested.map(() => whole);
  for (let place = proof.length; place < requested.length; place += 1) proof.push(undefined);
  eachPlace(receipt.document.n, requested, (place) => {
    const best = proof[place];
    if (!best || isBetter(receipt, best, request.document)) proof[place] = receipt;
  });
  evidence.proof = proof;
}

/** Takes receipts and answers that count; what they prove can be had at any moment. */
export class PaymentIntake {
  readonly #draft: Pick<Draft, 'contract' | 'keys' | 'stands'>;
  readonly #daySec: number;
  readonly #evidence: Evidence[] = [];
  readonly #places = new Map<string, number>();
  readonly #resolved = new Chunks<PaidRequest>();
  readonly #changed = new Set<number>();
  /** Places of requests by payment hash, for each payee. */
  readonly #byHash = new Map<PartyRole, Map<string, number>>();
  #days: DayTotals;
  #digests: PaymentDigests | undefined;
  #paid: PaidParts | undefined;

  constructor(draft: Pick<Draft, 'contract' | 'keys' | 'stands'>) {
    this.#draft = draft;
    this.#daySec = draft.contract.document.daySec;
    this.#days = new DayTotals(this.#daySec);
  }

  /** Takes a receipt that counts; true when it is the first of its request. */
  addReceipt({ receipt, request }: AppliedReceipt): boolean {
    const known = this.#places.get(request.event.id);
    const index = known ?? this.#evidence.length;
    if (known === undefined) {
      this.#places.set(request.event.id, index);
      const proof = coversAll(receipt.document, request.document) ? receipt : [];
      this.#evidence.push(newEvidence(request, proof));
    }
    const evidence = this.#evidence[index];
    if (evidence && evidence.proof !== receipt) prove(evidence, receipt);
    this.#claimHashes(index, request.document, receipt.document);
    this.#touch(index);
    return known === undefined;
  }

  /** Each leg has its payee, and each payee its hashes. */
  #hashesOf(leg: Leg): Map<string, number> {
    const { payee } = LEGS[leg];
    const known = this.#byHash.get(payee);
    if (known) return known;
    const hashes = new Map<string, number>();
    this.#byHash.set(payee, hashes);
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

  /** Two requests of one payee have one hash: the one with the lower id keeps it. */
  #settleRivals(hash: string, holder: number, rival: number): void {
    const [one, other] = [this.#evidence[holder], this.#evidence[rival]];
    if (!one || !other) return;
    // P-13: "One payment hash under one payee is one payment: of several requests with that hash
    // the one with the lowest id counts."
    const isHolderLower = one.request.event.id < other.request.event.id;
    const loser = isHolderLower ? other : one;
    const index = isHolderLower ? rival : holder;
    if (!isHolderLower) this.#hashesOf(other.request.document.leg).set(hash, rival);
    loser.lost ??= new Set();
    loser.lost.add(loser.request.document.paymentHash.indexOf(hash));
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
      this.#days = new DayTotals(this.#daySec);
      for (const chunk of chunks) for (const paid of chunk) this.#days.add(paid);
    }
    this.#digests = new PaymentDigests(() => chunks.flat(), this.#digests, changes);
    this.#paid = new PaidParts(chunks, this.#days.share(), this.#digests);
    return this.#paid;
  }
}
