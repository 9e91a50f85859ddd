/**
 * Messages by which a business applies for a loan and the bank answers.
 * Spec: specs/applications.md.
 */
import * as z from 'zod/mini';
import {
  countField,
  hex32,
  identifierField,
  msatField,
  textField,
  versionField,
} from './fields.ts';

/** Most documents one application names. */
const MAX_APPLICATION_DOCUMENTS = 6;

/**
 * Characters that steer a display instead of being shown: controls other than a new line, and
 * those that turn the direction of writing.
 */
const STEERING = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** Whether a text is only what it shows. */
function isPlainText(text: string): boolean {
  return !STEERING.test(text);
}

// AP-2: "A reader MUST refuse a text with a control character other than a new line, or with one
// that turns the direction of writing, as `MESSAGE_SHAPE`…"
const plainField = (most: number, least = 1) => textField(most, least).check(z.refine(isPlainText));

/** What a business asks for, and why. */
export const applicationCaseSchema = z.strictObject({
  /** The bank that is asked; nobody else's copy of the message counts. */
  bank: hex32,
  /** Random, so that the hash says nothing of the content. */
  salt: hex32,
  name: plainField(120),
  purpose: plainField(120),
  amountMsat: msatField.check(z.refine((text) => text !== '0')),
  months: countField(600).check(z.gte(1)),
  businessCase: plainField(3_000),
  useOfFunds: plainField(1_500),
  financialHistory: plainField(1_500, 0),
  documents: z.array(z.strictObject({ name: plainField(80), sha256: hex32 })).check(
    z.maxLength(MAX_APPLICATION_DOCUMENTS),
    z.refine((list) => new Set(list.map(({ sha256 }) => sha256)).size === list.length),
  ),
});

/** What a business asks for, and why. */
export type ApplicationCase = z.infer<typeof applicationCaseSchema>;

/** Applies for a loan. */
export const application = z.strictObject({
  v: versionField,
  type: z.literal('application'),
  case: applicationCaseSchema,
});

/** Where the bank is with an application. */
export const applicationStep = z.strictObject({
  v: versionField,
  type: z.literal('applicationStep'),
  application: hex32,
  /** Rises with every step. */
  step: countField(10_000).check(z.gte(1)),
  status: z.enum(['inReview', 'waiting', 'approved', 'declined']),
  reason: plainField(1_000, 0),
  /** The offer that came of it, by its name among the bank's. */
  offer: z.optional(identifierField),
});

/** A question of the bank's, an answer, or a word of either. */
export const applicationNote = z.strictObject({
  v: versionField,
  type: z.literal('applicationNote'),
  application: hex32,
  /** Drawn at random by who writes. */
  note: hex32,
  /** The note that is answered. */
  answers: z.optional(hex32),
  text: plainField(2_000),
});

/** The business wants the loan no more. */
export const applicationWithdrawal = z.strictObject({
  v: versionField,
  type: z.literal('applicationWithdrawal'),
  application: hex32,
});
