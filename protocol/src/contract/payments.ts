/**
 * From receipts and acknowledgements to the set of proven payments.
 * Spec: specs/payments.md, "Proof". The result depends on the set, never on its order.
 */
import { LEGS, type Equivocation, type Payment, type PaymentClass } from './state.ts';
import { actsFor, type AppliedReceipt, type Draft } from './draft.ts';
import type { ParsedRequest } from '../events.ts';
import type { RequestDocument } from '../kinds/money-events.ts';
import { tickAt } from './ticks.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import { reject, type Reject } from '../result.ts';

interface Witness {
  readonly entry: AppliedReceipt;
  readonly n: number;
  readonly preimage: string;
  readonly paymentHash: string;
  readonly amountMsat: bigint;
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
  const ticks = request.n.map((n) => tickAt(contract, n));
  const strange = ticks.findIndex((tick) => tick === undefined);
  if (strange >= 0) return reject('PART_UNKNOWN', String(request.n[strange]));
  const wrong = ticks.find((tick, index) => tick?.amountMsat.toString() !== request.msat[index]);
  return wrong ? reject('PART_AMOUNT', String(wrong.n)) : undefined;
}

/** When a payment counts as settled: the receipt's time, kept inside the part's window. */
export function settledAtSec(receiptAtSec: number, request: RequestDocument): number {
  // P-10: "A part settles at the receipt's `created_at`, moved into the request's window…"
  return Math.min(Math.max(receiptAtSec, request.notBeforeSec), request.expiresAtSec);
}

function witnessesOf(entry: AppliedReceipt): Witness[] {
  const { document } = entry.receipt;
  const request = entry.request.document;
  const columns = new Map(request.n.map((n, index) => [n, index]));
  return document.n.map((n, index) => {
    const column = columns.get(n) ?? 0;
    return {
      entry,
      n,
      preimage: document.preimage[index] ?? '',
      paymentHash: request.paymentHash[column] ?? '',
      amountMsat: BigInt(request.msat[column] ?? '0'),
      settledAtSec: settledAtSec(entry.receipt.event.created_at, request),
    };
  });
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

const partKey = (request: string, n: number): string => `${request}:${n}`;

interface Answers {
  readonly received: ReadonlySet<string>;
  /** Latest time a payee's objection states that lies inside the window. */
  readonly statedSec: ReadonlyMap<string, number>;
}

/** What resolving needs of a draft; a closure is judged on a part of its receipts and answers. */
export type Evidence = Pick<
  Draft,
  'contract' | 'signatures' | 'receipts' | 'acknowledgements' | 'requests'
>;

/** What payees said; answers that were refused are passed over. */
function collectAnswers(evidence: Evidence): Answers {
  const received = new Set<string>();
  const statedSec = new Map<string, number>();
  for (const { document, event } of evidence.acknowledgements) {
    if (document.type === 'cash') continue;
    const items = document.type === 'received' ? document.items : [document];
    for (const item of items) {
      const request = evidence.requests.get(item.request)?.document;
      if (!request || !actsFor(evidence, event.pubkey, LEGS[request.leg].payee)) continue;
      for (const n of item.n) {
        const key = partKey(item.request, n);
        if (document.type === 'received') received.add(key);
        else if ((document.settledAtSec ?? Infinity) <= request.expiresAtSec) {
          const latest = Math.max(document.settledAtSec ?? 0, statedSec.get(key) ?? 0);
          statedSec.set(key, latest);
        }
      }
    }
  }
  return { received, statedSec };
}

function toPayment(best: Witness, answers: Answers): Payment {
  const { request, receipt } = best.entry;
  const key = partKey(request.event.id, best.n);
  const stated = answers.statedSec.get(key) ?? 0;
  // P-12: "Where objections by the payee state times no later than `expiresAtSec`, the latest of
  // them replaces an earlier settled time…"
  const timeContested = stated > best.settledAtSec;
  // P-15: "A part that the payee acknowledged as received has class `preimage+acknowledgement`,
  // any other `preimage`…"
  const proof: PaymentClass = answers.received.has(key) ? 'preimage+acknowledgement' : 'preimage';
  return {
    leg: request.document.leg,
    request: request.event.id,
    n: best.n,
    amountMsat: best.amountMsat,
    paymentHash: best.paymentHash,
    preimage: best.preimage,
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
  const best = new Map<string, Witness>();
  for (const entry of evidence.receipts) {
    const { payee } = LEGS[entry.request.document.leg];
    for (const witness of witnessesOf(entry)) {
      // P-14: "The same part under another hash is another payment…"
      const key = `${payee}:${witness.paymentHash}`;
      const known = best.get(key);
      if (!known || isBetter(witness, known)) best.set(key, witness);
    }
  }
  const answers = collectAnswers(evidence);
  return [...best.values()].map((witness) => toPayment(witness, answers)).sort(byTime);
}

/** Flags disbursements that no closure rests on, and dates them no earlier than it. */
export function flagUnseen(draft: Draft, payments: readonly Payment[]): Payment[] {
  if (draft.closures.length === 0) return [...payments];
  const seen = new Set<string>();
  for (const { receipt, request } of draft.receipts) {
    if (!draft.closures.some((closure) => closure.past.has(receipt.event.id))) continue;
    for (const n of receipt.document.n) seen.add(partKey(request.event.id, n));
  }
  const restsAtSec = Math.min(...draft.closures.map((closure) => closure.restsAtSec));
  return payments
    .map((payment) => {
      if (payment.leg !== 'disbursement') return payment;
      if (seen.has(partKey(payment.request, payment.n))) return payment;
      // C-22: "…A proven disbursement of which no counting closure rests on a receipt is
      // flagged as unseen and settles no earlier than the latest settled time…"
      const settled = Math.max(payment.settledAtSec, restsAtSec);
      return { ...payment, settledAtSec: settled, afterFinal: true };
    })
    .sort(byTime);
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
  const before = new Map<string, ParsedRequest>();
  for (const request of [...requests].sort(compareWindows)) {
    const { document, event } = request;
    for (const n of document.n) {
      const key = `${document.leg}:${n}`;
      const other = before.get(key);
      before.set(key, request);
      // C-25: "…each request is compared with the one next before it."
      if (!other || document.notBeforeSec >= other.document.expiresAtSec) continue;
      const [least, most] = [event.id, other.event.id].sort() as [string, string];
      const overlap = { reason: 'overlapping requests', author: event.pubkey } as const;
      found.set(`${least}:${most}`, { ...overlap, events: [least, most] });
    }
  }
  return [...found.values()];
}
