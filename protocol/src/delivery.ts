/**
 * What a payer checks before any money moves: the payee's signed request and its invoices.
 * Spec: specs/conversation.md, "Delivery".
 */
import { parseBolt11, type Bolt11Invoice } from './bolt11.ts';
import { actsFor } from './contract/draft.ts';
import { requestMismatch } from './contract/payments.ts';
import { LEGS, type ContractState } from './contract/state.ts';
import type { ParsedRequest } from './events.ts';
import { CLOCK_TOLERANCE_SEC } from './params.ts';
import { ok, reject, type Result } from './result.ts';

/** One part that may be paid: the invoice says exactly what the payee signed. */
export interface PayablePart {
  readonly n: number;
  readonly amountMsat: bigint;
  readonly paymentHash: string;
  readonly invoice: string;
  readonly expiresAtSec: number;
}

/** Checks a request against the contract: who signed it, for which contract, for which parts. */
export function checkRequest(state: ContractState, request: ParsedRequest): Result<ParsedRequest> {
  const { document, event } = request;
  if (document.contract !== state.root) return reject('CONTRACT_MISMATCH');
  if (!actsFor(state, event.pubkey, LEGS[document.leg].payee))
    return reject('AUTHOR_ROLE', 'payee');
  return requestMismatch(state.contract.document, document) ?? ok(request);
}

/**
 * Checks one invoice against the part the payee signed. The payment hash is what binds: an
 * altered invoice decodes to another node key, not to an error.
 */
export function checkInvoice(
  state: ContractState,
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
  // Paid before its window, a part would count from the window on: later than it was paid.
  const isOpen = document.notBeforeSec <= nowSec + CLOCK_TOLERANCE_SEC;
  if (!isOpen) return reject('PART_WINDOW', String(n));
  const parsed: Result<Bolt11Invoice> = parseBolt11(invoiceText);
  if (!parsed.ok) return parsed;
  const invoice = parsed.value;
  if (invoice.network !== state.contract.document.network) return reject('INVOICE_NETWORK');
  if (invoice.paymentHash !== paymentHash) return reject('INVOICE_HASH_MISMATCH', String(n));
  if (invoice.amountMsat?.toString() !== amount)
    return reject('INVOICE_AMOUNT_MISMATCH', String(n));
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
