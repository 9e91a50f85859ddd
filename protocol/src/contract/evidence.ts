/**
 * What is said about the parts of one request, and the least number of runs that say all that is
 * proven of it. Spec: specs/payments.md, "Proof".
 */
import type { ParsedReceipt, ParsedRequest } from '../events.ts';
import type { ReceiptDocument, RequestDocument } from '../kinds/money-events.ts';
import type { PaidRequest, PaidRun } from './paid.ts';
import { unitsOf } from './prices.ts';

/** When a payment counts as settled: the receipt's time, kept inside the part's window. */
export function settledAtSec(receiptAtSec: number, request: RequestDocument): number {
  // P-10: "A part settles at the receipt's `created_at`, moved into the request's window…"
  return Math.min(Math.max(receiptAtSec, request.notBeforeSec), request.expiresAtSec);
}

/** All that is said about one request; what is not said takes no space. */
export interface Evidence {
  readonly request: ParsedRequest;
  /** The one receipt that proves every part, or the best one for each place. */
  proof: ParsedReceipt | (ParsedReceipt | undefined)[];
  /** Whether all parts were acknowledged, or which, by place. */
  received: boolean | boolean[];
  /** Latest time that objections state, by place. */
  stated: Map<number, number> | undefined;
  /** Places whose hash counts under another request. */
  lost: Set<number> | undefined;
  /** By place the settled times that final events show, Unix seconds. */
  readonly shown: ReadonlyMap<number, number> | undefined;
}

/** Places of part numbers among a request's; both lists rise, so one pass finds them. */
export function eachPlace(
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

/** Whether a receipt is for all parts of its request. */
export function coversAll(receipt: ReceiptDocument, request: RequestDocument): boolean {
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
  const { proof, received, stated, lost, shown, request } = evidence;
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
    // N-23: "A payment that a final event that counts shows stays as it shows it…"
    settledAtSec: shown?.get(place) ?? (timeContested ? statedSec : settled),
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
export function resolve(evidence: Evidence): PaidRequest {
  const { request, proof, received, stated, lost, shown } = evidence;
  const { leg, n } = request.document;
  const units = unitsOf(request.document);
  const isWhole =
    !Array.isArray(proof) && typeof received === 'boolean' && !stated && !lost && !shown;
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

/** What one receipt says of a request, or nothing yet; and what final events show of it. */
export function newEvidence(
  request: ParsedRequest,
  proof: Evidence['proof'],
  shown: ReadonlyMap<number, number> | undefined,
): Evidence {
  return { request, proof, received: false, stated: undefined, lost: undefined, shown };
}

/** The place that has a payment hash among the parts of a request. */
export const placeOf = ({ request }: Evidence, hash: string): number =>
  request.document.paymentHash.indexOf(hash);

/** Whether a payment hash counts under one request rather than under another. */
export function keepsHash(one: Evidence, other: Evidence, hash: string): boolean {
  const isShown = one.shown?.has(placeOf(one, hash)) === true;
  // N-23: "…counts under the request it shows…"
  if (isShown !== (other.shown?.has(placeOf(other, hash)) === true)) return isShown;
  // P-13: "One payment hash on one leg is one payment: of several requests with that hash the one
  // with the lowest id counts."
  return one.request.event.id < other.request.event.id;
}

/** Takes one more receipt into what is said about its request. */
export function prove(evidence: Evidence, receipt: ParsedReceipt): void {
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
