/**
 * What the bank's wallet must be able to do so that payments can be passed on: hold invoices, and
 * lookups that tell the two directions of one hash apart. Spec: specs/forwarding.md, "The bank".
 */
import type { PaymentRecord, WalletAnswer } from '../ports.ts';

/** What a wallet's operator declares of every payment that it sends. */
export interface OutgoingLimits {
  /** The most blocks that a payment can be on its way. */
  readonly cltvBlocks: number;
  /** The most it pays in fees: a base, and a share of the amount. */
  readonly feeBaseMsat: bigint;
  readonly feeMillionths: bigint;
}

/** How the wallet stands. */
export interface HoldStatus {
  /** Height of the chain as the wallet sees it. */
  readonly height: number;
  /** Undefined where its operator declares none: then nothing is passed on. */
  readonly limits: OutgoingLimits | undefined;
}

/** A payment with what a hold invoice has beside. */
export interface HoldRecord extends PaymentRecord {
  readonly invoice: string | undefined;
  /** The height from which what is held goes back by itself. */
  readonly settleDeadlineHeight: number | undefined;
}

/** A hold invoice to be made. */
export interface HoldOrder {
  readonly amountMsat: bigint;
  readonly paymentHash: string;
  readonly description: string;
  readonly expirySec: number;
  /** Blocks that what is paid can be held at least. */
  readonly cltvBlocks: number;
}

/** Hold invoices of a wallet (NIP-47). */
export interface HoldWallet {
  status(): Promise<WalletAnswer<HoldStatus>>;
  make(order: HoldOrder): Promise<WalletAnswer<{ readonly invoice: string }>>;
  /** Claims what is held; again is no mistake. */
  settle(preimage: string): Promise<WalletAnswer<Record<string, never>>>;
  /** Gives back what is held, or voids an unpaid invoice; again is no mistake. */
  cancel(paymentHash: string): Promise<WalletAnswer<Record<string, never>>>;
  /** What became of one direction of a hash; `undefined` value: the wallet knows of nothing. */
  lookup(
    direction: PaymentRecord['direction'],
    query: { readonly paymentHash: string; readonly invoice?: string | undefined },
  ): Promise<WalletAnswer<HoldRecord | undefined>>;
}

/** The most fees a payment of an amount may cost, msat. */
export function mostFeeMsat(amountMsat: bigint, limits: OutgoingLimits): bigint {
  return limits.feeBaseMsat + (amountMsat * limits.feeMillionths) / 1_000_000n;
}
