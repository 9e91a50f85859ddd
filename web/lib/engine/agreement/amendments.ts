/** Amendments: other terms for a contract in effect. Spec: specs/versions.md. */
import {
  PARTY_ROLES,
  amendmentMismatch,
  buildContractEvent,
  isMainOf,
  keyFactsHash,
  permittedActs,
  refusalOfTerms,
  reject,
  type ContractDocument,
  type ContractState,
  type ParsedContract,
  type ParsedEvent,
  type PartyRole,
  type Reject,
  type Result,
  type SignedEvent,
} from '@realyield/protocol';
import { actingContract, embedOwn, nextEventTimeSec } from '../desk.ts';
import type { Desk } from '../desk.ts';
import { speaksFor, standIn } from '../parties.ts';
import { randomHex } from '../random.ts';
import { ANSWER_SEC, readOwnTerms } from './counters.ts';
import { keepAndTell } from './letters.ts';
import { accept, keep, partyLetters } from './signing.ts';

/** Why terms change, and what becomes of instalments that fell due unpaid. */
export interface AmendmentKind {
  readonly reason: 'amendment' | 'restructuring';
  readonly arrears: 'stay' | 'fold';
}

/** An amendment that not all three have signed. */
export interface OpenAmendment {
  readonly id: string;
  readonly terms: ParsedContract;
  /** Who wrote it, as far as that is a party. */
  readonly proposedBy: PartyRole | undefined;
  /** Whether whoever took over wrote it in the bank's place. */
  readonly isStandIn: boolean;
  readonly signedBy: readonly PartyRole[];
}

/** Signs one after another: the bank's acceptances are numbered. */
export type InTurn = <T>(sign: () => Promise<T>) => Promise<T>;

/** Amendments of one person's contracts. */
export class Amendments {
  readonly #desk: Desk;
  readonly #inTurn: InTurn;

  constructor(desk: Desk, inTurn: InTurn) {
    this.#desk = desk;
    this.#inTurn = inTurn;
  }

  /** Why this person cannot propose one; undefined where they can. */
  refusal(root: string): Reject | undefined {
    const contract = actingContract(this.#desk, root);
    if (!contract) return reject('CONTRACT_UNKNOWN', root);
    const { own, view } = contract;
    const isPermitted = permittedActs(view.fold.state, own.role).includes('amendment');
    return isPermitted ? undefined : reject('STATE_FORBIDS', 'amendment');
  }

  /** Terms that would replace the version in force now, as they would be signed. */
  draft(state: ContractState, edited: ContractDocument, kind: AmendmentKind): ContractDocument {
    const { counters: _, ...terms } = edited;
    const replaces = { root: state.root, version: state.version };
    const expiresAtSec = this.#desk.clock.nowSec() + ANSWER_SEC;
    return { ...terms, ...kind, replaces, nonce: randomHex(), expiresAtSec };
  }

  /**
   * Signs other terms and tells the others; the bank's own acceptance comes last. Yields the
   * amendment's id. What is not of the sheet that was seen is refused as KEY_FACTS_MISMATCH.
   */
  async propose(root: string, terms: ContractDocument, seen: string): Promise<Result<string>> {
    const refused = this.refusal(root) ?? refusalOfTerms(terms);
    if (refused) return refused;
    if (keyFactsHash(terms) !== seen) return reject('KEY_FACTS_MISMATCH');
    const contract = actingContract(this.#desk, root);
    if (!contract || terms.replaces?.version !== contract.view.fold.state.version) {
      return reject('VERSION_MISMATCH');
    }
    const atSec = nextEventTimeSec(this.#desk, root);
    const event = await contract.own.main.sign(buildContractEvent(terms, atSec));
    if (contract.own.role === 'bank') {
      const message = { v: 1, type: 'terms', contract: root, terms: embedOwn(event) } as const;
      await keepAndTell(this.#desk, root, [event], partyLetters(contract, message));
      return { ok: true, value: event.id };
    }
    await keep(this.#desk, root, [event]);
    const accepted = await accept(this.#desk, contract, readOwnTerms(event));
    return accepted.ok ? { ok: true, value: event.id } : accepted;
  }

  /** Amendments of the version in force that wait for signatures, newest first. */
  async open(root: string): Promise<readonly OpenAmendment[]> {
    const view = this.#desk.catalog.contract(root);
    if (!view) return [];
    const found = openAmendments(view.fold.state, this.#desk.catalog.eventsOf(root));
    const declined = await Promise.all(
      found.map(({ id }) => this.#desk.store.get('settings', `declined|${id}`)),
    );
    return found.filter((_, index) => declined[index] === undefined);
  }

  /** Signs an amendment whose sheet was seen. */
  sign(root: string, id: string, seen: string): Promise<Result<string>> {
    return this.#inTurn(() => this.#sign(root, id, seen));
  }

  async #sign(root: string, id: string, seen: string): Promise<Result<string>> {
    const contract = actingContract(this.#desk, root);
    if (!contract) return reject('CONTRACT_UNKNOWN', root);
    const open = (await this.open(root)).find((each) => each.id === id);
    const problem = open ? this.problem(root, open) : reject('VERSION_MISMATCH', id);
    if (problem) return problem;
    if (!open || keyFactsHash(open.terms.document) !== seen) return reject('KEY_FACTS_MISMATCH');
    return accept(this.#desk, contract, open.terms);
  }

  /** Why this person cannot sign an amendment now. */
  problem(root: string, open: OpenAmendment): Reject | undefined {
    const contract = actingContract(this.#desk, root);
    if (!contract) return reject('CONTRACT_UNKNOWN', root);
    const { own, view } = contract;
    if (open.signedBy.includes(own.role)) return reject('ALREADY_SIGNED', own.role);
    const { expiresAtSec } = open.terms.document;
    const isExpired = this.#desk.clock.nowSec() > expiresAtSec;
    if (isExpired) return reject('PROPOSAL_EXPIRED', String(expiresAtSec));
    // The bank signs last: what comes about is in its register, and nothing else.
    const others = PARTY_ROLES.filter((role) => role !== 'bank' && !open.signedBy.includes(role));
    if (own.role === 'bank' && others.length > 0) return reject('STATE_FORBIDS', others.join());
    return amendmentMismatch(view.fold.state.contract.document, open.terms.document);
  }
}

/** Whether the fold lets a key accept an amendment for a role: its own, or by a takeover. */
function mayAccept(
  state: ContractState,
  { pubkey, created_at: atSec }: SignedEvent,
  role: PartyRole,
) {
  if (isMainOf(state, pubkey, role)) return true;
  const isTaken = role === 'bank' && standIn(state) === pubkey;
  return isTaken && atSec >= (state.takeover?.atSec ?? Infinity);
}

/** Who signed an amendment, by the role each acceptance names and the fold allows its author. */
function signedBy(
  state: ContractState,
  id: string,
  events: readonly ParsedEvent[],
): readonly PartyRole[] {
  const roles = events.flatMap(({ name, document, event }) => {
    const isOfIt =
      name === 'signature' && document.type === 'acceptance' && document.terms.id === id;
    // N-12: "From a takeover that counts on, the backup servicer may do what the bank may by
    // amendment…"
    const isTheirs = isOfIt && mayAccept(state, event, document.role);
    return isTheirs ? [document.role] : [];
  });
  return PARTY_ROLES.filter((role) => roles.includes(role));
}

/** Amendments of the version in force that not all have signed, newest first. */
function openAmendments(state: ContractState, events: readonly ParsedEvent[]): OpenAmendment[] {
  return events
    .filter((parsed): parsed is ParsedContract => parsed.name === 'contract')
    .filter(({ document }) => document.replaces?.version === state.version)
    .map((terms) => ({
      id: terms.event.id,
      terms,
      proposedBy: speaksFor(state, terms.event.pubkey),
      isStandIn: standIn(state) === terms.event.pubkey,
      signedBy: signedBy(state, terms.event.id, events),
    }))
    .sort((a, b) => b.terms.event.created_at - a.terms.event.created_at);
}
