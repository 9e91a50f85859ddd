/** What loans of tests are made of, and how parts are paid. */
import type { OfferDocument, SignedEvent } from '../index.ts';
import type { Signing } from './keys.ts';

/** What a loan is made of, where it is not the usual. */
export interface LoanOptions {
  readonly principalMsat?: bigint;
  readonly offer?: Partial<OfferDocument>;
  readonly startAtSec?: number;
  readonly signing?: Signing;
  /** Where the investor is reached. */
  readonly investorRelays?: readonly string[];
  /** The test key behind each name used here, where it is another. */
  readonly cast?: (name: string) => string;
  /** Entry of the bank's register; the first unless given. */
  readonly register?: { readonly serial: number; readonly previous: string };
  /** Makes nonce, salt and preimages this loan's own. */
  readonly seed?: string;
}

/** One part to be requested and paid. */
export interface Part {
  readonly n: number;
  readonly amountMsat: bigint;
  /** A fresh one unless given. */
  readonly preimage?: string;
}

/** Who requests and who pays, when, and what they say they knew. */
export interface PayOptions {
  readonly payer?: string;
  readonly payee?: string;
  readonly notBeforeSec?: number;
  readonly expiresAtSec?: number;
  readonly seen?: readonly string[];
  readonly prev?: readonly string[];
}

/** A request and the receipt that embeds it. */
export interface Paid {
  readonly request: SignedEvent;
  readonly receipt: SignedEvent;
}
