/**
 * One relay, kept connected: reconnects with growing pauses, asks again for everything that was
 * subscribed, and proves keys of ours where the relay wants to know who asks.
 */
import type { SignedEvent } from '@realyield/protocol';
import type { Filter, PublishOutcome, RelayState } from '../engine/ports.ts';
import { converse, type Conversation } from './conversation.ts';
import { asksWhoWeAre, introduce, keysOf, proveKeys, type SignerOf } from './introductions.ts';
import type { RelayTalk } from './relay-talk.ts';
import type { OpenWire } from './wire.ts';

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
  readonly openWire: OpenWire;
  /** Resolves when connections may be made. */
  readonly ready: Promise<void>;
  readonly onState: () => void;
  readonly signerOf: SignerOf;
}

/** A subscription that outlives connections. */
export interface LinkSubscription {
  readonly filters: readonly Filter[];
  /** Whether it ends with the stored answers. */
  readonly isBrief: boolean;
  /** The question is about to be asked, for the first time or anew. */
  readonly onStart: () => void;
  readonly onEvent: (event: unknown) => void;
  readonly onEndOfStored: () => void;
  /** The relay ended it; it is asked again later unless it is ended here. */
  readonly onRefused: (reason: string) => void;
}

/** A relay by its address. */
export class RelayLink {
  readonly url: string;
  readonly #options: LinkOptions;
  readonly #subscriptions = new Map<LinkSubscription, (() => void) | undefined>();
  /** The connection on which a question was already asked again as somebody. */
  readonly #askedAs = new WeakMap<LinkSubscription, RelayTalk>();
  readonly #publishing = new Map<string, Promise<PublishOutcome>>();
  #now: Conversation | undefined;
  #state: RelayState;
  #isKept = false;
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
    this.#state = { url, state: 'closed', sinceMs: Date.now() };
  }

  /** How the relay is doing. */
  get state(): RelayState {
    return this.#state;
  }

  /** Whether nobody asks it or publishes there. */
  get isUnused(): boolean {
    return this.#subscriptions.size === 0 && this.#publishing.size === 0;
  }

  /** Stays connected from now on though nothing is subscribed, or no longer does. */
  keep(isKept: boolean): void {
    this.#isKept = isKept;
    if (isKept) void this.open();
    else this.#restLater();
  }

  /** Connects if need be; false when it cannot be reached now (it goes on trying). */
  open(): Promise<boolean> {
    if (this.#now) return Promise.resolve(true);
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
      const stop = this.#subscriptions.get(subscription);
      this.#subscriptions.delete(subscription);
      stop?.();
      this.#restLater();
    };
  }

  /** Publishes once; what the relay answers, or why it could not be asked. */
  publish(event: SignedEvent): Promise<PublishOutcome> {
    // The same event twice at once is one publication.
    const running = this.#publishing.get(event.id);
    if (running) return running;
    const publishing = this.#publish(event).finally(() => {
      this.#publishing.delete(event.id);
      this.#restLater();
    });
    this.#publishing.set(event.id, publishing);
    return publishing;
  }

  /** What `RelayTalk.reconcile` does, on a connection made if need be. */
  async reconcile(...how: Parameters<RelayTalk['reconcile']>): Promise<boolean> {
    await this.open();
    const isDone = (await this.#now?.talk.reconcile(...how)) ?? false;
    this.#restLater();
    return isDone;
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
    await this.open();
    const talk = this.#now?.talk;
    if (!talk) return { url, accepted: false, reason: 'not reachable' };
    const { publishMs } = this.#options.timings;
    const verdict = await talk.publish(event, publishMs);
    if (verdict.accepted || !asksWhoWeAre(verdict.reason)) return { url, ...verdict };
    // As its author and nobody else: a relay need not learn which keys are one person's.
    const isProven = await proveKeys(talk, [event.pubkey], this.#options.signerOf, publishMs);
    return { url, ...(isProven ? await talk.publish(event, publishMs) : verdict) };
  }

  async #connect(): Promise<boolean> {
    clearTimeout(this.#retryTimer);
    if (this.#state.state !== 'refused') this.#setState('connecting');
    const { timings, webSocket, openWire, ready } = this.#options;
    await ready;
    if (!this.#mayConnect()) return false;
    const { connectMs } = timings;
    const opened = await converse(openWire, { url: this.url, connectMs, webSocket }, () => {
      this.#lost();
    });
    if (!this.#mayConnect()) {
      opened?.hangUp();
      return false;
    }
    if (!opened?.isOpen()) {
      // Whatever the reason, it is a relay that cannot be reached now.
      this.#setState('refused');
      this.#retryLater();
      return false;
    }
    this.#now = opened;
    this.#retryMs = timings.firstRetryMs;
    this.#setState('open');
    for (const subscription of this.#subscriptions.keys()) this.#ask(subscription);
    this.#restLater();
    return true;
  }

  #mayConnect(): boolean {
    return !this.#isClosed;
  }

  #lost(): void {
    // Lost before it was ours: whoever opens it sees that.
    const lost = this.#now;
    if (!lost) return;
    this.#now = undefined;
    for (const subscription of this.#subscriptions.keys()) {
      this.#subscriptions.set(subscription, undefined);
    }
    lost.hangUp();
    this.#setState('connecting');
    this.#retryLater();
  }

  #retryLater(): void {
    clearTimeout(this.#retryTimer);
    if (!this.#isKept && this.#subscriptions.size === 0) {
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
    if (this.#isKept || this.#isClosed) return;
    this.#idleTimer = setTimeout(() => {
      if (this.#isKept || this.#subscriptions.size > 0 || this.#publishing.size > 0) return;
      clearTimeout(this.#retryTimer);
      this.#hangUp();
    }, this.#options.timings.idleMs);
  }

  #hangUp(): void {
    const now = this.#now;
    this.#now = undefined;
    now?.hangUp();
    this.#setState('closed');
  }

  /** Asks for everything again: gift wraps are dated back, so no `since` of ours is safe. */
  #ask(subscription: LinkSubscription): void {
    const talk = this.#now?.talk;
    if (!talk || !this.#subscriptions.has(subscription)) return;
    if (this.#subscriptions.get(subscription)) return;
    const isOurs = (): boolean => this.#subscriptions.has(subscription) && this.#now?.talk === talk;
    const { signerOf, timings } = this.#options;
    introduce(talk, subscription.filters, signerOf, timings.publishMs);
    subscription.onStart();
    const stop = talk.ask(
      subscription.filters,
      {
        onEvent: (event) => {
          if (isOurs()) subscription.onEvent(event);
        },
        onEndOfStored: () => {
          if (isOurs()) subscription.onEndOfStored();
        },
        onClosed: (reason) => {
          if (isOurs()) void this.#ended(subscription, talk, reason);
        },
      },
      subscription.isBrief,
    );
    this.#subscriptions.set(subscription, stop);
  }

  /** The relay has sent CLOSED: it wants to know who asks, or will not have the question now. */
  async #ended(subscription: LinkSubscription, talk: RelayTalk, reason: string): Promise<void> {
    this.#subscriptions.set(subscription, undefined);
    const { signerOf, timings } = this.#options;
    if (asksWhoWeAre(reason) && this.#askedAs.get(subscription) !== talk) {
      this.#askedAs.set(subscription, talk);
      const keys = keysOf(subscription.filters);
      const isProven = await proveKeys(talk, keys, signerOf, timings.publishMs);
      if (this.#now?.talk !== talk || !this.#subscriptions.has(subscription)) return;
      if (isProven) {
        this.#ask(subscription);
        return;
      }
    }
    subscription.onRefused(reason);
    clearTimeout(this.#againTimer);
    this.#againTimer = setTimeout(() => {
      for (const waiting of this.#subscriptions.keys()) this.#ask(waiting);
    }, timings.lastRetryMs);
  }

  #setState(state: RelayState['state']): void {
    if (this.#state.state === state) return;
    this.#state = { url: this.url, state, sinceMs: Date.now() };
    this.#options.onState();
  }
}
