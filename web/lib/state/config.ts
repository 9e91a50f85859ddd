/** Where this client looks for relays, and the local world when it runs beside one. */
import * as z from 'zod/mini';

/** Relays used when nothing else is set. */
const DEFAULT_RELAYS: readonly string[] = ['wss://relay.damus.io', 'wss://nos.lol'];

const RELAYS_KEY = 'realyield.relays';

const worldSchema = z.object({
  relays: z.array(z.string()),
  network: z.string(),
  personas: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      role: z.enum(['investor', 'business', 'bank']),
      about: z.string(),
      place: z.optional(z.string()),
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
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** The relays the person chose, or the defaults. */
export function loadRelays(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(RELAYS_KEY) ?? 'null');
    const urls = z.array(z.string()).safeParse(kept);
    return urls.success && urls.data.length > 0 ? urls.data : DEFAULT_RELAYS;
  } catch {
    return DEFAULT_RELAYS;
  }
}

/** Keeps the person's choice of relays; it counts from the next start. */
export function saveRelays(urls: readonly string[]): void {
  localStorage.setItem(RELAYS_KEY, JSON.stringify(urls));
}
