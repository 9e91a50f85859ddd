/**
 * The till: asks for amounts, knows what was paid, and hands the investors' shares to the payer.
 * Whatever dies in between, a sale that was paid has one serial and its shares once.
 * Spec: specs/till.md.
 */
import { payableMsat, type TillAccount } from '@realyield/protocol';
import { Listeners } from '../listeners.ts';
import { isPreimageOf } from '../payment.ts';
import type { PaymentRecord } from '../ports.ts';
import { randomHex } from '../random.ts';
import { checkInvoice } from './invoice-check.ts';
import { currencyOf, isOpen, lapse, pay, type SalePaid, type TillSale } from './sale.ts';
import type { SaleTaker } from './takers.ts';
import { TillBook, type TillName } from './till-book.ts';
import type { Asked, SaleOrder, TillParts } from './till-parts.ts';
import type { TakenIn } from './till-rows.ts';

export type { Asked, SaleOrder, Served, TillParts } from './till-parts.ts';

/** How long a customer has to pay, seconds: less at a price that moves on. */
const INVOICE_SEC = 600;
const PRICED_INVOICE_SEC = 300;
/** What the wallet may not tell by itself is looked up so often, ms. */
const LOOK_MS = 3_000;
/** What is not on the screen any more, and shares that could not be ordered, so often, ms. */
const LOOK_BACK_MS = 60_000;
/** Of these so many at a time. */
const LOOKED_BACK = 10;

const refused = (sentence: string): Asked => ({ ok: false, sentence });

/** A till of one business. */
export class Till {
  /** A sale took a step, or shares came together. */
  readonly changed = new Listeners<void>();
  readonly #parts: TillParts;
  readonly #book: TillBook;
  /** One thing after the other: serials and accounts are read and written by one at a time. */
  #last: Promise<unknown> = Promise.resolve();
  #looking: Promise<void> | undefined;
  #stopTimer: () => void = () => undefined;
  #lookedBackAtMs = 0;
  #lookedBack = 0;
  #isOn = false;
  /** Something came together and could not be ordered yet. */
  #isWaiting = false;

  constructor(parts: TillParts) {
    this.#parts = parts;
    this.#book = new TillBook(parts.store, parts.scope);
  }

  /** Takes up what is on disk; `check` looks up what may have been paid since. */
  async start(): Promise<void> {
    await this.#book.load();
    this.#isOn = true;
    this.#tick();
    this.changed.emit();
  }

  /** Whether it has taken up what is on disk. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** All that was asked for, first first. */
  get sales(): readonly TillSale[] {
    return this.#book.sales;
  }

  /** All names it had, first first. */
  get names(): readonly TillName[] {
    return this.#book.names;
  }

  /** What has come together for each contract. */
  get accounts(): ReadonlyMap<string, TillAccount> {
    return this.#book.accounts;
  }

  /** Dates no sale before a time from now on, Unix seconds. */
  sellFrom(atSec: number): void {
    this.#book.sellFrom(atSec);
  }

  /** The sale a business asked for by a name of its own. */
  askedFor(sale: string): TillSale | undefined {
    return this.#book.byAsked(sale);
  }

  /** All that was taken, msat. */
  get takenMsat(): bigint {
    return this.#book.takenMsat;
  }

  /** What may still be paid. */
  get unpaid(): readonly TillSale[] {
    return this.#book.unpaid;
  }

  /** One sale by its place. */
  sale(order: number): TillSale | undefined {
    return this.#book.get(order);
  }

  /** Asks for an amount; the invoice is shown only once it is on disk. */
  async ask(order: SaleOrder): Promise<Asked> {
    const { isReady, takerOf } = this.#parts;
    const taker = takerOf();
    if (!taker) return refused('No wallet is connected: nobody could pay.');
    if (!this.#isOn || !isReady()) {
      return refused('Your loans are still being read; the till opens once they are known.');
    }
    if (order.amountMsat <= 0n) return refused('Enter an amount.');
    const asked = await this.#inTurn(() => this.#write(order, taker));
    // Not in turn: a slow wallet must not keep the till from hearing that another sale was paid.
    const expirySec = order.priced ? PRICED_INVOICE_SEC : INVOICE_SEC;
    const title = order.title ?? `Sale ${asked.order}`;
    const made = await taker.makeInvoice(asked, { title, expirySec });
    if (made.state !== 'answered') return refused(made.sentence);
    return this.#inTurn(() => this.#show(asked, made.value.invoice, taker));
  }

  async #write(order: SaleOrder, { bank }: SaleTaker): Promise<TillSale> {
    const { amountMsat, priced, lines, asked } = order;
    const before = asked && this.#book.byAsked(asked.sale);
    // Written down, and its invoice was shown to nobody.
    if (before?.step === 'asked') return before;
    const sale: TillSale = {
      ...{ order: this.#book.nextOrder, step: 'asked', amountMsat: amountMsat.toString() },
      ...(priced ? { priced } : {}),
      ...(lines && lines.length > 0 ? { lines } : {}),
      ...(bank === undefined ? {} : { bank }),
      ...(asked ? { asked } : {}),
      salt: randomHex(),
      askedAtMs: this.#parts.clock.nowMs(),
    };
    await this.#book.write(sale);
    return sale;
  }

  async #show(asked: TillSale, text: string, { network }: SaleTaker): Promise<Asked> {
    const { readInvoice, clock, served } = this.#parts;
    const networks = [...served().map((each) => each.network), ...(network ? [network] : [])];
    const checked = checkInvoice(readInvoice(text), {
      ...{ amountMsat: BigInt(asked.amountMsat), nowSec: clock.nowSec(), networks },
      isKnown: (paymentHash) => this.#book.byHash(paymentHash) !== undefined,
    });
    if (typeof checked === 'string') return refused(checked);
    const { paymentRequest: invoice, paymentHash, expiresAtSec } = checked;
    const shown: TillSale = { ...asked, step: 'shown', invoice, paymentHash, expiresAtSec };
    await this.#book.write(shown);
    this.changed.emit();
    return { ok: true, sale: shown };
  }

  /** Puts a sale away that nobody is to pay; should it be paid all the same, it counts. */
  cancel(order: number): Promise<void> {
    return this.#inTurn(async () => {
      const sale = this.#book.get(order);
      if (sale?.step !== 'shown' && sale?.step !== 'expired') return;
      await this.#book.write({ ...sale, step: 'cancelled' });
      this.changed.emit();
    });
  }

  /** A payment the wallet tells of. */
  hear(record: PaymentRecord): void {
    if (!this.#isOn) return;
    // What could not be written now is found by the next look-up.
    this.#inTurn(() => this.#settle(record, 'notice')).catch(() => undefined);
  }

  /** Looks up everything that may have been paid while nobody listened, and hands over. */
  check(): Promise<void> {
    this.#looking ??= this.#check(this.#book.unpaid).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #check(sales: readonly TillSale[]): Promise<void> {
    const { clock } = this.#parts;
    this.#lookedBackAtMs = clock.nowMs();
    const open = sales.filter((each) => isOpen(each, clock.nowSec()));
    for (const sale of open) {
      // Whoever is silent is not asked about every old sale.
      if (!(await this.#look(sale))) break;
    }
    for (const { order } of open) await this.#inTurn(() => this.#lapse(order));
    await this.#inTurn(() => this.#handOver());
  }

  /** Some of what is not on the screen any more, in turn, so that the wallet is not flooded. */
  #lookBack(): Promise<void> {
    const { unpaid } = this.#book;
    const from = unpaid.length === 0 ? 0 : this.#lookedBack % unpaid.length;
    this.#lookedBack = from + LOOKED_BACK;
    return this.#check([...unpaid.slice(from), ...unpaid.slice(0, from)].slice(0, LOOKED_BACK));
  }

  /** Whether the wallet, or the bank, said what became of a sale. */
  async #look(sale: TillSale): Promise<boolean> {
    const taker = this.#parts.takerOf(sale);
    if (sale.paymentHash === undefined || sale.invoice === undefined || !taker) return false;
    const found = await taker.lookup(sale);
    const record = found.state === 'answered' ? found.value : undefined;
    if (record) await this.#inTurn(() => this.#settle(record, 'lookup'));
    return found.state === 'answered';
  }

  async #lapse(order: number): Promise<void> {
    const sale = this.#book.get(order);
    const next = sale && lapse(sale, this.#parts.clock.nowSec());
    if (!next || next === sale) return;
    await this.#book.write(next);
    this.changed.emit();
  }

  async #settle(record: PaymentRecord, found: SalePaid['found']): Promise<void> {
    const { direction, state, paymentHash, preimage, amountMsat: msat } = record;
    if (direction !== 'incoming' || state !== 'settled' || msat <= 0n) return;
    // A wallet that names a preimage of something else says nothing that can be relied on.
    if (preimage !== undefined && !isPreimageOf(preimage, paymentHash)) return;
    const sale = this.#book.byHash(paymentHash);
    // A wallet may say twice what happened once.
    if (!sale || sale.step === 'paid') return;
    const { clock, served, keyOf } = this.#parts;
    const nowSec = clock.nowSec();
    const paid = { served: served(), nowSec, msat, currency: currencyOf(sale), keyOf };
    await this.#book.writePaid(paid, (next) => pay(sale, record, { ...next, found }));
    const written = this.#book.get(sale.order);
    if (written) this.#parts.onPaid?.(written);
    this.changed.emit();
    await this.#handOver();
  }

  /** Takes in what a lost device took. */
  takeIn(taken: TakenIn): Promise<void> {
    return this.#inTurn(() => this.#book.takeIn(taken));
  }

  /** Hands over what has come together. */
  async #handOver(): Promise<void> {
    let isDone = true;
    await this.#parts.beforehand?.(this.#book);
    const all = this.#parts.served();
    for (const [contract, account] of this.#book.accounts) {
      const served = all.find((each) => each.contract === contract);
      const msat = served ? payableMsat(account, served, served.owedMsat) : 0n;
      if (msat === 0n) continue;
      const order = this.#parts.order.bind(undefined, contract, msat);
      if (!(await this.#book.handOver(contract, msat, order))) isDone = false;
      this.changed.emit();
    }
    if ((await this.#parts.handOn?.(this.#book)) === false) isDone = false;
    this.#isWaiting = !isDone;
  }

  /** Hands over what could not be a moment ago. */
  again(): void {
    if (this.#isOn && this.#isWaiting) this.#inTurn(() => this.#handOver()).catch(() => undefined);
  }

  /** Looks up by itself: what is shown often, the rest now and then. */
  #tick(): void {
    this.#stopTimer();
    if (!this.#isOn) return;
    this.#stopTimer = this.#parts.clock.after(LOOK_MS, () => {
      const isAll = this.#parts.clock.nowMs() - this.#lookedBackAtMs >= LOOK_BACK_MS;
      const shown = this.#book.unpaid.find(({ step }) => step === 'shown');
      const look = isAll ? this.#lookBack() : shown ? this.lookAt(shown) : Promise.resolve();
      const again = (): Promise<void> | undefined =>
        this.#isWaiting ? this.#inTurn(() => this.#handOver()) : undefined;
      void look
        .then(again)
        .catch(() => undefined)
        .then(() => this.#tick());
    });
  }

  /** Looks up what became of one sale. */
  async lookAt(shown: TillSale): Promise<void> {
    await this.#look(shown);
    await this.#inTurn(() => this.#lapse(shown.order));
  }

  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const next = this.#last.then(step, step);
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** Listens and looks no more; what was begun is finished. */
  async stop(): Promise<void> {
    this.#isOn = false;
    this.#stopTimer();
    await this.#last;
  }
}
