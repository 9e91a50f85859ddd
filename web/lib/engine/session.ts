/**
 * One person's engine: reads their mail, answers requests, streams what is due, acknowledges what
 * came. The same in a browser and in Node.
 */
import { contractsOf, type Leg } from '@realyield/protocol';
import type { ActivityLog } from './activity.ts';
import { sendLeftLetters } from './agreement/letters.ts';
import { Agreements } from './agreements.ts';
import { Applications } from './applications.ts';
import { Books } from './books.ts';
import type { Catalog } from './catalog.ts';
import { Circle } from './circle.ts';
import { Crew } from './crew.ts';
import { Documents } from './documents/documents.ts';
import { Drafts } from './drafts.ts';
import type { Fallback } from './fallback/fallback.ts';
import type { Forwarder } from './forwarding/forwarder.ts';
import { ownContract, ownContracts, signerOf, type Desk, type OwnContract } from './desk.ts';
import type { SentAgain } from './evidence.ts';
import type { JournalEntry } from './journal.ts';
import type { HeldKey } from './keyring.ts';
import { Lease, type SessionLease } from './lease.ts';
import { SpendingLimits } from './limits.ts';
import { Listeners } from './listeners.ts';
import { Listings } from './listing.ts';
import type { Incoming } from './mailbox.ts';
import { openDesk } from './open-desk.ts';
import { waitAtMost } from './patience.ts';
import { Payee } from './payee.ts';
import { PauseSwitch } from './pauses.ts';
import type { Prices } from './prices/prices.ts';
import { Repayments } from './repayments.ts';
import { Restorer } from './restoring.ts';
import { receive } from './reception.ts';
import type { Signer, Wallet } from './ports.ts';
import type { SessionPorts } from './session-ports.ts';
import type { Stopped } from './standstill.ts';
import { TillDesk } from './till/till-desk.ts';
import { mostUrgent, type PayerStatus } from './words.ts';

/** How long stopping waits for messages in hand, ms. */
const MAIL_MS = 1_000;

/** The engine of one person. */
export class Session {
  readonly changed = new Listeners<void>();
  readonly catalog: Catalog;
  readonly agreements: Agreements;
  readonly applications: Applications;
  readonly documents: Documents;
  readonly books: Books;
  readonly drafts: Drafts;
  readonly listings: Listings;
  readonly circle: Circle;
  readonly repayments: Repayments;
  readonly till: TillDesk;
  readonly activity: ActivityLog;
  readonly prices: Prices;
  readonly restorer: Restorer;
  readonly forwarder: Forwarder;
  readonly limits: SpendingLimits;
  readonly fallback: Fallback;
  readonly person: Signer;
  readonly #ports: SessionPorts;
  readonly #desk: Desk;
  readonly #lease: SessionLease;
  readonly #payee: Payee;
  readonly pauses: PauseSwitch;
  readonly #crew: Crew;
  readonly #stops: (() => void)[] = [];
  #letGo: () => void = () => undefined;
  #wallet: Wallet | undefined;
  #beginning: Promise<unknown> = Promise.resolve();
  #isAlone = false;
  #wasRunning = false;
  #isStopped = false;

  constructor(ports: SessionPorts) {
    this.#ports = ports;
    this.person = ports.person;
    this.#desk = openDesk(ports, {
      wallet: () => this.#wallet,
      receive: (incoming) => this.#receive(incoming),
    });
    this.catalog = this.#desk.catalog;
    this.activity = this.#desk.activity;
    this.prices = this.#desk.prices;
    this.agreements = new Agreements(this.#desk);
    this.applications = new Applications(this.#desk);
    this.documents = new Documents(this.#desk, (...asked) => this.applications.isNamedTo(...asked));
    this.drafts = new Drafts(ports.store);
    this.listings = new Listings(this.#desk);
    this.circle = new Circle(this.#desk);
    this.#payee = new Payee(this.#desk);
    this.books = new Books(this.#desk, this.#payee);
    this.#lease = ports.lease ?? new Lease(ports, ports.rank);
    this.pauses = new PauseSwitch(this.#desk);
    this.restorer = new Restorer(this.#desk, this.pauses, (key) => this.#take(key));
    this.limits = new SpendingLimits(this.#desk.journal, ports.clock, ports.store);
    this.#crew = new Crew(this.#desk, {
      isRunning: () => this.isRunning,
      isBeginning: () => this.#isAlone && this.#lease.isBeginning,
      isAlone: () => this.#isAlone,
      isLeft: (...part) => this.till.hosted.isLeft(...part),
      heldSinceMs: () => this.#lease.heldSinceMs,
      ...{ pauses: this.pauses, limits: this.limits },
      fill: (...chunk) => this.#payee.fill(...chunk),
    });
    this.forwarder = this.#crew.forwarder;
    this.fallback = this.#crew.fallback;
    this.repayments = new Repayments(this.#desk, this.#crew);
    this.till = new TillDesk(this.#desk, this.repayments);
  }

  /** Stored data first, then mail, keys and relays. Resolves when the engine is at work. */
  async start(): Promise<void> {
    const { catalog, keyring, mailbox, outbox } = this.#desk;
    await Promise.all([catalog.start(), this.activity.load(), this.pauses.load()]);
    await Promise.all([this.limits.load(), this.prices.load(), keyring.load()]);
    await Promise.all([this.agreements.openings.load(), this.documents.load()]);
    await Promise.all([this.applications.load(), this.till.loadSettings(), this.circle.load()]);
    const tell = () => this.changed.emit();
    this.#stops.push(
      catalog.arrived.add((events) => {
        for (const root of new Set(events.flatMap(contractsOf))) this.#attend(root);
      }),
      ...[catalog, this.activity, this.#crew, this.restorer].map((each) => each.changed.add(tell)),
      ...[this.documents, this.applications, this.till].map((each) => each.changed.add(tell)),
      this.circle.changed.add(tell),
      this.#lease.changed.add(() => {
        this.#leaseChanged();
      }),
    );
    const signer = (key: string) => signerOf(this.#desk, key) ?? this.documents.signerOf(key);
    this.#stops.push(this.#ports.relays.identify(signer));
    await Promise.all([outbox.start(), mailbox.tidy()]);
    mailbox.open(this.person);
    for (const key of keyring.keys()) this.#take(key);
    this.#letGo = this.#ports.whenAlone(() => (this.#beginning = this.#begin()));
    await this.#crew.start();
    this.#crew.attendAll();
    this.restorer.start();
    this.documents.resume();
  }

  /** What only one window of a person does. */
  async #begin(): Promise<void> {
    await Promise.all([this.#desk.journal.load(), this.#desk.handed.load()]);
    // A window that may not use the journal takes nothing from the one that does.
    if (!this.#isStopped) await this.till.start();
    if (!this.#isStopped) await this.#lease.start();
    if (this.#isStopped) return;
    void sendLeftLetters(this.#desk);
    this.#isAlone = true;
    await Promise.all([this.repayments.load(), this.forwarder.start(), this.fallback.load()]);
    for (const root of this.catalog.roots()) this.#attend(root);
  }

  #attend(root: string): void {
    if (this.#isStopped) return;
    this.#crew.attend(root);
    this.till.attend(root);
    const advanced = [this.#payee.copies.attend(root), this.repayments.advance(root)];
    Promise.all(advanced).catch((error: unknown) => {
      if (!this.#isStopped) console.error(error);
    });
  }

  /** A key in hand: its mail is read, and whatever it is for goes on. */
  #take(key: HeldKey): void {
    if (key.use === 'bond') return;
    this.#desk.mailbox.open(key.signer, key.relays);
    this.till.recall(key);
    this.#crew.attendAll();
  }

  /** Compares a contract's relays with what is held here, and sends what they lack. */
  sendAgain(root: string): Promise<readonly SentAgain[]> {
    return this.#crew.evidence.sendAgain(root);
  }

  /** The wallet in use. */
  get wallet(): Wallet | undefined {
    return this.#wallet;
  }

  /** Uses a wallet from now on, or none. */
  useWallet(wallet: Wallet | undefined): void {
    this.#wallet?.close();
    this.#wallet = wallet;
    this.limits.budget.use(wallet);
    const stop = wallet?.onPayment((record) => {
      this.#crew.hear(record);
      this.till.hear(record);
    });
    if (stop) this.#stops.push(stop);
    this.#crew.useWallet();
    this.till.useWallet();
    this.changed.emit();
  }

  /** Whether this engine is the one that pays for this person now. */
  get isRunning(): boolean {
    return this.#isAlone && this.#lease.isHeld;
  }

  /** Takes over from another device. */
  async takeOver(): Promise<void> {
    await this.#lease.takeOver();
    this.#crew.wakeAll();
  }

  /** Contracts in which this person has a role, newest first. */
  contracts = (): readonly OwnContract[] => ownContracts(this.#desk);

  /** One of them. */
  ownContract(root: string): OwnContract | undefined {
    return ownContract(this.#desk, root);
  }

  /** Every key this person acts under: their own, contract keys and delegates. */
  ownKeys(): ReadonlySet<string> {
    const held = this.#desk.keyring.keys().map((key) => key.publicKey);
    return new Set([this.person.publicKey, ...held]);
  }

  /** How a leg this person pays stands, or the leg to look at; undefined where they pay none. */
  payerStatus(root: string, leg?: Leg): PayerStatus | undefined {
    if (leg !== undefined) return this.#crew.payer(root, leg)?.status;
    return mostUrgent(this.#crew.payersOf(root).map((payer) => payer.status));
  }

  /** What stopped this person's payments under a contract, and since when. */
  stopped(root: string): Stopped | undefined {
    return this.#crew.payersOf(root).find((payer) => payer.stopped)?.stopped;
  }

  /** Journal entries of a leg. */
  journalEntries(root: string, leg: Leg): readonly JournalEntry[] {
    return this.#desk.journal.entries(root, leg);
  }

  /** Pauses or resumes; what is already on its way is finished. */
  setPaused(root: string, paused: boolean): Promise<void> {
    return this.pauses.set(root, paused, this.ownContract(root));
  }

  /** Tries again now what the wallet refused. */
  async retry(root: string): Promise<void> {
    await Promise.all(this.#crew.payersOf(root).map((payer) => payer.retry()));
  }

  /** Events that no relay has taken yet. */
  get unsent(): number {
    return this.#desk.outbox.unsent;
  }

  /** Stops; what is under way is finished, or else it is in the journal. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const stop of this.#stops) stop();
    if (!this.#isAlone) this.#letGo();
    const { mailbox, outbox, clock } = this.#desk;
    await waitAtMost(
      clock,
      MAIL_MS,
      this.#beginning.catch(() => undefined),
    );
    const restored = this.restorer.close();
    const tillStopped = this.till.stop();
    await this.#crew.stop(() => this.#wallet?.close());
    await this.#lease.stop();
    const parts = [mailbox.stop(), this.documents.stop(), this.prices.stop()];
    const ends = [restored, tillStopped, this.#payee.stop(), ...parts];
    await waitAtMost(clock, MAIL_MS, Promise.all(ends));
    // The journal is another window's only when nothing of ours is written any more.
    this.#letGo();
    outbox.stop();
    this.catalog.stop();
    await Promise.all([this.catalog.settled(), this.activity.settled()]);
    this.#wallet?.close();
    this.person.close();
  }

  async #receive(incoming: Incoming): ReturnType<typeof receive> {
    const { agreements, documents, applications, till } = this;
    const own = { desk: this.#desk, payee: this.#payee, crew: this.#crew, agreements, documents };
    return receive({ ...own, applications, till, session: this }, incoming);
  }

  #leaseChanged(): void {
    this.#crew.wakeAll();
    const isRunning = !this.#isStopped && this.isRunning;
    // The former holder may have made keys that this one has never seen.
    if (isRunning && !this.#wasRunning) this.restorer.soon();
    this.#wasRunning = isRunning;
    this.changed.emit();
  }
}
