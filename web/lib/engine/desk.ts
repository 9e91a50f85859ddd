/** What the engine's parts share: ports, catalog, keys, mail and journal of one person. */
import type { ActivityLog } from './activity.ts';
import type { Catalog, ContractView } from './catalog.ts';
import type { Journal } from './journal.ts';
import type { Keyring } from './keyring.ts';
import type { Mailbox } from './mailbox.ts';
import type { Outbox } from './outbox.ts';
import type { Clock, Relays, Signer, Store, Verifier, Wallet } from './ports.ts';
import { embed, headsOf, verify, type SignedEvent } from '@realyield/protocol';
import { ownRole, type OwnRole } from './parties.ts';

/** Everything a part of the engine may use. */
export interface Desk {
  readonly person: Signer;
  readonly catalog: Catalog;
  readonly keyring: Keyring;
  readonly journal: Journal;
  readonly mailbox: Mailbox;
  readonly outbox: Outbox;
  readonly activity: ActivityLog;
  readonly relays: Relays;
  readonly store: Store;
  readonly verifier: Verifier;
  readonly clock: Clock;
  /** The wallet in use, if one is connected. */
  readonly wallet: () => Wallet | undefined;
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

/** A time for the next event of a contract: now, and never before what is already known. */
export function nextEventTimeSec(desk: Desk, root: string): number {
  const times = desk.catalog.eventsOf(root).map((parsed) => parsed.event.created_at);
  return Math.max(desk.clock.nowSec(), ...times);
}

/** All one's own heads in a contract, for `prev`. */
export function ownHeads(desk: Desk, root: string, own: OwnRole): string[] {
  const authors = [own.main.publicKey, ...(own.money ? [own.money.publicKey] : [])];
  return headsOf(authors, desk.catalog.eventsOf(root));
}

/** Heads of everybody in a contract, for `seen`. */
export function allHeads(desk: Desk, root: string): string[] {
  const events = desk.catalog.eventsOf(root);
  const authors = [...new Set(events.map((parsed) => parsed.event.pubkey))];
  return [...new Set(authors.flatMap((author) => headsOf([author], events)))].sort().slice(0, 64);
}

/** The embedded form of an event of our own making. */
export function embedOwn(event: SignedEvent): ReturnType<typeof embed> {
  const verified = verify(event);
  if (!verified.ok) throw new Error(`our own event does not verify: ${verified.code}`);
  return embed(verified.value);
}

/** The store row of an event. */
export function eventRow(event: SignedEvent, contract: string) {
  return { table: 'events' as const, key: event.id, value: event, contract };
}
