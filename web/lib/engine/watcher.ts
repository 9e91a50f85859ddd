/**
 * Contracts that somebody here looks at or is a party to: followed on the relays in use and on
 * those the contract itself names, in few subscriptions.
 */
import type { Clock, Relays } from './ports.ts';
import { Sightings } from './sightings.ts';
import type { WatchOrders } from './watch-groups.ts';
import { WatchSet } from './watch-set.ts';

/** So many events that somebody named are asked for at once. */
const MOST_NAMED = 100;

/** What a watcher tells. */
export interface WatcherOrders {
  /** Takes an event in; resolves when it is verified and kept, or refused. */
  readonly take: (raw: unknown, url: string) => Promise<void>;
  /** Resolves when everything taken so far is. */
  readonly settled: () => Promise<void>;
  /** A relay has sent all it has of these contracts. */
  readonly listed: (roots: readonly string[], url: string) => void;
}

interface Watched {
  count: number;
  isListed: boolean;
}

/** The contracts being watched. */
export class Watcher {
  readonly sightings = new Sightings();
  readonly #ports: { readonly relays: Relays; readonly clock: Clock };
  readonly #orders: WatcherOrders;
  readonly #watched = new Map<string, Watched>();
  /** What every relay has been asked for, also once nobody watches it any more. */
  readonly #asked = new Set<string>();
  readonly #set: WatchSet;

  constructor(ports: { readonly relays: Relays; readonly clock: Clock }, orders: WatcherOrders) {
    this.#ports = ports;
    this.#orders = orders;
    this.#set = new WatchSet(ports, this.#watchOrders());
  }

  /** Follows a contract until the returned function is called. */
  watch(root: string): () => void {
    const watched = this.#watched.get(root);
    if (watched) watched.count += 1;
    else {
      this.#watched.set(root, { count: 1, isListed: false });
      this.sightings.begin(root);
      this.#set.add(root);
    }
    let isOver = false;
    return () => {
      if (!isOver) this.#unwatch(root);
      isOver = true;
    };
  }

  /** Whether a contract is being watched. */
  has(root: string): boolean {
    return this.#watched.has(root);
  }

  /** Follows a watched contract on relays it names, too. */
  also(root: string, urls: readonly string[]): void {
    if (this.#watched.has(root)) this.#set.add(root, urls);
  }

  /** Whether a relay has sent all it had stored of a contract that is being watched. */
  isListed(root: string): boolean {
    return this.#watched.get(root)?.isListed ?? false;
  }

  /** Whether every relay in use has once sent all it had of a contract. */
  wasAsked(root: string): boolean {
    return this.#asked.has(root);
  }

  /** Asks relays anew for a contract and for events that were named; resolves when all have. */
  async askAgain(root: string, urls: readonly string[], ids: readonly string[]): Promise<void> {
    const filters = [{ '#e': [root] }, { ids: [root, ...ids.slice(0, MOST_NAMED)] }];
    const ask = async (url: string): Promise<void> => {
      const { events, complete } = await this.#ports.relays.query(filters, { urls: [url] });
      if (complete.length > 0) this.sightings.asked(root, url);
      await Promise.all(events.map((raw) => this.#orders.take(raw, url)));
      if (complete.length > 0) this.sightings.listed(root, url);
    };
    await Promise.all(urls.map(ask));
  }

  /** Follows nothing any more. */
  stop(): void {
    this.#set.stop();
    this.#watched.clear();
  }

  #watchOrders(): WatchOrders {
    return {
      filtersOf: (roots) => [{ '#e': roots }, { ids: roots }],
      onEvent: (raw, url) => void this.#orders.take(raw, url),
      onEndOfStored: (roots) => void this.#markListed(roots),
      onRelay: (roots, url, phase) => {
        if (phase === 'asked') for (const root of roots) this.sightings.asked(root, url);
        else void this.#listed(roots, url);
      },
    };
  }

  async #markListed(roots: readonly string[]): Promise<void> {
    await this.#orders.settled();
    for (const root of roots) {
      const watched = this.#watched.get(root);
      if (watched) watched.isListed = true;
    }
  }

  async #listed(roots: readonly string[], url: string): Promise<void> {
    // What the relay sent is judged by then.
    await this.#orders.settled();
    const { relays } = this.#ports;
    const open = relays.states().flatMap((each) => (each.state === 'open' ? [each.url] : []));
    for (const root of roots) {
      this.sightings.listed(root, url);
      const listed = this.sightings.listedBy(root);
      if (open.every((each) => listed.includes(each))) this.#asked.add(root);
    }
    this.#orders.listed(roots, url);
  }

  #unwatch(root: string): void {
    const watched = this.#watched.get(root);
    if (!watched) return;
    watched.count -= 1;
    if (watched.count > 0) return;
    this.#watched.delete(root);
    this.sightings.end(root);
    this.#set.remove(root);
  }
}
