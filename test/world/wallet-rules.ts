/** What a wallet is asked for, and when it refuses to pay. */
import type { Bolt11Invoice } from '@realyield/protocol';
import { computeFeeLimitMsat, type SendLimits } from './lightning-payments.ts';
import type { Direction, LedgerEntry } from './wallet-ledger.ts';
import type { WalletError } from './wallet-outcome.ts';

/** The network of every wallet here. */
export const NETWORK = 'regtest';

/** An invoice to be made. */
export interface WalletInvoiceOrder {
  readonly amountMsat: bigint;
  /** Text, or the SHA-256 (hex) of one. */
  readonly description: string | { readonly hash: string };
  /** Seconds from now; an hour unless given. */
  readonly expirySec?: number | undefined;
  /** For a hold invoice: the hash (hex) of the caller's preimage. */
  readonly paymentHash?: string | undefined;
  /** For a hold invoice: blocks it can be held at least; 144 unless given. */
  readonly minFinalCltvExpiry?: number | undefined;
}

/** A payment to be made. */
export interface WalletPaymentOrder {
  readonly bolt11: string;
  /** For an invoice without amount. */
  readonly amountMsat?: bigint | undefined;
  /** Public key of the connection that asks. */
  readonly connection?: string | undefined;
  /** The most that connection may spend in all, fees included. */
  readonly budgetMsat?: bigint | undefined;
}

/** What the wallet knows when it is asked to pay. */
export interface PaymentCircumstances {
  readonly amountMsat: bigint;
  readonly balanceMsat: bigint;
  /** What the connection has spent, or may still with what is under way. */
  readonly spentMsat: bigint;
  /** Whether the wallet made the invoice itself. */
  readonly isOwn: boolean;
  readonly limits: SendLimits;
}

/** The system's clock, Unix seconds. */
export function nowSec(): number {
  return Math.floor(Date.now() / 1000);
}

/** Why an invoice is not paid at all; undefined: it may be. */
export function findRefusal(
  invoice: Bolt11Invoice,
  order: WalletPaymentOrder,
  circumstances: PaymentCircumstances,
): WalletError | undefined {
  const { amountMsat, balanceMsat, spentMsat, isOwn, limits } = circumstances;
  const failed = (message: string): WalletError => ({ code: 'PAYMENT_FAILED', message });
  if (invoice.network !== NETWORK) {
    return failed(`The invoice is for ${invoice.network}; this wallet is on ${NETWORK}.`);
  }
  if (invoice.expiresAtSec <= nowSec()) return failed('The invoice has expired.');
  if (isOwn) return failed('This wallet made the invoice itself.');
  if (amountMsat === 0n) return failed('The invoice names no amount: one must be given.');
  if (order.amountMsat !== undefined && order.amountMsat !== amountMsat) {
    return failed('The invoice names another amount than the one given.');
  }
  if (amountMsat > balanceMsat) {
    return { code: 'INSUFFICIENT_BALANCE', message: 'The wallet does not hold that much.' };
  }
  const costMsat = amountMsat + computeFeeLimitMsat(amountMsat, limits);
  if (order.budgetMsat !== undefined && spentMsat + costMsat > order.budgetMsat) {
    const message = 'The payment and its possible fees exceed what the connection may spend.';
    return { code: 'QUOTA_EXCEEDED', message };
  }
  return undefined;
}

/** The ledger entry a payment begins with. */
export function buildEntry(
  direction: Direction,
  invoice: Bolt11Invoice,
  amountMsat: bigint,
): LedgerEntry {
  return {
    direction,
    paymentHash: invoice.paymentHash,
    preimage: undefined,
    amountMsat,
    feesPaidMsat: 0n,
    state: 'pending',
    bolt11: invoice.paymentRequest,
    description: invoice.description,
    descriptionHash: invoice.descriptionHash,
    isHold: false,
    settleDeadlineHeight: undefined,
    connection: undefined,
    failure: undefined,
    createdAtSec: nowSec(),
    expiresAtSec: invoice.expiresAtSec,
    settledAtSec: undefined,
  };
}
