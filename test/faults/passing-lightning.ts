/**
 * Lightning as three wallets see it when a bank passes payments on: two invoices on one hash, what
 * is held until a block, and one account of what each wallet really has in the end.
 */
import type { HoldOrder } from '../../web/lib/engine/forwarding/ports.ts';
import { writeInvoice } from '../fixtures/invoices.ts';
import { hashOf, paymentHashOf } from '../fixtures/keys.ts';
import type { Random } from './random.ts';
import type { Time } from './time.ts';

/** Who has a wallet. */
export type Owner = 'investor' | 'business' | 'bank';

const BLOCK_MS = 600_000;
/** A wallet gives back what it holds so many blocks ahead of its time. */
const AHEAD_BLOCKS = 40;

/** An invoice and what was paid on it. */
export interface PassedInvoice {
  readonly text: string;
  readonly owner: Owner;
  readonly paymentHash: string;
  readonly amountMsat: bigint;
  readonly isHold: boolean;
  readonly cltvBlocks: number;
  state: 'open' | 'accepted' | 'settled' | 'gone';
  deadline: number | undefined;
}

/** A payment that left a wallet, or is about to. */
export interface PassedPayment {
  readonly payer: Owner;
  readonly invoice: PassedInvoice;
  state: 'pending' | 'settled' | 'failed';
  feesPaidMsat: bigint;
  /** How often its wallet was told. */
  tries: number;
}

/** Everything that happened. */
export class PassingLightning {
  readonly time: Time;
  readonly random: Random;
  readonly invoices: PassedInvoice[] = [];
  readonly payments: PassedPayment[] = [];
  /** How often an invoice was paid that its owner had voided before. */
  paidToVoid = 0;
  readonly #preimages = new Map<string, string>();
  readonly #seed: number;

  constructor(time: Time, random: Random, seed: number) {
    this.time = time;
    this.random = random;
    this.#seed = seed;
  }

  get height(): number {
    return Math.floor(this.time.nowMs / BLOCK_MS);
  }

  preimageOf(paymentHash: string): string | undefined {
    return this.#preimages.get(paymentHash);
  }

  find(owner: Owner, paymentHash: string): PassedInvoice | undefined {
    return this.invoices.find((each) => each.owner === owner && each.paymentHash === paymentHash);
  }

  sent(payer: Owner, paymentHash: string): PassedPayment | undefined {
    return this.payments.findLast(
      (each) => each.payer === payer && each.invoice.paymentHash === paymentHash,
    );
  }

  /** A new invoice; on a hash of its owner's unless one is given. */
  make(owner: Owner, amountMsat: bigint, expirySec: number, order?: HoldOrder): PassedInvoice {
    const preimage = hashOf(`passing ${this.#seed} ${this.invoices.length}`);
    const paymentHash = order?.paymentHash ?? paymentHashOf(preimage);
    if (!order) this.#preimages.set(paymentHash, preimage);
    const createdAtSec = Math.floor(this.time.nowMs / 1_000);
    const fields = { paymentHash, amountMsat, createdAtSec, expirySec };
    const invoice: PassedInvoice = {
      text: writeInvoice(`${owner} node`, fields),
      ...{ owner, paymentHash, amountMsat, isHold: order !== undefined },
      cltvBlocks: order?.cltvBlocks ?? 0,
      state: 'open',
      deadline: undefined,
    };
    this.invoices.push(invoice);
    return invoice;
  }

  /** A wallet sends a payment, once for a hash; what is held waits, everything else settles. */
  send(payer: Owner, text: string): PassedPayment {
    const invoice = this.invoices.find((each) => each.text === text);
    if (!invoice) throw new Error('an invoice nobody made');
    const known = this.sent(payer, invoice.paymentHash);
    if (known && known.state !== 'failed') {
      known.tries += 1;
      return known;
    }
    if (invoice.state === 'gone') this.paidToVoid += 1;
    const payment: PassedPayment = {
      ...{ payer, invoice, state: 'pending', tries: 1 },
      feesPaidMsat: 0n,
    };
    this.payments.push(payment);
    this.time.after(50 + this.random.below(2_000), () => {
      this.#arrive(payment);
    });
    return payment;
  }

  settle(invoice: PassedInvoice): boolean {
    if (invoice.state === 'accepted') this.#end(invoice, 'settled');
    return invoice.state === 'settled';
  }

  cancel(invoice: PassedInvoice): boolean {
    if (invoice.state !== 'settled') this.#end(invoice, 'gone');
    return invoice.state === 'gone';
  }

  #arrive(payment: PassedPayment): void {
    const { invoice } = payment;
    if (payment.state !== 'pending') return;
    if (invoice.state !== 'open') {
      payment.state = 'failed';
      return;
    }
    payment.feesPaidMsat = BigInt(this.random.below(1_000));
    if (!invoice.isHold) {
      this.#end(invoice, 'settled');
      return;
    }
    invoice.state = 'accepted';
    invoice.deadline = this.height + invoice.cltvBlocks - AHEAD_BLOCKS;
    this.#expire(invoice);
  }

  #expire(invoice: PassedInvoice): void {
    this.time.after(BLOCK_MS, () => {
      if (invoice.state !== 'accepted') return;
      if (this.height >= (invoice.deadline ?? 0)) this.#end(invoice, 'gone');
      else this.#expire(invoice);
    });
  }

  #end(invoice: PassedInvoice, state: 'settled' | 'gone'): void {
    invoice.state = state;
    for (const payment of this.payments) {
      if (payment.invoice !== invoice || payment.state !== 'pending') continue;
      payment.state = state === 'settled' ? 'settled' : 'failed';
    }
  }

  /** What a wallet has gained or lost by everything that settled, fees included, msat. */
  balanceMsat(owner: Owner): bigint {
    let sum = 0n;
    for (const { payer, invoice, state, feesPaidMsat } of this.payments) {
      if (state !== 'settled') continue;
      if (payer === owner) sum -= invoice.amountMsat + feesPaidMsat;
      if (invoice.owner === owner) sum += invoice.amountMsat;
    }
    return sum;
  }
}
