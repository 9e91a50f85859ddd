/**
 * What this device remembers, read back and checked: the connection, the relays chosen, and the
 * local world this page was last served by. Apart from what writes it, because checking takes a
 * library that the first page does without.
 */
import * as z from 'zod/mini';
import type { RelayUse } from '../engine/ports.ts';
import { relayAddress } from '../nostr/address.ts';
import { KEPT_CONNECTION } from './connection.ts';
import { BLOCKED_RELAYS, CHOSEN_RELAYS, MOST_RELAYS } from './relay-choice.ts';

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

const worldSchema = z.object({
  relays: z.array(z.string()),
  network: z.string(),
  /** Sources of its chain; absent in worlds of before. */
  chains: z.optional(z.array(z.string())),
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
      publicKey,
      bunkerUri: z.string(),
      /** Absent for who is appointed and moves no money. */
      walletUri: z.optional(z.string()),
    }),
  ),
});

/** The local world this page is served by. */
export type World = z.infer<typeof worldSchema>;

const useSchema = z.object({ url: z.string(), read: z.boolean(), write: z.boolean() });
const choiceSchema = z.array(z.union([useSchema, z.string()]));

function readKept(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null');
  } catch {
    return undefined;
  }
}

/** The connection this device remembers. */
export function loadConnection(): Connection | undefined {
  const parsed = connectionSchema.safeParse(readKept(KEPT_CONNECTION));
  return parsed.success ? parsed.data : undefined;
}

/** Whether a signer is remembered that is to be reached: a key kept here is none. */
export function isSignerKept(): boolean {
  const connection = loadConnection();
  return connection !== undefined && connection.type !== 'ncryptsec';
}

/** A local world as its server or this device describes it; undefined where it is none. */
export function readWorld(value: unknown): World | undefined {
  const parsed = worldSchema.safeParse(value);
  if (!parsed.success && value !== undefined) console.error('/world.json:', parsed.error);
  return parsed.success ? parsed.data : undefined;
}

/** The relays chosen on this device, if any were. */
function loadChoice(): readonly RelayUse[] | undefined {
  const kept = choiceSchema.safeParse(readKept(CHOSEN_RELAYS));
  if (!kept.success) return undefined;
  const uses = kept.data
    .map((entry) => (typeof entry === 'string' ? { url: entry, read: true, write: true } : entry))
    .filter(({ url }) => relayAddress(url) !== undefined)
    .slice(0, MOST_RELAYS);
  return uses.length > 0 ? uses : undefined;
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

/** Relays that are not to be contacted, whoever names them. */
export function loadBlocked(): readonly string[] {
  const kept = z.array(z.string()).safeParse(readKept(BLOCKED_RELAYS));
  return kept.success ? kept.data : [];
}
