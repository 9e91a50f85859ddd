/** Key (2823): a role's key is replaced or revoked. Spec: specs/keys.md. */
import * as z from 'zod/mini';
import { hex32, idList, partyRole, versionField } from './fields.ts';

const rotation = z.strictObject({
  v: versionField,
  type: z.literal('rotation'),
  contract: hex32,
  role: partyRole,
  from: hex32,
  to: hex32,
  prev: idList,
});

const revocation = z.strictObject({
  v: versionField,
  type: z.literal('revocation'),
  contract: hex32,
  role: partyRole,
  key: hex32,
  prev: idList,
});

/** Content of 2823. */
export const keySchema = z.discriminatedUnion('type', [rotation, revocation]);

/** A key event of any type. */
export type KeyDocument = z.infer<typeof keySchema>;
