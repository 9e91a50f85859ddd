/** What the bank charges, the same section in offer and contract. Spec: specs/fees.md. */
import * as z from 'zod/mini';
import { countField, msatField } from './fields.ts';

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
  /** Whether the bank may pass payments on without owning them; nobody does where it is absent. */
  forwarding: z.optional(
    z.strictObject({
      /** Always, or where the payer found no way to the payee. */
      use: z.enum(['always', 'noRoute']),
      /** The most it may keep of a part: a share of what the payer pays, and so much beside. */
      mostBps: countField(MOST_BPS),
      mostBaseMsat: msatField,
    }),
  ),
});

/** A contract's fees. */
export type Fees = z.infer<typeof feesSchema>;
/** The terms on which the bank may pass payments on. */
export type ForwardingTerms = NonNullable<Fees['forwarding']>;
