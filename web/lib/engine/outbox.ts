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
/** A relay that stays away is tried ever more rarely, once another has the event, ms. */
const LONGEST_MS = 300_000;
/** Answers that will be the same tomorrow. */
const REFUSED = /^(not a relay$|(invalid|blocked|restricted|pow|duplicate):)/;
const GIVE_UP_SEC = 86_400;

/** The outbox of one person. */
export class Outbox {
  readonly #relays: Relays;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #parcels = new Map<string, Parcel>();
  readonly #sending = new Set<string>();
  /** How often each event was tried in vain, and when it is tried again. */
  readonly #pauses = new Map<string, { readonly count: number; readonly untilMs: number }>();
  #stopTimer: (() => void) | undefined;
  #stopListening: () => void = () => undefined;
  #open: ReadonlySet<string> = new Set();
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
    this.#stopListening = this.#relays.onState((states) => {
      const open = states.filter(({ state }) => state === 'open').map(({ url }) => url);
      // A relay that is back gets at once what it missed.
      if (open.some((url) => !this.#open.has(url))) this.#pauses.clear();
      this.#open = new Set(open);
    });
    this.#tick();
  }

  /** How many events no relay has taken yet. */
  get unsent(): number {
    return [...this.#parcels.values()].filter((parcel) => parcel.accepted.length === 0).length;
  }

  /** The store change that puts an event in the outbox; write it with whatever it belongs to. */
  entry(event: SignedEvent, urls: readonly string[] = this.#relays.writeUrls) {
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
    urls: readonly string[] = this.#relays.writeUrls,
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
    this.#stopListening();
  }

  #isOpen(): boolean {
    return !this.#stopped;
  }

  #tick(): void {
    this.#stopTimer?.();
    if (this.#stopped || this.#parcels.size === 0) return;
    this.#stopTimer = this.#clock.after(RETRY_MS, () => {
      const nowMs = this.#clock.nowMs();
      const round = [...this.#parcels]
        .filter(([key]) => (this.#pauses.get(key)?.untilMs ?? 0) <= nowMs)
        .map(([key, parcel]) => this.#attempt(key, parcel));
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
      else if (REFUSED.test(outcome.reason)) {
        refused.push(outcome.url);
      }
    }
    const isOld = this.#clock.nowSec() - parcel.addedAtSec > GIVE_UP_SEC;
    const isDone = accepted.length + refused.length >= parcel.urls.length;
    if (isDone || (isOld && accepted.length > 0)) {
      this.#parcels.delete(key);
      this.#pauses.delete(key);
      await this.#store.write([{ table: 'settings', key, remove: true }]);
      return;
    }
    if (accepted.length > 0) this.#pause(key);
    const next = { ...parcel, accepted, refused };
    this.#parcels.set(key, next);
    await this.#store.write([{ table: 'settings', key, value: next }]);
  }

  #pause(key: string): void {
    const count = (this.#pauses.get(key)?.count ?? 0) + 1;
    const waitMs = Math.min(LONGEST_MS, RETRY_MS * 2 ** (count - 1));
    this.#pauses.set(key, { count, untilMs: this.#clock.nowMs() + waitMs });
  }
}
