/** Agreement: propose, answer, check, countersign, withdraw, amend, decline, close. */
import {
  PARTY_ROLES,
  buildNotice,
  keyFactsHash,
  reject,
  unembed,
  type ContractState,
  type MessageOf,
  type ParsedContract,
  type ParsedOffer,
  type PartyRole,
  type Reject,
  type Result,
} from '@realyield/protocol';
import { Holding } from './bonds/holding.ts';
import { BondOffice } from './bonds/office.ts';
import { Payouts } from './bonds/payouts.ts';
import { Cases } from './cases/cases.ts';
import { Amendments } from './agreement/amendments.ts';
import { Counters } from './agreement/counters.ts';
import { FundingNotices } from './agreement/funding.ts';
import { KeyChanges } from './agreement/key-changes.ts';
import { propose, type InvestOptions } from './agreement/investing.ts';
import { noteAndTell } from './agreement/letters.ts';
import { asEvent, partyLetters, publishAgreed } from './agreement/signing.ts';
import { Serving } from './agreement/serving.ts';
import { Undertakings } from './agreement/undertakings.ts';
import { Withdrawals } from './agreement/withdrawals.ts';
import { actingContract, allHeads, nextEventTimeSec, ownContract, ownHeads } from './desk.ts';
import type { Desk, OwnContract } from './desk.ts';
import type { Incoming } from './mailbox.ts';
import { Openings } from './openings.ts';
import { speaksFor } from './parties.ts';
import { proposalProblem } from './proposal-check.ts';
import { Milestones } from './milestones.ts';
import { Notices } from './notices.ts';
import { publishTried } from './tried.ts';

/** A message about what is agreed. */
export type AgreementMessage = MessageOf<'proposal' | 'acceptance' | 'terms' | 'withdrawal'>;

/** A proposal that waits for this person's signature. */
export interface Proposal {
  readonly contract: OwnContract;
  /** Why it cannot be signed; undefined when it is exactly the offer's, or changed terms. */
  readonly problem: Reject | undefined;
  /** The investor's opened main key (bank only). */
  readonly investorMainKey: string | undefined;
}

/** Agreements of one person. */
export class Agreements {
  readonly milestones: Milestones;
  readonly notices: Notices;
  readonly openings: Openings;
  readonly withdrawals: Withdrawals;
  readonly counters: Counters;
  readonly amendments: Amendments;
  readonly undertakings: Undertakings;
  readonly serving: Serving;
  readonly funding: FundingNotices;
  readonly keys: KeyChanges;
  readonly cases: Cases;
  readonly payouts: Payouts;
  readonly holding: Holding;
  readonly bondOffice: BondOffice;
  readonly #desk: Desk;
  #signing: Promise<unknown> = Promise.resolve();
  constructor(desk: Desk) {
    this.#desk = desk;
    this.milestones = new Milestones(desk);
    this.notices = new Notices(desk);
    this.openings = new Openings(desk.store);
    this.withdrawals = new Withdrawals(desk);
    this.counters = new Counters(desk, this.withdrawals);
    this.undertakings = new Undertakings(desk);
    this.serving = new Serving(desk);
    this.funding = new FundingNotices(desk);
    this.keys = new KeyChanges(desk);
    this.cases = new Cases(desk);
    this.payouts = new Payouts(desk);
    this.holding = new Holding(desk);
    this.bondOffice = new BondOffice(desk);
    this.amendments = new Amendments(desk, (sign) => this.#inTurn(sign));
  }

  /** Proposes a contract; nothing is owed until business and bank have signed too. */
  invest(
    offer: ParsedOffer,
    principalUnits: bigint,
    options: InvestOptions = {},
  ): Promise<Result<string>> {
    return propose(this.#desk, offer, principalUnits, options);
  }

  /** Takes what another party signed into the catalog (not yet public). */
  async receive(message: AgreementMessage, incoming: Incoming): Promise<void> {
    const { catalog, verifier } = this.#desk;
    if (message.type === 'withdrawal') {
      const { withdrawal } = message;
      const isOwn = withdrawal.pubkey === incoming.author;
      if (isOwn) await catalog.add([unembed(withdrawal)], incoming.author);
      return publishAgreed(this.#desk, message.contract);
    }
    const raw = unembed(message.type === 'terms' ? message.terms : message.acceptance);
    const [read] = await verifier.readBatch([raw]);
    const terms = read?.ok ? read.value.find((entry) => entry.name === 'contract') : undefined;
    if (!terms) return;
    if (message.type === 'terms' && !this.#isPartyOf(message.contract, terms, incoming)) return;
    await catalog.add([raw, asEvent(terms)], incoming.author);
    if (message.type === 'proposal' && message.opening) {
      await this.openings.keep(terms, message.opening, incoming.author);
    }
    await this.openings.inherit(terms);
    await publishAgreed(this.#desk, terms.document.replaces?.root ?? terms.event.id);
  }

  /** Whether terms that nobody has signed yet come from a party they concern. */
  #isPartyOf(contract: string, { document, event }: ParsedContract, incoming: Incoming): boolean {
    const state = this.#desk.catalog.contract(contract)?.fold.state;
    const isAbout = [document.counters, document.replaces?.root].includes(contract);
    const isOwn = event.pubkey === incoming.author;
    return isAbout && isOwn && state !== undefined && speaksFor(state, event.pubkey) !== undefined;
  }

  /** Proposals and counter-proposals that this person has neither signed nor declined. */
  async proposals(): Promise<readonly Proposal[]> {
    const found: Proposal[] = [];
    for (const root of this.#desk.catalog.roots()) {
      const contract = ownContract(this.#desk, root);
      if (!contract) continue;
      const { state } = contract.view.fold;
      if (state.status !== 'proposed' || state.signatures[contract.own.role]) continue;
      if ((await this.#desk.store.get('settings', `declined|${root}`)) !== undefined) continue;
      found.push({
        contract,
        problem: proposalProblem(this.#desk, contract),
        investorMainKey: this.openings.of(root)?.mainKey,
      });
    }
    return found.sort(
      (a, b) =>
        b.contract.view.fold.state.contract.event.created_at -
        a.contract.view.fold.state.contract.event.created_at,
    );
  }

  /**
   * Signs as business or bank; the bank signs last and publishes. With the hash of the sheet that
   * was seen, terms with another are refused as KEY_FACTS_MISMATCH.
   */
  countersign(root: string, seen?: string): Promise<Result<string>> {
    return this.#inTurn(() => this.#countersign(root, seen));
  }

  /** One after another: two at once would take the same number in the bank's register. */
  #inTurn<T>(sign: () => Promise<T>): Promise<T> {
    const signed = this.#signing.then(sign);
    this.#signing = signed.catch(() => undefined);
    return signed;
  }

  async #countersign(root: string, seen?: string): Promise<Result<string>> {
    const contract = ownContract(this.#desk, root);
    if (!contract) return reject('CONTRACT_UNKNOWN');
    const { own, view } = contract;
    const { state } = view.fold;
    if (state.signatures[own.role]) return reject('ALREADY_SIGNED', own.role);
    if (state.status !== 'proposed') return reject('STATE_FORBIDS', state.status);
    const problem = proposalProblem(this.#desk, contract);
    if (problem) return problem;
    const keyFacts = keyFactsHash(state.contract.document);
    if (seen !== undefined && seen !== keyFacts) return reject('KEY_FACTS_MISMATCH');
    const missing = othersMissing(state, own.role);
    if (own.role === 'bank' && missing.length > 0) {
      return reject('STATE_FORBIDS', missing.join());
    }
    const kept = await this.counters.takeBack(contract);
    return kept ?? this.counters.accept(contract, state.contract);
  }

  /** Declines a proposal, or an amendment by its id; the others are told. */
  async decline(root: string, sentence: string, amendment?: string): Promise<void> {
    const contract = actingContract(this.#desk, root);
    if (!contract) return;
    const row = { key: `declined|${amendment ?? root}`, value: true };
    const version = amendment === undefined ? {} : { version: amendment };
    const refusal = { v: 1, type: 'refusal', contract: root, of: 'proposal', ...version } as const;
    const letters = partyLetters(contract, { ...refusal, code: 'declined', sentence });
    await noteAndTell(this.#desk, row, letters);
  }

  /** The bank, or who took over from it, closes a repaid contract. */
  async close(root: string): Promise<Result<string>> {
    const contract = actingContract(this.#desk, root);
    if (contract?.own.role !== 'bank') return reject('AUTHOR_ROLE', 'bank');
    const { own } = contract;
    const document = {
      v: 1 as const,
      type: 'closure' as const,
      contract: root,
      seen: allHeads(this.#desk, root),
      statement: '',
      prev: ownHeads(this.#desk, root, own),
    };
    const template = buildNotice(document, nextEventTimeSec(this.#desk, root));
    return publishTried(this.#desk, root, own.main, template);
  }
}

/** The other parties that have not signed a contract. */
function othersMissing(state: ContractState, own: PartyRole): PartyRole[] {
  return PARTY_ROLES.filter((role) => role !== own && !state.signatures[role]);
}
