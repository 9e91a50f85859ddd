/**
 * One relay, kept connected: reconnects with growing pauses and asks again for everything that
 * was subscribed. nostr-tools does the wire protocol; nothing it calls verified is believed.
 */
import { AbstractRelay, type Subscription } from 'nostr-tools/abstract-relay';
import type { Event, Filter as ToolsFilter } from 'nostr-tools';
import type { Filter, PublishOutcome, RelayState } from '../engine/ports.ts';
import type { SignedEvent } from '@realyield/protocol';

/** Timings of a link, ms. */
export interface LinkTimings {
  readonly connectMs: number;
  readonly publishMs: number;
  readonly firstRetryMs: number;
  readonly lastRetryMs: number;
}

/** Timings for people; tests shorten them. */
export const DEFAULT_TIMINGS: LinkTimings = {
  connectMs: 6_000,
  publishMs: 6_000,
  firstRetryMs: 500,
  lastRetryMs: 20_000,
};

/** nostr-tools' relay, deaf to messages it cannot read. */
class QuietRelay extends AbstractRelay {
  override onnotice = (): void => undefined;

  override _onmessage(message: MessageEvent): void {
    try {
      super._onmessage(message);
    } catch (error) {
      // A relay's malformed message is its own trouble.
      console.debug(error);
    }
  }
}

/** A subscription that outlives connections. */
export interface LinkSubscription {
  readonly filters: readonly Filter[];
  readonly onEvent: (event: unknown) => void;
  readonly onEndOfStored: () => void;
}

function toToolsFilter(filter: Filter): ToolsFilter {
  return JSON.parse(JSON.stringify(filter)) as ToolsFilter;
}

/** A relay by its address. */
export class RelayLink {
  readonly url: string;
  readonly #timings: LinkTimings;
  readonly #onState: () => void;
  readonly #webSocket: typeof WebSocket | undefined;
  readonly #subscriptions = new Map<LinkSubscription, Subscription | undefined>();
  #relay: AbstractRelay | undefined;
  #state: RelayState;
  #opening: Promise<boolean> | undefined;
  #retryMs: number;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(
    url: string,
    timings: LinkTimings,
    onState: () => void,
    webSocket: typeof WebSocket | undefined,
  ) {
    this.url = url;
    this.#timings = timings;
    this.#onState = onState;
    this.#webSocket = webSocket;
    this.#retryMs = timings.firstRetryMs;
    this.#state = { url, state: 'connecting', sinceMs: Date.now() };
  }

  /** How the relay is doing. */
  get state(): RelayState {
    return this.#state;
  }

  /** Connects if need be; false when it cannot be reached now (it goes on trying). */
  open(): Promise<boolean> {
    if (this.#relay?.connected) return Promise.resolve(true);
    if (this.#closed) return Promise.resolve(false);
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  /** Subscribes now and after every reconnection. */
  subscribe(subscription: LinkSubscription): () => void {
    this.#subscriptions.set(subscription, undefined);
    void this.open().then((isOpen) => {
      if (isOpen) this.#fire(subscription);
    });
    return () => {
      const running = this.#subscriptions.get(subscription);
      this.#subscriptions.delete(subscription);
      if (running && !running.closed && this.#relay?.connected) running.close();
    };
  }

  /** Publishes once; what the relay answers, or why it could not be asked. */
  async publish(event: SignedEvent): Promise<PublishOutcome> {
    const { url } = this;
    if (!(await this.open())) return { url, accepted: false, reason: 'not reachable' };
    const relay = this.#relay;
    if (!relay) return { url, accepted: false, reason: 'not reachable' };
    const plain = { ...event, tags: event.tags.map((tag) => [...tag]) } as Event;
    try {
      return { url, accepted: true, reason: await relay.publish(plain) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { url, accepted: false, reason };
    }
  }

  /** Closes for good. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    this.#subscriptions.clear();
    this.#relay?.close();
    this.#relay = undefined;
    this.#setState('closed');
  }

  async #connect(): Promise<boolean> {
    clearTimeout(this.#retryTimer);
    if (this.#state.state !== 'refused') this.#setState('connecting');
    const relay = new QuietRelay(this.url, {
      verifyEvent: () => true,
      enablePing: true,
      ...(this.#webSocket ? { websocketImplementation: this.#webSocket } : {}),
    });
    relay.publishTimeout = this.#timings.publishMs;
    // nostr-tools may reject more than once; the first answer counts.
    const connected = await relay.connect({ timeout: this.#timings.connectMs }).then(
      () => true,
      () => false,
    );
    if (this.#closed) {
      relay.close();
      return false;
    }
    if (!connected) {
      this.#setState('refused');
      this.#retryLater();
      return false;
    }
    this.#relay = relay;
    this.#retryMs = this.#timings.firstRetryMs;
    relay.onclose = () => {
      if (this.#relay !== relay || this.#closed) return;
      this.#relay = undefined;
      this.#setState('connecting');
      this.#retryLater();
    };
    this.#setState('open');
    for (const subscription of this.#subscriptions.keys()) this.#fire(subscription);
    return true;
  }

  #retryLater(): void {
    clearTimeout(this.#retryTimer);
    const waitMs = this.#retryMs;
    this.#retryMs = Math.min(this.#timings.lastRetryMs, waitMs * 2);
    this.#retryTimer = setTimeout(() => void this.open(), waitMs);
  }

  /** Asks for everything again: gift wraps are dated back, so no `since` of ours is safe. */
  #fire(subscription: LinkSubscription): void {
    const relay = this.#relay;
    if (!relay?.connected || !this.#subscriptions.has(subscription)) return;
    const running = this.#subscriptions.get(subscription);
    if (running && !running.closed && running.relay === relay) return;
    const started = relay.subscribe(subscription.filters.map(toToolsFilter), {
      onevent: subscription.onEvent,
      oneose: subscription.onEndOfStored,
      eoseTimeout: this.#timings.connectMs,
    });
    this.#subscriptions.set(subscription, started);
  }

  #setState(state: RelayState['state']): void {
    if (this.#state.state === state) return;
    this.#state = { url: this.url, state, sinceMs: Date.now() };
    this.#onState();
  }
}
