/** Keys followed on the relays in use, and each on further relays that somebody named for it. */
import { relayAddress } from '../nostr/address.ts';
import type { Clock, Relays } from './ports.ts';
import { WatchGroups, type WatchOrders } from './watch-groups.ts';

/** So many relays that are not our own are asked, whatever contracts name. */
const MOST_OTHERS = 8;

/** A set of keys that are followed while they are in it. */
export class WatchSet {
  readonly #ports: { readonly relays: Relays; readonly clock: Clock };
  readonly #orders: WatchOrders;
  readonly #own: WatchGroups;
  readonly #others = new Map<string, WatchGroups>();

  constructor(ports: { readonly relays: Relays; readonly clock: Clock }, orders: WatchOrders) {
    this.#ports = ports;
    this.#orders = orders;
    this.#own = new WatchGroups(ports, orders);
  }

  /** Follows a key on the relays in use and on these; may be called again with more. */
  add(key: string, urls: readonly string[] = []): void {
    this.#own.add(key);
    const own = new Set(this.#ports.relays.urls.map(relayAddress));
    for (const named of urls) {
      const url = relayAddress(named);
      if (url === undefined || own.has(url)) continue;
      const known = this.#others.get(url);
      if (!known && this.#others.size >= MOST_OTHERS) continue;
      const groups = known ?? new WatchGroups(this.#ports, { ...this.#orders, urls: [url] });
      this.#others.set(url, groups);
      groups.add(key);
    }
  }

  /** Follows a key no longer. */
  remove(key: string): void {
    this.#own.remove(key);
    for (const groups of this.#others.values()) groups.remove(key);
  }

  /** Follows nothing any more. */
  stop(): void {
    this.#own.stop();
    for (const groups of this.#others.values()) groups.stop();
    this.#others.clear();
  }
}
