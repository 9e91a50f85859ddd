/**
 * Real-life terms: the section `legal` and the cooling-off period, the same in offer and contract.
 * Spec: specs/legal.md.
 */
import * as z from 'zod/mini';
import { countField, documentHash, textField } from './fields.ts';

/** A share of a whole, basis points. */
const shareField = countField(10_000);

/** Content of `legal` in offer and contract. */
export const legalSchema = z.strictObject({
  /** Governing law and courts, in words. */
  law: textField(200),
  /** The agreement in legal language, where there is one; the file travels privately. */
  text: z.optional(documentHash),
  /** Which of the two holds where the contract and the legal text disagree. */
  prevails: z.enum(['contract', 'legalText']),
  /** What is pledged, in words; empty: nothing. */
  security: textField(500, 0),
  /** Whether the bank may claim locally for the investors, and what of the proceeds it may keep. */
  mandate: z.strictObject({ enforce: z.boolean(), costCapBps: shareField }),
  /** Where investors may live; empty: everywhere. */
  countries: z.array(z.string().check(z.regex(/^[A-Z]{2}$/))).check(z.maxLength(249)),
  /** Who checks who the investor is. */
  identityCheck: z.enum(['bank', 'none']),
  /** What an investor declares to have understood before signing. */
  riskAcknowledgement: textField(1_000),
  /** Whom to complain to, in words. */
  complaints: textField(300),
  /** Tax on interest that the business withholds by law: its share, and the rule in words. */
  withholdingTax: z.strictObject({ bps: shareField, rule: textField(300, 0) }),
  /** The business agrees that a default is published under its name. */
  publishDefault: z.boolean(),
});

/** Days after the time of effect in which the investor may take the acceptance back. */
export const coolingOffField = countField(90);

/** Real-life terms of an offer or a contract. */
export type LegalTerms = z.infer<typeof legalSchema>;
