/** Relays and the way to them: what is sent may be lost, come twice, late, or out of order. */
import { matchFilters, type Event, type Filter as ToolsFilter } from 'nostr-tools';
import type {
  Filter,
  PublishOutcome,
  QueryAnswer,
  Relays,
  RelayState,
  SubscribeOptions,
} from '../../web/lib/engine/ports.ts';
import type { SignedEvent } from '@realyield/protocol';
import type { Random } from './random.ts';
import type { Time } from './time.ts';

/** How bad the network is. */
export interface NetworkFaults {
  readonly loss: number;
  readonly repeat: number;
  readonly mostDelayMs: number;
}

const TIMEOUT_MS = 5_000;

interface Subscription {
  readonly filters: readonly Filter[];
  readonly onEvent: (event: unknown, url: string) => void;
  readonly options: SubscribeOptions;
}

const matches = (filters: readonly Filter[], event: SignedEvent): boolean =>
  matchFilters(filters as unknown as ToolsFilter[], event as unknown as Event);

/** One relay. */
export class SimRelay {
  readonly url: string;
  readonly events = new Map<string, SignedEvent>();
  readonly subscriptions = new Set<{ readonly hear: (event: SignedEvent) => void }>();
  readonly listeners = new Set<() => void>();
  #isUp = true;

  constructor(url: string) {
    this.url = url;
  }

  /** Whether it can be reached now. */
  isUp(): boolean {
    return this.#isUp;
  }

  keep(event: SignedEvent): void {
    if (this.events.has(event.id)) return;
    if (event.kind >= 30_000) this.#replace(event);
    this.events.set(event.id, event);
    for (const { hear } of this.subscriptions) hear(event);
  }

  /** Goes down, or comes back with what it had. */
  setUp(isUp: boolean): void {
    this.#isUp = isUp;
    for (const tell of [...this.listeners]) tell();
  }

  #replace({ pubkey, kind, tags }: SignedEvent): void {
    const name = tags.find(([tag]) => tag === 'd')?.[1];
    for (const [id, other] of this.events) {
      const isSame = other.pubkey === pubkey && other.kind === kind;
      if (isSame && other.tags.find(([tag]) => tag === 'd')?.[1] === name) this.events.delete(id);
    }
  }
}

/** The connections of one process. */
export class SimRelays implements Relays {
  readonly #relays: readonly SimRelay[];
  readonly #time: Time;
  readonly #random: Random;
  readonly #faults: NetworkFaults;
  readonly #ends = new Set<() => void>();
  #isClosed = false;

  constructor(
    relays: readonly SimRelay[],
    net: { readonly time: Time; readonly random: Random; readonly faults: NetworkFaults },
  ) {
    this.#relays = relays;
    this.#time = net.time;
    this.#random = net.random;
    this.#faults = net.faults;
  }

  get urls(): readonly string[] {
    return this.#relays.map(({ url }) => url);
  }
  get writeUrls(): readonly string[] {
    return this.urls;
  }
  get readUrls(): readonly string[] {
    return this.urls;
  }
  get uses() {
    return this.urls.map((url) => ({ url, read: true, write: true }));
  }
  use(): void {
    throw new Error('not in these runs');
  }
  block(): void {
    throw new Error('not in these runs');
  }
  others(): readonly RelayState[] {
    return [];
  }
  identify(): () => void {
    return () => undefined;
  }

  publish(event: SignedEvent, urls = this.urls): Promise<readonly PublishOutcome[]> {
    return Promise.all(urls.map((url) => this.#publish(event, url)));
  }

  async query(
    filters: readonly Filter[],
    options: { readonly urls?: readonly string[] } = {},
  ): Promise<QueryAnswer> {
    const asked = this.#of(options.urls);
    await this.#travel();
    const up = asked.filter((relay) => relay.isUp());
    const found = new Map(up.flatMap(({ events }) => [...events]));
    return {
      events: [...found.values()].filter((event) => matches(filters, event)),
      complete: up.map(({ url }) => url),
      incomplete: asked
        .filter((relay) => !relay.isUp())
        .map(({ url }) => ({ url, reason: 'not reachable' })),
    };
  }

  async lacking(url: string, _filter: Filter, events: readonly { readonly id: string }[]) {
    const [relay] = this.#of([url]);
    return relay?.isUp() === true
      ? events.filter(({ id }) => !relay.events.has(id)).map(({ id }) => id)
      : undefined;
  }

  subscribe(
    filters: readonly Filter[],
    onEvent: Subscription['onEvent'],
    options: SubscribeOptions = {},
  ): () => void {
    const ends = this.#of(options.urls).map((relay) =>
      this.#follow(relay, { filters, onEvent, options }),
    );
    return () => {
      for (const end of ends) end();
    };
  }

  states(): readonly RelayState[] {
    return this.#relays.map((relay) => ({
      url: relay.url,
      state: relay.isUp() ? 'open' : 'closed',
      sinceMs: 0,
    }));
  }

  onState(listener: (states: readonly RelayState[]) => void): () => void {
    const tell = (): void => {
      if (!this.#isClosed) listener(this.states());
    };
    for (const relay of this.#relays) relay.listeners.add(tell);
    const end = (): void => {
      for (const relay of this.#relays) relay.listeners.delete(tell);
    };
    this.#ends.add(end);
    return end;
  }

  close(): void {
    this.#isClosed = true;
    for (const end of this.#ends) end();
  }

  #of(urls: readonly string[] = this.urls): readonly SimRelay[] {
    return this.#relays.filter(({ url }) => urls.includes(url));
  }

  #travel(): Promise<void> {
    return this.#time.pass(1 + this.#random.below(this.#faults.mostDelayMs));
  }

  async #publish(event: SignedEvent, url: string): Promise<PublishOutcome> {
    const [relay] = this.#of([url]);
    if (relay?.isUp() !== true) return { url, accepted: false, reason: 'not reachable' };
    const { loss } = this.#faults;
    const lost = { url, accepted: false, reason: 'timeout' };
    if (this.#random.isLucky(loss)) return this.#time.pass(TIMEOUT_MS).then(() => lost);
    await this.#travel();
    if (relay.isUp()) relay.keep(event);
    // The event has arrived, what the relay says about it has not.
    if (!relay.isUp() || this.#random.isLucky(loss)) {
      return this.#time.pass(TIMEOUT_MS).then(() => lost);
    }
    return { url, accepted: true, reason: '' };
  }

  #follow(relay: SimRelay, { filters, onEvent, options }: Subscription): () => void {
    let isOver = false;
    const deliver = (event: SignedEvent): void => {
      if (!isOver && !this.#isClosed && relay.isUp()) onEvent(event, relay.url);
    };
    const hear = (event: SignedEvent): void => {
      if (!matches(filters, event) || this.#random.isLucky(this.#faults.loss)) return;
      const times = this.#random.isLucky(this.#faults.repeat) ? 2 : 1;
      for (let time = 0; time < times; time += 1) void this.#travel().then(() => deliver(event));
    };
    const ask = async (): Promise<void> => {
      if (!relay.isUp()) return;
      options.onRelay?.(relay.url, 'asked');
      await this.#travel();
      for (const event of relay.events.values()) if (matches(filters, event)) deliver(event);
      if (isOver || this.#isClosed || !relay.isUp()) return;
      options.onRelay?.(relay.url, 'listed');
      options.onEndOfStored?.();
    };
    const again = (): void => void ask();
    const subscription = { hear };
    relay.subscriptions.add(subscription);
    relay.listeners.add(again);
    void ask();
    const end = (): void => {
      isOver = true;
      relay.subscriptions.delete(subscription);
      relay.listeners.delete(again);
    };
    this.#ends.add(end);
    return end;
  }
}
