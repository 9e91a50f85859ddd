/** Whether money waits until enough contracts of an offer are there. Spec: specs/notices.md. */
import * as z from 'zod/mini';
import { secField } from './fields.ts';

/** Section `funding` of an offer and of its contracts. */
export const fundingField = z.strictObject({
  /** No part is paid before the bank has said that funding is reached. */
  required: z.boolean(),
  /** Funding that is not reached by then has failed. */
  deadlineAtSec: z.optional(secField),
});

/** Whether and until when funding is waited for. */
export type Funding = z.infer<typeof fundingField>;
