/** Whether an invoice the wallet made may be shown to a customer: a wallet is not believed. */
import type { Bolt11Invoice, Result } from '@realyield/protocol';

/** What the invoice must agree with. */
export interface InvoiceOrder {
  readonly amountMsat: bigint;
  readonly nowSec: number;
  /** Of the loans that the sale serves. */
  readonly networks: readonly string[];
  /** Whether an invoice on a payment hash was shown before. */
  readonly isKnown: (paymentHash: string) => boolean;
}

/** The invoice, or why it is not shown, in words. */
export function checkInvoice(
  read: Result<Bolt11Invoice>,
  { amountMsat, nowSec, networks, isKnown }: InvoiceOrder,
): Bolt11Invoice | string {
  if (!read.ok) return 'The wallet answered with something that is no invoice.';
  const invoice = read.value;
  if (invoice.amountMsat !== amountMsat) {
    return 'The wallet answered with an invoice of another amount. It is not shown.';
  }
  if (invoice.expiresAtSec <= nowSec) {
    return 'The wallet’s invoice has already expired: its clock or yours is wrong.';
  }
  if (isKnown(invoice.paymentHash)) {
    return 'The wallet answered with an invoice that was shown before.';
  }
  const isElsewhere = networks.some((network) => network !== invoice.network);
  return isElsewhere ? 'The wallet is on another network than your loans.' : invoice;
}
