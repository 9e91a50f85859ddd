/** Who is who in a contract, for the person using this client. */
import {
  LEGS,
  PARTY_ROLES,
  attesterOf,
  isPrivate,
  legOf,
  roleOfKey,
  type ContractDocument,
  type ContractState,
  type Fold,
  type Leg,
  type ParsedEvent,
  type PartyRole,
  type RoleKey,
} from '@realyield/protocol';
import type { Keyring } from './keyring.ts';
import type { Signer } from './ports.ts';

/** The role a person holds in a contract, and the signers for it. */
export interface OwnRole {
  readonly role: PartyRole;
  /** Signs agreements and notices. */
  readonly main: Signer;
  /** Signs requests, receipts and acknowledgements; undefined while no key is in hand. */
  readonly money: Signer | undefined;
  /** Legs in which this person pays, whether or not anything is ever due on them. */
  readonly pays: readonly Leg[];
  /** All of this person's keys for the role that are in hand, ended ones too. */
  readonly keys: readonly string[];
}

const ALL_LEGS = Object.keys(LEGS) as readonly Leg[];

/** A role's keys of one use that have not ended; of delegates the named one first. */
function liveKeys(state: ContractState, role: PartyRole, use: RoleKey['use']): readonly string[] {
  const named = state.signatures[role]?.delegate;
  const live = state.keys
    .filter((each) => each.role === role && each.use === use && each.endsAtSec === undefined)
    .map(({ key }) => key);
  return use === 'delegate' && named !== undefined && live.includes(named)
    ? [named, ...live.filter((key) => key !== named)]
    : live;
}

/** The role this person holds, if any; by a key that has not ended, where one is in hand. */
export function ownRole(
  state: ContractState,
  person: Signer,
  keyring: Keyring,
): OwnRole | undefined {
  const signerOf = (key: string): Signer | undefined =>
    key === person.publicKey ? person : keyring.find(key)?.signer;
  const held = (keys: readonly string[]): Signer | undefined =>
    keys.map(signerOf).find((signer) => signer !== undefined);
  for (const role of PARTY_ROLES) {
    const all = state.keys.filter((each) => each.role === role).map(({ key }) => key);
    const mains = state.keys.filter((each) => each.role === role && each.use === 'main');
    const main = held(liveKeys(state, role, 'main')) ?? held(mains.map(({ key }) => key));
    if (!main) continue;
    const delegates = liveKeys(state, role, 'delegate');
    const money = delegates.length === 0 ? main : held(delegates);
    const pays = ALL_LEGS.filter((leg) => legOf(state.contract.document, leg).payer === role);
    const keys = all.filter((key) => signerOf(key) !== undefined);
    return { role, main, money, pays, keys };
  }
  return undefined;
}

/** Who took over from the bank of a contract; undefined while nobody has. */
export function standIn({ takeover, contract }: ContractState): string | undefined {
  return takeover && contract.document.appointees?.backupServicer;
}

/** Whose part in a contract a key speaks for: its own, or the bank's after a takeover. */
export function speaksFor(state: ContractState, key: string): PartyRole | undefined {
  return roleOfKey(state, key) ?? (standIn(state) === key ? 'bank' : undefined);
}

/** Keys that serve a contract beside its parties: who decides on milestones, and appointees. */
export function servingKeys(document: ContractDocument): readonly (string | undefined)[] {
  return [attesterOf(document), ...Object.values(document.appointees ?? {})];
}

/** Where messages about the agreement go to a role: a main key that has not ended. */
export function mainAddress(
  state: ContractState,
  role: PartyRole,
): { publicKey: string; relays: readonly string[] } {
  const { pubkey, relays } = state.contract.document.parties[role];
  return { publicKey: liveKeys(state, role, 'main')[0] ?? pubkey, relays };
}

/** Where messages about money go to a role: a delegate if it named one, else a main key. */
export function moneyAddress(
  state: ContractState,
  role: PartyRole,
): { publicKey: string; relays: readonly string[] } {
  const { publicKey, relays } = mainAddress(state, role);
  return { publicKey: liveKeys(state, role, 'delegate')[0] ?? publicKey, relays };
}

/** All relays a contract's events belong on. */
export function contractRelays(state: ContractState): readonly string[] {
  const { parties } = state.contract.document;
  return [...new Set(PARTY_ROLES.flatMap((role) => parties[role].relays))];
}

/** Ids of an amendment and its acceptances that not all three have signed: theirs alone. */
export function unsignedAmendments(
  root: string,
  events: readonly ParsedEvent[],
): ReadonlySet<string> {
  const signed = new Map<string, Set<PartyRole>>();
  const parts = new Map<string, string>();
  for (const { name, document, event } of events) {
    if (name === 'contract' && event.id !== root) parts.set(event.id, event.id);
    if (name !== 'signature' || document.type !== 'acceptance') continue;
    const { terms, role } = document;
    if (terms.id === root) continue;
    parts.set(event.id, terms.id);
    signed.set(terms.id, (signed.get(terms.id) ?? new Set()).add(role));
  }
  const isOpen = (version: string): boolean => {
    return (signed.get(version)?.size ?? 0) < PARTY_ROLES.length;
  };
  return new Set([...parts].flatMap(([id, version]) => (isOpen(version) ? [id] : [])));
}

/**
 * Ids of what parties published in a contract, in canonical order: none before it took effect, and
 * of an amendment none before all have signed it, because until then it is theirs alone. Requests
 * travel inside receipts.
 */
export function publicIdsOf(fold: Fold, events: readonly ParsedEvent[]): readonly string[] {
  if (fold.state.signedAtSec === undefined) return [];
  const requests = events.filter(isPrivate).map((parsed) => parsed.event.id);
  const left = new Set([...requests, ...unsignedAmendments(fold.state.root, events)]);
  return fold.order.filter((id) => !left.has(id));
}
