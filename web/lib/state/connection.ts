/**
 * How a person is connected, remembered on this device so that a reload finds them again. A
 * secret key is only ever kept as ncryptsec (NIP-49), never bare.
 */
import * as z from 'zod/mini';
import type { Signer } from '../engine/ports.ts';
import type { Persona } from './config.ts';

const KEY = 'realyield.connection';

const connectionSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('persona'), id: z.string(), clientSecret: z.string() }),
  z.object({ type: z.literal('nip07') }),
  z.object({ type: z.literal('ncryptsec'), ncryptsec: z.string() }),
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

/** A persona's signer: the local world's bunker (NIP-46), so that no secret reaches the page. */
export async function openPersona(persona: Persona, clientSecret: string): Promise<Signer> {
  const { createBunkerSigner } = await import('../signer/bunker-signer.ts');
  return createBunkerSigner(persona.bunkerUri, { clientSecretHex: clientSecret });
}
