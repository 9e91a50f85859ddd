/**
 * Wallets that pay each other in memory, for tests of what an engine pays rather than how: an
 * invoice is paid at once, once, and the payee's wallet knows it. Real Lightning: scene.ts.
 */
import { randomBytes } from 'node:crypto';
import { parseBolt11 } from '@realyield/protocol';
import type { Clock, PaymentRecord, Wallet, WalletAnswer } from '../../web/lib/engine/ports.ts';
import { writeInvoice } from '../fixtures/invoices.ts';
import { paymentHashOf } from '../fixtures/loan.ts';
import { systemClock } from '../world/system-clock.ts';

interface Invoice {
  readonly payee: string;
  readonly amountMsat: bigint;
  readonly preimage: string;
  payer: string | undefined;
  /** How often it was told to be paid. */
  tries: number;
}

function answered<T>(value: T): WalletAnswer<T> {
  return { state: 'answered', value };
}

/** One payment that was made. */
export interface Moved {
  readonly from: string;
  readonly to: string;
  readonly amountMsat: bigint;
}

/** The wallets of some people. */
export class Purses {
  /** What moved, in order. */
  readonly moved: Moved[] = [];
  /** Says no to a payment before it leaves, while it says true. */
  refuses: (payment: Moved) => boolean = () => false;
  readonly #invoices = new Map<string, Invoice>();
  readonly #listeners = new Map<string, Set<(record: PaymentRecord) => void>>();
  readonly #clock: Pick<Clock, 'nowSec'>;

  constructor(clock: Pick<Clock, 'nowSec'> = systemClock) {
    this.#clock = clock;
  }

  /** How many invoices were made. */
  get invoices(): number {
    return this.#invoices.size;
  }

  /** Whether some invoice was told to be paid more than once. */
  get hasPaidTwice(): boolean {
    return [...this.#invoices.values()].some(({ tries }) => tries > 1);
  }

  /** What one person paid another, in order, msat. */
  between(from: string, to: string): bigint[] {
    const own = this.moved.filter((each) => each.from === from && each.to === to);
    return own.map(({ amountMsat }) => amountMsat);
  }

  /** The wallet of a person. */
  of(owner: string): Wallet {
    return {
      info: () => Promise.resolve(answered({ ...NOBODY, alias: owner })),
      balance: () => Promise.resolve(answered(10_000_000_000n)),
      budget: () => Promise.resolve(answered(undefined)),
      makeInvoice: ({ amountMsat, expirySec }) => {
        const preimage = randomBytes(32).toString('hex');
        const paymentHash = paymentHashOf(preimage);
        const payer = undefined;
        this.#invoices.set(paymentHash, { payee: owner, amountMsat, preimage, payer, tries: 0 });
        const createdAtSec = this.#clock.nowSec();
        const fields = { paymentHash, amountMsat, createdAtSec, expirySec: expirySec + 600 };
        return Promise.resolve(answered({ invoice: writeInvoice('node', fields), paymentHash }));
      },
      pay: (text) => Promise.resolve(this.#pay(owner, text)),
      lookup: ({ paymentHash }) => Promise.resolve(answered(this.#record(owner, paymentHash))),
      onPayment: (listener) => this.#listen(owner, listener),
      close: () => undefined,
    };
  }

  #pay(owner: string, text: string): WalletAnswer<{ preimage: string; feesPaidMsat: bigint }> {
    const parsed = parseBolt11(text);
    const paymentHash = parsed.ok ? parsed.value.paymentHash : '';
    const invoice = this.#invoices.get(paymentHash);
    if (!invoice) return { state: 'refused', code: 'NOT_FOUND', sentence: 'No such invoice.' };
    const payment = { from: owner, to: invoice.payee, amountMsat: invoice.amountMsat };
    if (this.refuses(payment)) {
      return { state: 'refused', code: 'PAYMENT_FAILED', sentence: 'No way there was found.' };
    }
    invoice.tries += 1;
    if (invoice.payer === undefined) {
      invoice.payer = owner;
      this.moved.push(payment);
    }
    for (const person of [owner, invoice.payee]) {
      const record = this.#record(person, paymentHash);
      for (const listener of this.#listeners.get(person) ?? []) if (record) listener(record);
    }
    return answered({ preimage: invoice.preimage, feesPaidMsat: 0n });
  }

  #record(owner: string, paymentHash: string): PaymentRecord | undefined {
    const invoice = this.#invoices.get(paymentHash);
    if (!invoice || (owner !== invoice.payee && owner !== invoice.payer)) return undefined;
    const isSettled = invoice.payer !== undefined;
    return {
      state: isSettled ? 'settled' : 'pending',
      direction: owner === invoice.payee ? 'incoming' : 'outgoing',
      paymentHash,
      preimage: isSettled ? invoice.preimage : undefined,
      amountMsat: invoice.amountMsat,
      feesPaidMsat: 0n,
      settledAtSec: isSettled ? this.#clock.nowSec() : undefined,
    };
  }

  #listen(owner: string, listener: (record: PaymentRecord) => void): () => void {
    const known = this.#listeners.get(owner) ?? new Set();
    this.#listeners.set(owner, known.add(listener));
    return () => known.delete(listener);
  }
}

const NOBODY = {
  alias: '',
  methods: [],
  notifications: [],
  network: 'regtest',
  nodeId: undefined,
};
