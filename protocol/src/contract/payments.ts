/**
 * From receipts and acknowledgements to the set of proven payments.
 * Spec: specs/payments.md, "Proof". The result depends on the set, never on its order.
 */
import { LEGS, type Equivocation, type Payment, type PaymentClass } from './state.ts';
import { actsFor, type AppliedReceipt, type Draft } from './draft.ts';
import type { ParsedRequest } from '../events.ts';
import type { Leg } from '../kinds/fields.ts';
import type { RequestDocument } from '../kinds/money-events.ts';
import { tickAmounts } from './ticks.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import { reject, type Reject } from '../result.ts';

/** One part of a receipt; what a payment is made of once it is known to count. */
interface Witness {
  readonly entry: AppliedReceipt;
  readonly n: number;
  /** Place of the part in the receipt's columns, and in the request's. */
  readonly row: number;
  readonly column: number;
  readonly settledAtSec: number;
}

/** Whether a request asks for what the contract plans; the payer asks the same before paying. */
export function requestMismatch(
  contract: ContractDocument,
  request: RequestDocument,
): Reject | undefined {
  if (request.leg === 'repayment') return undefined;
  // P-9: "A disbursement request counts only when each part is a tick of the contract and has the
  // tick's amount…"
  const amounts = tickAmounts(contract, request.n);
  const strange = amounts.indexOf(undefined);
  if (strange >= 0) return reject('PART_UNKNOWN', String(request.n[strange]));
  const wrong = amounts.findIndex((amount, index) => amount !== request.msat[index]);
  return wrong < 0 ? undefined : reject('PART_AMOUNT', String(request.n[wrong]));
}

/** When a payment counts as settled: the receipt's time, kept inside the part's window. */
export function settledAtSec(receiptAtSec: number, request: RequestDocument): number {
  // P-10: "A part settles at the receipt's `created_at`, moved into the request's window…"
  return Math.min(Math.max(receiptAtSec, request.notBeforeSec), request.expiresAtSec);
}

/** Places of parts among a request's; both lists rise, so one pass finds them. */
function columnsOf(parts: readonly number[], requested: readonly number[]): number[] {
  let column = 0;
  return parts.map((n) => {
    while (column < requested.length - 1 && requested[column] !== n) column += 1;
    return column;
  });
}

function witnessesOf(entry: AppliedReceipt): Witness[] {
  const { n: parts } = entry.receipt.document;
  const request = entry.request.document;
  const columns = columnsOf(parts, request.n);
  const settled = settledAtSec(entry.receipt.event.created_at, request);
  return parts.map((n, row) => ({
    entry,
    n,
    row,
    column: columns[row] ?? 0,
    settledAtSec: settled,
  }));
}

function isBetter(a: Witness, b: Witness): boolean {
  // P-13: "One payment hash under one payee is one payment: of several requests with that hash the
  // one with the lowest id counts."
  if (a.entry.request.event.id !== b.entry.request.event.id) {
    return a.entry.request.event.id < b.entry.request.event.id;
  }
  // P-11: "Of several receipts of one part under one request the latest settled counts, then the
  // lowest receipt id."
  if (a.settledAtSec !== b.settledAtSec) return a.settledAtSec > b.settledAtSec;
  return a.entry.receipt.event.id < b.entry.receipt.event.id;
}

/** Something about parts, by request and n. */
type ByPart<T> = Map<string, Map<number, T>>;

function setPart<T>(parts: ByPart<T>, request: string, n: number, value: T): void {
  const known = parts.get(request);
  if (known) known.set(n, value);
  else parts.set(request, new Map([[n, value]]));
}

interface Answers {
  readonly received: ByPart<true>;
  /** Latest time a payee's objection states that lies inside the window. */
  readonly statedSec: ByPart<number>;
}

/** What resolving needs of a draft; a closure is judged on a part of its receipts and answers. */
export type Evidence = Pick<
  Draft,
  'contract' | 'signatures' | 'receipts' | 'acknowledgements' | 'requests'
>;

/** What payees said; answers that were refused are passed over. */
function collectAnswers(evidence: Evidence): Answers {
  const received: ByPart<true> = new Map();
  const statedSec: ByPart<number> = new Map();
  for (const { document, event } of evidence.acknowledgements) {
    if (document.type === 'cash') continue;
    const items = document.type === 'received' ? document.items : [document];
    for (const item of items) {
      const request = evidence.requests.get(item.request)?.document;
      if (!request || !actsFor(evidence, event.pubkey, LEGS[request.leg].payee)) continue;
      for (const n of item.n) {
        if (document.type === 'received') setPart(received, item.request, n, true);
        else if ((document.settledAtSec ?? Infinity) <= request.expiresAtSec) {
          const before = statedSec.get(item.request)?.get(n) ?? 0;
          setPart(statedSec, item.request, n, Math.max(document.settledAtSec ?? 0, before));
        }
      }
    }
  }
  return { received, statedSec };
}

function toPayment(best: Witness, answers: Answers): Payment {
  const { request, receipt } = best.entry;
  const { id } = request.event;
  const stated = answers.statedSec.get(id)?.get(best.n) ?? 0;
  // P-12: "Where objections by the payee state times no later than `expiresAtSec`, the latest of
  // them replaces an earlier settled time…"
  const timeContested = stated > best.settledAtSec;
  // P-15: "A part that the payee acknowledged as received has class `preimage+acknowledgement`,
  // any other `preimage`…"
  const isReceived = answers.received.get(id)?.has(best.n) === true;
  const proof: PaymentClass = isReceived ? 'preimage+acknowledgement' : 'preimage';
  return {
    leg: request.document.leg,
    request: id,
    n: best.n,
    amountMsat: BigInt(request.document.msat[best.column] ?? '0'),
    paymentHash: request.document.paymentHash[best.column] ?? '',
    preimage: receipt.document.preimage[best.row] ?? '',
    settledAtSec: timeContested ? stated : best.settledAtSec,
    class: proof,
    timeContested,
    afterFinal: false,
    receipt: receipt.event.id,
  };
}

function byTime(a: Payment, b: Payment): number {
  if (a.settledAtSec !== b.settledAtSec) return a.settledAtSec - b.settledAtSec;
  if (a.request !== b.request) return a.request < b.request ? -1 : 1;
  return a.n - b.n;
}

/** The proven payments, one per payee and payment hash. */
export function resolvePayments(evidence: Evidence): Payment[] {
  // Each leg has its own payee.
  const best: Readonly<Record<Leg, Map<string, Witness>>> = {
    disbursement: new Map(),
    repayment: new Map(),
  };
  for (const entry of evidence.receipts) {
    const { leg, paymentHash } = entry.request.document;
    for (const witness of witnessesOf(entry)) {
      // P-14: "The same part under another hash is another payment…"
      const hash = paymentHash[witness.column] ?? '';
      const known = best[leg].get(hash);
      if (!known || isBetter(witness, known)) best[leg].set(hash, witness);
    }
  }
  const answers = collectAnswers(evidence);
  const counted = [...best.disbursement.values(), ...best.repayment.values()];
  return counted.map((witness) => toPayment(witness, answers)).sort(byTime);
}

/** Parts proven by receipts on which a final event rests. */
function partsSeen(draft: Draft): ByPart<true> {
  const seen: ByPart<true> = new Map();
  for (const { receipt, request } of draft.receipts) {
    if (!draft.finals.some((final) => final.past.has(receipt.event.id))) continue;
    for (const n of receipt.document.n) setPart(seen, request.event.id, n, true);
  }
  return seen;
}

/** Flags disbursements that were proven only after a default or closure. */
export function flagUnseen(draft: Draft, payments: readonly Payment[]): Payment[] {
  if (draft.finals.length === 0) return [...payments];
  const seen = partsSeen(draft);
  // C-22: "…A proven disbursement on no receipt of which a counting default or closure rests is
  // flagged as unseen; its settled time stays…"
  return payments.map((payment) => {
    const isSeen = seen.get(payment.request)?.has(payment.n);
    return payment.leg === 'disbursement' && !isSeen ? { ...payment, afterFinal: true } : payment;
  });
}

function compareWindows(a: ParsedRequest, b: ParsedRequest): number {
  const from = a.document.notBeforeSec - b.document.notBeforeSec;
  if (from !== 0) return from;
  return a.event.id < b.event.id ? -1 : 1;
}

/**
 * Requests in receipts that ask for one part twice at one time: the payee contradicts itself.
 * Only neighbours are compared, so that a flood costs no more than its own length; where any two
 * windows overlap, some neighbours' do.
 */
export function findOverlaps(requests: Iterable<ParsedRequest>): Equivocation[] {
  const found = new Map<string, Equivocation>();
  const before: Readonly<Record<Leg, Map<number, ParsedRequest>>> = {
    disbursement: new Map(),
    repayment: new Map(),
  };
  for (const request of [...requests].sort(compareWindows)) {
    const { document, event } = request;
    for (const n of document.n) {
      const other = before[document.leg].get(n);
      before[document.leg].set(n, request);
      // C-25: "…each request is compared with the one next before it."
      if (!other || document.notBeforeSec >= other.document.expiresAtSec) continue;
      const [least, most] = [event.id, other.event.id].sort() as [string, string];
      const overlap = { reason: 'overlapping requests', author: event.pubkey } as const;
      found.set(`${least}:${most}`, { ...overlap, events: [least, most] });
    }
  }
  return [...found.values()];
}
