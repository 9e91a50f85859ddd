/** Where this client looks for relays, and the local world when it runs beside one. */
import { loadPart } from '../loading.ts';
import type { World } from './kept.ts';

/** Relays used when nothing else is set. */
export const DEFAULT_RELAYS: readonly string[] = ['wss://relay.damus.io', 'wss://nos.lol'];

/** Networks a person can look at; the local world has its own. */
export type PublicNetwork = 'mainnet' | 'testnet' | 'signet';

/** Sources of each chain, asked in this order for the newest block where a step names one. */
export const DEFAULT_CHAIN_SOURCES: Readonly<Record<PublicNetwork, readonly string[]>> = {
  mainnet: ['https://mempool.space/api', 'https://blockstream.info/api'],
  testnet: ['https://mempool.space/testnet/api', 'https://blockstream.info/testnet/api'],
  signet: ['https://mempool.space/signet/api', 'https://blockstream.info/signet/api'],
};

/** Someone a visitor can be in the local world. */
export type Persona = World['personas'][number];

/** The world this page was last served by: without it an offline start would ask public relays. */
const KEPT_KEY = 'realyield.world';

function keptWorld(): unknown {
  try {
    return JSON.parse(localStorage.getItem(KEPT_KEY) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

function keepWorld(world: World | undefined): void {
  try {
    if (world) localStorage.setItem(KEPT_KEY, JSON.stringify(world));
    else localStorage.removeItem(KEPT_KEY);
  } catch {
    // Storage is closed to us: what cannot be kept in the store says so itself.
  }
}

/**
 * Asks the server of this page whether it is a local world; only ever on loopback. While that
 * server does not answer, the world is the one it was before.
 */
export async function findWorld(): Promise<World | undefined> {
  if (!['localhost', '127.0.0.1', '[::1]'].includes(location.hostname)) return undefined;
  const loading = loadPart(() => import('./kept.ts'));
  let response: Response;
  try {
    response = await fetch('/world.json', { cache: 'no-store' });
  } catch {
    return (await loading).readWorld(keptWorld());
  }
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const isWorld = response.ok && isJson;
  const said: unknown = isWorld ? await response.json().catch(() => undefined) : undefined;
  const world = (await loading).readWorld(said);
  keepWorld(world);
  return world;
}
