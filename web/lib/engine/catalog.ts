/**
 * Everything public this client knows: offers, profiles and contracts, from its own store first
 * and from relays after. Every event is verified and typed before it counts; a forged copy never
 * keeps the genuine event out.
 */
import {
  contractsOf,
  offerAddress,
  type ParsedBankProfile,
  type ParsedEvent,
  type ParsedOffer,
  type ParsedSignature,
} from '@realyield/protocol';
import { BankWatch } from './bank-watch.ts';
import { CaseBook } from './cases/case-book.ts';
import { EventBook, rowOf } from './event-book.ts';
import { Folds, type ContractView } from './folds.ts';
import { Intake, type Taken } from './intake.ts';
import { Listeners } from './listeners.ts';
import type { Listings } from './listing-book.ts';
import { contractRelays, publicIdsOf } from './parties.ts';
import type { Clock, Relays, Store, Verifier } from './ports.ts';
import { PUBLIC_FILTERS } from './public-filters.ts';
import { Refusals, type Refused } from './refusals.ts';
import type { Gap } from './sightings.ts';
import { readStored } from './stored-events.ts';
import { Watcher } from './watcher.ts';

export type { ContractView } from './folds.ts';

/** So many relays that a contract names are asked when somebody asks again. */
const MOST_NAMED = 12;

/** The parts of the world a catalog needs. */
export interface CatalogPorts {
  readonly relays: Relays;
  readonly store: Store;
  readonly verifier: Verifier;
  readonly clock: Clock;
}

const openRelays = (relays: Relays): string[] =>
  relays.states().flatMap(({ url, state }) => (state === 'open' ? [url] : []));

/** The public facts, kept up to date while it is open. */
export class Catalog {
  readonly changed = new Listeners<void>();
  /** Stored offers and agreements are in, payments are not yet: enough for a first look. */
  readonly agreed = new Listeners<void>();
  readonly arrived = new Listeners<readonly ParsedEvent[]>();
  /** Follows all contracts of a bank. */
  readonly banks: BankWatch;
  /** Disputes on contracts. */
  readonly cases: CaseBook;
  /** A relay has sent all it has of contracts being watched. */
  readonly compared = new Listeners<{ roots: readonly string[]; url: string }>();
  readonly #ports: CatalogPorts;
  readonly #book = new EventBook();
  readonly #folds: Folds;
  readonly #watcher: Watcher;
  readonly #refusals = new Refusals();
  readonly #stops: (() => void)[] = [];
  readonly #intake: Intake;
  #listed = false;

  constructor(ports: CatalogPorts) {
    this.#ports = ports;
    this.#folds = new Folds(
      ports.clock,
      (root) => this.#book.ofContract(root),
      () => this.changed.emit(),
    );
    const contract = (root: string) => this.contract(root);
    const wasAsked = (root: string) => this.#watcher.wasAsked(root);
    this.cases = new CaseBook({ clock: ports.clock, contract, wasAsked });
    this.#intake = new Intake({
      verifier: ports.verifier,
      clock: ports.clock,
      isKnown: (raw, from) => this.#isKnown(raw, from),
      refuse: (raw, from, code, detail) => {
        if (this.#refusals.add(raw, from, code, detail)) this.changed.emit();
      },
      take: (taken) => this.#take(taken),
    });
    this.banks = new BankWatch({
      clock: ports.clock,
      rootsOf: (bank) => this.rootsOfBank(bank),
      isListed: () => this.#listed,
      watch: (root) => this.watch(root),
      listedBy: (root) => this.comparedRelays(root),
      openRelays: () => openRelays(ports.relays),
      tell: () => this.changed.emit(),
    });
    this.#watcher = new Watcher(ports, {
      take: (raw, url) => this.add([raw], url),
      settled: () => this.settled(),
      listed: (roots, url) => {
        this.compared.emit({ roots, url });
        this.changed.emit();
      },
    });
  }

  /** Shows stored data, then asks the relays. Resolves when stored data is in. */
  async start(): Promise<void> {
    await readStored(this.#ports, {
      take: (parsed) => this.#keep(parsed),
      agreed: () => this.agreed.emit(),
    });
    this.changed.emit();
    const take = (raw: unknown, url: string): void => void this.add([raw], url);
    const onEndOfStored = (): void => {
      // What came is counted first: a list is not complete while it is still being checked.
      void this.settled().then(() => {
        this.#listed = true;
        this.#tell();
      });
    };
    this.#stops.push(this.#ports.relays.subscribe(PUBLIC_FILTERS, take, { onEndOfStored }));
  }

  #tell(): void {
    this.banks.gather();
    this.changed.emit();
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

  /** Consents and appointments for exactly this version of an offer. */
  signaturesOn(offer: ParsedOffer): readonly ParsedSignature[] {
    return this.#book.signaturesOn(offer.event.id);
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
    return this.#folds.view(root);
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

  /** Follows a contract's events until the returned function is called. */
  watch(root: string): () => void {
    const stop = this.#watcher.watch(root);
    this.#watchNamed(root);
    return stop;
  }

  /** Whether a relay has sent all it had stored of a contract that is being watched. */
  isWatchListed(root: string): boolean {
    return this.#watcher.isListed(root);
  }

  /** Relays that have sent all they have of a contract that is being watched. */
  comparedRelays(root: string): readonly string[] {
    return this.#watcher.sightings.listedBy(root);
  }

  /** What parties signed and is held here, and some relay does not show though it sent all. */
  gaps(root: string): readonly Gap[] {
    return this.#watcher.sightings.gaps(root, this.publicIds(root), this.#ports.clock.nowMs());
  }

  /** Asks every relay anew for a contract, and for what was named and did not come. */
  async askAgain(root: string): Promise<void> {
    const fold = this.contract(root)?.fold;
    const named = fold ? contractRelays(fold.state) : [];
    const urls = [...new Set([...this.#ports.relays.urls, ...named.slice(0, MOST_NAMED)])];
    await this.#watcher.askAgain(root, urls, fold?.missing ?? []);
    this.changed.emit();
  }

  /** Exactly this raw event, signature included, if it is held here. */
  findExactly(raw: unknown): ParsedEvent | undefined {
    return this.#book.findExactly(raw);
  }

  /** Ids of what was published in a contract, in canonical order, then of steps of its cases. */
  publicIds(root: string): readonly string[] {
    const fold = this.contract(root)?.fold;
    if (!fold) return [];
    return [...publicIdsOf(fold, this.eventsOf(root)), ...this.cases.stepIds(root)];
  }

  /** Takes raw events in; resolves when they are verified and kept, or refused. */
  add(raws: readonly unknown[], from: string): Promise<void> {
    return this.#intake.add(raws, from);
  }

  /** Stops following relays; what is still on its way in is left aside. */
  stop(): void {
    this.#intake.stop();
    this.#folds.stop();
    for (const stop of this.#stops) stop();
    this.banks.stop();
    this.#watcher.stop();
  }

  /** Resolves when nothing is on its way into the store. */
  settled(): Promise<void> {
    return this.#intake.settled();
  }

  /** The relays a contract names are asked too, once it is known which they are. */
  #watchNamed(root: string): void {
    if (!this.#watcher.has(root)) return;
    const view = this.contract(root);
    if (view) this.#watcher.also(root, contractRelays(view.fold.state));
  }

  /** Whether exactly this event is here already; that a relay has it too is worth noting. */
  #isKnown(raw: unknown, from: string): boolean {
    const known = this.#book.findExactly(raw);
    if (known) this.#noteSeen(known, from);
    return known !== undefined;
  }

  #noteSeen(parsed: ParsedEvent, from: string): void {
    for (const root of contractsOf(parsed)) {
      this.#watcher.sightings.saw(root, parsed.event.id, from, this.#ports.clock.nowMs());
    }
  }

  /** Whether an event is new here; its contract counts it from now on. */
  #keep(parsed: ParsedEvent): boolean {
    // What a request embeds stays in it.
    if (parsed.name === 'price' || !this.#book.add(parsed)) return false;
    this.cases.add(parsed);
    for (const root of contractsOf(parsed)) this.#folds.add(root, parsed);
    return true;
  }

  async #take(taken: readonly Taken[]): Promise<void> {
    const added: ParsedEvent[] = [];
    for (const { events, from } of taken) {
      for (const parsed of events) if (this.#keep(parsed)) added.push(parsed);
      const shown = events.at(-1);
      if (shown) this.#noteSeen(shown, from);
    }
    if (added.length === 0) return;
    for (const parsed of added) {
      if (parsed.name !== 'contract') continue;
      for (const root of contractsOf(parsed)) this.#watchNamed(root);
    }
    this.arrived.emit(added);
    this.#tell();
    await this.#ports.store.write(added.map(rowOf));
  }
}
