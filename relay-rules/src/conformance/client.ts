/**
 * A plain websocket client that awaits messages, and signed events: what the conformance suite
 * and this package's tests talk to relays with.
 */
import type { SignedEvent } from '@realyield/protocol';
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools';
import { WebSocket } from 'ws';

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

/** How long to wait for a message before giving up. */
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
    return this.nextOf(beginning);
  }

  /** The first message that begins in one of these ways. */
  nextOf(...beginnings: readonly (readonly unknown[])[]): Promise<Received> {
    const matches = (message: Received) =>
      beginnings.some((beginning) => beginning.every((part, at) => message[at] === part));
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
        reject(new Error(`no ${JSON.stringify(beginnings)} in ${JSON.stringify(this.#unread)}`));
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

  /** Resolves when the relay has handled everything sent before (NIP-45). */
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
