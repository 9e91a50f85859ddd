/**
 * Follows all contracts of a bank: its record is computed from every receipt there is, and only
 * for banks somebody looks at.
 */
import type { Clock } from './ports.ts';

/** New contracts are waited for so long, so that those of one burst are followed together, ms. */
const GATHER_MS = 400;
/** A bank that nobody looks at any more is followed for so long: people come back, ms. */
const LINGER_MS = 30_000;
/** After one relay has sent everything, the others may take so long, ms. */
const PATIENCE_MS = 6_000;

/** What a watch reads from and tells. */
export interface BankWatchPorts {
  readonly clock: Clock;
  /** Contracts of a bank that it has signed. */
  readonly rootsOf: (bank: string) => readonly string[];
  /** Whether the relays have sent the contracts they had. */
  readonly isListed: () => boolean;
  /** Follows a contract until the returned function is called. */
  readonly watch: (root: string) => () => void;
  /** Relays that have sent all they have of a contract that is followed. */
  readonly listedBy: (root: string) => readonly string[];
  /** Relays that can be asked now. */
  readonly openRelays: () => readonly string[];
  readonly tell: () => void;
}

interface Watched {
  count: number;
  readonly stops: Map<string, () => void>;
  /** Contracts of which everything was sent. */
  readonly read: Set<string>;
  /** Until then every relay that can be asked is waited for, ms. */
  patientUntilMs: number;
}

/** The banks whose contracts are followed. */
export class BankWatch {
  readonly #ports: BankWatchPorts;
  readonly #watched = new Map<string, Watched>();
  #stopGathering: (() => void) | undefined;

  constructor(ports: BankWatchPorts) {
    this.#ports = ports;
  }

  /** Follows a bank until the returned function is called. */
  watch(bank: string): () => void {
    const watched = this.#watched.get(bank) ?? {
      count: 0,
      stops: new Map<string, () => void>(),
      read: new Set<string>(),
      patientUntilMs: 0,
    };
    watched.count += 1;
    this.#watched.set(bank, watched);
    this.gather();
    return () => {
      watched.count -= 1;
      if (watched.count === 0) this.#ports.clock.after(LINGER_MS, () => this.#leave(bank, watched));
    };
  }

  /**
   * Whether the relays have sent what they had of every contract of a bank known here. Relays
   * hold different parts: all that can be asked are waited for, though none for ever.
   */
  isRead(bank: string): boolean {
    const watched = this.#watched.get(bank);
    if (!watched || !this.#ports.isListed()) return false;
    return this.#ports.rootsOf(bank).every((root) => this.#isRootRead(root, watched));
  }

  /** Looks soon for contracts that are not followed yet. */
  gather(): void {
    if (this.#watched.size === 0 || this.#stopGathering) return;
    this.#stopGathering = this.#ports.clock.after(GATHER_MS, () => {
      this.#stopGathering = undefined;
      if (!this.#ports.isListed()) return;
      for (const [bank, watched] of this.#watched) this.#extend(bank, watched);
    });
  }

  /** Stops following. */
  stop(): void {
    this.#stopGathering?.();
    for (const { stops } of this.#watched.values()) for (const stop of stops.values()) stop();
    this.#watched.clear();
  }

  #isRootRead(root: string, watched: Watched): boolean {
    if (watched.read.has(root)) return true;
    if (!watched.stops.has(root)) return false;
    const listedBy = this.#ports.listedBy(root);
    const isAll = this.#ports.openRelays().every((url) => listedBy.includes(url));
    const isPatient = this.#ports.clock.nowMs() < watched.patientUntilMs;
    if (listedBy.length === 0 || (!isAll && isPatient)) return false;
    watched.read.add(root);
    return true;
  }

  #leave(bank: string, watched: Watched): void {
    if (watched.count > 0 || this.#watched.get(bank) !== watched) return;
    for (const stop of watched.stops.values()) stop();
    this.#watched.delete(bank);
  }

  #extend(bank: string, watched: Watched): void {
    const fresh = this.#ports.rootsOf(bank).filter((root) => !watched.stops.has(root));
    if (fresh.length === 0) return;
    for (const root of fresh) watched.stops.set(root, this.#ports.watch(root));
    watched.patientUntilMs = this.#ports.clock.nowMs() + PATIENCE_MS;
    this.#ports.clock.after(PATIENCE_MS, () => this.#ports.tell());
  }
}
