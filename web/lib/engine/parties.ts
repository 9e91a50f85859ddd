/** Who is who in a contract, for the person using this client. */
import {
  LEGS,
  PARTY_ROLES,
  type ContractState,
  type Fold,
  type Leg,
  type ParsedEvent,
  type PartyRole,
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
  /** Legs in which this person pays. */
  readonly pays: readonly Leg[];
}

const ALL_LEGS: readonly Leg[] = ['disbursement', 'repayment'];

/** The role this person holds, if any. */
export function ownRole(
  state: ContractState,
  person: Signer,
  keyring: Keyring,
): OwnRole | undefined {
  const { parties } = state.contract.document;
  for (const role of PARTY_ROLES) {
    const { pubkey } = parties[role];
    const main = pubkey === person.publicKey ? person : keyring.find(pubkey)?.signer;
    if (!main) continue;
    const delegate = state.signatures[role]?.delegate;
    const money = delegate === undefined ? main : keyring.find(delegate)?.signer;
    const pays = ALL_LEGS.filter((leg) => LEGS[leg].payer === role);
    return { role, main, money, pays };
  }
  return undefined;
}

/** Where messages about money go to a role: its delegate if it named one, else its own key. */
export function moneyAddress(
  state: ContractState,
  role: PartyRole,
): { publicKey: string; relays: readonly string[] } {
  const party = state.contract.document.parties[role];
  return { publicKey: state.signatures[role]?.delegate ?? party.pubkey, relays: party.relays };
}

/** All relays a contract's events belong on. */
export function contractRelays(state: ContractState): readonly string[] {
  const { parties } = state.contract.document;
  return [...new Set(PARTY_ROLES.flatMap((role) => parties[role].relays))];
}

/**
 * Ids of what parties published in a contract, in canonical order: none before it took effect,
 * because until then it is theirs alone. Requests travel inside receipts.
 */
export function publicIdsOf(fold: Fold, events: readonly ParsedEvent[]): readonly string[] {
  if (fold.state.signedAtSec === undefined) return [];
  const isRequest = (parsed: ParsedEvent): boolean => parsed.name === 'request';
  const requests = new Set(events.filter(isRequest).map((parsed) => parsed.event.id));
  return fold.order.filter((id) => !requests.has(id));
}
