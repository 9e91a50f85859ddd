/** What the bank charges, the same section in offer and contract. Spec: specs/fees.md. */
import * as z from 'zod/mini';
import { countField } from './fields.ts';

/** The most a fee may be: half. */
const MOST_BPS = 5_000;

/** Content of `fees`. */
export const feesSchema = z.strictObject({
  /** Of each tranche. */
  originationBps: countField(MOST_BPS),
  /** Whether the investor pays it out of the tranche, or the business on top of it. */
  origination: z.enum(['withheld', 'onTop']),
  /** The bank's share of each repayment. */
  servicingBps: countField(MOST_BPS),
});

/** A contract's fees. */
export type Fees = z.infer<typeof feesSchema>;
