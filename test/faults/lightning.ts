/**
 * Lightning as wallets see it, with one ledger of what really happened. A wallet outlives the
 * processes that use it; what it says of a payment is one of the answers a run asks for.
 */
import { parseBolt11 } from '@realyield/protocol';
import type { PaymentRecord, Wallet, WalletAnswer } from '../../web/lib/engine/ports.ts';
import { hashOf, paymentHashOf } from '../fixtures/keys.ts';
import { writeInvoice } from '../fixtures/invoices.ts';
import type { Random } from './random.ts';
import type { Time } from './time.ts';

/** What a wallet does with a payment, and says about it. */
export const ANSWERS = [
  'success',
  'refusal',
  'silence, then success',
  'silence, then failure',
  'silence, arrives late',
  'silence, never arrives',
  'success, told again after a restart',
] as const;

/** One of these. */
export type PayAnswer = (typeof ANSWERS)[number];

/** One invoice, and what became of it. */
export interface LedgerEntry {
  readonly paymentHash: string;
  readonly preimage: string;
  readonly amountMsat: bigint;
  readonly expiresAtSec: number;
  readonly description: string;
  /** How often it was paid; more than once would be an attempt the payee's node refused. */
  timesPaid: number;
  /** The payer's side. */
  state: 'none' | 'pending' | 'settled' | 'failed';
  feesPaidMsat: bigint;
}

const REPLY_MS = 30_000;
/** Requests say when they expire: a wallet that wakes up later does not act on them. */
const REQUEST_MS = 45_000;
const SILENT = { state: 'unknown', sentence: 'The wallet has not answered.' } as const;
const NO_LOOKUP = { state: 'refused', code: 'NOT_IMPLEMENTED', sentence: '' } as const;
/** An invoice that has run out is still taken for this long by common nodes. */
const GRACE_SEC = 7_200;

/** All invoices of a run. */
export class SimLightning {
  readonly ledger = new Map<string, LedgerEntry>();
  readonly time: Time;
  readonly random: Random;
  readonly #seed: number;

  constructor(time: Time, random: Random, seed: number) {
    this.time = time;
    this.random = random;
    this.#seed = seed;
  }

  /** A new invoice of the payee's. */
  make(amountMsat: bigint, description: string, expirySec: number): string {
    const preimage = hashOf(`run ${this.#seed} invoice ${this.ledger.size}`);
    const paymentHash = paymentHashOf(preimage);
    const createdAtSec = Math.floor(this.time.nowMs / 1_000);
    const entry = { paymentHash, preimage, amountMsat, description, feesPaidMsat: 0n };
    const expiresAtSec = createdAtSec + expirySec;
    this.ledger.set(paymentHash, { ...entry, expiresAtSec, timesPaid: 0, state: 'none' });
    return writeInvoice('node', { paymentHash, amountMsat, createdAtSec, expirySec });
  }

  /** A payment arrives at the payee's node, which takes each invoice once and in time. */
  settle(entry: LedgerEntry): void {
    if (entry.state === 'settled') return;
    const isOver = this.time.nowMs / 1_000 > entry.expiresAtSec + GRACE_SEC;
    entry.state = isOver ? 'failed' : 'settled';
    if (isOver) return;
    entry.timesPaid += 1;
    entry.feesPaidMsat = BigInt(this.random.below(3_000));
  }
}

/** What the payer's wallet does, payment by payment; after the list everything succeeds. */
export interface PayScript {
  readonly answers: PayAnswer[];
  /** How often a question what became of a payment gets no answer. */
  readonly silence: number;
  readonly canLookUp: boolean;
  /** Told of each payment before it is made. */
  readonly onPay?: (entry: LedgerEntry) => void;
}

/** One process's connection to a wallet. */
export class SimWallet implements Wallet {
  readonly #lightning: SimLightning;
  readonly #side: 'incoming' | 'outgoing';
  readonly #script: PayScript;
  #isClosed = false;

  constructor(lightning: SimLightning, side: 'incoming' | 'outgoing', script: PayScript) {
    this.#lightning = lightning;
    this.#side = side;
    this.#script = script;
  }

  info(): Promise<never> {
    return this.#never();
  }
  balance(): Promise<never> {
    return this.#never();
  }
  budget(): Promise<never> {
    return this.#never();
  }
  onPayment(): () => void {
    return () => undefined;
  }
  close(): void {
    this.#isClosed = true;
  }

  async makeInvoice(order: { amountMsat: bigint; description: string; expirySec: number }) {
    await this.#reply();
    const { amountMsat, description, expirySec } = order;
    const invoice = this.#lightning.make(amountMsat, description, expirySec);
    const parsed = parseBolt11(invoice);
    if (!parsed.ok) throw new Error(parsed.code);
    const { paymentHash } = parsed.value;
    return { state: 'answered', value: { invoice, paymentHash } } as const;
  }

  async pay(invoice: string): Promise<WalletAnswer<{ preimage: string; feesPaidMsat: bigint }>> {
    const parsed = parseBolt11(invoice);
    const entry = parsed.ok ? this.#lightning.ledger.get(parsed.value.paymentHash) : undefined;
    if (!entry) throw new Error('an invoice nobody made');
    this.#script.onPay?.(entry);
    const { time } = this.#lightning;
    const answer = this.#script.answers.shift() ?? 'success';
    if (answer === 'refusal') {
      await this.#reply();
      return { state: 'refused', code: 'INSUFFICIENT_BALANCE', sentence: 'No money.' };
    }
    if (answer.startsWith('silence')) {
      this.#later(answer, entry);
      await time.pass(REPLY_MS);
      return this.#isClosed ? this.#never() : SILENT;
    }
    if (entry.state !== 'settled') entry.state = 'pending';
    // It arrives, whether or not the process that asked for it still lives.
    await time.pass(1 + this.#lightning.random.below(300));
    this.#lightning.settle(entry);
    // The wallet starts again and comes upon the request once more.
    if (answer !== 'success') time.after(5_000, () => this.#lightning.settle(entry));
    await this.#reply();
    const { preimage, feesPaidMsat } = entry;
    return { state: 'answered', value: { preimage, feesPaidMsat } };
  }

  async lookup({ paymentHash }: { readonly paymentHash: string }) {
    await this.#reply();
    if (this.#side === 'outgoing') {
      if (!this.#script.canLookUp) return NO_LOOKUP;
      if (this.#lightning.random.isLucky(this.#script.silence)) {
        await this.#lightning.time.pass(10_000);
        return SILENT;
      }
    }
    const entry = this.#lightning.ledger.get(paymentHash);
    return { state: 'answered', value: entry && this.#record(entry) } as const;
  }

  #record(entry: LedgerEntry): PaymentRecord | undefined {
    const { paymentHash, amountMsat, feesPaidMsat, preimage, state } = entry;
    const isOutgoing = this.#side === 'outgoing';
    if (isOutgoing && state === 'none') return undefined;
    const isPaid = state === 'settled';
    const open = isOutgoing && state === 'failed' ? ('failed' as const) : ('pending' as const);
    return {
      state: isPaid ? 'settled' : open,
      direction: this.#side,
      paymentHash,
      preimage: isPaid ? preimage : undefined,
      amountMsat,
      feesPaidMsat: isOutgoing ? feesPaidMsat : 0n,
      settledAtSec: undefined,
    };
  }

  #later(answer: PayAnswer, entry: LedgerEntry): void {
    const { time, random } = this.#lightning;
    if (answer === 'silence, never arrives') return;
    if (answer === 'silence, arrives late') {
      time.after(random.below(REQUEST_MS), () => this.#lightning.settle(entry));
      return;
    }
    if (entry.state !== 'settled') entry.state = 'pending';
    const isFailure = answer === 'silence, then failure';
    time.after(random.below(120_000), () => {
      if (!isFailure) this.#lightning.settle(entry);
      else if (entry.state === 'pending') entry.state = 'failed';
    });
  }

  /** An answer takes its time, and never reaches a process that has died. */
  async #reply(): Promise<void> {
    await this.#lightning.time.pass(1 + this.#lightning.random.below(300));
    if (this.#isClosed) await this.#never();
  }

  #never<T>(): Promise<T> {
    return new Promise(() => undefined);
  }
}
