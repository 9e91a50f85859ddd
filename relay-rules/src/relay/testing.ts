/**
 * For this package's tests: a plain websocket client that awaits messages, and signed events.
 */
import type { SignedEvent } from '@realyield/protocol';
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools';
import { afterEach } from 'vitest';
import { WebSocket } from 'ws';
import { startRelay, type RelayHandle, type RelayOptions } from './server.ts';

/** A key pair to sign with. */
export interface Signer {
  readonly publicKeyHex: string;
  /** Signs an event of now, unless `created_at` says otherwise. */
  sign(fields: Partial<Pick<SignedEvent, 'kind' | 'content' | 'tags' | 'created_at'>>): SignedEvent;
}

/** The system's clock, in seconds. */
export function nowSec(): number {
  return Math.floor(Date.now() / 1000);
}

/** A signer with a random key. */
export function createSigner(): Signer {
  const secretKey = generateSecretKey();
  return {
    publicKeyHex: getPublicKey(secretKey),
    sign({ kind = 1, content = '', tags = [], created_at = nowSec() }) {
      const copied = tags.map((tag) => [...tag]);
      const event = finalizeEvent({ kind, content, tags: copied, created_at }, secretKey);
      return JSON.parse(JSON.stringify(event)) as SignedEvent;
    },
  };
}

/** One message from the relay. */
export type Received = readonly [string, ...unknown[]];

interface Waiter {
  readonly matches: (message: Received) => boolean;
  readonly resolve: (message: Received) => void;
}

/** How long a test waits for a message before it fails. */
const PATIENCE_MS = 10_000;

/** A websocket client that keeps what it receives until somebody asks for it. */
export class Client {
  readonly socket: WebSocket;
  readonly #unread: Received[] = [];
  readonly #waiters = new Set<Waiter>();
  /** The close code, once the connection has ended. */
  readonly closed: Promise<number>;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.on('close', (code) => resolve(code)));
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => this.#take(JSON.parse(data.toString()) as Received));
  }

  /** Connects; rejects when the relay does not answer. */
  static connect(url: string, options: { readonly autoPong?: boolean } = {}): Promise<Client> {
    const socket = new WebSocket(url, options);
    const client = new Client(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(client));
      socket.once('error', reject);
    });
  }

  #take(message: Received): void {
    for (const waiter of this.#waiters) {
      if (!waiter.matches(message)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(message);
      return;
    }
    this.#unread.push(message);
  }

  /** Sends a value as JSON. */
  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  /** The first message, unread or to come, whose beginning is this. */
  next(...beginning: readonly unknown[]): Promise<Received> {
    const matches = (message: Received) => beginning.every((part, at) => message[at] === part);
    const at = this.#unread.findIndex(matches);
    const [found] = at < 0 ? [] : this.#unread.splice(at, 1);
    if (found) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        matches,
        resolve: (message) => {
          clearTimeout(timer);
          resolve(message);
        },
      };
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(new Error(`no ${JSON.stringify(beginning)} in ${JSON.stringify(this.#unread)}`));
      }, PATIENCE_MS);
      this.#waiters.add(waiter);
    });
  }

  /** Publishes and returns what OK says: accepted, and the text. */
  async publish(event: unknown): Promise<readonly [boolean, string]> {
    this.send(['EVENT', event]);
    const { id } = event as SignedEvent;
    const [, , accepted, reason] = await this.next('OK', id);
    return [accepted as boolean, reason as string];
  }

  /** Subscribes and returns the stored events; the subscription stays open. */
  async request(id: string, ...filters: readonly unknown[]): Promise<SignedEvent[]> {
    this.send(['REQ', id, ...filters]);
    await this.next('EOSE', id);
    return this.takeEvents(id);
  }

  /** The events received so far for a subscription. */
  takeEvents(id: string): SignedEvent[] {
    const events: SignedEvent[] = [];
    for (let at = 0; at < this.#unread.length;) {
      const message = this.#unread[at];
      if (message?.[0] === 'EVENT' && message[1] === id) {
        events.push(message[2] as SignedEvent);
        this.#unread.splice(at, 1);
      } else at += 1;
    }
    return events;
  }

  /** Resolves when the relay has handled everything sent before. */
  async settle(): Promise<void> {
    const id = `settle${Math.random()}`;
    this.send(['COUNT', id, { ids: [] }]);
    await this.next('COUNT', id);
  }

  /** Answers the relay's challenge as this signer. */
  async authenticate(signer: Signer, url: string): Promise<readonly [boolean, string]> {
    const [, challenge] = await this.next('AUTH');
    // Kept, since one connection may prove several keys.
    this.#unread.push(['AUTH', challenge]);
    const tags = [
      ['relay', url],
      ['challenge', String(challenge)],
    ];
    const event = signer.sign({ kind: 22_242, tags });
    this.send(['AUTH', event]);
    const [, , accepted, reason] = await this.next('OK', event.id);
    return [accepted as boolean, reason as string];
  }
}

/** Starts relays and connects clients that end with the test. */
export function useRelays() {
  const relays: RelayHandle[] = [];
  const clients: Client[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.socket.terminate();
    await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  });
  return {
    start: async (options: RelayOptions = {}): Promise<RelayHandle> => {
      const relay = await startRelay(options);
      relays.push(relay);
      return relay;
    },
    connect: async (relay: RelayHandle, options: { readonly autoPong?: boolean } = {}) => {
      const client = await Client.connect(relay.url, options);
      clients.push(client);
      return client;
    },
  };
}
