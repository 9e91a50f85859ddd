/**
 * A remote signer (NIP-46) for the local world: holds one key and signs for whoever knows the
 * secret in its address, or one that was given to them alone. It has no owner to ask, so it
 * approves everything.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { verify, type SignatureVerifier } from '@realyield/protocol';
import * as z from 'zod';
import type { Relays, Signer } from '../../web/lib/engine/ports.ts';
import { createRelays } from '../../web/lib/nostr/relays.ts';
import { loadWasmVerifier } from '../../web/lib/nostr/verifier/load-wasm.ts';
import { createLocalSigner } from '../../web/lib/signer/local-signer.ts';
import { nodeWebSocket } from './node-web-socket.ts';

const NOSTR_CONNECT_KIND = 24_133;
const CODE = /^nostrconnect:\/\/([0-9a-f]{64})\?(.+)$/;
/** Older requests are leftovers that some relays keep for minutes. */
const MOST_AGE_SEC = 60;
const MOST_REMEMBERED = 10_000;

/** How to start a bunker. */
export interface BunkerServerOptions {
  /** The key it signs with, unless a signer is given; copied. */
  readonly secretKey: Uint8Array;
  readonly signer?: Signer;
  readonly relayUrl: string;
  /** What a client must know to connect; anybody may unless given. */
  readonly secret?: string;
}

/** A running bunker. */
export interface BunkerServer {
  /** bunker://… for clients. The same for the same key, relay and secret. */
  readonly uri: string;
  /** Lets in the client that shows this code (nostrconnect://…), over the code's relays. */
  accept(code: string): Promise<void>;
  /** An address for one more, by a secret of their own. */
  invite(secret: string): string;
  /** Lets in nobody by a secret any more, nor any client that came by it. */
  revoke(secret: string): void;
  stop(): void;
}

const requestSchema = z.object({
  id: z.string(),
  method: z.string(),
  params: z.array(z.string()),
});

const templateSchema = z.object({
  kind: z.int(),
  created_at: z.int(),
  tags: z.array(z.array(z.string())),
  content: z.string(),
});

/** One key's methods, for the clients that have connected, or for all where there is no secret. */
class Methods {
  readonly #signer: Signer;
  readonly #isOpen: boolean;
  readonly #secrets = new Set<string>();
  /** Clients, by the secret they came by. */
  readonly #clients = new Map<string, string | undefined>();

  constructor(signer: Signer, secret: string | undefined) {
    this.#signer = signer;
    this.#isOpen = secret === undefined;
    if (secret !== undefined) this.#secrets.add(secret);
  }

  /** A client that needs no secret any more: it has shown its own. */
  letIn(client: string): void {
    this.#clients.set(client, undefined);
  }

  invite(secret: string): void {
    this.#secrets.add(secret);
  }

  revoke(secret: string): void {
    this.#secrets.delete(secret);
    for (const [client, by] of this.#clients) if (by === secret) this.#clients.delete(client);
  }

  /** The result of a request; throws with words for the client. */
  async answer(client: string, method: string, params: readonly string[]): Promise<string> {
    const [first = '', second = ''] = params;
    if (method === 'connect') {
      if (!this.#isOpen && !this.#secrets.has(second)) throw new Error('wrong secret');
      this.#clients.set(client, second);
      return 'ack';
    }
    if (method === 'ping') return 'pong';
    const isKnown = this.#isOpen || this.#clients.has(client);
    if (!isKnown) throw new Error('connect first');
    switch (method) {
      case 'get_public_key':
        return this.#signer.publicKey;
      case 'sign_event':
        return JSON.stringify(await this.#signer.sign(templateSchema.parse(JSON.parse(first))));
      case 'nip44_encrypt':
        return this.#signer.encrypt(first, second);
      case 'nip44_decrypt':
        return this.#signer.decrypt(first, second);
      default:
        throw new Error(`unknown method ${method}`);
    }
  }
}

/** Hears requests on relays and answers them. */
class Conversation {
  /** A bunker talks under a key that is not the one it signs with. */
  readonly transport: Signer;
  readonly #methods: Methods;
  readonly #verifier: SignatureVerifier;
  readonly #opened: Relays[] = [];
  readonly #seen = new Set<string>();
  #isStopped = false;

  constructor(secretKey: Uint8Array, methods: Methods, verifier: SignatureVerifier) {
    this.transport = createLocalSigner(sha256(concatBytes(utf8ToBytes('bunker'), secretKey)));
    this.#methods = methods;
    this.#verifier = verifier;
  }

  /** Answers on these relays; resolves when they are connected. */
  async listen(urls: readonly string[]): Promise<Relays> {
    const relays = createRelays({ urls, webSocket: nodeWebSocket });
    this.#opened.push(relays);
    const filter = { kinds: [NOSTR_CONNECT_KIND], '#p': [this.transport.publicKey] };
    await new Promise<void>((resolve) => {
      // What does not decrypt or parse is answered with silence.
      relays.subscribe([filter], (raw) => void this.#serve(relays, raw).catch(() => undefined), {
        onEndOfStored: resolve,
      });
    });
    return relays;
  }

  /** Says something to a client. */
  async say(relays: Relays, client: string, message: object): Promise<void> {
    const reply = await this.transport.sign({
      kind: NOSTR_CONNECT_KIND,
      created_at: Math.floor(Date.now() / 1000),
      tags: [['p', client]],
      content: await this.transport.encrypt(client, JSON.stringify(message)),
    });
    if (!this.#isStopped) await relays.publish(reply);
  }

  stop(): void {
    this.#isStopped = true;
    for (const relays of this.#opened) relays.close();
    this.transport.close();
  }

  async #serve(relays: Relays, raw: unknown): Promise<void> {
    const verified = verify(raw, this.#verifier);
    if (!verified.ok || verified.value.kind !== NOSTR_CONNECT_KIND) return;
    const { id, pubkey: client, created_at, content } = verified.value;
    if (this.#seen.has(id) || created_at < Date.now() / 1000 - MOST_AGE_SEC) return;
    if (this.#seen.size >= MOST_REMEMBERED) this.#seen.clear();
    this.#seen.add(id);
    const text = await this.transport.decrypt(client, content);
    const request = requestSchema.parse(JSON.parse(text));
    const answer = await this.#methods.answer(client, request.method, request.params).then(
      (result) => ({ id: request.id, result }),
      (error: unknown) => {
        const words = error instanceof Error ? error.message : String(error);
        return { id: request.id, result: '', error: words };
      },
    );
    await this.say(relays, client, answer);
  }
}

/** Starts a bunker; resolves when its relay is connected and it can be asked. */
export async function startBunker(options: BunkerServerOptions): Promise<BunkerServer> {
  const { secretKey, relayUrl, secret } = options;
  const signer = options.signer ?? createLocalSigner(secretKey.slice());
  const methods = new Methods(signer, secret);
  const conversation = new Conversation(secretKey, methods, await loadWasmVerifier());
  await conversation.listen([relayUrl]);
  const addressBy = (by: string | undefined): string => {
    const query = new URLSearchParams({
      relay: relayUrl,
      ...(by === undefined ? {} : { secret: by }),
    });
    return `bunker://${conversation.transport.publicKey}?${query}`;
  };
  return {
    uri: addressBy(secret),
    invite(by) {
      methods.invite(by);
      return addressBy(by);
    },
    revoke: (by) => methods.revoke(by),
    async accept(code) {
      const [, client = '', asked = ''] = CODE.exec(code) ?? [];
      const parameters = new URLSearchParams(asked);
      const relays = await conversation.listen(parameters.getAll('relay'));
      methods.letIn(client);
      const result = parameters.get('secret') ?? '';
      await conversation.say(relays, client, { id: 'accepted', result });
    },
    stop() {
      conversation.stop();
      signer.close();
    },
  };
}
