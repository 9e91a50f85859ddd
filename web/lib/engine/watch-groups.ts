/**
 * Many keys (contracts, mailboxes) followed by few subscriptions, because relays allow few: keys
 * are gathered, a hundred to a subscription, and small groups are joined when there are many.
 * A key that joins brings no other key's stored events again, except at a joining of groups.
 */
import type { Clock, Filter, Relays } from './ports.ts';

/** Keys in one subscription: some 7 kB of filter, half of what relays take. */
export const MOST_KEYS = 100;
/** Groups smaller than this are joined once there are `MOST_SMALL` of them. */
const SMALL_KEYS = 25;
const MOST_SMALL = 8;
const GATHER_MS = 30;

/** What is followed, and who hears of it. */
export interface WatchOrders {
  /** Relays to ask; those in use unless given. */
  readonly urls?: readonly string[];
  readonly filtersOf: (keys: readonly string[]) => readonly Filter[];
  readonly onEvent: (raw: unknown, url: string) => void;
  /** A relay is being asked about keys, for the first time or anew, or has sent all it had. */
  readonly onRelay?: (keys: readonly string[], url: string, phase: 'asked' | 'listed') => void;
  /** The first relay has sent what it had of these keys. */
  readonly onEndOfStored?: (keys: readonly string[]) => void;
}

interface Group {
  readonly keys: Set<string>;
  stop: () => void;
}

/** Keys that are followed while they are in here. */
export class WatchGroups {
  readonly #ports: { readonly relays: Relays; readonly clock: Clock };
  readonly #orders: WatchOrders;
  readonly #groups = new Set<Group>();
  readonly #waiting = new Set<string>();
  #stopTimer: (() => void) | undefined;

  constructor(ports: { readonly relays: Relays; readonly clock: Clock }, orders: WatchOrders) {
    this.#ports = ports;
    this.#orders = orders;
  }

  /** Follows a key from now on. */
  add(key: string): void {
    if (this.has(key)) return;
    this.#waiting.add(key);
    this.#stopTimer ??= this.#ports.clock.after(GATHER_MS, () => {
      this.#stopTimer = undefined;
      this.#start([...this.#waiting]);
      this.#waiting.clear();
      this.#join();
    });
  }

  /** Whether a key is followed. */
  has(key: string): boolean {
    return this.#waiting.has(key) || [...this.#groups].some(({ keys }) => keys.has(key));
  }

  /** Follows a key no longer; a group ends with its last. */
  remove(key: string): void {
    this.#waiting.delete(key);
    for (const group of this.#groups) {
      if (group.keys.delete(key) && group.keys.size === 0) this.#end(group);
    }
  }

  /** Follows nothing any more. */
  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#waiting.clear();
    for (const group of [...this.#groups]) this.#end(group);
  }

  #start(keys: readonly string[]): void {
    for (let at = 0; at < keys.length; at += MOST_KEYS) {
      const group: Group = {
        keys: new Set(keys.slice(at, at + MOST_KEYS)),
        stop: () => undefined,
      };
      this.#groups.add(group);
      this.#follow(group);
    }
  }

  #follow(group: Group): void {
    const { urls, filtersOf, onEvent, onRelay, onEndOfStored } = this.#orders;
    const keys = [...group.keys];
    // A key that has left is not spoken of any more, though the relay still sends its events.
    const left = (): string[] => keys.filter((key) => group.keys.has(key));
    group.stop = this.#ports.relays.subscribe(filtersOf(keys), onEvent, {
      ...(urls === undefined ? {} : { urls }),
      onRelay: (url, phase) => onRelay?.(left(), url, phase),
      onEndOfStored: () => onEndOfStored?.(left()),
    });
  }

  /** Joins small groups; the new subscription begins before the old ones end. */
  #join(): void {
    const small = [...this.#groups].filter(({ keys }) => keys.size < SMALL_KEYS);
    if (small.length < MOST_SMALL) return;
    this.#start(small.flatMap(({ keys }) => [...keys]));
    for (const group of small) this.#end(group);
  }

  #end(group: Group): void {
    this.#groups.delete(group);
    group.stop();
    group.keys.clear();
  }
}
