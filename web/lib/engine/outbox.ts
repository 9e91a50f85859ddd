/**
 * Events on their way to relays: kept in the store before they are sent, sent again until a
 * relay has taken each, and then until all have or a day has passed.
 */
import type { SignedEvent } from '@realyield/protocol';
import type { Clock, PublishOutcome, Relays, Store } from './ports.ts';

interface Parcel {
  readonly event: SignedEvent;
  readonly urls: readonly string[];
  readonly accepted: readonly string[];
  readonly refused: readonly string[];
  readonly addedAtSec: number;
}

const PREFIX = 'outbox|';
const RETRY_MS = 3_000;
const GIVE_UP_SEC = 86_400;

/** The outbox of one person. */
export class Outbox {
  readonly #relays: Relays;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #parcels = new Map<string, Parcel>();
  readonly #sending = new Set<string>();
  #stopTimer: (() => void) | undefined;
  #stopped = false;

  constructor(ports: { relays: Relays; store: Store; clock: Clock }) {
    this.#relays = ports.relays;
    this.#store = ports.store;
    this.#clock = ports.clock;
  }

  /** Takes up what was not sent before. */
  async start(): Promise<void> {
    for (const { key, value } of await this.#store.all('settings')) {
      if (key.startsWith(PREFIX)) this.#parcels.set(key, value as Parcel);
    }
    this.#tick();
  }

  /** How many events no relay has taken yet. */
  get unsent(): number {
    return [...this.#parcels.values()].filter((parcel) => parcel.accepted.length === 0).length;
  }

  /** The store change that puts an event in the outbox; write it with whatever it belongs to. */
  entry(event: SignedEvent, urls: readonly string[] = this.#relays.urls) {
    const parcel: Parcel = {
      event,
      urls: [...new Set(urls)],
      accepted: [],
      refused: [],
      addedAtSec: this.#clock.nowSec(),
    };
    return { table: 'settings' as const, key: `${PREFIX}${event.id}`, value: parcel };
  }

  /** Keeps an event and sends it; resolves after the first attempt. */
  async send(
    event: SignedEvent,
    urls: readonly string[] = this.#relays.urls,
  ): Promise<readonly PublishOutcome[]> {
    const entry = this.entry(event, urls);
    await this.#store.write([entry]);
    return this.push(entry);
  }

  /** Sends an entry that is already in the store. */
  async push(entry: { key: string; value: Parcel }): Promise<readonly PublishOutcome[]> {
    this.#parcels.set(entry.key, entry.value);
    const outcomes = await this.#attempt(entry.key, entry.value);
    this.#tick();
    return outcomes;
  }

  /** Stops trying; what is unsent stays in the store. */
  stop(): void {
    this.#stopped = true;
    this.#stopTimer?.();
  }

  #isOpen(): boolean {
    return !this.#stopped;
  }

  #tick(): void {
    this.#stopTimer?.();
    if (this.#stopped || this.#parcels.size === 0) return;
    this.#stopTimer = this.#clock.after(RETRY_MS, () => {
      const round = [...this.#parcels].map(([key, parcel]) => this.#attempt(key, parcel));
      void Promise.all(round).then(() => {
        this.#tick();
      });
    });
  }

  async #attempt(key: string, parcel: Parcel): Promise<readonly PublishOutcome[]> {
    if (this.#sending.has(key) || this.#stopped) return [];
    this.#sending.add(key);
    try {
      const done = new Set([...parcel.accepted, ...parcel.refused]);
      const left = parcel.urls.filter((url) => !done.has(url));
      const outcomes = await this.#relays.publish(parcel.event, left);
      // After stopping, the store is somebody else's; the parcel is in it and is sent again.
      if (this.#isOpen()) await this.#settle(key, parcel, outcomes);
      return outcomes;
    } catch (error) {
      console.error(error);
      return [];
    } finally {
      this.#sending.delete(key);
    }
  }

  async #settle(key: string, parcel: Parcel, outcomes: readonly PublishOutcome[]): Promise<void> {
    const accepted = [...parcel.accepted];
    const refused = [...parcel.refused];
    for (const outcome of outcomes) {
      if (outcome.accepted) accepted.push(outcome.url);
      // A relay's own refusal stands; what could not be asked is asked again.
      else if (/^(invalid|blocked|restricted|pow|duplicate):/.test(outcome.reason)) {
        refused.push(outcome.url);
      }
    }
    const isOld = this.#clock.nowSec() - parcel.addedAtSec > GIVE_UP_SEC;
    const isDone = accepted.length + refused.length >= parcel.urls.length;
    if (isDone || (isOld && accepted.length > 0)) {
      this.#parcels.delete(key);
      await this.#store.write([{ table: 'settings', key, remove: true }]);
      return;
    }
    const next = { ...parcel, accepted, refused };
    this.#parcels.set(key, next);
    await this.#store.write([{ table: 'settings', key, value: next }]);
  }
}
