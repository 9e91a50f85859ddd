/**
 * Follows the money events of all contracts of a bank, with one subscription for many contracts:
 * a bank's record is computed from every receipt there is, and only for banks somebody looks at.
 */
import { Kind } from '@realyield/protocol';
import type { Clock, Filter, Relays } from './ports.ts';

const MONEY_KINDS = [Kind.receipt, Kind.acknowledgement];
/** Contracts named in one filter. */
const ROOTS_IN_FILTER = 100;
/** New contracts are waited for so long, so that those of one burst share a subscription, ms. */
const GATHER_MS = 400;
/** A bank that nobody looks at any more is followed for so long: people come back, ms. */
const LINGER_MS = 30_000;

/** After one relay has sent everything, the others may take so long, ms. */
const PATIENCE_MS = 5_000;

/** What a watch reads from and tells. */
export interface BankWatchPorts {
  readonly relays: Relays;
  readonly clock: Clock;
  /** Contracts of a bank that it has signed. */
  readonly rootsOf: (bank: string) => readonly string[];
  /** Whether the relays have sent the contracts they had. */
  readonly isListed: () => boolean;
  /** Takes an event in; resolves when it is verified and kept, or refused. */
  readonly add: (raw: unknown, url: string) => Promise<void>;
  readonly tell: () => void;
}

interface Watched {
  count: number;
  readonly roots: Set<string>;
  /** Subscriptions whose stored events are not all in yet. */
  pending: number;
  readonly stops: (() => void)[];
}

function filtersFor(roots: readonly string[]): Filter[] {
  const filters: Filter[] = [];
  for (let from = 0; from < roots.length; from += ROOTS_IN_FILTER) {
    filters.push({ kinds: MONEY_KINDS, '#e': roots.slice(from, from + ROOTS_IN_FILTER) });
  }
  return filters;
}

/** The banks whose money events are followed. */
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
      roots: new Set<string>(),
      pending: 0,
      stops: [],
    };
    watched.count += 1;
    this.#watched.set(bank, watched);
    this.gather();
    return () => {
      watched.count -= 1;
      if (watched.count === 0) this.#ports.clock.after(LINGER_MS, () => this.#leave(bank, watched));
    };
  }

  /** Whether the relays have sent what they had of every contract of a bank known here. */
  isRead(bank: string): boolean {
    const watched = this.#watched.get(bank);
    if (!watched || watched.pending > 0 || !this.#ports.isListed()) return false;
    return this.#ports.rootsOf(bank).every((root) => watched.roots.has(root));
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
    for (const { stops } of this.#watched.values()) for (const stop of stops) stop();
    this.#watched.clear();
  }

  #leave(bank: string, watched: Watched): void {
    if (watched.count > 0 || this.#watched.get(bank) !== watched) return;
    for (const stop of watched.stops) stop();
    this.#watched.delete(bank);
  }

  #extend(bank: string, watched: Watched): void {
    const fresh = this.#ports.rootsOf(bank).filter((root) => !watched.roots.has(root));
    if (fresh.length === 0) return;
    for (const root of fresh) watched.roots.add(root);
    watched.pending += 1;
    const arriving: Promise<void>[] = [];
    let isOpen = true;
    const take = (raw: unknown, url: string): void => {
      const taken = this.#ports.add(raw, url);
      if (isOpen) arriving.push(taken);
    };
    const finish = (): void => {
      if (!isOpen) return;
      isOpen = false;
      stopWaiting?.();
      void Promise.all(arriving.splice(0)).then(() => {
        watched.pending -= 1;
        this.#ports.tell();
      });
    };
    let stopWaiting: (() => void) | undefined;
    const asked = new Map<string, 'asked' | 'listed'>();
    const onRelay = (url: string, phase: 'asked' | 'listed'): void => {
      asked.set(url, phase);
      const phases = [...asked.values()];
      // Relays hold different parts: all that answer are heard, and none is waited for for ever.
      if (phases.every((each) => each === 'listed')) finish();
      else if (phase === 'listed') stopWaiting ??= this.#ports.clock.after(PATIENCE_MS, finish);
    };
    watched.stops.push(this.#ports.relays.subscribe(filtersFor(fresh), take, { onRelay }), () =>
      stopWaiting?.(),
    );
  }
}
