/**
 * What is kept of a contract key: the record, and the event that carries it to relays. One event
 * per key (NIP-78), encrypted to its owner, under a random name that says nothing.
 */
import * as z from 'zod/mini';
import type { VerifiedEvent } from '@realyield/protocol';

/** Kind of application data (NIP-78). */
export const APPLICATION_DATA_KIND = 30_078;

const hex32 = z.string().check(z.regex(/^[0-9a-f]{64}$/));

const recordSchema = z.strictObject({
  type: z.literal('realyield key'),
  v: z.literal(1),
  secret: hex32,
  /** What the key is for. */
  use: z.enum(['investor', 'delegate', 'bond']),
  /** Salt of the commitment to the main key (investor keys). */
  salt: hex32,
  /** Contract, for delegates; investor keys are found by the contracts that name them. */
  contract: z.optional(hex32),
  /** Relays where this key's mail and contract are, at most four. */
  relays: z.optional(z.array(z.string().check(z.maxLength(200))).check(z.maxLength(4))),
  createdAtSec: z.int(),
});

/** A key as it is kept. */
export type KeyRecord = z.infer<typeof recordSchema>;

/** Reads a decrypted record; undefined for what another application keeps. */
export function parseKeyRecord(text: string): KeyRecord | undefined {
  try {
    const record = recordSchema.safeParse(JSON.parse(text));
    return record.success ? record.data : undefined;
  } catch {
    return undefined;
  }
}

/** NIP-44 version 2, of a record's size: its length after padding. */
const SEALED = /^A[A-Za-z0-9+/]{360,2200}={0,2}$/;

/**
 * Whether an event can be one of these. Other applications keep data of this kind too, some of it
 * by the hundred, and every decryption may be a question to a person: names are readable there.
 */
export function isKeyBackup(event: VerifiedEvent, owner: string): boolean {
  const { kind, pubkey, tags, content } = event;
  const [only] = tags;
  return (
    kind === APPLICATION_DATA_KIND &&
    pubkey === owner &&
    tags.length === 1 &&
    only?.length === 2 &&
    only[0] === 'd' &&
    /^[0-9a-f]{64}$/.test(only[1] ?? '') &&
    SEALED.test(content)
  );
}
