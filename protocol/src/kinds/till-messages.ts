/**
 * Messages between a business's till and the bank that runs it. Spec: specs/till.md, "Run by the
 * bank".
 */
import * as z from 'zod/mini';
import { currencyField, minorDigitsField } from './denomination.ts';
import { embeddedField, hex32, msatField, secField, textField, versionField } from './fields.ts';

/** Most contracts whose shares of one sale a message lists. */
const MAX_SHARES = 64;

/** What a sale is priced at: an amount in a currency, and what bitcoin costs in it. */
const salePrice = z.strictObject({
  currency: currencyField,
  minorDigits: minorDigitsField,
  units: msatField,
  /** Minor units for one bitcoin. */
  price: msatField,
});

/** A till asks the bank for an invoice, or what became of one. */
export const saleWanted = z.strictObject({
  v: versionField,
  type: z.literal('saleWanted'),
  contract: hex32,
  /** The sale, at random: asked for again it is the same. */
  sale: hex32,
  /** What the merchant calls the till. */
  till: textField(60, 0),
  msat: msatField,
  priced: z.optional(salePrice),
  /** The till has an invoice on this hash: no other one is wanted. */
  paymentHash: z.optional(hex32),
});

/** The bank's invoice for a sale. */
export const saleInvoice = z.strictObject({
  v: versionField,
  type: z.literal('saleInvoice'),
  contract: hex32,
  sale: hex32,
  invoice: textField(4_096),
});

/** A sale was paid. */
export const salePaid = z.strictObject({
  v: versionField,
  type: z.literal('salePaid'),
  contract: hex32,
  sale: hex32,
  paymentHash: hex32,
  preimage: z.optional(hex32),
  settledAtSec: secField,
  /** The sale (2818) signed by the bank: the customer's receipt. */
  receipt: embeddedField,
  /** What of it belongs to whom, rounded down for this one sale. */
  shares: z
    .array(z.strictObject({ contract: hex32, msat: msatField }))
    .check(z.maxLength(MAX_SHARES)),
  /** Of all sales until then: what was taken, and what of it is the merchant's. */
  takenMsat: msatField,
  merchantsMsat: msatField,
});

/** The bank makes no invoice for a sale. */
export const saleRefusal = z.strictObject({
  v: versionField,
  type: z.literal('saleRefusal'),
  contract: hex32,
  sale: hex32,
  code: z.enum(['notServed', 'wrongAmount', 'tooMany', 'unknownSale', 'walletUnavailable']),
  sentence: textField(500, 0),
});
