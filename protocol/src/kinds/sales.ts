/**
 * Sales (2818): one sale, which only its customer gets, and the report of a period.
 * Spec: specs/till.md.
 */
import * as z from 'zod/mini';
import { currencyField, minorDigitsField } from './denomination.ts';
import { countField, hex32, idList, msatField, secField, versionField } from './fields.ts';

/** A sale's number at its till, counted from 1 and never used again. */
const serialField = countField(4_294_967_295).check(z.gte(1));

/** What a till took, in the currency its prices are in. */
const inCurrency = z.strictObject({
  currency: currencyField,
  minorDigits: minorDigitsField,
  /** In the unit of a ledger kept in that currency (PR-1). */
  units: msatField,
});

const sale = z.strictObject({
  v: versionField,
  type: z.literal('sale'),
  /** The till's name, at random. */
  till: hex32,
  serial: serialField,
  /** What was paid over Lightning. */
  msat: msatField,
  priced: z.optional(inCurrency),
  /** At random: without it nobody can guess what a leaf stands for. */
  salt: hex32,
});

const report = z.strictObject({
  v: versionField,
  type: z.literal('salesReport'),
  till: hex32,
  /** The contracts these sales serve. */
  contracts: idList.check(z.minLength(1)),
  /** From the first second of the period to before the last. */
  fromSec: secField,
  toSec: secField,
  firstSerial: serialField,
  /** How many sales, their serials without a gap. */
  count: countField(4_294_967_295),
  totalMsat: msatField,
  priced: z.optional(inCurrency),
  /** Of the tree over the sales. */
  root: hex32,
  /** The till's report before; 64 zeros for the first. */
  previous: hex32,
  /** The report this one takes the place of. */
  corrects: z.optional(hex32),
});

/** Content of 2818. */
export const salesSchema = z.discriminatedUnion('type', [sale, report]);

/** A sale or the report of a period. */
export type SalesDocument = z.infer<typeof salesSchema>;
/** One sale. */
export type SaleDocument = Extract<SalesDocument, { type: 'sale' }>;
/** What a till took in a period. */
export type SalesReport = Extract<SalesDocument, { type: 'salesReport' }>;
/** An amount in the currency a till's prices are in. */
export type InCurrency = z.infer<typeof inCurrency>;
