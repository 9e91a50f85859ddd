/**
 * Listings: bank profile (32810), offer (32811).
 * Spec: specs/listings.md.
 */
import * as z from 'zod/mini';
import { appointeesField, silenceDaysField } from './appointees.ts';
import { fundingField } from './funding.ts';
import { MAX_TERM_DAYS } from '../params.ts';
import {
  bpsField,
  countField,
  defaultField,
  documentHash,
  hex32,
  identifierField,
  matterField,
  milestoneField,
  msatField,
  networkField,
  placeField,
  planDaysField,
  relayField,
  secField,
  textField,
  versionField,
} from './fields.ts';
import { pinnedBondSchema } from './bond.ts';
import { guaranteeSchema } from './default.ts';
import { tillShareSchema } from './till-share.ts';
import { denominationSchema } from './denomination.ts';
import { coolingOffField, legalSchema } from './legal.ts';
import { feesSchema } from './fees.ts';
import { dayCountField, offerPlanSchema } from './plan.ts';

/** Content of 32810. */
export const bankProfileSchema = z.strictObject({
  v: versionField,
  name: textField(80),
  about: textField(2_000),
  place: placeField,
  charter: textField(200),
  policy: textField(2_000),
  relays: z.array(relayField).check(z.minLength(1), z.maxLength(8)),
  arbiters: z.array(hex32).check(z.maxLength(16)),
  website: z.optional(textField(200)),
  nodeId: z.optional(z.string().check(z.regex(/^0[23][0-9a-f]{64}$/))),
});

/** One tranche of an offer, relative to the contract's start. */
export const offerTrancheSchema = z.strictObject({
  /** Share of the principal, basis points; all tranches add up to 10,000. */
  shareBps: bpsField.check(z.gte(1), z.lte(10_000)),
  /** First contract day of the stream, counted from the start. */
  startDay: countField(MAX_TERM_DAYS),
  /** Days over which the ticks are spread. */
  streamDays: planDaysField,
  /** Days after the first in which unpaid ticks lapse. */
  windowDays: planDaysField,
  ticks: countField(100_000).check(z.gte(1)),
  /** The tranche streams only after this is approved. */
  milestone: z.optional(milestoneField),
});

/** Content of 32811. */
export const offerSchema = z.strictObject({
  v: versionField,
  /** The `d` of the address. */
  identifier: identifierField,
  status: z.enum(['open', 'closed', 'withdrawn']),
  network: networkField,
  daySec: countField(86_400).check(z.gte(1)),
  title: textField(80),
  purpose: textField(160),
  story: textField(6_000),
  business: z.strictObject({
    pubkey: hex32,
    name: textField(80),
    sector: textField(40),
    place: placeField,
    relays: z.array(relayField).check(z.minLength(1), z.maxLength(4)),
  }),
  amountSoughtUnits: msatField,
  minimumTicketUnits: msatField,
  minimumTotalUnits: msatField,
  denomination: denominationSchema,
  rateBps: bpsField,
  dayCount: dayCountField,
  fees: feesSchema,
  plan: offerPlanSchema,
  tranches: z.array(offerTrancheSchema).check(z.minLength(1), z.maxLength(16)),
  /** Who approves milestones; the bank where nobody is named. */
  attester: z.optional(hex32),
  default: defaultField,
  guarantee: guaranteeSchema,
  bond: z.optional(pinnedBondSchema),
  tillShare: z.optional(tillShareSchema),
  recovery: textField(2_000),
  legal: legalSchema,
  coolingOffDays: coolingOffField,
  documents: z.array(documentHash).check(z.maxLength(16)),
  /** The bank's attestation on the business: its matter, and the very event. */
  attestation: z.optional(z.strictObject({ matter: matterField, id: hex32 })),
  relays: z.array(relayField).check(z.minLength(1), z.maxLength(4)),
  expiresAtSec: secField,
  funding: fundingField,
  appointees: z.optional(appointeesField),
  silenceDays: z.optional(silenceDaysField),
  /** Keys that may replace and revoke the keys of business and bank. */
  recoveryKeys: z.optional(
    z.strictObject({ business: z.optional(hex32), bank: z.optional(hex32) }),
  ),
});

/** A bank's profile. */
export type BankProfileDocument = z.infer<typeof bankProfileSchema>;
/** An offer (prospectus). */
export type OfferDocument = z.infer<typeof offerSchema>;
