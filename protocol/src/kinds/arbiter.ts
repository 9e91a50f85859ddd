/**
 * An arbiter's profile (32815): what it decides, how, in which languages and for what fee. Its
 * record is computed. Spec: specs/listings.md, "Arbiter profile".
 */
import * as z from 'zod/mini';
import {
  countField,
  msatField,
  placeField,
  relayField,
  textField,
  versionField,
} from './fields.ts';

/** Who pays an arbiter's fee, by what the arbiter says. */
export const FEE_PAYERS = ['claimant', 'halves', 'loser', 'bank'] as const;

/** Content of 32815. */
export const arbiterProfileSchema = z.strictObject({
  v: versionField,
  name: textField(80),
  about: textField(2_000),
  place: placeField,
  /** Languages it hears and writes in (ISO 639), rising. */
  languages: z
    .array(z.string().check(z.regex(/^[a-z]{2,3}$/)))
    .check(z.minLength(1), z.maxLength(16)),
  /** Whose loans it takes, by the country of the business; empty: everywhere. */
  countries: z.array(z.string().check(z.regex(/^[A-Z]{2}$/))).check(z.maxLength(249)),
  /** What it decides and what not. */
  scope: textField(1_000),
  /** How it proceeds. */
  rules: textField(2_000),
  fee: z.strictObject({
    /** For a case, whatever comes of it. */
    caseMsat: msatField,
    /** Of what it awards, basis points. */
    awardBps: countField(10_000),
    paidBy: z.enum(FEE_PAYERS),
  }),
  relays: z.array(relayField).check(z.minLength(1), z.maxLength(8)),
  website: z.optional(textField(200)),
});

/** An arbiter's profile. */
export type ArbiterProfileDocument = z.infer<typeof arbiterProfileSchema>;
/** Who pays an arbiter's fee. */
export type FeePayer = ArbiterProfileDocument['fee']['paidBy'];
