/**
 * The proven payments of a contract in columns: for each request, runs of neighbouring parts that
 * one receipt proves at one time. Numbers, amounts and hashes stay where the payee signed them;
 * objects of single payments are made only for who asks. A value: it never changes.
 * Spec: specs/payments.md, "Proof".
 */
import type { ParsedReceipt, ParsedRequest } from '../events.ts';
import type { Leg } from '../kinds/fields.ts';
import type { PaymentDigests } from './digests.ts';
import { unitsOf } from './prices.ts';
import type { Payment, PaymentClass } from './state.ts';

/** Neighbouring parts of one request that share everything but number, amount and hash. */
export interface PaidRun {
  /** Places of the first and the last part among the request's. */
  readonly first: number;
  readonly last: number;
  readonly receipt: ParsedReceipt;
  /** Unix seconds. */
  readonly settledAtSec: number;
  /** The payee acknowledged them as received. */
  readonly isReceived: boolean;
  readonly timeContested: boolean;
  /** Of all its parts, in ledger units. */
  readonly amountUnits: bigint;
}

/** What is proven of one request, by place. */
export interface PaidRequest {
  readonly leg: Leg;
  readonly request: ParsedRequest;
  readonly runs: readonly PaidRun[];
}

/** The payments of one leg on one contract day: as the ledger wants them (M-6). */
export interface DayTotal {
  readonly leg: Leg;
  /** The contract day, floor(settled time / `daySec`). */
  readonly day: number;
  /** The earliest settled time among them, Unix seconds. */
  readonly settledAtSec: number;
  readonly amountUnits: bigint;
  readonly parts: number;
  /** Of them acknowledged by the payee. */
  readonly receivedParts: number;
  readonly receivedUnits: bigint;
  readonly contestedTimes: number;
}

/** Which parts final events rest on, by request; undefined while there is no final event. */
export type SeenParts = ReadonlyMap<string, ReadonlySet<number>> | undefined;

/** How well the parts of a run are proven. */
export function classOf(run: PaidRun): PaymentClass {
  // P-15: "A part that the payee acknowledged as received has class `preimage+acknowledgement`,
  // any other `preimage`…"
  return run.isReceived ? 'preimage+acknowledgement' : 'preimage';
}

/** A payment to a fallback address: one output for all parts of a tender. */
export interface ChainPaid {
  /** Id of the receipt that proves it. */
  readonly receipt: string;
  readonly leg: Leg;
  readonly n: readonly number[];
  /** `TXID:VOUT`. */
  readonly outpoint: string;
  readonly amountUnits: bigint;
  /** The time its block's header says, Unix seconds. */
  readonly settledAtSec: number;
}

/** Of several payments by one output the first. */
export function eachOnce(payments: readonly ChainPaid[]): readonly ChainPaid[] {
  const first = new Map<string, ChainPaid>();
  for (const paid of payments) if (!first.has(paid.outpoint)) first.set(paid.outpoint, paid);
  return [...first.values()];
}

/** A payment on the chain as days count it: one payment, never acknowledged. */
export function runOf({ amountUnits, settledAtSec }: ChainPaid) {
  const one = { first: 0, last: 0, isReceived: false, timeContested: false };
  return { ...one, amountUnits, settledAtSec };
}

function paymentOf(paid: ChainPaid): Payment {
  const { receipt, leg, n, outpoint, amountUnits, settledAtSec } = paid;
  return {
    ...{ leg, request: receipt, n: n[0] ?? 0, amountUnits, amountMsat: amountUnits },
    ...{ receivedMsat: amountUnits, paymentHash: outpoint, preimage: '', settledAtSec },
    ...{ class: 'chain', timeContested: false, afterFinal: false, receipt },
  };
}

function byPayment(a: Payment, b: Payment): number {
  if (a.settledAtSec !== b.settledAtSec) return a.settledAtSec - b.settledAtSec;
  if (a.request !== b.request) return a.request < b.request ? -1 : 1;
  return a.n - b.n;
}

/** What a contract's payments are known by beside their requests. */
interface Known {
  readonly daily: readonly DayTotal[];
  readonly digests: PaymentDigests;
  readonly chain: readonly ChainPaid[];
}

interface Placed {
  readonly paid: PaidRequest;
  readonly run: PaidRun;
}

function byTime(a: Placed, b: Placed): number {
  const times = a.run.settledAtSec - b.run.settledAtSec;
  if (times !== 0) return times;
  const [one, other] = [a.paid.request.event.id, b.paid.request.event.id];
  if (one !== other) return one < other ? -1 : 1;
  return a.run.first - b.run.first;
}

function writePayments({ paid, run }: Placed, seen: SeenParts, payments: Payment[]): void {
  const { leg, request } = paid;
  const { receipt, settledAtSec, timeContested } = run;
  const { n: parts, msat, paymentHash, via } = request.document;
  const units = unitsOf(request.document);
  const proof = classOf(run);
  const counted = seen?.get(request.event.id);
  // Both lists rise, so neighbours in the request are neighbours in the receipt.
  const shift = receipt.document.n.indexOf(parts[run.first] ?? 0) - run.first;
  for (let column = run.first; column <= run.last; column += 1) {
    const n = parts[column] ?? 0;
    payments.push({
      leg,
      request: request.event.id,
      n,
      amountUnits: BigInt(units[column] ?? '0'),
      amountMsat: BigInt(msat[column] ?? '0'),
      receivedMsat: BigInt(via?.netMsat[column] ?? msat[column] ?? '0'),
      paymentHash: paymentHash[column] ?? '',
      preimage: receipt.document.preimage[column + shift] ?? '',
      settledAtSec,
      class: proof,
      timeContested,
      // C-22: "…A proven disbursement of which no receipt counted for a final notice that counts is
      // flagged as unseen; its settled time stays…"
      afterFinal: seen !== undefined && leg === 'disbursement' && counted?.has(n) !== true,
      receipt: receipt.event.id,
    });
  }
}

/** The proven payments of a contract, one per leg and payment hash. */
export class PaidParts {
  readonly #chunks: readonly (readonly PaidRequest[])[];
  readonly #seen: SeenParts;
  #list: readonly Payment[] | undefined;
  /** One total for each leg and day with payments, by day: what `computeLedger` takes. */
  readonly daily: readonly DayTotal[];
  /** What the state hash covers of them. */
  readonly digests: PaymentDigests;
  /** What was paid on the chain, each output once; beside the requests. */
  readonly chain: readonly ChainPaid[];

  constructor(
    chunks: readonly (readonly PaidRequest[])[],
    { daily, digests, chain }: Known,
    seen?: SeenParts,
  ) {
    this.#chunks = chunks;
    this.#seen = seen;
    this.daily = daily;
    this.digests = digests;
    this.chain = chain;
  }

  /** Requests with what is proven of them, in no particular order. */
  *requests(): Generator<PaidRequest> {
    for (const chunk of this.#chunks) yield* chunk;
  }

  /** How many payments there are on a leg. */
  count(leg: Leg): number {
    return this.daily.reduce((sum, day) => (day.leg === leg ? sum + day.parts : sum), 0);
  }

  /** What they come to, in ledger units. */
  totalUnits(leg: Leg): bigint {
    return this.daily.reduce((sum, day) => (day.leg === leg ? sum + day.amountUnits : sum), 0n);
  }

  /** Numbers of the parts of a leg that are proven. */
  numbers(leg: Leg): Set<number> {
    const numbers = new Set(this.chain.flatMap((paid) => (paid.leg === leg ? paid.n : [])));
    for (const paid of this.requests()) {
      if (paid.leg !== leg) continue;
      const { n: parts } = paid.request.document;
      for (const { first, last } of paid.runs) {
        for (let column = first; column <= last; column += 1) numbers.add(parts[column] ?? 0);
      }
    }
    return numbers;
  }

  /** The earliest settled time of a leg's parts from a number on, Unix seconds. */
  firstSettledAtSec(leg: Leg, from: number): number | undefined {
    let first: number | undefined;
    for (const paid of this.requests()) {
      const { n: parts } = paid.request.document;
      for (const { last, settledAtSec } of paid.leg === leg ? paid.runs : []) {
        if ((parts[last] ?? 0) < from) continue;
        if (first === undefined || settledAtSec < first) first = settledAtSec;
      }
    }
    return first;
  }

  /** The latest settled time, Unix seconds; 0 when nothing is proven. */
  latestSettledAtSec(): number {
    let latest = 0;
    for (const { settledAtSec } of this.chain) latest = Math.max(latest, settledAtSec);
    for (const { runs } of this.requests()) {
      for (const { settledAtSec } of runs) if (settledAtSec > latest) latest = settledAtSec;
    }
    return latest;
  }

  /** What a payee could acknowledge and has not, in the order of `list`. */
  unacknowledged(): Omit<Payment, 'afterFinal'>[] {
    return this.#write(undefined, (run) => !run.isReceived);
  }

  /** One object per payment, by settled time, request id, n; made when first read. */
  list(): readonly Payment[] {
    return (this.#list ??= this.#all());
  }

  #all(): readonly Payment[] {
    const overLightning = this.#write(this.#seen, () => true);
    if (this.chain.length === 0) return overLightning;
    // TE-19: "…it is listed among the others by the receipt's id in place of a
    // request's…"
    return [...overLightning, ...this.chain.map(paymentOf)].sort(byPayment);
  }

  #write(seen: SeenParts, isWanted: (run: PaidRun) => boolean): Payment[] {
    const placed: Placed[] = [];
    for (const paid of this.requests()) {
      for (const run of paid.runs) if (isWanted(run)) placed.push({ paid, run });
    }
    const payments: Payment[] = [];
    for (const each of placed.sort(byTime)) writePayments(each, seen, payments);
    return payments;
  }
}
