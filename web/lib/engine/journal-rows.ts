/**
 * Rows of the journal as they come from disk: one that is damaged is set aside, as if it had been
 * lost. What it was about is then found again by what was handed and by the wallet (T-13).
 */
import { LEGS, type Leg } from '@realyield/protocol';
import * as z from 'zod/mini';
import type { JournalEntry } from './journal.ts';

const hex = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const amount = z.string().check(z.regex(/^(0|[1-9][0-9]{0,18})$/));
const time = z.number().check(z.gte(0));
const event = z.looseObject({ id: hex, pubkey: hex, created_at: z.int(), content: z.string() });

const rowSchema = z.looseObject({
  contract: hex,
  leg: z.enum(Object.keys(LEGS) as [Leg, ...Leg[]]),
  n: z.int().check(z.gte(0)),
  amountUnits: amount,
  amountMsat: z.optional(amount),
  step: z.enum(['wanted', 'checked', 'sending', 'unknown', 'paid', 'receipted', 'failed', 'chain']),
  updatedAtMs: time,
  askedAtMs: time,
  request: z.optional(event),
  invoice: z.optional(z.string()),
  paymentHash: z.optional(hex),
  expiresAtSec: z.optional(time),
  sentAtMs: z.optional(time),
  wallet: z.optional(z.string()),
  preimage: z.optional(hex),
  feesPaidMsat: z.optional(amount),
});

/** Steps that mean nothing without a payment hash. */
const HASHED: readonly JournalEntry['step'][] = ['checked', 'sending', 'unknown', 'paid'];

/** The entry a row holds; undefined where it is damaged, or lies under another part's key. */
export function readRow(
  key: string,
  value: unknown,
  keyOf: (entry: JournalEntry) => string,
): JournalEntry | undefined {
  const read = rowSchema.safeParse(value);
  if (!read.success) return undefined;
  const entry = value as JournalEntry;
  if (keyOf(entry) !== key) return undefined;
  const { step, paymentHash, preimage } = entry;
  if (HASHED.includes(step) && paymentHash === undefined) return undefined;
  return step === 'paid' && preimage === undefined ? undefined : entry;
}
