/**
 * Who serves a contract without being a party: arbiters, trustee, backup servicer.
 * Spec: specs/contract.md, "Appointees".
 */
import * as z from 'zod/mini';
import { countField, hex32 } from './fields.ts';

/** What somebody can be appointed to. */
export const appointeeRole = z.enum(['arbiter', 'fallbackArbiter', 'trustee', 'backupServicer']);

/** The keys of those who accepted to serve. */
export const appointeesField = z.strictObject({
  arbiter: z.optional(hex32),
  fallbackArbiter: z.optional(hex32),
  trustee: z.optional(hex32),
  /** Does what the bank does once the bank has been silent for `silenceDays`. */
  backupServicer: z.optional(hex32),
});

/** Days of the bank's silence after which the backup servicer may take over. */
export const silenceDaysField = countField(3_650).check(z.gte(1));

/** An appointee's role. */
export type AppointeeRole = z.infer<typeof appointeeRole>;
/** Who serves, by role. */
export type Appointees = z.infer<typeof appointeesField>;

/** All roles of appointees. */
export const APPOINTEE_ROLES: readonly AppointeeRole[] = appointeeRole.options;
