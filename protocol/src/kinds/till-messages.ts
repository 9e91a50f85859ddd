/**
 * Messages between a business's till and the bank that runs it. Spec: specs/till.md, "Run by the
 * bank".
 */
import * as z from 'zod/mini';
import { currencyField, minorDigitsField } from './denomination.ts';
import {
  countField,
  embeddedField,
  hex32,
  msatField,
  secField,
  textField,
  versionField,
} from './fields.ts';

/** Most contracts whose shares of one sale a message lists. */
const MAX_SHARES = 64;
/** Most devices that one has taken over from. */
const MAX_TAKEN = 32;

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

const shares = z
  .array(z.strictObject({ contract: hex32, msat: msatField }))
  .check(z.maxLength(MAX_SHARES));

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
  shares,
  /** Of all sales until then: what was taken, and what of it is the merchant's. */
  takenMsat: msatField,
  merchantsMsat: msatField,
});

/** A payment at a bank's till, as the device that knew of it wrote it down. */
const copiedPayment = z.strictObject({
  till: hex32,
  /** The key that signs it, and the contracts it serves. */
  key: hex32,
  contracts: z.array(hex32).check(z.maxLength(MAX_SHARES)),
  sinceSec: secField,
  serial: countField(4_294_967_295).check(z.gte(1)),
  msat: msatField,
  units: z.optional(msatField),
  atSec: secField,
  amount: z.enum(['exact', 'over', 'under']),
  isLate: z.boolean(),
  isUnexpected: z.boolean(),
  split: shares,
  preimage: z.optional(hex32),
});

/** A sale of which there is an invoice. */
const copiedSale = z.strictObject({
  /** The business's name of it, the contract by which it asked, and the key that did. */
  sale: hex32,
  contract: hex32,
  key: hex32,
  salt: hex32,
  msat: msatField,
  priced: z.optional(salePrice),
  invoice: textField(4_096),
  paymentHash: hex32,
  askedAtSec: secField,
  expiresAtSec: secField,
  paid: z.optional(copiedPayment),
});

/** What one device of a bank took at a till it runs, for the bank's other devices. */
export const tillCopy = z.strictObject({
  v: versionField,
  type: z.literal('tillCopy'),
  contract: hex32,
  business: hex32,
  /** The device, at random. */
  device: hex32,
  /** It only grows: of two copies of a device the one with the greater step is later. */
  step: countField(4_294_967_295),
  /** Where its numbers of parts begin, the present ones last. */
  firsts: z.array(countField(4_294_967_295)).check(z.minLength(1), z.maxLength(MAX_TAKEN)),
  /** Devices that it has taken over from. */
  took: z.array(hex32).check(z.maxLength(MAX_TAKEN)),
  /** All it took, and what of that came together for contracts: sums of msat × numerator. */
  takenMsat: msatField,
  accounts: z
    .array(
      z.strictObject({
        contract: hex32,
        accrued: z.string().check(z.regex(/^(0|[1-9]\d{0,59})$/)),
        denominator: z.string().check(z.regex(/^[1-9]\d{0,39}$/)),
      }),
    )
    .check(z.maxLength(MAX_SHARES)),
  sale: z.optional(copiedSale),
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
