/**
 * A wallet over Nostr Wallet Connect (NIP-47). Beside the usual client libraries, because money
 * needs what they lack: a timeout is unknown, every request expires, the conversation key is
 * computed once, and every answer is checked before it is believed.
 */
import * as z from 'zod/mini';
import { sentenceFor } from '@realyield/protocol';
import { Listeners } from '../engine/listeners.ts';
import type { HoldWallet } from '../engine/forwarding/ports.ts';
import { isPreimageOf } from '../engine/payment.ts';
import type {
  MadeInvoice,
  PaymentRecord,
  Wallet,
  WalletAnswer,
  WalletInfo,
} from '../engine/ports.ts';
import {
  balanceSchema,
  budgetSchema,
  infoSchema,
  madeSchema,
  paySchema,
  toRecord,
  transactionSchema,
} from './answers.ts';
import { WalletChannel } from './channel.ts';
import type { WalletConnection } from './connection.ts';
import { createHoldWallet } from './hold.ts';
import { readInvoice } from './invoices.ts';

export { parseWalletUri, type WalletConnection } from './connection.ts';

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

const MOST_WORDS = 200;
const REPLY_MS = 10_000;
const PAY_REPLY_MS = 30_000;
const NO_ANSWER = {
  silent: 'The wallet has not answered.',
  unreachable: 'The wallet cannot be reached.',
  senseless: `${sentenceFor('WALLET_ANSWER')} (WALLET_ANSWER)`,
} as const;

class NwcWallet implements Wallet {
  readonly id: string;
  readonly hold: HoldWallet;
  readonly #options: NwcOptions;
  readonly #channel: WalletChannel;
  readonly #payments = new Listeners<PaymentRecord>();

  constructor(connection: WalletConnection, options: NwcOptions) {
    this.id = connection.walletPublicKey;
    this.#options = options;
    this.#channel = new WalletChannel(connection, options.webSocket);
    this.hold = createHoldWallet((...question) => this.#ask(...question));
    this.#channel.notified.add((notice) => {
      const shape = z.object({ notification: transactionSchema }).safeParse(notice);
      const record = shape.success ? toRecord(shape.data.notification) : undefined;
      if (record) this.#payments.emit(record);
    });
  }

  async info(): Promise<WalletAnswer<WalletInfo>> {
    return this.#ask('get_info', {}, infoSchema, (info) => ({
      alias: info.alias ?? '',
      methods: info.methods,
      notifications: info.notifications ?? [],
      network: info.network ?? undefined,
      nodeId: info.pubkey ?? undefined,
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
    return this.#ask('make_invoice', params, madeSchema, (made) => {
      const invoice = readInvoice(made.invoice);
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
    const parsed = readInvoice(invoice);
    if (!parsed.ok) {
      // Nothing was sent: no wallet need be asked about what is no invoice.
      return { state: 'refused', code: parsed.code, sentence: sentenceFor(parsed.code) };
    }
    const { paymentHash } = parsed.value;
    const answer = await this.#ask(
      'pay_invoice',
      { invoice },
      paySchema,
      (paid) => {
        const preimage = paid.preimage.toLowerCase();
        if (!isPreimageOf(preimage, paymentHash)) return undefined;
        return { preimage, feesPaidMsat: BigInt(paid.fees_paid ?? 0) };
      },
      this.#options.payReplyMs ?? PAY_REPLY_MS,
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
        typeof budget.total_budget === 'number'
          ? { totalMsat: BigInt(budget.total_budget), usedMsat: BigInt(budget.used_budget ?? 0) }
          : undefined,
    }));
    return answer.state === 'answered' ? { ...answer, value: answer.value.budget } : answer;
  }

  onPayment(listener: (record: PaymentRecord) => void): () => void {
    return this.#payments.add(listener);
  }

  close(): void {
    this.#channel.close();
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
    patienceMs = this.#options.replyMs ?? REPLY_MS,
  ): Promise<WalletAnswer<R>> {
    const answer = await this.#channel.request(method, params, patienceMs);
    if (answer.state !== 'replied') return { state: 'unknown', sentence: NO_ANSWER[answer.state] };
    const { error, result } = answer.reply;
    if (error) {
      const { code, message } = error;
      const words = message.slice(0, MOST_WORDS).trim() || code.slice(0, MOST_WORDS);
      return { state: 'refused', code, sentence: SENTENCES[code] ?? `The wallet says: ${words}` };
    }
    const parsed = schema.safeParse(result);
    const value = parsed.success ? convert(parsed.data) : undefined;
    return value === undefined
      ? { state: 'unknown', sentence: NO_ANSWER.senseless }
      : { state: 'answered', value };
  }
}

/** Talks to a wallet until closed. */
export function createNwcWallet(connection: WalletConnection, options: NwcOptions = {}): Wallet {
  return new NwcWallet(connection, options);
}
