/** What of each sale at a till repays a loan. Spec: specs/till.md, "Share". */
import * as z from 'zod/mini';
import { bpsField, countField } from './fields.ts';

const shareField = bpsField.check(z.lte(10_000));

/** Section `tillShare`, the same in offer and contract. */
export const tillShareSchema = z.strictObject({
  /** Who holds the takings until the shares are paid on. */
  runBy: z.enum(['business', 'bank']),
  /** Of each sale, for the whole amount sought under the offer. */
  shareBps: shareField.check(z.gte(1)),
  /** The same from a default on until what is late is paid. */
  recoveryBps: shareField,
  /** Less than this waits until it has grown, satoshis. */
  thresholdSat: countField(1_000_000).check(z.gte(1)),
});

/** What of each sale at a till repays a loan. */
export type TillShare = z.infer<typeof tillShareSchema>;
