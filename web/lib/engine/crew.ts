/** The workers of one person's contracts: a payer for each leg, and an acknowledger. */
import {
  disbursementHold,
  isAheadOfOthers,
  isSerial,
  legsInUse,
  payerKeyHold,
  type BookChunk,
  type Leg,
  type LockstepPart,
} from '@realyield/protocol';
import { Acknowledger } from './acknowledger.ts';
import { Cohorts } from './cohorts.ts';
import { ownContract, signerOf, type Desk, type OwnContract } from './desk.ts';
import { EvidenceKeeper } from './evidence.ts';
import { Fallback } from './fallback/fallback.ts';
import { Forwarder } from './forwarding/forwarder.ts';
import type { SpendingLimits } from './limits.ts';
import type { JournalEntry } from './journal.ts';
import { Listeners } from './listeners.ts';
import { Reached } from './reached.ts';
import { contractRelays, servingKeys } from './parties.ts';
import { waitAtMost } from './patience.ts';
import { STOPS, type PayerHold, type StopReason } from './payer-orders.ts';
import type { PauseSwitch } from './pauses.ts';
import { Payer } from './payer.ts';
import type { PaymentRecord } from './ports.ts';
import { Takings } from './takings.ts';
import { Tenders } from './tenders.ts';
import { isHeldForChain } from './ticks-due.ts';
import { statusOf, waitingStatus, type PayerStatus } from './words.ts';

/** What the crew is told by its session. */
export interface CrewOrders {
  /** Whether this engine is the one that pays for this person now. */
  readonly isRunning: () => boolean;
  /** Whether it will be in a moment. */
  readonly isBeginning: () => boolean;
  /** Whether this process may use the journal. */
  readonly isAlone: () => boolean;
  /** Whether another device of this person pays parts of a leg. */
  readonly isLeft: (root: string, leg: Leg) => boolean;
  readonly pauses: PauseSwitch;
  /** Since when nobody else paid for this person, ms. */
  readonly heldSinceMs: () => number;
  readonly limits: SpendingLimits;
  /** Signs and sends requests in advance; yields their number. */
  readonly fill: (root: string, chunk: BookChunk) => Promise<number>;
}

/** How long stopping waits for a wallet, ms. */
const STEP_MS = 1_000;

/** A part of an order to several investors, as the rule that keeps them in step takes it. */
function inStep({ contract, together, step, sentAtMs }: JournalEntry): LockstepPart {
  const isPaid = step === 'paid' || step === 'receipted';
  return { contract, round: together?.round ?? 0, isPaid, paidAtMs: sentAtMs ?? 0 };
}

/** Payers and acknowledgers by contract. */
export class Crew {
  readonly evidence: EvidenceKeeper;
  /** Passes payments on, where this person is the bank. */
  readonly forwarder: Forwarder;
  /** Pays what silent payees are owed on the chain. */
  readonly fallback: Fallback;
  readonly takings = new Takings();
  /** A payer's status changed. */
  readonly changed = new Listeners<void>();
  readonly #desk: Desk;
  readonly #orders: CrewOrders;
  readonly #cohorts: Cohorts;
  readonly #tenders: Tenders;
  readonly #payers = new Map<string, Map<Leg, Payer>>();
  readonly #acknowledgers = new Map<string, Acknowledger>();
  readonly #followed = new Set<string>();
  readonly #stops: (() => void)[] = [];
  readonly #startedAtMs: number;
  readonly #reached: Reached;
  #stopped = false;

  constructor(desk: Desk, orders: CrewOrders) {
    this.#desk = desk;
    this.#orders = orders;
    this.#startedAtMs = desk.clock.nowMs();
    this.#cohorts = new Cohorts(desk);
    this.#reached = new Reached(desk, () => this.wakeAll());
    this.evidence = new EvidenceKeeper(desk, orders.isRunning);
    this.forwarder = new Forwarder(desk);
    this.#tenders = new Tenders(desk, {
      mayRun: orders.isRunning,
      isPaused: (root) => orders.pauses.isPaused(root),
      payerOf: (...leg) => this.payer(...leg),
      fill: orders.fill,
    });
    this.fallback = new Fallback(desk, {
      mayRun: orders.isRunning,
      heldSinceMs: orders.heldSinceMs,
      wake: (...leg) => this.payer(...leg)?.wake(),
    });
    for (const { changed } of [this.forwarder, this.fallback]) {
      changed.add(() => {
        this.changed.emit();
      });
    }
    orders.pauses.changed.add((root) => {
      for (const payer of this.payersOf(root)) payer.wake();
      this.changed.emit();
    });
  }

  /** Begins to look after the evidence of contracts. */
  start(): Promise<void> {
    return this.evidence.start();
  }

  /** The payer of a leg that this person pays. */
  payer(root: string, leg: Leg): Payer | undefined {
    return this.#payers.get(root)?.get(leg);
  }

  /** All payers of a contract in which this person pays, the main leg's first. */
  payersOf(root: string): readonly Payer[] {
    return [...(this.#payers.get(root)?.values() ?? [])];
  }

  /** Starts what a contract needs, and tells it that something changed. */
  attend(root: string): void {
    if (this.#stopped) return;
    for (const own of this.#cohorts.waitingFor(root)) this.payer(own, 'disbursement')?.wake();
    const contract = ownContract(this.#desk, root);
    if (!contract) {
      this.#followAsServing(root);
      return;
    }
    const { own, view } = contract;
    const { relays } = view.fold.state.contract.document.parties[own.role];
    // The others write to where the contract says, whichever relays are in use today.
    for (const signer of [own.main, own.money]) {
      if (signer) this.#desk.mailbox.open(signer, relays);
    }
    if (view.fold.state.status === 'proposed') return;
    const { bank, business } = view.fold.state.contract.document.parties;
    this.#desk.directory.want([bank.pubkey, business.pubkey]);
    const mayRun = this.#orders.isRunning;
    const wasToldOf = this.takings.has.bind(this.takings);
    if (!this.#acknowledgers.has(root)) {
      const { denomination } = view.fold.state.contract.document;
      const { prices, catalog } = this.#desk;
      this.#stops.push(
        catalog.watch(root),
        prices.watch(denomination, contractRelays(view.fold.state)),
      );
      this.#acknowledgers.set(root, new Acknowledger(this.#desk, root, { mayRun, wasToldOf }));
    }
    this.#cohorts.follow(contract);
    this.#orders.pauses.attend(contract);
    if (this.#orders.isAlone()) {
      this.#employPayers(contract);
      this.fallback.attend(contract);
    }
    for (const payer of this.payersOf(root)) payer.wake();
    this.#acknowledgers.get(root)?.wake();
    this.#tenders.attend(root);
  }

  /** One payer for each leg on which this person owes, or may yet. */
  #employPayers({ own, view }: OwnContract): void {
    const { root, fold } = view;
    if (!own.money) return;
    const payers = this.#payers.get(root) ?? new Map<Leg, Payer>();
    this.#payers.set(root, payers);
    for (const leg of legsInUse(fold.state)) {
      if (!own.pays.includes(leg) || payers.has(leg)) continue;
      const payer = new Payer(this.#desk, root, leg, {
        holds: () => this.#holds(root, leg),
        pace: () => this.#orders.pauses.paceOf(root),
        heldSinceMs: this.#orders.heldSinceMs,
        connectedAtMs: () => this.#reached.atMs,
        aheadOf: (entry) => this.#aheadOf(entry),
        holdRoom: (amountMsat) => this.#orders.limits.hold(root, amountMsat),
        limitOn: (amountMsat) => this.#orders.limits.met(root, amountMsat),
      });
      payer.changed.add(() => {
        this.changed.emit();
      });
      payers.set(leg, payer);
    }
  }

  /** Who decides on milestones, or is appointed, and is no party sees what it is about. */
  #followAsServing(root: string): void {
    const state = this.#desk.catalog.contract(root)?.fold.state;
    if (!state || this.#followed.has(root)) return;
    const { document } = state.contract;
    if (!servingKeys(document).some((key) => key !== undefined && signerOf(this.#desk, key)))
      return;
    this.#followed.add(root);
    this.#stops.push(this.#desk.catalog.watch(root));
    // What the bank would be asked, whoever may take over from it is asked on the same relays.
    const { person, mailbox } = this.#desk;
    const isServicer = document.appointees?.backupServicer === person.publicKey;
    if (isServicer) mailbox.open(person, contractRelays(state));
  }

  /** Attends to every contract known. */
  attendAll(): void {
    for (const root of this.#desk.catalog.roots()) this.attend(root);
  }

  /** The wallet tells of a payment. */
  hear(record: PaymentRecord): void {
    this.takings.note(record);
    this.forwarder.notice(record.paymentHash);
    this.wakeAll();
  }

  /** Another wallet is in use, or none. */
  useWallet(): void {
    this.takings.clear();
    this.forwarder.wake();
    this.wakeAll();
  }

  /** Makes everybody look at once at what can be done. */
  wakeAll(): void {
    for (const payer of this.#allPayers()) payer.wake();
    for (const acknowledger of this.#acknowledgers.values()) acknowledger.wake();
  }

  /**
   * Takes no further step and waits for those under way. One that still waits for the wallet
   * after a moment is told that there is no answer: it is looked up at the next start.
   */
  async stop(hangUp: () => void): Promise<void> {
    this.#stopped = true;
    for (const stop of this.#stops) stop();
    this.#cohorts.stop();
    this.#reached.stop();
    this.#orders.pauses.stop();
    this.#desk.directory.stop();
    const { clock } = this.#desk;
    const stopWaiting = clock.after(STEP_MS, hangUp);
    const workers = [...this.#allPayers(), ...this.#acknowledgers.values()];
    const ended = Promise.all(
      [this.evidence, this.forwarder, this.fallback, this.#tenders, ...workers].map((worker) =>
        worker.stop(),
      ),
    );
    await waitAtMost(clock, 2 * STEP_MS, ended);
    stopWaiting();
  }

  #allPayers(): readonly Payer[] {
    return [...this.#payers.keys()].flatMap((root) => this.payersOf(root));
  }

  /** Whose parts a part waits for, as a status. */
  #aheadOf(entry: JournalEntry): PayerStatus | undefined {
    if (this.#isAhead(entry)) return statusOf('waiting', 'IN_STEP');
    const state = ownContract(this.#desk, entry.contract)?.view.fold.state;
    if (!state || entry.leg !== 'disbursement') return undefined;
    const hold = this.#cohorts.hold(state, entry.n);
    return hold && waitingStatus('waiting', hold);
  }

  #isAhead(entry: JournalEntry): boolean {
    if (!entry.together) return false;
    const parts = this.#desk.journal.together(entry.together.order).map(inStep);
    const sinceMs = Math.max(this.#orders.heldSinceMs(), this.#startedAtMs);
    return isAheadOfOthers(inStep(entry), parts, sinceMs, this.#desk.clock.nowMs());
  }

  #holds(root: string, leg: Leg): PayerHold {
    if (!this.#orders.isRunning()) {
      return this.#orders.isBeginning() ? 'beginning' : 'elsewhere';
    }
    if (this.#orders.isLeft(root, leg)) return 'elsewhere';
    if (!this.fallback.isTold(root)) return 'beginning';
    // TE-23: "…pays none of its parts over Lightning, and begins none beside it…"
    if (isHeldForChain(this.#desk, root, leg)) return 'chain';
    return this.#stopOf(root, leg) ?? (this.#orders.pauses.isPaused(root) ? 'paused' : 'run');
  }

  /** Why nothing more is paid, whatever was asked for before; what is owed goes on. */
  #stopOf(root: string, leg: Leg): StopReason | undefined {
    const contract = ownContract(this.#desk, root);
    if (!contract) return undefined;
    const { state } = contract.view.fold;
    const nowSec = this.#desk.clock.nowSec();
    const key = contract.own.money?.publicKey ?? '';
    const hold =
      payerKeyHold(state, leg, key, nowSec) ??
      (isSerial(leg) ? undefined : disbursementHold(state, nowSec));
    return STOPS.find((stop) => stop === hold?.reason);
  }
}
