/** Starts payments with LDK, and tells which payments it has in its hands. */
import * as ldk from 'lightningdevkit';
import { toHex } from './ldk.ts';

const PAYMENT_ATTEMPTS = 3;

const GOING_BACK =
  ldk.InboundHTLCStateDetails.LDKInboundHTLCStateDetails_AwaitingRemoteRevokeToRemoveFail;

/** Whether a payment is under way; unless it was `sent`, nothing has left because of the call. */
export type SendOutcome = 'sent' | 'no-route' | 'expired' | 'duplicate' | 'unreadable' | 'other';

const REFUSALS: ReadonlyMap<ldk.RetryableSendFailure, SendOutcome> = new Map([
  [ldk.RetryableSendFailure.LDKRetryableSendFailure_PaymentExpired, 'expired'],
  [ldk.RetryableSendFailure.LDKRetryableSendFailure_RouteNotFound, 'no-route'],
  [ldk.RetryableSendFailure.LDKRetryableSendFailure_DuplicatePayment, 'duplicate'],
]);

/** The most that one payment of a wallet can cost, and for how long it can be on its way. */
export interface SendLimits {
  readonly cltvBlocks: number;
  readonly feeBaseMsat: bigint;
  readonly feeMillionths: bigint;
}

/** LDK's own limits: a week, and 1 % and 50 sat. */
export const USUAL_LIMITS: SendLimits = {
  cltvBlocks: 1_008,
  feeBaseMsat: 50_000n,
  feeMillionths: 10_000n,
};

/**
 * Those of who passes payments on: less than what it keeps, and over long before what it holds.
 * LDK keeps 80 blocks of it back to hide how far the payee is; one more hop must fit into the rest.
 */
export const HUB_LIMITS: SendLimits = {
  cltvBlocks: 216,
  feeBaseMsat: 1_000n,
  feeMillionths: 1_000n,
};

/** The most that is paid in fees for routing an amount, in msat. */
export function computeFeeLimitMsat(
  amountMsat: bigint,
  { feeBaseMsat, feeMillionths }: SendLimits,
): bigint {
  return feeBaseMsat + (amountMsat * feeMillionths) / 1_000_000n;
}

function readTerms(bolt11: string, amountMsat: bigint | undefined) {
  const parsed = ldk.Bolt11Invoice.constructor_from_str(bolt11);
  if (!(parsed instanceof ldk.Result_Bolt11InvoiceParseOrSemanticErrorZ_OK)) return undefined;
  const terms =
    amountMsat === undefined
      ? ldk.UtilMethods.constructor_payment_parameters_from_invoice(parsed.res)
      : ldk.UtilMethods.constructor_payment_parameters_from_variable_amount_invoice(
          parsed.res,
          amountMsat,
        );
  const Terms = ldk.Result_C3Tuple_ThirtyTwoBytesRecipientOnionFieldsRouteParametersZNoneZ_OK;
  return terms instanceof Terms ? terms.res : undefined;
}

/** Starts a payment under its hash as id; the amount only where the invoice names none. */
export function sendPayment(
  manager: ldk.ChannelManager,
  bolt11: string,
  amountMsat: bigint | undefined,
  limits: SendLimits,
): SendOutcome {
  const terms = readTerms(bolt11, amountMsat);
  if (!terms) return 'unreadable';
  const hash = terms.get_a();
  const retry = ldk.Retry.constructor_attempts(PAYMENT_ATTEMPTS);
  const route = terms.get_c();
  const parameters = route.get_payment_params();
  parameters.set_max_total_cltv_expiry_delta(limits.cltvBlocks);
  route.set_payment_params(parameters);
  const feeMsat = computeFeeLimitMsat(route.get_final_value_msat(), limits);
  route.set_max_total_routing_fee_msat(ldk.Option_u64Z.constructor_some(feeMsat));
  const sent = manager.send_payment(hash, terms.get_b(), hash, route, retry);
  if (!(sent instanceof ldk.Result_NoneRetryableSendFailureZ_Err)) return 'sent';
  return REFUSALS.get(sent.err) ?? 'other';
}

/** Whether LDK still has something to do with, or to say about, a payment sent from here. */
export function hasOutgoing(manager: ldk.ChannelManager, paymentHash: string): boolean {
  return manager.list_recent_payments().some((payment) => {
    if (payment instanceof ldk.RecentPaymentDetails_AwaitingInvoice) return false;
    const known = payment as
      | ldk.RecentPaymentDetails_Pending
      | ldk.RecentPaymentDetails_Abandoned
      | ldk.RecentPaymentDetails_Fulfilled;
    return toHex(known.payment_id) === paymentHash;
  });
}

/** Whether what has arrived is on its way back already, though the channel still lists it. */
function isGoingBack(htlc: ldk.InboundHTLCDetails): boolean {
  const state = htlc.get_state();
  return state instanceof ldk.Option_InboundHTLCStateDetailsZ_Some && state.some === GOING_BACK;
}

/** Whether a payment of this hash has arrived and is neither claimed nor given back. */
export function hasIncoming(manager: ldk.ChannelManager, paymentHash: string): boolean {
  const held = manager.list_channels().flatMap((channel) => channel.get_pending_inbound_htlcs());
  return held.some((htlc) => toHex(htlc.get_payment_hash()) === paymentHash && !isGoingBack(htlc));
}
