/**
 * One connection to one relay that is kept up: it reconnects with growing pauses, subscribes
 * anew, and sends again what the relay has not acknowledged.
 */
import type { SignedEvent } from '@realyield/protocol';
import { WebSocket } from 'ws';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** A relay that does not answer a ping within this time is gone. */
const PING_INTERVAL_MS = 20_000;

/** How long an event that was not acknowledged is worth sending again. */
const RESEND_MS = 300_000;

/** Clocks differ, and a subscription starts a little after a connection ended. */
const OVERLAP_SEC = 10;

const SUBSCRIPTION = 'wallet';

/** What a link listens for. */
export interface RelayLinkOptions {
  readonly url: string;
  /** Filter without `since`, which the link adds. */
  readonly filter: Readonly<Record<string, unknown>>;
  /** Receives whatever the relay sends as an event, unchecked. */
  readonly onEvent: (event: unknown) => void;
  /** Called whenever the connection stands, before anything else is sent. */
  readonly onOpen: () => void;
}

/** A link to a relay; starts at once. */
export class RelayLink {
  readonly #options: RelayLinkOptions;
  /** Sent and not acknowledged, by id. */
  readonly #unconfirmed = new Map<string, { event: SignedEvent; sinceMs: number }>();
  #socket: WebSocket | null = null;
  #timer: NodeJS.Timeout | null = null;
  #ping: NodeJS.Timeout | null = null;
  #pauseMs = FIRST_PAUSE_MS;
  #sinceSec = Math.floor(Date.now() / 1000) - OVERLAP_SEC;
  #isClosed = false;
  #isReady = false;
  #onReady: (() => void)[] = [];

  constructor(options: RelayLinkOptions) {
    this.#options = options;
    this.#connect();
  }

  /** Resolves true when the relay has confirmed the subscription, false when time is up. */
  ready(patienceMs: number): Promise<boolean> {
    if (this.#isReady) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), patienceMs);
      this.#onReady.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  /** Sends an event, now or when the relay is there again, until it is acknowledged. */
  publish(event: SignedEvent): void {
    this.#unconfirmed.set(event.id, { event, sinceMs: Date.now() });
    this.#send(['EVENT', event]);
  }

  /** Cuts the connection as a failing network would; the link comes back by itself. */
  drop(): void {
    this.#isReady = false;
    this.#socket?.terminate();
  }

  /** Ends the connection for good; resolves when the socket is closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#ping) clearInterval(this.#ping);
    const socket = this.#socket;
    if (!socket || socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.terminate();
    await closed;
  }

  #connect(): void {
    const socket = new WebSocket(this.#options.url);
    this.#socket = socket;
    let isAlive = true;
    socket.on('pong', () => (isAlive = true));
    socket.on('error', () => undefined);
    socket.on('open', () => {
      this.#pauseMs = FIRST_PAUSE_MS;
      this.#open();
      this.#ping = setInterval(() => {
        if (!isAlive) socket.terminate();
        isAlive = false;
        socket.ping();
      }, PING_INTERVAL_MS);
    });
    socket.on('message', (data: Buffer) => this.#take(data.toString()));
    socket.on('close', () => this.#reconnect());
  }

  #open(): void {
    this.#options.onOpen();
    const filter = { ...this.#options.filter, since: this.#sinceSec };
    this.#send(['REQ', SUBSCRIPTION, filter]);
    const oldestMs = Date.now() - RESEND_MS;
    for (const [id, { event, sinceMs }] of this.#unconfirmed) {
      if (sinceMs < oldestMs) this.#unconfirmed.delete(id);
      else this.#send(['EVENT', event]);
    }
  }

  #reconnect(): void {
    if (this.#ping) clearInterval(this.#ping);
    this.#ping = null;
    this.#isReady = false;
    if (this.#isClosed) return;
    if (this.#pauseMs === FIRST_PAUSE_MS) {
      this.#sinceSec = Math.floor(Date.now() / 1000) - OVERLAP_SEC;
    }
    this.#timer = setTimeout(() => this.#connect(), this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }

  #take(text: string): void {
    const [type, subject, value] = readMessage(text);
    if (type === 'EVENT' && subject === SUBSCRIPTION) this.#options.onEvent(value);
    if (type === 'OK' && typeof subject === 'string') this.#unconfirmed.delete(subject);
    if (type === 'EOSE' && subject === SUBSCRIPTION) {
      this.#isReady = true;
      const waiting = this.#onReady;
      this.#onReady = [];
      for (const resolve of waiting) resolve();
    }
    // A relay may end a subscription: a new connection asks again.
    if (type === 'CLOSED' && subject === SUBSCRIPTION) this.#socket?.terminate();
  }

  #send(message: readonly unknown[]): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}

function readMessage(text: string): readonly unknown[] {
  try {
    const message: unknown = JSON.parse(text);
    return Array.isArray(message) ? (message as unknown[]) : [];
  } catch {
    return [];
  }
}
