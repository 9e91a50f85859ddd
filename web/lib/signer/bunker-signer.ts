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
import { checkSigned, signerWords } from './check-signed.ts';

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
}

const TIMEOUT_MS = 30_000;
const APPROVAL_MS = 120_000;
/**
 * Pauses before asking again once the connection was lost. More than one, because the signer may
 * have lost the same relay, which keeps no requests; few, because it may ask its owner each time.
 */
const RETRIES_MS = [500, 2_500, 6_000];
/** A signer that ignores a used secret may still know us: it is asked at once, for so long. */
const KNOWN_CLIENT_MS = 5_000;
const MOST_IN_FLIGHT = 8;
/** NIP-44 takes 65,535 bytes; the rest is for the request's frame. */
const MOST_REQUEST_BYTES = 65_000;

const SILENT = 'Your signer did not answer in time. Check that it is running and connected.';
const GONE = 'The connection to your signer has been closed.';

/** A relay's refusal, in NIP-01's form; anything else is a matter of the connection. */
function relayRefusal(error: unknown): string | undefined {
  const reasons: unknown[] = error instanceof AggregateError ? error.errors : [error];
  const words = reasons.map(signerWords);
  return words.find((text) => /^(invalid|blocked|restricted|auth-required|pow|error): /.test(text));
}

/** One request until it is settled. */
class Exchange {
  readonly #settle: (outcome: string | SignerError) => void;
  readonly #ask: () => Promise<unknown>;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #retriesMs: number[] = [];
  #isSettled = false;

  constructor(ask: () => Promise<unknown>, settle: (outcome: string | SignerError) => void) {
    this.#ask = ask;
    this.#settle = settle;
  }

  start(timeoutMs: number): void {
    this.allow(timeoutMs);
    this.#try();
  }

  allow(timeoutMs: number): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(
      () => this.finish(new SignerError('UNREACHABLE', SILENT)),
      timeoutMs,
    );
  }

  /** Asks again soon: question or answer may have been lost with the connection. */
  again(): void {
    this.#retriesMs = [...RETRIES_MS];
    if (this.#retry === undefined) this.#retryLater();
  }

  #retryLater(): void {
    const pauseMs = this.#retriesMs.shift();
    if (this.#isSettled || pauseMs === undefined) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#try();
      this.#retryLater();
    }, pauseMs);
  }

  finish(outcome: string | SignerError): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#deadline);
    clearTimeout(this.#retry);
    this.#settle(outcome);
  }

  #try(): void {
    this.#ask().then(
      (answer) => {
        if (typeof answer === 'string') this.finish(answer);
        else this.finish(new SignerError('UNSUPPORTED', 'Your signer answered with no text.'));
      },
      (error: unknown) => this.#failed(error),
    );
  }

  #failed(error: unknown): void {
    // nostr-tools rejects with the signer's own text, and with an Error for everything else.
    if (typeof error === 'string') {
      this.finish(new SignerError('DECLINED', `Your signer declined: ${signerWords(error)}`));
      return;
    }
    const refusal = relayRefusal(error);
    if (refusal === undefined) this.again();
    else {
      this.finish(
        new SignerError('UNREACHABLE', `The relay of your signer refused the request: ${refusal}`),
      );
    }
  }
}

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

  /** Introduces this client and learns the key that signs. */
  async connect(address: BunkerAddress): Promise<void> {
    const refusal = await this.#request('connect', [address.pubkey, address.secret ?? '']).then(
      () => undefined,
      (error: unknown) => error,
    );
    // A secret is good once; a client the signer remembers needs none.
    const shortMs = Math.min(KNOWN_CLIENT_MS, this.#timeoutMs);
    const waitMs = refusal === undefined ? this.#timeoutMs : shortMs;
    const publicKey = await this.#request('get_public_key', [], waitMs).catch((error: unknown) => {
      throw refusal ?? error;
    });
    if (!/^[0-9a-f]{64}$/.test(publicKey)) {
      throw new SignerError('UNSUPPORTED', 'Your signer did not say which key it signs with.');
    }
    this.publicKey = publicKey;
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
