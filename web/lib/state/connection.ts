/**
 * How a person is connected, remembered on this device so that a reload finds them again. A
 * secret key is only ever kept as ncryptsec (NIP-49), never bare. For a remote signer (NIP-46)
 * this client's own secret is kept: it lets whoever has it ask that signer for what was allowed.
 */
import * as z from 'zod/mini';

const KEY = 'realyield.connection';

const publicKey = z.string().check(z.regex(/^[0-9a-f]{64}$/));

const connectionSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('persona'), id: z.string(), clientSecret: z.string() }),
  z.object({ type: z.literal('nip07'), publicKey: z.optional(publicKey) }),
  z.object({ type: z.literal('ncryptsec'), ncryptsec: z.string() }),
  z.object({
    type: z.literal('bunker'),
    uri: z.string(),
    clientSecret: z.string(),
    /** The key it signed with; absent until it first did. */
    publicKey: z.optional(publicKey),
  }),
]);

/** A remembered connection. */
export type Connection = z.infer<typeof connectionSchema>;

/** The connection this device remembers. */
export function loadConnection(): Connection | undefined {
  try {
    const parsed = connectionSchema.safeParse(JSON.parse(localStorage.getItem(KEY) ?? 'null'));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Remembers a connection, or forgets it. */
export function saveConnection(connection: Connection | undefined): void {
  if (connection === undefined) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, JSON.stringify(connection));
}
