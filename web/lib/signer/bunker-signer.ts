/**
 * A remote signer (NIP-46): the key stays in a bunker, reached through relays. The protocol is
 * nostr-tools' BunkerSigner; here are what it lacks: time limits, asking again after the
 * connection was lost, a bound on requests in flight, and distrust of what comes back.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { BunkerSigner as ToolsBunker } from 'nostr-tools/nip46';
import { SignerError, type EventTemplate, type Signer } from '../engine/ports.ts';
import type { SignedEvent } from '@realyield/protocol';
import { parseBunkerAddress, type BunkerAddress } from './bunker-address.ts';
import { BunkerPool } from './bunker-pool.ts';
import { Exchange } from './bunker-exchange.ts';
import { checkSigned } from './check-signed.ts';
import { PERMISSIONS } from './permissions.ts';

/** How to reach a remote signer. */
export interface BunkerOptions {
  /** 32-byte hex; names this client to the signer, which remembers what it allowed it. */
  readonly clientSecretHex: string;
  /** How long one request may take; 30 seconds unless given. */
  readonly timeoutMs?: number;
  /** For Node 20, which has no WebSocket of its own. */
  readonly webSocket?: typeof WebSocket;
  /**
   * The signer wants its owner to approve at this address (http or https); requests then wait
   * for two minutes. Without it they are refused with a sentence that names the address.
   */
  readonly onApprovalUrl?: (url: string) => void;
  /** The key it signed with before; this client is then known to it and not introduced again. */
  readonly knownPublicKey?: string;
  /** Whether the signer knows this client already, because it has answered its code. */
  readonly isIntroduced?: boolean;
  /** Whether it is tried out first that the signer can encrypt (NIP-44). */
  readonly isTried?: boolean;
}

const TIMEOUT_MS = 30_000;
const APPROVAL_MS = 120_000;
/** A signer that ignores a used secret may still know us: it is asked at once, for so long. */
const KNOWN_CLIENT_MS = 5_000;
const MOST_IN_FLIGHT = 8;
/** NIP-44 takes 65,535 bytes; the rest is for the request's frame. */
const MOST_REQUEST_BYTES = 65_000;

const NO_NIP44 =
  'Your signer does not encrypt (NIP-44). Without that your contract keys could not be kept, and ' +
  'what you agree would not be private, so this page does not go on with it.';
const GONE = 'The connection to your signer has been closed.';

class RemoteSigner implements Signer {
  readonly kind = 'bunker' as const;
  publicKey = '';
  readonly #options: BunkerOptions;
  readonly #timeoutMs: number;
  readonly #pool: BunkerPool;
  readonly #bunker: ToolsBunker;
  readonly #inFlight = new Set<Exchange>();
  readonly #waiting: (() => void)[] = [];
  #isClosed = false;

  constructor(address: BunkerAddress, options: BunkerOptions) {
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.#pool = new BunkerPool(options.webSocket ?? globalThis.WebSocket, () => {
      for (const exchange of this.#inFlight) exchange.again();
    });
    this.#bunker = ToolsBunker.fromBunker(
      hexToBytes(options.clientSecretHex),
      { ...address, relays: [...address.relays] },
      { pool: this.#pool, onauth: (url) => this.#approve(url) },
    );
  }

  /** Introduces this client, unless it is known, and learns the key that signs. */
  async connect(address: BunkerAddress): Promise<void> {
    const { knownPublicKey, isIntroduced, isTried } = this.#options;
    if (isIntroduced) this.publicKey = await this.#askPublicKey(this.#timeoutMs);
    else if (knownPublicKey === undefined) this.publicKey = await this.#introduce(address);
    else this.publicKey = await this.#recall(address, knownPublicKey);
    if (isTried) await this.#tryOut();
  }

  async #introduce(address: BunkerAddress): Promise<string> {
    const introduction = [address.pubkey, address.secret ?? '', PERMISSIONS];
    const refusal = await this.#request('connect', introduction).then(
      () => undefined,
      (error: unknown) => error,
    );
    // A secret is good once; a client the signer remembers needs none.
    const shortMs = Math.min(KNOWN_CLIENT_MS, this.#timeoutMs);
    const waitMs = refusal === undefined ? this.#timeoutMs : shortMs;
    return this.#askPublicKey(waitMs).catch((error: unknown) => {
      throw refusal ?? error;
    });
  }

  /** A signer that has forgotten this client is introduced to it once more. */
  async #recall(address: BunkerAddress, known: string): Promise<string> {
    const publicKey = await this.#askPublicKey(this.#timeoutMs).catch((error: unknown) => {
      if (error instanceof SignerError && error.code === 'DECLINED') {
        return this.#introduce(address);
      }
      throw error;
    });
    if (publicKey === known) return publicKey;
    throw new SignerError(
      'UNSUPPORTED',
      'Your signer now signs with another key than the one you connected with. Connect again.',
    );
  }

  async #askPublicKey(waitMs: number): Promise<string> {
    const publicKey = await this.#request('get_public_key', [], waitMs);
    if (/^[0-9a-f]{64}$/.test(publicKey)) return publicKey;
    throw new SignerError('UNSUPPORTED', 'Your signer did not say which key it signs with.');
  }

  async #tryOut(): Promise<void> {
    const words = 'Real Yield';
    try {
      const sealed = await this.encrypt(this.publicKey, words);
      if ((await this.decrypt(this.publicKey, sealed)) === words) return;
    } catch (error) {
      const isAway = error instanceof SignerError && error.code === 'UNREACHABLE';
      if (isAway) throw error;
    }
    throw new SignerError('UNSUPPORTED', NO_NIP44);
  }

  async sign(template: EventTemplate): Promise<SignedEvent> {
    const { kind, created_at, tags, content } = template;
    const asked = JSON.stringify({ kind, created_at, tags, content });
    const answer = await this.#request('sign_event', [asked]);
    let signed: unknown;
    try {
      signed = JSON.parse(answer);
    } catch {
      throw new SignerError('UNSUPPORTED', 'Your signer answered with something unreadable.');
    }
    return checkSigned(signed, template, this.publicKey);
  }

  encrypt(peerPublicKey: string, plaintext: string): Promise<string> {
    return this.#request('nip44_encrypt', [peerPublicKey, plaintext]);
  }

  decrypt(peerPublicKey: string, ciphertext: string): Promise<string> {
    return this.#request('nip44_decrypt', [peerPublicKey, ciphertext]);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const exchange of [...this.#inFlight]) {
      exchange.finish(new SignerError('UNREACHABLE', GONE));
    }
    for (const go of this.#waiting.splice(0)) go();
    void this.#bunker.close();
    this.#pool.destroy();
  }

  async #request(method: string, params: string[], timeoutMs?: number): Promise<string> {
    const bytes = new TextEncoder().encode(JSON.stringify({ method, params })).length;
    if (bytes > MOST_REQUEST_BYTES) {
      throw new SignerError('UNSUPPORTED', 'This is too long for a remote signer.');
    }
    // The slot of whoever finishes is handed on, so that requests are served in order.
    if (this.#inFlight.size >= MOST_IN_FLIGHT) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#isClosed) throw new SignerError('UNREACHABLE', GONE);
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(
        () => this.#bunker.sendRequest(method, params),
        (outcome) => {
          this.#inFlight.delete(exchange);
          this.#waiting.shift()?.();
          if (typeof outcome === 'string') resolve(outcome);
          else reject(outcome);
        },
      );
      this.#inFlight.add(exchange);
      exchange.start(timeoutMs ?? this.#timeoutMs);
    });
  }

  #approve(url: string): void {
    const isLink = typeof url === 'string' && /^https?:\/\/\S{1,500}$/.test(url);
    const show = isLink ? this.#options.onApprovalUrl : undefined;
    for (const exchange of [...this.#inFlight]) {
      if (show) exchange.allow(APPROVAL_MS);
      else {
        const where = isLink ? `at ${url}` : 'in the signer itself';
        exchange.finish(
          new SignerError('DECLINED', `Approve this first ${where}, then try again.`),
        );
      }
    }
    show?.(url);
  }
}

/**
 * Connects to a remote signer by its bunker:// address. Rejects with SignerError: UNSUPPORTED for
 * an address that is none, UNREACHABLE when nobody answers, DECLINED when the signer says no.
 */
export async function createBunkerSigner(uri: string, options: BunkerOptions): Promise<Signer> {
  const address = parseBunkerAddress(uri);
  const signer = new RemoteSigner(address, options);
  try {
    await signer.connect(address);
    return signer;
  } catch (error) {
    signer.close();
    throw error;
  }
}
