/**
 * Counter-proposals: other terms for a contract that not all have signed. Spec: specs/contract.md,
 * "Building from an offer".
 */
import {
  buildContractEvent,
  keyFactsHash,
  parseEvent,
  refusalOfTerms,
  reject,
  verify,
  type ContractDocument,
  type ParsedContract,
  type Reject,
  type Result,
  type SignedEvent,
} from '@realyield/protocol';
import { embedOwn, nextEventTimeSec, ownContract } from '../desk.ts';
import type { Desk, OwnContract } from '../desk.ts';
import { proposalProblem } from '../proposal-check.ts';
import { randomHex } from '../random.ts';
import { keepAndTell } from './letters.ts';
import { accept, keep, partyLetters } from './signing.ts';
import type { Withdrawals } from './withdrawals.ts';

/** How long a counter-proposal or an amendment stands, seconds. */
export const ANSWER_SEC = 14 * 86_400;

/** A 2810 of our own making, read back. */
export function readOwnTerms(event: SignedEvent): ParsedContract {
  const verified = verify(event);
  const parsed = verified.ok ? parseEvent(verified.value) : verified;
  if (!parsed.ok || parsed.value.name !== 'contract') throw new Error('our own terms do not read');
  return parsed.value;
}

/** Whether a bank is paid under these terms, promises to pay, or takes sales at a till. */
function movesMoney({ fees, guarantee, tillShare }: ContractDocument): boolean {
  const isTaking = tillShare?.runBy === 'bank';
  return fees.originationBps + fees.servicingBps > 0 || guarantee.type !== 'none' || isTaking;
}

/** Counter-proposals of one person. */
export class Counters {
  readonly #desk: Desk;
  readonly #withdrawals: Withdrawals;

  constructor(desk: Desk, withdrawals: Withdrawals) {
    this.#desk = desk;
    this.#withdrawals = withdrawals;
  }

  /** Why this person cannot answer a proposal with other terms; undefined where they can. */
  refusal(root: string): Reject | undefined {
    const contract = ownContract(this.#desk, root);
    if (!contract) return reject('CONTRACT_UNKNOWN', root);
    const { state } = contract.view.fold;
    if (state.status !== 'proposed') return reject('STATE_FORBIDS', state.status);
    return undefined;
  }

  /** The terms as they would be signed, of what was edited. */
  draft(root: string, edited: ContractDocument): ContractDocument {
    const nowSec = this.#desk.clock.nowSec();
    return { ...edited, nonce: randomHex(), counters: root, expiresAtSec: nowSec + ANSWER_SEC };
  }

  /**
   * Signs other terms and tells the others; whoever had signed the first takes that back. Yields
   * the id of the counter-proposal. Terms whose sheet is not the one that was seen are refused as
   * KEY_FACTS_MISMATCH.
   */
  async propose(root: string, terms: ContractDocument, seen: string): Promise<Result<string>> {
    const refused = this.refusal(root) ?? refusalOfTerms(terms);
    if (refused) return refused;
    if (keyFactsHash(terms) !== seen) return reject('KEY_FACTS_MISMATCH');
    const before = ownContract(this.#desk, root);
    if (!before || terms.counters !== root) return reject('CONTRACT_UNKNOWN', root);
    const { main } = before.own;
    const atSec = nextEventTimeSec(this.#desk, root);
    const event = await main.sign(buildContractEvent(terms, atSec));
    // Kept once it can be told: what is wrong with it is seen first.
    await this.#desk.catalog.add([event], 'this device');
    const contract = ownContract(this.#desk, event.id);
    if (!contract) return reject('CONTRACT_UNKNOWN', event.id);
    const problem = proposalProblem(this.#desk, contract) ?? (await this.takeBack(contract));
    if (problem) return problem;
    // The bank signs last: what comes about is in its register, and nothing else.
    if (before.own.role === 'bank') {
      const message = { v: 1, type: 'terms', contract: root, terms: embedOwn(event) } as const;
      await keepAndTell(this.#desk, event.id, [event], partyLetters(contract, message));
    } else {
      await keep(this.#desk, event.id, [event]);
      const accepted = await this.accept(contract, readOwnTerms(event));
      if (!accepted.ok) return accepted;
    }
    return { ok: true, value: event.id };
  }

  /** Signs a contract, under a delegate where its payments would ask a person each time. */
  async accept(contract: OwnContract, terms: ParsedContract): Promise<Result<string>> {
    const { own, view } = contract;
    const { root } = view;
    // An idle bank needs no other key, and an investor's is made for this contract.
    const relays = terms.document.parties[own.role].relays.slice(0, 4);
    const atSec = this.#desk.clock.nowSec();
    const delegate =
      own.role === 'business' || (own.role === 'bank' && movesMoney(terms.document))
        ? await this.#desk.keyring.create({ use: 'delegate', atSec, contract: root, relays })
        : undefined;
    const accepted = await accept(this.#desk, contract, terms, delegate?.publicKey);
    if (delegate) this.#desk.mailbox.open(delegate.signer);
    return accepted;
  }

  /**
   * Takes back what this person signed of the proposals that one answers, so that not both come
   * about; yields why that cannot be.
   */
  async takeBack(contract: OwnContract): Promise<Reject | undefined> {
    const { desk, role } = { desk: this.#desk, role: contract.own.role };
    let { counters } = contract.view.fold.state.contract.document;
    while (counters !== undefined) {
      const state = desk.catalog.contract(counters)?.fold.state;
      if (!state) return undefined;
      if (state.status === 'proposed' && state.signatures[role]) {
        const reason = 'Other terms are to be signed instead.';
        const withdrawn = await this.#withdrawals.withdraw(counters, reason);
        if (!withdrawn.ok) return withdrawn;
      }
      ({ counters } = state.contract.document);
    }
    return undefined;
  }
}
