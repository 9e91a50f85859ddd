/** Where this client looks for relays, and the local world when it runs beside one. */
import * as z from 'zod/mini';
import type { RelayUse } from '../engine/ports.ts';
import { loadChoice } from './relay-choice.ts';

/** Relays used when nothing else is set. */
export const DEFAULT_RELAYS: readonly string[] = ['wss://relay.damus.io', 'wss://nos.lol'];

const worldSchema = z.object({
  relays: z.array(z.string()),
  network: z.string(),
  personas: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      role: z.enum(['investor', 'business', 'bank']),
      about: z.string(),
      place: z.optional(z.object({ country: z.string(), locality: z.string() })),
      publicKey: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
      bunkerUri: z.string(),
      walletUri: z.string(),
    }),
  ),
});

/** The local world this page is served by. */
export type World = z.infer<typeof worldSchema>;
/** Someone a visitor can be in the local world. */
export type Persona = World['personas'][number];

/** Asks the server of this page whether it is a local world; only ever on loopback. */
export async function findWorld(): Promise<World | undefined> {
  if (!['localhost', '127.0.0.1', '[::1]'].includes(location.hostname)) return undefined;
  try {
    const response = await fetch('/world.json', { cache: 'no-store' });
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    if (!response.ok || !isJson) return undefined;
    const parsed = worldSchema.safeParse(await response.json());
    if (!parsed.success) console.error('/world.json:', parsed.error);
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The relays chosen on this device, if any were. In a local world only those that know one of its
 * relays: another world, on other ports, may have been here before.
 */
export function loadChoiceFor(world: World | undefined): readonly RelayUse[] | undefined {
  const choice = loadChoice();
  const isHere = choice?.some(({ url }) => world?.relays.includes(url));
  return world === undefined || isHere === true ? choice : undefined;
}
