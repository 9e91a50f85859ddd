/** What the engine's parts share: ports, catalog, keys, mail and journal of one person. */
import type { ActivityLog } from './activity.ts';
import type { BlockLookups, ChainSource, KnownBlock } from './bonds/ports.ts';
import type { Catalog, ContractView } from './catalog.ts';
import type { AddressSource } from './fallback/ports.ts';
import type { Handed } from './handed.ts';
import type { Journal } from './journal.ts';
import type { Keyring } from './keyring.ts';
import type { Mailbox } from './mailbox.ts';
import type { Outbox } from './outbox.ts';
import type { Clock, Relays, Signer, Store, Verifier, Wallet } from './ports.ts';
import type { Prices } from './prices/prices.ts';
import type { RelayDirectory } from './relay-lists.ts';
import {
  PARTY_ROLES,
  embed,
  headsOf,
  verify,
  type BitcoinNetwork,
  type ParsedEvent,
  type SignedEvent,
} from '@realyield/protocol';
import { checkSignature } from '../signer/signatures.ts';
import { ownRole, standIn, unsignedAmendments, type OwnRole } from './parties.ts';

/** Everything a part of the engine may use. */
export interface Desk {
  readonly person: Signer;
  readonly catalog: Catalog;
  readonly keyring: Keyring;
  readonly journal: Journal;
  readonly handed: Handed;
  readonly mailbox: Mailbox;
  readonly outbox: Outbox;
  /** Which relays the people one deals with publish. */
  readonly directory: RelayDirectory;
  readonly activity: ActivityLog;
  /** What bitcoin costs by the contracts' oracles. */
  readonly prices: Prices;
  readonly relays: Relays;
  readonly store: Store;
  readonly verifier: Verifier;
  readonly clock: Clock;
  /** The wallet in use, if one is connected. */
  readonly wallet: () => Wallet | undefined;
  /** The newest block by a source of the chain, if one answers. */
  /** Of a network; without one, of the one its person looks at. */
  readonly newestBlock: (network?: BitcoinNetwork) => Promise<KnownBlock | undefined>;
  /** Who is asked about blocks that others name. */
  readonly blockLookups: (network?: BitcoinNetwork) => Promise<BlockLookups | undefined>;
  /** The sources this person has for a network; without one, for the one they look at. */
  readonly chainSources: (network?: BitcoinNetwork) => Promise<readonly ChainSource[]>;
  /** Sources of a network's chain that can be asked about an address, as the person chose them. */
  readonly addressSources: (network: BitcoinNetwork) => Promise<readonly AddressSource[]>;
}

/** A contract in which this person has a role. */
export interface OwnContract {
  readonly view: ContractView;
  readonly own: OwnRole;
}

/** A contract and one's role in it; undefined for strangers. */
export function ownContract(desk: Desk, root: string): OwnContract | undefined {
  const view = desk.catalog.contract(root);
  const own = view && ownRole(view.fold.state, desk.person, desk.keyring);
  return own ? { view, own } : undefined;
}

/** Whether this person is the backup servicer who took over from a contract's bank. */
export function hasTakenOver(desk: Desk, { fold }: ContractView): boolean {
  return standIn(fold.state) === desk.person.publicKey;
}

/** A contract for a role this person acts as: their own, or the bank's after a takeover. */
export function actingContract(desk: Desk, root: string): OwnContract | undefined {
  const own = ownContract(desk, root);
  const view = desk.catalog.contract(root);
  if (own || !view || !hasTakenOver(desk, view)) return own;
  const { person: main } = desk;
  // No money passes through a backup servicer: the bank's keys stay the bank's.
  return { view, own: { role: 'bank', main, money: undefined, pays: [], keys: [main.publicKey] } };
}

/** Contracts in which this person has a role, newest first. */
export function ownContracts(desk: Desk): readonly OwnContract[] {
  const atSec = ({ view }: OwnContract): number => view.fold.state.contract.event.created_at;
  return desk.catalog
    .roots()
    .map((root) => ownContract(desk, root))
    .filter((contract) => contract !== undefined)
    .sort((a, b) => atSec(b) - atSec(a));
}

/** The signer of a key this person acts under; undefined for every other key. */
export function signerOf(
  desk: Pick<Desk, 'person' | 'keyring'>,
  publicKey: string,
): Signer | undefined {
  if (publicKey === desk.person.publicKey) return desk.person;
  return desk.keyring.find(publicKey)?.signer;
}

/**
 * A time for one's next event in a contract: now, and never before one's own last. Others' times
 * are no bound: a stranger, or a party with a wrong clock, must not push ours into the future,
 * where relays refuse it.
 */
export function nextEventTimeSec(desk: Desk, root: string): number {
  const keys = actingContract(desk, root)?.own.keys ?? [];
  const times = desk.catalog
    .eventsOf(root)
    .filter((parsed) => keys.includes(parsed.event.pubkey))
    .map((parsed) => parsed.event.created_at);
  return Math.max(desk.clock.nowSec(), ...times);
}

/** Events that others may be told of: what is private still would seem withheld from them. */
function namedEvents(desk: Desk, root: string): ParsedEvent[] {
  const events = desk.catalog.eventsOf(root);
  const unsigned = unsignedAmendments(root, events);
  return unsigned.size === 0 ? [...events] : events.filter(({ event }) => !unsigned.has(event.id));
}

/** All one's own heads in a contract, for `prev`. */
export function ownHeads(desk: Desk, root: string, own: Pick<OwnRole, 'keys'>): string[] {
  return headsOf(own.keys, namedEvents(desk, root));
}

/** A list of heads holds at most 64, from three parties and the backup servicer. */
const HEADS_PER_PARTY = 16;

/**
 * Heads of all parties' keys in a contract, their recovery keys and its backup servicer's, for
 * `seen`; strangers have none.
 */
export function allHeads(desk: Desk, root: string): string[] {
  const state = desk.catalog.contract(root)?.fold.state;
  if (!state) return [];
  const events = namedEvents(desk, root);
  const { parties, appointees } = state.contract.document;
  const groups = PARTY_ROLES.map((role) => {
    const keys = state.keys.filter((each) => each.role === role).map(({ key }) => key);
    // N-22: "For a notice on a contract keys begin and end by the acceptances and key events it
    // rests on, and by no others…"
    return [...keys, parties[role].recovery ?? []].flat();
  });
  // A share for each: one that forks without end must not crowd the others out.
  const heads = [...groups, [appointees?.backupServicer ?? []].flat()].flatMap((authors) =>
    headsOf(authors, events).slice(0, HEADS_PER_PARTY),
  );
  return [...new Set(heads)].sort();
}

/** The embedded form of an event of our own making. */
export function embedOwn(event: SignedEvent): ReturnType<typeof embed> {
  const verified = verify(event, checkSignature);
  if (!verified.ok) throw new Error(`our own event does not verify: ${verified.code}`);
  return embed(verified.value);
}

/** The store row of an event. */
export function eventRow(event: SignedEvent, contract: string) {
  return { table: 'events' as const, key: event.id, value: event, contract };
}
