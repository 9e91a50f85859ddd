/** Makes BOLT 11 invoices with LDK. */
import * as ldk from 'lightningdevkit';
import { fromHex } from './ldk.ts';

/** What an invoice shall say. */
export interface InvoiceOrder {
  readonly amountMsat: bigint;
  /** Text, or the SHA-256 (hex) of one too long for an invoice. */
  readonly description: string | { readonly hash: string };
  /** When it expires, Unix seconds. */
  readonly expiresAtSec: number;
  /** Hash (hex) of a preimage that only the caller knows: a hold invoice. */
  readonly paymentHash?: string;
  /** Blocks the payment can be held at least; LDK's own 24 unless given. */
  readonly minFinalCltvExpiry?: number;
}

function describe(description: InvoiceOrder['description']): ldk.Bolt11InvoiceDescription {
  if (typeof description !== 'string') {
    const hash = ldk.Sha256.constructor_from_bytes(fromHex(description.hash));
    return ldk.Bolt11InvoiceDescription.constructor_hash(hash);
  }
  const text = ldk.Description.constructor_new(description);
  if (text instanceof ldk.Result_DescriptionCreationErrorZ_OK) {
    return ldk.Bolt11InvoiceDescription.constructor_direct(text.res);
  }
  throw new Error('The description is too long for an invoice.');
}

/**
 * Signs an invoice. LDK dates it by its own clock, `clockSec`, which lags behind by up to a
 * block; its expiry is chosen so that the invoice expires exactly when it should.
 */
export function buildInvoice(
  manager: ldk.ChannelManager,
  order: InvoiceOrder,
  clockSec: number,
): string {
  const { paymentHash, minFinalCltvExpiry } = order;
  const made = manager.create_bolt11_invoice(
    ldk.Option_u64Z.constructor_some(order.amountMsat),
    describe(order.description),
    ldk.Option_u32Z.constructor_some(order.expiresAtSec - clockSec),
    minFinalCltvExpiry === undefined
      ? ldk.Option_u16Z.constructor_none()
      : ldk.Option_u16Z.constructor_some(minFinalCltvExpiry),
    paymentHash === undefined
      ? ldk.Option_ThirtyTwoBytesZ.constructor_none()
      : ldk.Option_ThirtyTwoBytesZ.constructor_some(fromHex(paymentHash)),
  );
  if (made instanceof ldk.Result_Bolt11InvoiceSignOrCreationErrorZ_OK) return made.res.to_str();
  throw new Error('The node could not make this invoice.');
}
