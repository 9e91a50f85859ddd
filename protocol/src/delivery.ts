/**
 * What a payer checks before any money moves: the payee's signed request and its invoices.
 * Spec: specs/conversation.md, "Delivery".
 */
import { parseBolt11, type Bolt11Invoice } from './bolt11.ts';
import { actsFor, hasEnded } from './contract/draft.ts';
import { requestMismatch } from './contract/payments.ts';
import { isPriceProven } from './contract/prices.ts';
import { LEGS, type ContractState } from './contract/state.ts';
import type { ParsedForward, ParsedRequest } from './events.ts';
import { CLOCK_TOLERANCE_SEC } from './params.ts';
import type { Leg } from './kinds/fields.ts';
import { ok, reject, type Reject, type Result } from './result.ts';

/** One part that may be paid: the invoice says exactly what the payee signed. */
export interface PayablePart {
  readonly n: number;
  readonly amountMsat: bigint;
  readonly paymentHash: string;
  readonly invoice: string;
  readonly expiresAtSec: number;
}

/** Why a key does not ask for money as the payee of a leg; undefined where it does. */
export function payeeKeyProblem(state: ContractState, leg: Leg, key: string): Reject | undefined {
  const { payee } = LEGS[leg];
  // T-4: "A payer MUST refuse a request of another contract as `CONTRACT_MISMATCH`, one not signed
  // by a key of the leg's payee as `AUTHOR_ROLE`…"
  if (!actsFor(state, key, payee)) return reject('AUTHOR_ROLE', 'payee');
  // T-20: "A payer MUST refuse a request by a key that has ended, whenever it was signed, as
  // `KEY_REVOKED`, before it pays…"
  return hasEnded(state, key, payee, Infinity) ? reject('KEY_REVOKED', 'payee') : undefined;
}

/**
 * Checks a request against the contract: who signed it, for which contract, for which parts, at
 * which price. `agreedPriceOf` is the id of a request whose price the payer agreed to.
 */
export function checkRequest(
  state: ContractState,
  request: ParsedRequest,
  agreedPriceOf?: string,
): Result<ParsedRequest> {
  const { document, event } = request;
  if (document.contract !== state.root) return reject('CONTRACT_MISMATCH');
  const refused = payeeKeyProblem(state, document.leg, event.pubkey);
  const mismatch = refused ?? requestMismatch(state.contract.document, document);
  if (mismatch) return mismatch;
  // PR-13: "A payer MUST refuse a request without a quorum of prices as `PRICE_UNPROVEN` before it
  // pays, unless its owner agrees to the price of that very request…"
  const isAgreed = agreedPriceOf === event.id;
  const isProven = isAgreed || isPriceProven(state.contract.document, document);
  return isProven ? ok(request) : reject('PRICE_UNPROVEN');
}

/**
 * Checks what the bank signed about a request: that it passes just these parts on. `forward` is
 * undefined where there is none; a request that is not by way of the bank has none.
 */
export function checkForward(
  state: ContractState,
  { document: request, event }: ParsedRequest,
  forward: ParsedForward | undefined,
): Reject | undefined {
  // FW-5: "A payer MUST refuse a delivery with a forward of another request, or of one that is not
  // by way of the bank, as `EMBEDDED_MISMATCH`…"
  if (request.via === undefined) return forward && reject('EMBEDDED_MISMATCH', 'forward');
  // FW-4: "A payer MUST refuse a request by way of the bank without the bank's forward as
  // `FORWARD_MISSING`…"
  if (!forward) return reject('FORWARD_MISSING');
  const { document } = forward;
  if (document.request !== event.id) return reject('EMBEDDED_MISMATCH', 'forward');
  if (document.contract !== state.root) return reject('CONTRACT_MISMATCH', 'forward');
  // FW-5: "…one with a forward that is not by a key of the bank as `AUTHOR_ROLE`, or by one that
  // has ended as `KEY_REVOKED`…"
  const { pubkey } = forward.event;
  if (!actsFor(state, pubkey, 'bank')) return reject('AUTHOR_ROLE', 'bank');
  if (hasEnded(state, pubkey, 'bank', Infinity)) return reject('KEY_REVOKED', 'bank');
  // FW-5: "…and one with a part that the forward does not have as `PART_UNKNOWN`…"
  const strange = request.n.find((n) => !document.n.includes(n));
  return strange === undefined ? undefined : reject('PART_UNKNOWN', String(strange));
}

/**
 * Checks one invoice against the part the payee signed. The payment hash is what binds: an
 * altered invoice decodes to another node key, not to an error.
 */
export function checkInvoice(
  state: Pick<ContractState, 'contract'>,
  request: ParsedRequest,
  index: number,
  invoiceText: unknown,
  nowSec: number,
): Result<PayablePart> {
  const { document } = request;
  const n = document.n[index];
  const amount = document.msat[index];
  const paymentHash = document.paymentHash[index];
  if (n === undefined || amount === undefined || paymentHash === undefined) {
    return reject('PART_UNKNOWN', String(index));
  }
  // T-5: "A payer MUST refuse a part the window of which opens more than 60 seconds from now as
  // `PART_WINDOW`: paid early it would count as paid late."
  const isOpen = document.notBeforeSec <= nowSec + CLOCK_TOLERANCE_SEC;
  if (!isOpen) return reject('PART_WINDOW', String(n));
  // T-9: "A payer MUST refuse what BOLT 11 does not allow…"
  const parsed: Result<Bolt11Invoice> = parseBolt11(invoiceText);
  if (!parsed.ok) return parsed;
  const invoice = parsed.value;
  // T-6: "A payer MUST refuse an invoice that is for another network than the contract as
  // `INVOICE_NETWORK`, or has another payment hash than the part as `INVOICE_HASH_MISMATCH`."
  if (invoice.network !== state.contract.document.network) return reject('INVOICE_NETWORK');
  if (invoice.paymentHash !== paymentHash) return reject('INVOICE_HASH_MISMATCH', String(n));
  // T-7: "A payer MUST refuse an invoice for another amount than the part's, or for none…"
  if (invoice.amountMsat?.toString() !== amount)
    return reject('INVOICE_AMOUNT_MISMATCH', String(n));
  // T-8: "A payer MUST refuse an invoice or a request that has expired as `INVOICE_EXPIRED`, and
  // an invoice that expires before its request as `INVOICE_WINDOW`…"
  if (invoice.expiresAtSec <= nowSec) return reject('INVOICE_EXPIRED', String(n));
  if (document.expiresAtSec <= nowSec) return reject('INVOICE_EXPIRED', String(n));
  if (invoice.expiresAtSec < document.expiresAtSec) return reject('INVOICE_WINDOW', String(n));
  return ok({
    n,
    amountMsat: BigInt(amount),
    paymentHash,
    invoice: invoice.paymentRequest,
    expiresAtSec: document.expiresAtSec,
  });
}
