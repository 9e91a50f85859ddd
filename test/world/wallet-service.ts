/**
 * Our own NIP-47 wallet service: answers the requests that reach a wallet over a relay.
 *
 * A request that changes something is written down by its event id before it is executed, so
 * that a relay that delivers it again, or a restart in the middle, never makes it happen twice:
 * it gets the answer given before, or what became of the payment. Every request by anyone is
 * answered, except under the two faults below.
 */
import { verify, type SignatureVerifier, type VerifiedEvent } from '@realyield/protocol';
import { initNostrWasm, type Nostr } from 'nostr-wasm';
import { toHex } from './ldk.ts';
import type { LightningWallet } from './lightning-wallet.ts';
import { ENCRYPTIONS, Nip47Cipher, type Encryption } from './nip47-cipher.ts';
import {
  encryptionOf,
  NIP47_KINDS,
  readRequest,
  writeResponse,
  type Nip47Request,
} from './nip47-requests.ts';
import { RelayLink } from './relay-link.ts';
import {
  asPaid,
  NOTIFICATION_TYPES,
  toTransaction,
  WALLET_METHODS,
  type MethodResult,
  type WalletConnection,
  type WalletMethod,
} from './wallet-methods.ts';
import { refuse, type WalletOutcome } from './wallet-outcome.ts';
import { nowSec } from './wallet-rules.ts';

export type { WalletConnection } from './wallet-methods.ts';

/** Requests of one connection in work at the same time. */
const BUSIEST = 100;

/** Strangers answered per second; each costs a key agreement. */
const STRANGERS_PER_SEC = 5;

/** How long the relay may take to answer at the start. */
const START_PATIENCE_MS = 15_000;

/** What a wallet service needs. */
export interface WalletServiceOptions {
  readonly wallet: LightningWallet;
  readonly relayUrl: string;
  /** 32 bytes; the service's identity on the relay. */
  readonly secretKey: Uint8Array;
  readonly connections: readonly WalletConnection[];
  readonly alias: string;
}

/** Answers that are held back, and how many go before them. */
interface Holding {
  passing: number;
  readonly held: (() => void)[];
}

/** A running wallet service. */
export class WalletService {
  /** The service's key, x-only hex. */
  readonly publicKey: string;
  readonly wallet: LightningWallet;
  readonly #options: WalletServiceOptions;
  readonly #nostr: Nostr;
  readonly #verifier: SignatureVerifier;
  readonly #cipher: Nip47Cipher;
  readonly #link: RelayLink;
  readonly #endNotices: () => void;
  /** Requests in work, by client. */
  readonly #busy = new Map<string, number>();
  #strangers = { atSec: 0, count: 0 };
  #isSilent = false;
  #holding: Holding | null = null;
  #isStopped = false;

  private constructor(options: WalletServiceOptions, nostr: Nostr) {
    this.#options = options;
    this.wallet = options.wallet;
    this.#nostr = nostr;
    this.#verifier = (_signature, _id, _key, event) => {
      nostr.verifyEvent(event as Parameters<typeof nostr.verifyEvent>[0]);
      return true;
    };
    this.publicKey = toHex(nostr.getPublicKey(options.secretKey));
    const clients = options.connections.map(({ publicKey }) => publicKey);
    this.#cipher = new Nip47Cipher(options.secretKey, clients);
    this.#link = new RelayLink({
      url: options.relayUrl,
      filter: { kinds: [NIP47_KINDS.request], '#p': [this.publicKey] },
      onEvent: (event) => this.#receive(event),
      onOpen: () => this.#publishInfo(),
    });
    this.#endNotices = this.wallet.onNotice((type, entry) => {
      const text = JSON.stringify({ notification_type: type, notification: toTransaction(entry) });
      for (const client of clients) {
        const content = this.#cipher.encrypt(client, text, 'nip44_v2');
        this.#publish(NIP47_KINDS.notification, [['p', client]], content);
      }
    });
  }

  /** Starts; resolves when the relay has confirmed the subscription, rejects if it does not. */
  static async start(options: WalletServiceOptions): Promise<WalletService> {
    const service = new WalletService(options, await initNostrWasm());
    if (await service.#link.ready(START_PATIENCE_MS)) return service;
    await service.stop();
    throw new Error(`The relay ${options.relayUrl} does not serve the wallet ${options.alias}.`);
  }

  /** Resolves true when the service listens (again), false when it does not in time. */
  ready(patienceMs = START_PATIENCE_MS): Promise<boolean> {
    return this.#link.ready(patienceMs);
  }

  /** Stops answering; the wallet stays open. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#endNotices();
    await this.#link.close();
  }

  /**
   * FAULT: from now on, after so many that pass, pay_invoice is executed and its answer held back,
   * as if it were lost on the way; the returned function lets all held answers go and ends the
   * fault.
   */
  faultHoldPayAnswers(passing = 0): () => void {
    const holding: Holding = { passing, held: [] };
    this.#holding = holding;
    return () => {
      if (this.#holding === holding) this.#holding = null;
      for (const release of holding.held.splice(0)) release();
    };
  }

  /**
   * FAULT: from now on requests are neither executed nor answered, as if the wallet were
   * switched off; the returned function ends the fault.
   */
  faultSilence(): () => void {
    this.#isSilent = true;
    return () => {
      this.#isSilent = false;
    };
  }

  /** FAULT: cuts the connection to the relay; the service comes back by itself. */
  faultDropConnection(): void {
    this.#link.drop();
  }

  #receive(raw: unknown): void {
    if (this.#isSilent || this.#isStopped) return;
    const verified = verify(raw, this.#verifier);
    if (!verified.ok || verified.value.kind !== NIP47_KINDS.request) return;
    const event = verified.value;
    const client = event.pubkey;
    const connection = this.#options.connections.find(({ publicKey }) => publicKey === client);
    if (!connection) {
      this.#turnAway(event);
      return;
    }
    const busy = this.#busy.get(client) ?? 0;
    this.#busy.set(client, busy + 1);
    void this.#handle(event, connection, busy >= BUSIEST).finally(() => {
      this.#busy.set(client, (this.#busy.get(client) ?? 1) - 1);
    });
  }

  #turnAway(event: VerifiedEvent): void {
    const atSec = nowSec();
    if (this.#strangers.atSec !== atSec) this.#strangers = { atSec, count: 0 };
    this.#strangers.count += 1;
    if (this.#strangers.count > STRANGERS_PER_SEC) return;
    const request = readRequest(event, this.#cipher, atSec);
    const refusal = refuse('UNAUTHORIZED', 'No wallet is connected to this key.');
    this.#answer(event, writeResponse(request.ok ? request.value.method : '', refusal));
  }

  async #handle(
    event: VerifiedEvent,
    connection: WalletConnection,
    isBusy: boolean,
  ): Promise<void> {
    const request = readRequest(event, this.#cipher, nowSec());
    if (!request.ok) {
      this.#answer(event, writeResponse('', request));
      return;
    }
    const text = await this.#respond(event.id, request.value, connection, isBusy);
    const answer = (): void => this.#answer(event, text);
    const holding = request.value.method === 'pay_invoice' ? this.#holding : null;
    if (holding && holding.passing > 0) holding.passing -= 1;
    else if (holding) {
      holding.held.push(answer);
      return;
    }
    answer();
  }

  /** The response to a request, which is executed unless that has happened before. */
  async #respond(
    eventId: string,
    request: Nip47Request,
    connection: WalletConnection,
    isBusy: boolean,
  ): Promise<string> {
    const name = request.method;
    const method = WALLET_METHODS.get(name);
    if (!method) {
      const sentence = `This wallet has no method "${name.slice(0, 40)}".`;
      return writeResponse(name, refuse('NOT_IMPLEMENTED', sentence));
    }
    try {
      const known = method.isChange ? this.wallet.ledger.findRequest(eventId) : undefined;
      if (!known) {
        const refusal = findRefusal(request, isBusy);
        if (refusal) return writeResponse(name, refusal);
        return await this.#execute(eventId, method, request, connection);
      }
      if (known.response !== null) return known.response;
      if (name === 'pay_invoice') return writeResponse(name, await this.#resumePayment(request));
      return await this.#execute(eventId, method, request, connection);
    } catch (error) {
      if (!this.#isStopped) console.error(`Wallet ${this.#options.alias}, ${name}:`, error);
      const sentence = 'The wallet failed internally; look up what became of it.';
      return writeResponse(name, refuse('INTERNAL', sentence));
    }
  }

  async #execute(
    eventId: string,
    method: WalletMethod,
    { method: name, params }: Nip47Request,
    connection: WalletConnection,
  ): Promise<string> {
    const { ledger } = this.wallet;
    if (method.isChange) ledger.beginRequest(eventId);
    const { alias } = this.#options;
    const outcome = await method.run({ wallet: this.wallet, alias, connection }, params);
    const text = writeResponse(name, outcome);
    if (method.isChange && !this.#isStopped) ledger.finishRequest(eventId, text);
    return text;
  }

  /** A payment request seen before and not answered: only what became of it, nothing new. */
  async #resumePayment(request: Nip47Request): Promise<WalletOutcome<MethodResult>> {
    const { invoice } = (request.params ?? {}) as { invoice?: unknown };
    const text = typeof invoice === 'string' ? invoice.toLowerCase() : '';
    const entries = this.wallet.ledger.byInvoice(text);
    const entry = entries.find(({ direction }) => direction === 'outgoing');
    return asPaid(await this.wallet.outcomeOf(entry?.paymentHash ?? ''));
  }

  #answer(event: VerifiedEvent, text: string): void {
    if (this.#isSilent || this.#isStopped) return;
    const encryption: Encryption = encryptionOf(event) ?? 'nip44_v2';
    const content = this.#cipher.encrypt(event.pubkey, text, encryption);
    const tags = [
      ['p', event.pubkey],
      ['e', event.id],
    ];
    this.#publish(NIP47_KINDS.response, tags, content);
  }

  #publishInfo(): void {
    const tags = [
      ['encryption', ENCRYPTIONS],
      ['notifications', NOTIFICATION_TYPES],
    ];
    const methods = [...WALLET_METHODS.keys(), 'notifications'];
    this.#publish(NIP47_KINDS.info, tags, methods.join(' '));
  }

  #publish(kind: number, tags: string[][], content: string): void {
    if (this.#isStopped) return;
    const event = { id: '', pubkey: '', sig: '', kind, tags, content, created_at: nowSec() };
    this.#nostr.finalizeEvent(event, this.#options.secretKey);
    this.#link.publish(event);
  }
}

/** Why a request that nobody has seen before is not executed. */
function findRefusal(
  request: Nip47Request,
  isBusy: boolean,
): WalletOutcome<MethodResult> | undefined {
  if (request.isLate) {
    return refuse('OTHER', 'The request expired before it arrived; nothing was done.');
  }
  if (isBusy) {
    return refuse('RATE_LIMITED', 'Too many requests at the same time; try again soon.');
  }
  return undefined;
}
