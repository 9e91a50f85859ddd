/**
 * From receipts and acknowledgements to the set of proven payments.
 * Spec: specs/payments.md, "Proof". The result depends on the set, never on its order.
 */
import { LEGS, type Equivocation, type Payment, type PaymentClass } from './state.ts';
import { actsFor, type AppliedReceipt, type Draft } from './draft.ts';
import type { ParsedRequest } from '../events.ts';
import type { RequestDocument } from '../kinds/money-events.ts';
import { planTicks } from './ticks.ts';
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
  const ticks = planTicks(contract);
  for (const [index, n] of request.n.entries()) {
    const tick = ticks[n];
    if (!tick) return reject('PART_UNKNOWN', String(n));
    // P-4: "a disbursement part has the amount of its tick".
    if (tick.amountMsat.toString() !== request.msat[index]) return reject('PART_AMOUNT', String(n));
  }
  return undefined;
}

/** When a payment counts as settled: the receipt's time, kept inside the part's window. */
export function settledAtSec(receiptAtSec: number, request: RequestDocument): number {
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

/** P-9: of several receipts of one part the latest settled counts, then the lowest id. */
function isBetter(a: Witness, b: Witness): boolean {
  if (a.entry.request.event.id !== b.entry.request.event.id) {
    return a.entry.request.event.id < b.entry.request.event.id;
  }
  if (a.settledAtSec !== b.settledAtSec) return a.settledAtSec > b.settledAtSec;
  return a.entry.receipt.event.id < b.entry.receipt.event.id;
}

interface Answers {
  readonly received: ReadonlySet<string>;
  /** Time stated by the payee's objection with the lowest id. */
  readonly contested: ReadonlyMap<string, number>;
}

/** What payees said; an answer about a request that is not here is refused. */
function collectAnswers(draft: Draft): Answers {
  const received = new Set<string>();
  const contested = new Map<string, number>();
  const sorted = [...draft.acknowledgements].sort((a, b) => (a.event.id < b.event.id ? -1 : 1));
  for (const { document, event } of sorted) {
    if (document.type === 'cash') continue;
    const items = document.type === 'received' ? document.items : [document];
    for (const item of items) {
      const request = draft.requests.get(item.request);
      if (!request) {
        draft.rejects.push({ id: event.id, code: 'REQUEST_UNKNOWN', detail: item.request });
        continue;
      }
      if (!actsFor(draft, event.pubkey, LEGS[request.document.leg].payee)) {
        draft.rejects.push({ id: event.id, code: 'AUTHOR_ROLE', detail: item.request });
        continue;
      }
      for (const n of item.n) {
        const key = `${item.request}:${n}`;
        if (document.type === 'received') received.add(key);
        else if (document.settledAtSec !== undefined && !contested.has(key)) {
          contested.set(key, document.settledAtSec);
        }
      }
    }
  }
  return { received, contested };
}

function toPayment(best: Witness, all: readonly Witness[], answers: Answers): Payment {
  const { request, receipt } = best.entry;
  const { notBeforeSec, expiresAtSec, leg } = request.document;
  const key = `${request.event.id}:${best.n}`;
  const stated = answers.contested.get(key);
  const isContested = stated !== undefined && stated > best.settledAtSec && stated <= expiresAtSec;
  let settled = isContested ? Math.max(stated, notBeforeSec) : best.settledAtSec;
  const seen = all.some((witness) => witness.entry.afterFinalSec === undefined);
  const afterFinal = leg === 'disbursement' && !seen;
  if (afterFinal) {
    const finals = all.map((witness) => witness.entry.afterFinalSec ?? 0);
    settled = Math.max(settled, Math.min(...finals));
  }
  const proof: PaymentClass = answers.received.has(key) ? 'preimage+acknowledgement' : 'preimage';
  return {
    leg,
    request: request.event.id,
    n: best.n,
    amountMsat: best.amountMsat,
    paymentHash: best.paymentHash,
    preimage: best.preimage,
    settledAtSec: settled,
    class: proof,
    timeContested: isContested,
    afterFinal,
    receipt: receipt.event.id,
  };
}

function byTime(a: Payment, b: Payment): number {
  if (a.settledAtSec !== b.settledAtSec) return a.settledAtSec - b.settledAtSec;
  if (a.request !== b.request) return a.request < b.request ? -1 : 1;
  return a.n - b.n;
}

/** The proven payments of a draft, one per payee and payment hash. */
export function resolvePayments(draft: Draft): Payment[] {
  const witnesses = new Map<string, Witness[]>();
  for (const entry of draft.receipts) {
    for (const witness of witnessesOf(entry)) {
      const payee = LEGS[entry.request.document.leg].payee;
      const key = `${payee}:${witness.paymentHash}`;
      const list = witnesses.get(key);
      if (list) list.push(witness);
      else witnesses.set(key, [witness]);
    }
  }
  const answers = collectAnswers(draft);
  const payments: Payment[] = [];
  for (const list of witnesses.values()) {
    const best = list.reduce((found, next) => (isBetter(next, found) ? next : found));
    const same = list.filter(
      (witness) =>
        witness.entry.request.event.id === best.entry.request.event.id && witness.n === best.n,
    );
    payments.push(toPayment(best, same, answers));
  }
  return payments.sort(byTime);
}

/** Requests in receipts that ask for one part twice at one time: the payee contradicts itself. */
export function findOverlaps(requests: Iterable<ParsedRequest>): Equivocation[] {
  const sorted = [...requests].sort((a, b) => (a.event.id < b.event.id ? -1 : 1));
  const found = new Map<string, Equivocation>();
  const byPart = new Map<string, ParsedRequest[]>();
  for (const request of sorted) {
    const { document } = request;
    for (const n of document.n) {
      const key = `${document.leg}:${n}`;
      const others = byPart.get(key) ?? [];
      for (const other of others) {
        const overlap =
          other.document.notBeforeSec < document.expiresAtSec &&
          document.notBeforeSec < other.document.expiresAtSec;
        const pair = `${other.event.id}:${request.event.id}`;
        if (overlap && !found.has(pair)) {
          found.set(pair, {
            reason: 'overlapping requests',
            author: request.event.pubkey,
            events: [other.event.id, request.event.id],
          });
        }
      }
      byPart.set(key, [...others, request]);
    }
  }
  return [...found.values()];
}
