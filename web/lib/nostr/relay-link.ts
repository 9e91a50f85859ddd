/**
 * One relay, kept connected: reconnects with growing pauses and asks again for everything that
 * was subscribed. nostr-tools does the wire protocol; nothing it calls verified is believed.
 */
import type { Event } from 'nostr-tools/core';
import type { Subscription } from 'nostr-tools/abstract-relay';
import type { SignedEvent } from '@realyield/protocol';
import type { Filter, PublishOutcome, RelayState } from '../engine/ports.ts';
import { QuietRelay } from './quiet-relay.ts';

/** Timings of a link, ms. */
export interface LinkTimings {
  readonly connectMs: number;
  readonly publishMs: number;
  readonly firstRetryMs: number;
  readonly lastRetryMs: number;
  /** How long a connection nobody asked to keep stays open unused. */
  readonly idleMs: number;
}

/** Timings for people; tests shorten them. */
export const DEFAULT_TIMINGS: LinkTimings = {
  connectMs: 6_000,
  publishMs: 6_000,
  firstRetryMs: 500,
  lastRetryMs: 20_000,
  idleMs: 30_000,
};

/** What a link needs. */
export interface LinkOptions {
  readonly timings: LinkTimings;
  readonly webSocket: typeof WebSocket;
  /** Whether to stay connected while nothing is subscribed. */
  readonly isKept: boolean;
  readonly onState: () => void;
}

/** A subscription that outlives connections. */
export interface LinkSubscription {
  readonly filters: readonly Filter[];
  /** The question is about to be asked, for the first time or anew. */
  readonly onStart: () => void;
  readonly onEvent: (event: unknown) => void;
  readonly onEndOfStored: () => void;
  /** The relay ended it; it is asked again later unless it is ended here. */
  readonly onRefused: (reason: string) => void;
}

function wordsOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return typeof error === 'string' ? error : 'no reason given';
}

/** A relay by its address. */
export class RelayLink {
  readonly url: string;
  readonly #options: LinkOptions;
  readonly #subscriptions = new Map<LinkSubscription, Subscription | undefined>();
  readonly #publishing = new Map<string, Promise<PublishOutcome>>();
  #relay: QuietRelay | undefined;
  #state: RelayState;
  #opening: Promise<boolean> | undefined;
  #retryMs: number;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  #againTimer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(url: string, options: LinkOptions) {
    this.url = url;
    this.#options = options;
    this.#retryMs = options.timings.firstRetryMs;
    this.#state = { url, state: options.isKept ? 'connecting' : 'closed', sinceMs: Date.now() };
  }

  /** How the relay is doing. */
  get state(): RelayState {
    return this.#state;
  }

  /** Connects if need be; false when it cannot be reached now (it goes on trying). */
  open(): Promise<boolean> {
    if (this.#relay?.connected) return Promise.resolve(true);
    if (this.#isClosed) return Promise.resolve(false);
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  /** Subscribes now and after every reconnection. */
  subscribe(subscription: LinkSubscription): () => void {
    this.#subscriptions.set(subscription, undefined);
    void this.open().then((isOpen) => {
      if (isOpen) this.#ask(subscription);
    });
    return () => {
      const running = this.#subscriptions.get(subscription);
      this.#subscriptions.delete(subscription);
      if (running && !running.closed && this.#relay?.connected) running.close();
      this.#restLater();
    };
  }

  /** Publishes once; what the relay answers, or why it could not be asked. */
  publish(event: SignedEvent): Promise<PublishOutcome> {
    // nostr-tools keeps one waiter per event id: a second would leave the first without answer.
    const running = this.#publishing.get(event.id);
    if (running) return running;
    const publishing = this.#publish(event).finally(() => {
      this.#publishing.delete(event.id);
      this.#restLater();
    });
    this.#publishing.set(event.id, publishing);
    return publishing;
  }

  /** Closes for good. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#idleTimer);
    clearTimeout(this.#againTimer);
    this.#subscriptions.clear();
    this.#hangUp();
  }

  async #publish(event: SignedEvent): Promise<PublishOutcome> {
    const { url } = this;
    const isOpen = await this.open();
    const relay = this.#relay;
    if (!isOpen || !relay) return { url, accepted: false, reason: 'not reachable' };
    const { id, pubkey, created_at, kind, content, sig } = event;
    const tags = event.tags.map((tag) => [...tag]);
    const plain: Event = { id, pubkey, created_at, kind, tags, content, sig };
    try {
      const reason: unknown = await relay.publish(plain);
      return { url, accepted: true, reason: typeof reason === 'string' ? reason : '' };
    } catch (error) {
      return { url, accepted: false, reason: wordsOf(error) };
    }
  }

  async #connect(): Promise<boolean> {
    clearTimeout(this.#retryTimer);
    if (this.#state.state !== 'refused') this.#setState('connecting');
    const { timings, webSocket } = this.#options;
    let relay: QuietRelay;
    try {
      relay = new QuietRelay(this.url, webSocket);
      relay.publishTimeout = timings.publishMs;
      await relay.connect({ timeout: timings.connectMs });
    } catch {
      // Whatever the reason, it is a relay that cannot be reached now.
      if (this.#isClosed) return false;
      this.#setState('refused');
      this.#retryLater();
      return false;
    }
    if (this.#isClosed) {
      relay.close();
      return false;
    }
    this.#relay = relay;
    this.#retryMs = timings.firstRetryMs;
    relay.onclose = () => {
      if (this.#relay !== relay) return;
      this.#relay = undefined;
      this.#setState('connecting');
      this.#retryLater();
    };
    this.#setState('open');
    for (const subscription of this.#subscriptions.keys()) this.#ask(subscription);
    this.#restLater();
    return true;
  }

  #retryLater(): void {
    clearTimeout(this.#retryTimer);
    if (!this.#options.isKept && this.#subscriptions.size === 0) {
      this.#setState('closed');
      return;
    }
    const waitMs = this.#retryMs;
    this.#retryMs = Math.min(this.#options.timings.lastRetryMs, waitMs * 2);
    // Spread, so that a relay that comes back is not met by everybody at once.
    const spreadMs = waitMs * (0.75 + Math.random() / 2);
    this.#retryTimer = setTimeout(() => void this.open(), spreadMs);
  }

  /** Lets go of a connection that was opened in passing and is used no more. */
  #restLater(): void {
    clearTimeout(this.#idleTimer);
    if (this.#options.isKept || this.#isClosed) return;
    this.#idleTimer = setTimeout(() => {
      if (this.#subscriptions.size > 0 || this.#publishing.size > 0) return;
      this.#hangUp();
    }, this.#options.timings.idleMs);
  }

  #hangUp(): void {
    const relay = this.#relay;
    this.#relay = undefined;
    relay?.close();
    this.#setState('closed');
  }

  /** Asks for everything again: gift wraps are dated back, so no `since` of ours is safe. */
  #ask(subscription: LinkSubscription): void {
    const relay = this.#relay;
    if (!relay?.connected || !this.#subscriptions.has(subscription)) return;
    const running = this.#subscriptions.get(subscription);
    if (running && !running.closed && running.relay === relay) return;
    subscription.onStart();
    const asked: Subscription = relay.ask(subscription.filters, {
      onevent: (event) => {
        if (this.#subscriptions.has(subscription)) subscription.onEvent(event);
      },
      oneose: () => {
        if (this.#subscriptions.has(subscription)) subscription.onEndOfStored();
      },
      onclose: (reason) => {
        this.#ended(subscription, relay, reason);
      },
    });
    this.#subscriptions.set(subscription, asked);
  }

  /** The relay has sent CLOSED, or the connection is gone and will be made again. */
  #ended(subscription: LinkSubscription, relay: QuietRelay, reason: string): void {
    if (this.#relay !== relay || !relay.connected) return;
    if (!this.#subscriptions.has(subscription)) return;
    this.#subscriptions.set(subscription, undefined);
    subscription.onRefused(reason);
    clearTimeout(this.#againTimer);
    this.#againTimer = setTimeout(() => {
      for (const waiting of this.#subscriptions.keys()) this.#ask(waiting);
    }, this.#options.timings.lastRetryMs);
  }

  #setState(state: RelayState['state']): void {
    if (this.#state.state === state) return;
    this.#state = { url: this.url, state, sinceMs: Date.now() };
    this.#options.onState();
  }
}
