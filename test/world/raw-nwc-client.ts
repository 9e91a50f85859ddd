/**
 * A bare NIP-47 client for tests of the wallet service: it sends events exactly as a test makes
 * them, again if need be, and says what came back.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { finalizeEvent, generateSecretKey, getPublicKey, nip04, nip44 } from 'nostr-tools';
import type { SignedEvent } from '@realyield/protocol';
import { WebSocket } from 'ws';
import { fromHex } from './ldk.ts';
import { nowSec } from './wallet-rules.ts';

/** A response of the wallet service. */
export interface RawResponse {
  readonly result_type: string;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly result: Readonly<Record<string, unknown>> | null;
}

/** A notification of the wallet service. */
export interface RawNotification {
  readonly notification_type: string;
  readonly notification: Readonly<Record<string, unknown>>;
}

/** How a request differs from an ordinary one. */
export interface RequestOptions {
  readonly createdAtSec?: number;
  readonly expirationSec?: number;
  readonly encryption?: 'nip44_v2' | 'nip04';
}

/** An answer comes in moments; on a machine that has much to do it may take as many seconds. */
const PATIENCE_MS = 60_000;

/** A client of one wallet service. */
export class RawNwcClient {
  readonly #socket: WebSocket;
  readonly #service: string;
  readonly #secretKey: Uint8Array;
  readonly #conversationKey: Uint8Array;
  readonly #waiters = new Map<string, ((response: RawResponse) => void)[]>();
  /** Every notification so far. */
  readonly notifications: RawNotification[] = [];

  private constructor(socket: WebSocket, service: string, secretKey: Uint8Array) {
    this.#socket = socket;
    this.#service = service;
    this.#secretKey = secretKey;
    this.#conversationKey = nip44.getConversationKey(secretKey, service);
    socket.on('message', (data: Buffer) => this.#take(JSON.parse(data.toString()) as unknown[]));
  }

  /** Connects to the wallet of an address; as a stranger, with a key the wallet does not know. */
  static async open(nwcUri: string, isStranger = false): Promise<RawNwcClient> {
    const [, service = '', query] =
      /^nostr\+walletconnect:\/\/([0-9a-f]+)\?(.*)$/.exec(nwcUri) ?? [];
    const parameters = new URLSearchParams(query);
    const secret = fromHex(parameters.get('secret') ?? '');
    const secretKey = isStranger ? generateSecretKey() : secret;
    const socket = new WebSocket(parameters.get('relay') ?? '');
    const client = new RawNwcClient(socket, service, secretKey);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const filter = {
      kinds: [23_195, 23_197],
      authors: [service],
      '#p': [getPublicKey(secretKey)],
      since: nowSec() - 1,
    };
    const listening = new Promise((resolve) => socket.once('message', resolve));
    socket.send(JSON.stringify(['REQ', 'answers', filter]));
    await listening;
    return client;
  }

  /** A signed request, not sent. */
  request(method: string, params: object, options: RequestOptions = {}): SignedEvent {
    return this.seal(JSON.stringify({ method, params }), options);
  }

  /** A signed request with any text in it, not sent. */
  seal(text: string, options: RequestOptions = {}): SignedEvent {
    const { encryption = 'nip44_v2', expirationSec } = options;
    const tags = [['p', this.#service]];
    if (encryption !== 'nip04') tags.push(['encryption', encryption]);
    if (expirationSec !== undefined) tags.push(['expiration', String(expirationSec)]);
    const content =
      encryption === 'nip04'
        ? nip04.encrypt(this.#secretKey, this.#service, text)
        : nip44.encrypt(text, this.#conversationKey);
    const created_at = options.createdAtSec ?? nowSec();
    return finalizeEvent({ kind: 23_194, created_at, tags, content }, this.#secretKey);
  }

  /** Publishes an event and returns its answer; rejects when there is none in time. */
  async send(event: SignedEvent): Promise<RawResponse> {
    const answer = this.answerTo(event);
    this.publish(event);
    return answer;
  }

  /** The next answer to an event. */
  async answerTo(event: SignedEvent): Promise<RawResponse> {
    const stop = new AbortController();
    const answer = new Promise<RawResponse>((resolve) => {
      this.#waiters.set(event.id, [...(this.#waiters.get(event.id) ?? []), resolve]);
    });
    const late = delay(PATIENCE_MS, undefined, { signal: stop.signal }).then(() => {
      throw new Error('The wallet service did not answer.');
    });
    late.catch(() => undefined);
    return Promise.race([answer, late]).finally(() => stop.abort());
  }

  /** Publishes an event and waits for nothing. */
  publish(event: SignedEvent): void {
    this.#socket.send(JSON.stringify(['EVENT', event]));
  }

  /** Sends an ordinary request and returns the answer. */
  ask(method: string, params: object = {}): Promise<RawResponse> {
    return this.send(this.request(method, params));
  }

  /** Sends an ordinary request and returns its result; throws its error. */
  async get(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    const { result, error } = await this.ask(method, params);
    if (!result) throw new Error(`${error?.code ?? ''}: ${error?.message ?? ''}`);
    return result;
  }

  /** Closes the connection. */
  close(): void {
    this.#socket.terminate();
  }

  #take([type, , value]: readonly unknown[]): void {
    if (type !== 'EVENT') return;
    const event = value as SignedEvent;
    const text = event.content.includes('?iv=')
      ? nip04.decrypt(this.#secretKey, this.#service, event.content)
      : nip44.decrypt(event.content, this.#conversationKey);
    if (event.kind === 23_197) {
      this.notifications.push(JSON.parse(text) as RawNotification);
      return;
    }
    const id = event.tags.find((tag) => tag[0] === 'e')?.[1] ?? '';
    const waiters = this.#waiters.get(id) ?? [];
    this.#waiters.delete(id);
    for (const resolve of waiters) resolve(JSON.parse(text) as RawResponse);
  }
}
