/**
 * Attestation (32812): what a bank or a member of the community states about a business or bank.
 * Spec: specs/listings.md, "Attestation".
 */
import * as z from 'zod/mini';
import { documentHash, hex32, matterField, secField, textField, versionField } from './fields.ts';

/** What can be checked of a business, in the order in which checks are written. */
export const CHECKS = [
  'identity',
  'registration',
  'premises',
  'books',
  'taxes',
  'debts',
  'purpose',
  'capacity',
  'references',
  'security',
] as const;

/** Why somebody vouches, in the order in which reasons are written. */
export const VOUCH_REASONS = ['borrowed', 'lent', 'worked', 'knows', 'audited'] as const;

/** The matter of statements by which somebody vouches for another. */
export const VOUCH_MATTER = 'vouch';

/** Content of 32812. */
export const attestationSchema = z.strictObject({
  v: versionField,
  subject: hex32,
  /** With the subject the `d` of the address: one statement per subject and matter. */
  matter: matterField,
  statement: textField(2_000),
  checkedAtSec: secField,
  checks: z.optional(
    z
      .array(
        z.strictObject({
          what: z.enum(CHECKS),
          result: z.enum(['confirmed', 'partly', 'notConfirmed']),
        }),
      )
      .check(z.minLength(1), z.maxLength(CHECKS.length)),
  ),
  grade: z.optional(z.enum(['A', 'B', 'C', 'D', 'E'])),
  reasons: z.optional(
    z.array(z.enum(VOUCH_REASONS)).check(z.minLength(1), z.maxLength(VOUCH_REASONS.length)),
  ),
  documents: z.array(documentHash).check(z.maxLength(16)),
  /** The author stands by it no longer. */
  takenBack: z.optional(z.literal(true)),
});

/** An attestation. */
export type AttestationDocument = z.infer<typeof attestationSchema>;
