/**
 * The till: asks for amounts, knows what was paid, and hands the investors' shares to the payer.
 * Whatever dies in between, a sale that was paid has one serial and its shares once.
 * Spec: specs/till.md.
 */
import { payableMsat, type ServedContract } from '@realyield/protocol';
import type { Clock, PaymentRecord, Store, StoreWrite, Wallet } from '../ports.ts';
import { randomHex } from '../random.ts';
import { isOpen, lapse, pay, type SalePaid, type TillSale } from './sale.ts';
import { TillBook } from './till-book.ts';

/** A contract that a till serves, with what is owed on it. */
export interface Served extends ServedContract {
  readonly thresholdSat: number;
  /** Owed and not on its way yet. */
  readonly owedMsat: bigint;
}

/** What a till needs. */
export interface TillParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly wallet: Wallet;
  /** Contracts it serves now, with the shares that apply. */
  readonly served: () => readonly Served[];
  /** Orders a repayment, in one write with changes of its own; false where it cannot be. */
  readonly order: (contract: string, msat: bigint, also: readonly StoreWrite[]) => Promise<boolean>;
}

/** An amount that is asked for, or why it cannot be, in words. */
export type Asked =
  | { readonly ok: true; readonly sale: TillSale }
  | { readonly ok: false; readonly sentence: string };

/** How long a customer has to pay, seconds. */
const INVOICE_SEC = 600;

/** A till of one business. */
export class Till {
  readonly #parts: TillParts;
  readonly #book: TillBook;
  /** One thing after the other: serials and accounts are read and written by one at a time. */
  #last: Promise<unknown> = Promise.resolve();
  #stop: () => void = () => undefined;

  constructor(parts: TillParts) {
    this.#parts = parts;
    this.#book = new TillBook(parts.store);
  }

  /** Takes up what is on disk, listens to the wallet and looks up what may have been paid. */
  async start(): Promise<void> {
    await this.#book.load();
    this.#stop = this.#parts.wallet.onPayment((record) => {
      // What could not be written now is found by the next look-up.
      this.#inTurn(() => this.#settle(record, 'notice')).catch(() => undefined);
    });
    await this.check();
  }

  /** All that was asked for, first first. */
  get sales(): readonly TillSale[] {
    return this.#book.sales;
  }

  /** Asks for an amount; the invoice is shown only once it is on disk. */
  ask(amountMsat: bigint): Promise<Asked> {
    return this.#inTurn(() => this.#ask(amountMsat));
  }

  async #ask(amountMsat: bigint): Promise<Asked> {
    const { clock, wallet } = this.#parts;
    const asked: TillSale = {
      order: this.#book.nextOrder,
      step: 'asked',
      amountMsat: amountMsat.toString(),
      salt: randomHex(),
      askedAtMs: clock.nowMs(),
    };
    await this.#book.write(asked);
    const description = `Sale ${asked.order}`;
    const expiresAtSec = clock.nowSec() + INVOICE_SEC;
    const made = await wallet.makeInvoice({ amountMsat, description, expirySec: INVOICE_SEC });
    if (made.state !== 'answered') return { ok: false, sentence: made.sentence };
    const { invoice, paymentHash } = made.value;
    const shown: TillSale = { ...asked, step: 'shown', invoice, paymentHash, expiresAtSec };
    await this.#book.write(shown);
    return { ok: true, sale: shown };
  }

  /** Looks up everything that may have been paid while nobody listened. */
  async check(): Promise<void> {
    const { clock, wallet } = this.#parts;
    for (const sale of this.#book.sales.filter((each) => isOpen(each, clock.nowSec()))) {
      const { paymentHash, invoice } = sale;
      if (paymentHash === undefined || invoice === undefined) continue;
      const found = await wallet.lookup({ paymentHash, invoice });
      const record = found.state === 'answered' ? found.value : undefined;
      if (record?.state === 'settled') {
        await this.#inTurn(() => this.#settle(record, 'lookup'));
      } else await this.#inTurn(() => this.#lapse(sale.order));
    }
    await this.#inTurn(() => this.#handOver());
  }

  async #lapse(order: number): Promise<void> {
    const sale = this.#book.get(order);
    const next = sale && lapse(sale, this.#parts.clock.nowSec());
    if (next && next !== sale) await this.#book.write(next);
  }

  async #settle(record: PaymentRecord, found: SalePaid['found']): Promise<void> {
    if (record.direction !== 'incoming' || record.state !== 'settled') return;
    const sale = this.#book.byHash(record.paymentHash);
    // A wallet may say twice what happened once.
    if (!sale || sale.step === 'paid') return;
    const next = this.#book.nextSale(this.#parts.clock.nowSec());
    await this.#book.writePaid(pay(sale, record, { ...next, found }), this.#parts.served());
    await this.#handOver();
  }

  /** Hands over what has come together. */
  async #handOver(): Promise<void> {
    for (const [contract, account] of this.#book.accounts) {
      const served = this.#parts.served().find((each) => each.contract === contract);
      const msat = served ? payableMsat(account, served, served.owedMsat) : 0n;
      if (msat === 0n) continue;
      await this.#book.handOver(contract, msat, (also) => this.#parts.order(contract, msat, also));
    }
  }

  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const next = this.#last.then(step, step);
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** Listens no more; what was begun is finished. */
  async stop(): Promise<void> {
    this.#stop();
    await this.#last;
  }
}
