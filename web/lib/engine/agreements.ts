/** Agreement: propose, check, countersign, publish, decline, close. */
import {
  PARTY_ROLES,
  buildContract,
  buildContractEvent,
  buildNotice,
  buildSignature,
  computeCommitment,
  reject,
  unembed,
  embed,
  keyFactsHash,
  ok,
  type MessageOf,
  type ParsedOffer,
  type Reject,
  type Result,
  type SignedEvent,
} from '@realyield/protocol';
import { allHeads, embedOwn, eventRow, nextEventTimeSec, ownContract, ownHeads } from './desk.ts';
import type { Desk, OwnContract } from './desk.ts';
import type { Incoming } from './mailbox.ts';
import { feeProblem } from './fee-check.ts';
import { Openings } from './openings.ts';
import { proposalProblem } from './proposal-check.ts';
import { randomHex } from './random.ts';
import { proposalTerms } from './bases.ts';
import { nextRegisterEntry } from './register.ts';
import { Milestones } from './milestones.ts';
import { Notices } from './notices.ts';
import { publishTried } from './tried.ts';

/** A proposal that waits for this person's signature. */
export interface Proposal {
  readonly contract: OwnContract;
  /** Undefined when the terms are exactly the offer's; else what differs. */
  readonly problem: Reject | undefined;
  /** The investor's opened main key (bank only). */
  readonly investorMainKey: string | undefined;
}

/** What an investor decided and saw before signing. */
export interface InvestOptions {
  /** Relays that must have given the key's backup back. */
  readonly copies?: 1 | 2;
  /** The sheet on screen: its hash and the start it was computed for. */
  readonly seen?: { readonly keyFacts: string; readonly startAtSec: number };
}

/** Agreements of one person. */
export class Agreements {
  readonly milestones: Milestones;
  readonly notices: Notices;
  readonly openings: Openings;
  readonly #desk: Desk;
  #signing: Promise<unknown> = Promise.resolve();
  constructor(desk: Desk) {
    this.#desk = desk;
    this.milestones = new Milestones(desk);
    this.notices = new Notices(desk);
    this.openings = new Openings(desk.store);
  }

  /**
   * Proposes a contract under a fresh key whose backup was read back from two relays first, or
   * from one if the person chose so. Nothing is owed until business and bank have signed too.
   * Terms whose sheet is not the one that was seen are refused as KEY_FACTS_MISMATCH.
   */
  async invest(
    offer: ParsedOffer,
    principalUnits: bigint,
    { copies = 2, seen }: InvestOptions = {},
  ): Promise<Result<string>> {
    const { desk } = this;
    const nowSec = desk.clock.nowSec();
    const relays = desk.relays.readUrls.slice(0, 4);
    // A first build with no key shows contradictions before a key is made.
    const startAtSec = seen?.startAtSec ?? nowSec;
    const order = { offer, principalUnits, startAtSec };
    const trial = this.#build(order, { publicKey: '0'.repeat(64), salt: '' });
    if (!trial.ok) return trial;
    // K-12: "A writer MUST show the sheet… before a party signs, and put the hash of the sheet of
    // the terms it signs into the acceptance as `keyFacts`."
    const keyFacts = keyFactsHash(trial.value);
    if (seen && seen.keyFacts !== keyFacts) return reject('KEY_FACTS_MISMATCH');
    const key = await desk.keyring.create({ use: 'investor', atSec: nowSec, relays, copies });
    const built = this.#build(order, key);
    if (!built.ok) return built;
    const contractEvent = await key.signer.sign(buildContractEvent(built.value, nowSec));
    const root = contractEvent.id;
    const acceptance = await key.signer.sign(
      buildSignature(
        {
          v: 1,
          type: 'acceptance',
          contract: root,
          role: 'investor',
          terms: embedOwn(contractEvent),
          keyFacts,
          prev: [],
        },
        nowSec,
      ),
    );
    await desk.store.write([eventRow(contractEvent, root), eventRow(acceptance, root)]);
    await desk.catalog.add([contractEvent, acceptance], 'this device');
    desk.mailbox.open(key.signer, relays);
    const { parties } = built.value;
    const proposal = { v: 1, type: 'proposal', acceptance: embedOwn(acceptance) } as const;
    const opening = { pubkey: desk.person.publicKey, salt: key.salt };
    const { business, bank } = parties;
    // To one's own mail too: until it is signed, nobody else keeps a proposal.
    await desk.mailbox.send(proposal, key.signer, key.publicKey, relays);
    await desk.mailbox.send(proposal, key.signer, business.pubkey, business.relays);
    // Under the main key, whose seal proves that the opening is its owner's.
    await desk.mailbox.send({ ...proposal, opening }, desk.person, bank.pubkey, bank.relays);
    return ok(root);
  }

  /** Takes a proposal or another party's acceptance into the catalog (not yet public). */
  async receive(
    message: MessageOf<'proposal'> | MessageOf<'acceptance'>,
    incoming: Incoming,
  ): Promise<void> {
    const raw = unembed(message.acceptance);
    const [read] = await this.desk.verifier.readBatch([raw]);
    const contract = read?.ok ? read.value.find((entry) => entry.name === 'contract') : undefined;
    if (!contract) return;
    await this.desk.catalog.add([raw, this.#asEvent(contract)], incoming.author);
    if (message.type === 'proposal' && message.opening) {
      await this.openings.keep(contract, message.opening, incoming.author);
    }
    await this.publishIfComplete(contract.event.id);
  }

  /** Proposals in which business or bank has not signed, and neither declined. */
  async proposals(): Promise<readonly Proposal[]> {
    const found: Proposal[] = [];
    for (const root of this.desk.catalog.roots()) {
      const contract = ownContract(this.desk, root);
      if (!contract || contract.own.role === 'investor') continue;
      const { state } = contract.view.fold;
      if (state.status !== 'proposed' || state.signatures[contract.own.role]) continue;
      if ((await this.desk.store.get('settings', `declined|${root}`)) !== undefined) continue;
      found.push({
        contract,
        problem: proposalProblem(this.desk, contract),
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
    // One after another: two at once would take the same number in the bank's register.
    const signed = this.#signing.then(() => this.#countersign(root, seen));
    this.#signing = signed.catch(() => undefined);
    return signed;
  }

  async #countersign(root: string, seen?: string): Promise<Result<string>> {
    const contract = ownContract(this.desk, root);
    if (!contract) return reject('CONTRACT_UNKNOWN');
    const { own, view } = contract;
    const { state } = view.fold;
    if (state.signatures[own.role]) return reject('ALREADY_SIGNED', own.role);
    const problem = proposalProblem(this.desk, contract);
    if (problem) return problem;
    const keyFacts = keyFactsHash(state.contract.document);
    if (seen !== undefined && seen !== keyFacts) return reject('KEY_FACTS_MISMATCH');
    const isBank = own.role === 'bank';
    if (isBank && !state.signatures.business) return reject('STATE_FORBIDS', 'business');
    const atSec = nextEventTimeSec(this.desk, root);
    // The bank neither pays nor is paid, so it needs no delegate.
    const relays = state.contract.document.parties[own.role].relays.slice(0, 4);
    const order = { use: 'delegate', atSec, contract: root, relays } as const;
    const delegate = isBank ? undefined : await this.desk.keyring.create(order);
    const event = await own.main.sign(
      buildSignature(
        {
          v: 1,
          type: 'acceptance',
          contract: root,
          role: own.role,
          terms: embed(state.contract.event),
          keyFacts,
          ...(delegate ? { delegate: delegate.publicKey } : {}),
          ...(isBank ? { register: nextRegisterEntry(this.desk) } : {}),
          prev: ownHeads(this.desk, root, own),
        },
        atSec,
      ),
    );
    await this.desk.store.write([eventRow(event, root)]);
    await this.desk.catalog.add([event], 'this device');
    if (delegate) this.desk.mailbox.open(delegate.signer);
    await this.#sendAcceptance(contract, event);
    await this.publishIfComplete(root);
    return ok(event.id);
  }

  /** Declines a proposal; the investor is told. */
  async decline(root: string, sentence: string): Promise<void> {
    const contract = ownContract(this.desk, root);
    if (!contract) return;
    await this.desk.store.write([{ table: 'settings', key: `declined|${root}`, value: true }]);
    const { investor } = contract.view.fold.state.contract.document.parties;
    const refusal = {
      v: 1,
      type: 'refusal',
      contract: root,
      of: 'proposal',
      code: 'declined',
      sentence,
    } as const;
    await this.desk.mailbox.send(refusal, contract.own.main, investor.pubkey, investor.relays);
  }

  /** Publishes contract and signatures once all three are here; safe to call again. */
  async publishIfComplete(root: string): Promise<void> {
    const view = this.desk.catalog.contract(root);
    if (view?.fold.state.signedAtSec === undefined) return;
    const key = `published|${root}`;
    if ((await this.desk.store.get('settings', key)) !== undefined) return;
    const relays = this.desk.directory.deliveryUrls(view.fold.state);
    const events = this.desk.catalog
      .eventsOf(root)
      .filter((entry) => entry.name === 'contract' || entry.name === 'signature')
      .map((entry) => this.#asEvent(entry));
    const parcels = events.map((event) => this.desk.outbox.entry(event, relays));
    await this.desk.store.write([{ table: 'settings', key, value: true }, ...parcels]);
    await Promise.all(parcels.map((parcel) => this.desk.outbox.push(parcel)));
  }

  /** The bank closes a repaid contract. */
  async close(root: string): Promise<Result<string>> {
    const contract = ownContract(this.desk, root);
    if (contract?.own.role !== 'bank') return reject('AUTHOR_ROLE', 'bank');
    const { own } = contract;
    const document = {
      v: 1 as const,
      type: 'closure' as const,
      contract: root,
      seen: allHeads(this.desk, root),
      statement: '',
      prev: ownHeads(this.desk, root, own),
    };
    const template = buildNotice(document, nextEventTimeSec(this.desk, root));
    return publishTried(this.desk, root, own.main, template);
  }

  private get desk(): Desk {
    return this.#desk;
  }

  #asEvent(entry: { event: SignedEvent }): SignedEvent {
    const { id, pubkey, created_at, kind, tags, content, sig } = entry.event;
    return { id, pubkey, created_at, kind, tags: tags.map((tag) => [...tag]), content, sig };
  }

  #build(
    order: { offer: ParsedOffer; principalUnits: bigint; startAtSec: number },
    key: { publicKey: string; salt: string },
  ) {
    const { offer, principalUnits, startAtSec } = order;
    const built = buildContract(offer, {
      principalUnits,
      investor: { pubkey: key.publicKey, relays: this.desk.relays.readUrls.slice(0, 4) },
      commitment: computeCommitment(this.desk.person.publicKey, key.salt),
      nonce: randomHex(),
      startAtSec,
      ...proposalTerms(this.desk, offer, startAtSec),
    });
    return (built.ok && feeProblem(built.value)) || built;
  }

  async #sendAcceptance(contract: OwnContract, event: SignedEvent): Promise<void> {
    const { own, view } = contract;
    const { parties } = view.fold.state.contract.document;
    const others = PARTY_ROLES.filter((role) => role !== own.role);
    const message = {
      v: 1,
      type: 'acceptance',
      contract: view.root,
      acceptance: embedOwn(event),
    } as const;
    for (const role of others) {
      const { pubkey, relays } = parties[role];
      await this.desk.mailbox.send(message, own.main, pubkey, relays);
    }
  }
}
