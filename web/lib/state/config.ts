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
      role: z.enum([
        ...(['investor', 'business', 'bank'] as const),
        ...(['arbiter', 'trustee', 'backup servicer'] as const),
      ]),
      about: z.string(),
      place: z.optional(z.object({ country: z.string(), locality: z.string() })),
      publicKey: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
      bunkerUri: z.string(),
      /** Absent for who is appointed and moves no money. */
      walletUri: z.optional(z.string()),
    }),
  ),
});

/** The local world this page is served by. */
export type World = z.infer<typeof worldSchema>;
/** Someone a visitor can be in the local world. */
export type Persona = World['personas'][number];

/** The world this page was last served by: without it an offline start would ask public relays. */
const KEPT_KEY = 'realyield.world';

function keptWorld(): World | undefined {
  try {
    const kept = worldSchema.safeParse(JSON.parse(localStorage.getItem(KEPT_KEY) ?? 'null'));
    return kept.success ? kept.data : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Asks the server of this page whether it is a local world; only ever on loopback. While that
 * server does not answer, the world is the one it was before.
 */
export async function findWorld(): Promise<World | undefined> {
  if (!['localhost', '127.0.0.1', '[::1]'].includes(location.hostname)) return undefined;
  let response: Response;
  try {
    response = await fetch('/world.json', { cache: 'no-store' });
  } catch {
    return keptWorld();
  }
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const isWorld = response.ok && isJson;
  const parsed = worldSchema.safeParse(
    isWorld ? await response.json().catch(() => undefined) : undefined,
  );
  if (isWorld && !parsed.success) console.error('/world.json:', parsed.error);
  try {
    if (parsed.success) localStorage.setItem(KEPT_KEY, JSON.stringify(parsed.data));
    else localStorage.removeItem(KEPT_KEY);
  } catch {
    // Storage is closed to us: what cannot be kept in the store says so itself.
  }
  return parsed.success ? parsed.data : undefined;
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
