/**
 * A wallet over Nostr Wallet Connect (NIP-47). Beside the usual client libraries, because money
 * needs what they lack: a timeout is unknown, every request expires, the conversation key is
 * computed once, and every answer is checked before it is believed.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import * as z from 'zod/mini';
import { parseBolt11, verify } from '@realyield/protocol';
import { Listeners } from '../engine/listeners.ts';
import { isPreimageOf } from '../engine/payment.ts';
import type {
  MadeInvoice,
  PaymentRecord,
  Relays,
  Signer,
  Wallet,
  WalletAnswer,
  WalletInfo,
} from '../engine/ports.ts';
import { createRelays } from '../nostr/relays.ts';
import { createLocalSigner } from '../signer/local-signer.ts';
import {
  balanceSchema,
  budgetSchema,
  infoSchema,
  paySchema,
  replySchema,
  toRecord,
  transactionSchema,
} from './answers.ts';
import type { WalletConnection } from './connection.ts';

export { parseWalletUri, type WalletConnection } from './connection.ts';

const REQUEST_KIND = 23_194;
const RESPONSE_KIND = 23_195;
const NOTIFICATION_KINDS = [23_197, 23_196];

/** Timings and platform, all optional. */
export interface NwcOptions {
  readonly webSocket?: typeof WebSocket;
  /** How long an answer to a question may take, ms. */
  readonly replyMs?: number;
  /** How long an answer to a payment may take, ms; payments can be slow without being lost. */
  readonly payReplyMs?: number;
}

/** Error codes after which certainly nothing left the wallet. */
const NOTHING_LEFT: ReadonlySet<string> = new Set([
  'INSUFFICIENT_BALANCE',
  'QUOTA_EXCEEDED',
  'RESTRICTED',
  'UNAUTHORIZED',
  'NOT_IMPLEMENTED',
  'RATE_LIMITED',
  'UNSUPPORTED_ENCRYPTION',
]);

const SENTENCES: Readonly<Record<string, string>> = {
  INSUFFICIENT_BALANCE: 'There is not enough money in it.',
  QUOTA_EXCEEDED: 'The connection’s spending limit is used up.',
  RESTRICTED: 'The connection is not allowed to do this.',
  UNAUTHORIZED: 'The wallet does not know this connection any more.',
  NOT_IMPLEMENTED: 'The wallet cannot do this.',
  RATE_LIMITED: 'The wallet asks for a slower pace.',
};

const SILENT = 'The wallet has not answered.';
const SENSELESS = 'The wallet’s answer makes no sense.';

type Reply = z.infer<typeof replySchema>;

class NwcWallet implements Wallet {
  readonly #connection: WalletConnection;
  readonly #options: NwcOptions;
  readonly #signer: Signer;
  readonly #relays: Relays;
  readonly #waiting = new Map<string, (reply: Reply) => void>();
  readonly #payments = new Listeners<PaymentRecord>();
  readonly #stop: () => void;

  constructor(connection: WalletConnection, options: NwcOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#signer = createLocalSigner(hexToBytes(connection.secret));
    const { webSocket } = options;
    this.#relays = createRelays({
      urls: connection.relays,
      ...(webSocket === undefined ? {} : { webSocket }),
    });
    const filter = {
      kinds: [RESPONSE_KIND, ...NOTIFICATION_KINDS],
      authors: [connection.walletPublicKey],
      '#p': [this.#signer.publicKey],
      since: Math.floor(Date.now() / 1_000) - 10,
    };
    this.#stop = this.#relays.subscribe([filter], (raw) => void this.#hear(raw));
  }

  async info(): Promise<WalletAnswer<WalletInfo>> {
    return this.#ask('get_info', {}, infoSchema, (info) => ({
      alias: info.alias ?? '',
      methods: info.methods,
      notifications: info.notifications ?? [],
      network: info.network,
      nodeId: info.pubkey,
    }));
  }

  async balance(): Promise<WalletAnswer<bigint>> {
    return this.#ask('get_balance', {}, balanceSchema, ({ balance }) => BigInt(balance));
  }

  async makeInvoice(order: {
    readonly amountMsat: bigint;
    readonly description: string;
    readonly expirySec: number;
  }): Promise<WalletAnswer<MadeInvoice>> {
    const params = {
      amount: Number(order.amountMsat),
      description: order.description,
      expiry: order.expirySec,
    };
    return this.#ask('make_invoice', params, transactionSchema, (made) => {
      const invoice = parseBolt11(made.invoice);
      return invoice.ok
        ? { invoice: invoice.value.paymentRequest, paymentHash: invoice.value.paymentHash }
        : undefined;
    });
  }

  /**
   * NIP-47 says PAYMENT_FAILED "may be due to a timeout", and INTERNAL and OTHER say nothing at
   * all: these count as unknown, and the caller looks the payment up.
   */
  async pay(invoice: string): Promise<WalletAnswer<{ preimage: string; feesPaidMsat: bigint }>> {
    const parsed = parseBolt11(invoice);
    if (!parsed.ok) return { state: 'refused', code: parsed.code, sentence: SENSELESS };
    const { paymentHash } = parsed.value;
    const patienceMs = this.#options.payReplyMs ?? 30_000;
    const answer = await this.#ask(
      'pay_invoice',
      { invoice },
      paySchema,
      ({ preimage, fees_paid }) =>
        isPreimageOf(preimage, paymentHash)
          ? { preimage, feesPaidMsat: BigInt(fees_paid ?? 0) }
          : undefined,
      patienceMs,
    );
    if (answer.state !== 'refused' || NOTHING_LEFT.has(answer.code)) return answer;
    return { state: 'unknown', sentence: answer.sentence };
  }

  async lookup(query: {
    readonly paymentHash: string;
    readonly invoice?: string;
  }): Promise<WalletAnswer<PaymentRecord | undefined>> {
    const { paymentHash, invoice } = query;
    const byHash = await this.#lookup({ payment_hash: paymentHash }, paymentHash);
    const isFound = byHash.state === 'answered' && byHash.value !== undefined;
    if (isFound || invoice === undefined || byHash.state === 'unknown') return byHash;
    return this.#lookup({ invoice }, paymentHash);
  }

  async budget(): Promise<WalletAnswer<{ totalMsat: bigint; usedMsat: bigint } | undefined>> {
    const answer = await this.#ask('get_budget', {}, budgetSchema, (budget) => ({
      budget:
        budget.total_budget === undefined
          ? undefined
          : { totalMsat: BigInt(budget.total_budget), usedMsat: BigInt(budget.used_budget ?? 0) },
    }));
    return answer.state === 'answered' ? { ...answer, value: answer.value.budget } : answer;
  }

  onPayment(listener: (record: PaymentRecord) => void): () => void {
    return this.#payments.add(listener);
  }

  close(): void {
    this.#stop();
    this.#relays.close();
    this.#signer.close();
    this.#waiting.clear();
  }

  async #lookup(
    params: Readonly<Record<string, string>>,
    paymentHash: string,
  ): Promise<WalletAnswer<PaymentRecord | undefined>> {
    const answer = await this.#ask('lookup_invoice', params, transactionSchema, (found) => {
      const record = toRecord(found);
      return record?.paymentHash === paymentHash ? { record } : undefined;
    });
    if (answer.state === 'answered') return { state: 'answered', value: answer.value.record };
    if (answer.state === 'refused' && answer.code === 'NOT_FOUND') {
      return { state: 'answered', value: undefined };
    }
    return answer;
  }

  /** One question: sent once, answered or unknown. */
  async #ask<T, R>(
    method: string,
    params: Readonly<Record<string, unknown>>,
    schema: z.ZodMiniType<T>,
    convert: (result: T) => R | undefined,
    patienceMs = this.#options.replyMs ?? 10_000,
  ): Promise<WalletAnswer<R>> {
    const reply = await this.#send(method, params, patienceMs);
    if (!reply) return { state: 'unknown', sentence: SILENT };
    if (reply.error) {
      const { code, message } = reply.error;
      return { state: 'refused', code, sentence: SENTENCES[code] ?? message.slice(0, 200) };
    }
    const parsed = schema.safeParse(reply.result);
    const value = parsed.success ? convert(parsed.data) : undefined;
    return value === undefined
      ? { state: 'unknown', sentence: SENSELESS }
      : { state: 'answered', value };
  }

  async #send(
    method: string,
    params: Readonly<Record<string, unknown>>,
    patienceMs: number,
  ): Promise<Reply | undefined> {
    const nowSec = Math.floor(Date.now() / 1_000);
    const { walletPublicKey } = this.#connection;
    const text = JSON.stringify({ method, params });
    try {
      const event = await this.#signer.sign({
        kind: REQUEST_KIND,
        created_at: nowSec,
        tags: [
          ['p', walletPublicKey],
          ['encryption', 'nip44_v2'],
          // A wallet that wakes up later must not act on it: see NEVER_ARRIVED_MS in payment.ts.
          ['expiration', String(nowSec + Math.ceil(patienceMs / 1_000) + 15)],
        ],
        content: await this.#signer.encrypt(walletPublicKey, text),
      });
      return await new Promise<Reply | undefined>((resolve) => {
        const timer = setTimeout(() => {
          this.#waiting.delete(event.id);
          resolve(undefined);
        }, patienceMs);
        this.#waiting.set(event.id, (reply) => {
          clearTimeout(timer);
          this.#waiting.delete(event.id);
          resolve(reply);
        });
        // Whether a relay took it or not: only an answer or silence tells anything about money.
        void this.#relays.publish(event);
      });
    } catch (error) {
      console.error(error);
      return undefined;
    }
  }

  async #hear(raw: unknown): Promise<void> {
    const verified = verify(raw);
    if (!verified.ok || verified.value.pubkey !== this.#connection.walletPublicKey) return;
    const event = verified.value;
    const asked = event.tags.find((tag) => tag[0] === 'e')?.[1] ?? '';
    const waiting = this.#waiting.get(asked);
    if (event.kind === RESPONSE_KIND && !waiting) return;
    try {
      const text = await this.#signer.decrypt(event.pubkey, event.content);
      const json: unknown = JSON.parse(text);
      if (event.kind !== RESPONSE_KIND) {
        this.#notice(json);
        return;
      }
      const reply = replySchema.safeParse(json);
      if (reply.success) waiting?.(reply.data);
    } catch {
      // Unreadable: the same as silence.
    }
  }

  #notice(json: unknown): void {
    const shape = z.object({ notification: transactionSchema }).safeParse(json);
    const record = shape.success ? toRecord(shape.data.notification) : undefined;
    if (record) this.#payments.emit(record);
  }
}

/** Talks to a wallet until closed. */
export function createNwcWallet(connection: WalletConnection, options: NwcOptions = {}): Wallet {
  return new NwcWallet(connection, options);
}
