/** What happens to a Lightning node's payments, in plain words instead of LDK's classes. */
import * as ldk from 'lightningdevkit';
import { numberOf, toHex } from './ldk.ts';

/** Something a wallet must take note of; hashes and preimages are hex. */
export type PaymentEvent =
  | {
      /** A payment has arrived and waits to be claimed or cancelled. */
      readonly type: 'claimable';
      readonly paymentHash: string;
      readonly amountMsat: bigint;
      /** Undefined for a hold invoice, whose preimage the node does not know. */
      readonly preimage: string | undefined;
      /** Block height from which LDK gives the payment back by itself. */
      readonly claimDeadlineHeight: number | undefined;
    }
  | { readonly type: 'claimed'; readonly paymentHash: string; readonly amountMsat: bigint }
  /** An arrived payment was given back: cancelled, or its deadline passed. */
  | { readonly type: 'released'; readonly paymentHash: string }
  | {
      readonly type: 'sent';
      readonly paymentHash: string;
      readonly preimage: string;
      readonly feesPaidMsat: bigint;
    }
  | { readonly type: 'failed'; readonly paymentHash: string; readonly reason: PaymentFailure };

/** Why a payment failed for good. */
export type PaymentFailure = 'rejected' | 'no-route' | 'expired' | 'other';

const FAILURES: ReadonlyMap<ldk.PaymentFailureReason, PaymentFailure> = new Map([
  [ldk.PaymentFailureReason.LDKPaymentFailureReason_RecipientRejected, 'rejected'],
  [ldk.PaymentFailureReason.LDKPaymentFailureReason_RetriesExhausted, 'no-route'],
  [ldk.PaymentFailureReason.LDKPaymentFailureReason_RouteNotFound, 'no-route'],
  [ldk.PaymentFailureReason.LDKPaymentFailureReason_PaymentExpired, 'expired'],
]);

function failureOf(event: ldk.Event_PaymentFailed): PaymentFailure {
  const { reason } = event;
  if (!(reason instanceof ldk.Option_PaymentFailureReasonZ_Some)) return 'other';
  return FAILURES.get(reason.some) ?? 'other';
}

/** The payment event an LDK event means, if any. */
export function readPaymentEvent(event: ldk.Event): PaymentEvent | undefined {
  if (event instanceof ldk.Event_PaymentClaimable) {
    const preimage = event.purpose.preimage();
    return {
      type: 'claimable',
      paymentHash: toHex(event.payment_hash),
      amountMsat: event.amount_msat,
      preimage:
        preimage instanceof ldk.Option_ThirtyTwoBytesZ_Some ? toHex(preimage.some) : undefined,
      claimDeadlineHeight: numberOf(event.claim_deadline),
    };
  }
  if (event instanceof ldk.Event_PaymentClaimed) {
    const paymentHash = toHex(event.payment_hash);
    return { type: 'claimed', paymentHash, amountMsat: event.amount_msat };
  }
  if (event instanceof ldk.Event_HTLCHandlingFailed) {
    const destination = event.failed_next_destination;
    if (!(destination instanceof ldk.HTLCDestination_FailedPayment)) return undefined;
    return { type: 'released', paymentHash: toHex(destination.payment_hash) };
  }
  if (event instanceof ldk.Event_PaymentSent) {
    const fees = event.fee_paid_msat;
    return {
      type: 'sent',
      paymentHash: toHex(event.payment_hash),
      preimage: toHex(event.payment_preimage),
      feesPaidMsat: fees instanceof ldk.Option_u64Z_Some ? fees.some : 0n,
    };
  }
  if (event instanceof ldk.Event_PaymentFailed) {
    // Payments are sent under their hash as id.
    return { type: 'failed', paymentHash: toHex(event.payment_id), reason: failureOf(event) };
  }
  return undefined;
}
