/**
 * Everything public this client knows: offers, profiles and contracts, from its own store first
 * and from relays after. Every event is verified and typed before it counts; a forged copy never
 * keeps the genuine event out.
 */
import {
  Kind,
  computeStateHash,
  contractOf,
  foldContract,
  offerAddress,
  readEvent,
  type Fold,
  type ParsedBankProfile,
  type ParsedEvent,
  type ParsedOffer,
  type SignedEvent,
} from '@realyield/protocol';
import { BankWatch } from './bank-watch.ts';
import { EventBook } from './event-book.ts';
import { Listeners } from './listeners.ts';
import type { Listings } from './listing-book.ts';
import type { Clock, PublishOutcome, Relays, Store, Verifier } from './ports.ts';
import { Refusals, type Refused } from './refusals.ts';

export type { Refused } from './refusals.ts';

/** A contract as this client sees it now. */
export interface ContractView {
  readonly root: string;
  readonly fold: Fold;
  readonly stateHash: string;
}

const AGREEMENT_KINDS = [Kind.contract, Kind.signature, Kind.milestone, Kind.notice];
const LISTING_KINDS = [Kind.bankProfile, Kind.offer, Kind.attestation];
const FLUSH_MS = 15;

interface Waiting {
  readonly raw: unknown;
  readonly from: string;
  readonly done: () => void;
}

/** The parts of the world a catalog needs. */
export interface CatalogPorts {
  readonly relays: Relays;
  readonly store: Store;
  readonly verifier: Verifier;
  readonly clock: Clock;
}

/** The public facts, kept up to date while it is open. */
export class Catalog {
  readonly changed = new Listeners<void>();
  readonly arrived = new Listeners<readonly ParsedEvent[]>();
  /** Follows the money events of a bank's contracts. */
  readonly banks: BankWatch;
  readonly #ports: CatalogPorts;
  readonly #book = new EventBook();
  readonly #views = new Map<string, ContractView>();
  readonly #watched = new Map<string, { count: number; isListed: boolean; stop: () => void }>();
  readonly #stops: (() => void)[] = [];
  readonly #refusals = new Refusals();
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | undefined;
  #stopped = false;
  #listed = false;

  constructor(ports: CatalogPorts) {
    this.#ports = ports;
    this.banks = new BankWatch({
      relays: ports.relays,
      clock: ports.clock,
      rootsOf: (bank) => this.rootsOfBank(bank),
      isListed: () => this.#listed,
      add: (raw, url) => this.add([raw], url),
      tell: () => {
        this.changed.emit();
      },
    });
  }

  /** Shows stored data, then asks the relays. Resolves when stored data is in. */
  async start(): Promise<void> {
    for (const { value } of await this.#ports.store.all('events')) {
      // Stored events were verified before they were kept: only the signature check is spared.
      const read = readEvent(value, () => true);
      if (read.ok) for (const parsed of read.value) this.#book.add(parsed);
    }
    this.changed.emit();
    const filters = [
      { kinds: LISTING_KINDS, '#t': ['realyield'] },
      { kinds: AGREEMENT_KINDS, '#t': ['realyield'] },
    ];
    const take = (raw: unknown, url: string): void => void this.add([raw], url);
    const onEndOfStored = (): void => {
      // What came is counted first: a list is not complete while it is still being checked.
      void this.settled().then(() => {
        this.#listed = true;
        this.banks.gather();
        this.changed.emit();
      });
    };
    this.#stops.push(this.#ports.relays.subscribe(filters, take, { onEndOfStored }));
  }

  /** Whether the relays have sent what they had stored. */
  get isListed(): boolean {
    return this.#listed;
  }

  /** Offers, newest version of each address, newest first. */
  offers(): readonly ParsedOffer[] {
    return this.#book.listings.offers();
  }

  /** An offer by its address or by the id of one version. */
  offer(addressOrId: string): ParsedOffer | undefined {
    return this.#book.offer(addressOrId);
  }

  /** A bank's profile. */
  bankProfile(publicKey: string): ParsedBankProfile | undefined {
    return this.#book.listings.profile(publicKey);
  }

  /** The newest version of every listing. */
  get listings(): Listings {
    return this.#book.listings;
  }

  /** Contracts a bank has signed. */
  rootsOfBank(publicKey: string): readonly string[] {
    return this.#book
      .rootsOfBank(publicKey)
      .filter((root) => this.contract(root)?.fold.state.signatures.bank !== undefined);
  }

  /** Ids of all contracts known here. */
  roots(): readonly string[] {
    return this.#book.roots();
  }

  /** All events of a contract, in no particular order. */
  eventsOf(root: string): readonly ParsedEvent[] {
    return this.#book.ofContract(root);
  }

  /** A contract folded from what is known here. */
  contract(root: string): ContractView | undefined {
    const known = this.#views.get(root);
    if (known) return known;
    const fold = foldContract(root, this.#book.ofContract(root));
    if (!fold.ok) return undefined;
    const view = { root, fold: fold.value, stateHash: computeStateHash(fold.value.state) };
    this.#views.set(root, view);
    return view;
  }

  /** Contracts that rest on any version of an offer. */
  contractsOf(offer: ParsedOffer): readonly ContractView[] {
    const address = offerAddress(offer.event.pubkey, offer.document.identifier);
    return this.#book
      .rootsOfOffer(address)
      .map((root) => this.contract(root))
      .filter((view) => view !== undefined);
  }

  /** Refused events, newest last; of one contract by the claim in their tags. */
  refused(claimedContract?: string): readonly Refused[] {
    return this.#refusals.list(claimedContract);
  }

  /** Follows a contract's money events until the returned function is called. */
  watch(root: string): () => void {
    const watched = this.#watched.get(root);
    if (watched) watched.count += 1;
    else {
      const filters = [{ '#e': [root] }, { ids: [root] }];
      const arriving: Promise<void>[] = [];
      const take = (raw: unknown, url: string): void => {
        const taken = this.add([raw], url);
        if (!entry.isListed) arriving.push(taken);
      };
      const entry = { count: 1, isListed: false, stop: (): void => undefined };
      const onEndOfStored = (): void => {
        void Promise.all(arriving.splice(0)).then(() => {
          entry.isListed = true;
        });
      };
      this.#watched.set(root, entry);
      entry.stop = this.#ports.relays.subscribe(filters, take, { onEndOfStored });
    }
    return () => {
      const entry = this.#watched.get(root);
      if (!entry) return;
      entry.count -= 1;
      if (entry.count > 0) return;
      entry.stop();
      this.#watched.delete(root);
    };
  }

  /** Whether a relay has sent all it had stored of a contract that is being watched. */
  isWatchListed(root: string): boolean {
    return this.#watched.get(root)?.isListed ?? false;
  }

  /** Takes raw events in; resolves when they are verified and kept, or refused. */
  async add(raws: readonly unknown[], from: string): Promise<void> {
    await Promise.all(
      raws.map(
        (raw) =>
          new Promise<void>((done) => {
            this.#waiting.push({ raw, from, done });
            this.#schedule();
          }),
      ),
    );
  }

  /** Keeps an event of our own and sends it to relays; the store comes first. */
  async publish(event: SignedEvent, urls?: readonly string[]): Promise<readonly PublishOutcome[]> {
    await this.add([event], 'this device');
    return this.#ports.relays.publish(event, urls);
  }

  /** Stops following relays; what is still on its way in is left aside. */
  stop(): void {
    this.#stopped = true;
    for (const stop of this.#stops) stop();
    this.banks.stop();
    for (const { stop } of this.#watched.values()) stop();
    this.#watched.clear();
  }

  /** Resolves when nothing is on its way into the store. */
  async settled(): Promise<void> {
    await this.#flushing;
  }

  #schedule(): void {
    this.#flushing ??= new Promise((done) => {
      this.#ports.clock.after(FLUSH_MS, () => {
        void this.#flush().then(done);
      });
    });
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      // Callers are told all the same: nobody waits for a catalog that has stopped.
      const left = this.#stopped ? [] : batch;
      const fresh = left.filter((entry) => !this.#book.hasExactly(entry.raw));
      try {
        await this.#take(fresh);
      } catch (error) {
        // The store is full or closed: the events stay usable in memory and on the relays.
        console.error(error);
      }
      for (const entry of batch) entry.done();
    }
    this.#flushing = undefined;
  }

  async #take(batch: readonly Waiting[]): Promise<void> {
    if (batch.length === 0) return;
    const answers = await this.#ports.verifier.readBatch(batch.map((entry) => entry.raw));
    const added: ParsedEvent[] = [];
    for (const [index, answer] of answers.entries()) {
      const entry = batch[index];
      if (!entry) continue;
      if (!answer.ok) {
        const { code, detail } = answer;
        if (this.#refusals.add(entry.raw, entry.from, code, detail)) this.changed.emit();
      } else for (const parsed of answer.value) if (this.#book.add(parsed)) added.push(parsed);
    }
    for (const parsed of added) {
      const root = contractOf(parsed);
      if (root) this.#views.delete(root);
    }
    if (added.length > 0) {
      const writes = added.map((parsed) => {
        const contract = contractOf(parsed);
        const value = { ...parsed.event, tags: parsed.event.tags.map((tag) => [...tag]) };
        const row = { table: 'events' as const, key: parsed.event.id, value };
        return contract === undefined ? row : { ...row, contract };
      });
      this.arrived.emit(added);
      this.banks.gather();
      this.changed.emit();
      await this.#ports.store.write(writes);
    }
  }
}
