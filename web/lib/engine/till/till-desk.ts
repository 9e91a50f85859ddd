/** A business's till with all that belongs to it. Spec: specs/till.md. */
import { msatFor, unitsFor, type SaleProof } from '@realyield/protocol';
import { readInvoice } from '../../wallet/invoices.ts';
import type { Desk } from '../desk.ts';
import { ownContract } from '../desk.ts';
import type { HeldKey } from '../keyring.ts';
import { Listeners } from '../listeners.ts';
import type { Incoming } from '../mailbox.ts';
import type { PaymentRecord } from '../ports.ts';
import type { Repayments } from '../repayments.ts';
import { BankPurse } from './bank-purse.ts';
import { TillCopies } from './copies.ts';
import { HostedTills } from './hosted-tills.ts';
import { isPaid, Receipts, type SignedReceipt } from './receipts.ts';
import { SalesReports } from './reports.ts';
import type { SaleLine, SalePrice, TillSale } from './sale.ts';
import { TillSettings } from './setup.ts';
import { sharesOf } from './shares.ts';
import type { TillTalk } from './talk.ts';
import { Till, type Asked } from './till.ts';

const DUST_MSAT = 1_000n;
/** What the cashier has entered: an amount in bitcoin or in the till's currency. */
export type Entered = { readonly msat: bigint } | { readonly units: bigint };

export { dayStartSec } from './reports.ts';

/** The till of the person using this client. */
export class TillDesk {
  readonly changed = new Listeners<void>();
  readonly till: Till;
  readonly reports: SalesReports;
  readonly settings: TillSettings;
  /** The bank that runs this till, where one does. */
  readonly bank: BankPurse;
  /** The tills this person runs for businesses, as their bank. */
  readonly hosted: HostedTills;
  readonly #desk: Desk;
  readonly #receipts: Receipts;
  readonly #copies: TillCopies;
  /** Keys under which other devices may have sold, to be looked for once the disk is read. */
  readonly #keys: HeldKey[] = [];
  #stopPrices: () => void = () => undefined;
  #isStopped = false;

  constructor(desk: Desk, repayments: Repayments) {
    this.#desk = desk;
    const { store, clock, catalog } = desk;
    this.bank = new BankPurse(desk, {
      find: (sale) => this.till.sales.findLast(({ salt }) => salt === sale),
      hear: (record) => this.till.hear(record),
    });
    this.hosted = new HostedTills(desk, repayments);
    const till: Till = new Till({
      ...{ store, clock, readInvoice, ...sharesOf(desk, repayments) },
      takerOf: (sale) => this.bank.takerOf(sale),
      // Once something was sold here, what is stored says which contracts there are.
      isReady: () => catalog.isListed || till.names.length > 0,
      keyOf: (contracts) => this.#keyOf(contracts),
    });
    this.till = till;
    this.#receipts = new Receipts(desk);
    this.#copies = new TillCopies(desk);
    this.reports = new SalesReports(desk, till, this.#copies);
    this.settings = new TillSettings(store);
    const tell = (): void => this.changed.emit();
    till.changed.add(tell);
    this.settings.changed.add(tell);
    this.bank.changed.add(tell);
    this.hosted.changed.add(tell);
  }

  /** Takes up what is on disk; for the one window that may use the journal. */
  async start(): Promise<void> {
    await Promise.all([this.settings.load(), this.reports.load(), this.#copies.load()]);
    await this.bank.load();
    this.#followPrices();
    await this.till.start();
    for (const key of this.#keys.splice(0)) this.recall(key);
    this.#quietly(this.till.check());
    this.reports.followDays(() => this.changed.emit());
    await this.hosted.start();
    this.changed.emit();
  }

  /** Reads how the till is set up, in every window. */
  loadSettings(): Promise<void> {
    return this.settings.load();
  }

  /** A wallet is here, or another one: what was paid meanwhile is looked up. */
  useWallet(): void {
    if (this.till.isOn) this.#quietly(this.till.check());
    this.hosted.useWallet();
  }

  /** A payment the wallet tells of. */
  hear(record: PaymentRecord): void {
    this.till.hear(record);
    this.hosted.hear(record);
  }

  /** A message between a till and the bank that runs it; a bank answers only while it pays. */
  async receive(message: TillTalk, incoming: Incoming, isRunning: boolean): Promise<void> {
    if (message.type === 'tillCopy') await this.hosted.hearCopy(message, incoming);
    else if (message.type !== 'saleWanted') await this.bank.receive(message, incoming);
    else if (isRunning) this.hosted.answer(message, incoming);
  }

  /** A contract is known, or more of it: what its till has to do with this person is. */
  attend(root: string): void {
    this.hosted.attend(root);
    this.#quietly(this.bank.attend(root));
  }

  /** A key is in hand: what was sold under it on another device is looked for. */
  recall(key: HeldKey): void {
    if (this.#isStopped) return;
    if (!this.till.isOn) {
      this.#keys.push(key);
      return;
    }
    const own = new Set(this.till.names.map(({ till }) => till));
    const found = this.#copies.recall(key, own).then((isNews) => {
      if (isNews) this.changed.emit();
    });
    this.#quietly(found);
  }

  /** All that was asked for here, and what the owner's other devices sold; first first. */
  get sales(): readonly TillSale[] {
    const { sales } = this.till;
    const elsewhere = [...this.#copies.sales, ...this.bank.salesElsewhere(sales)];
    return [...elsewhere, ...sales.map((sale) => this.#asSaid(sale))];
  }

  /** One sale by its place. */
  sale(order: number): TillSale | undefined {
    const own = order > 0 ? this.till.sale(order) : undefined;
    if (order > 0) return own && this.#asSaid(own);
    return this.sales.find((sale) => sale.order === order);
  }

  /** A sale the bank took has its number and its shares. */
  #asSaid(sale: TillSale): TillSale {
    const word = this.bank.wordOf(sale);
    if (!word || !sale.paid) return sale;
    const { serial, till, shares } = word;
    return {
      ...sale,
      paid: { ...sale.paid, serial, till, split: [...sale.paid.split, ...shares] },
    };
  }

  /** Whether a sale can be taken: the disk is read, and it is known who lent. */
  get isReady(): boolean {
    return this.till.isOn && (this.#desk.catalog.isListed || this.till.names.length > 0);
  }

  /** What bitcoin costs in the till's currency; undefined without one, or without a price. */
  get price(): bigint | undefined {
    const { denomination } = this.settings.setup;
    return denomination && this.#desk.prices.quote(denomination)?.price;
  }

  /** What an amount in the till's currency is asked for as, whole satoshis rounded up, msat. */
  msatOf(units: bigint): bigint | undefined {
    const { price } = this;
    if (price === undefined) return undefined;
    const msat = msatFor(units, price);
    return ((msat + DUST_MSAT - 1n) / DUST_MSAT) * DUST_MSAT;
  }

  /** Asks a customer for what was entered. */
  async ask(entered: Entered, lines: readonly SaleLine[] = []): Promise<Asked> {
    const { price } = this;
    const amountMsat = 'msat' in entered ? entered.msat : this.msatOf(entered.units);
    if (amountMsat === undefined) {
      const sentence = 'There is no price from enough oracles now. Take the amount in sats.';
      return { ok: false, sentence };
    }
    const units = 'units' in entered ? entered.units : price && unitsFor(entered.msat, price);
    const priced = this.#priced(units, price);
    return this.till.ask({ amountMsat, lines, ...(priced ? { priced } : {}) });
  }

  /** Amounts in sats have a price too, as long as there is one: reports are in one currency. */
  #priced(units: bigint | undefined, price: bigint | undefined): SalePrice | undefined {
    const { denomination } = this.settings.setup;
    if (!denomination || units === undefined || price === undefined) return undefined;
    const { currency, minorDigits } = denomination;
    return { currency, minorDigits, units: units.toString(), price: price.toString() };
  }

  /** The customer's receipt of a sale by its place. */
  async receipt(order: number): Promise<SignedReceipt> {
    const sale = this.sale(order);
    const word = sale && this.bank.wordOf(sale);
    // The bank took it: the sale is in its reports, under its number.
    if (word) return { ok: true, event: word.receipt };
    const names = [...this.till.names, ...this.#copies.names];
    const name = names.find(({ till }) => till === sale?.paid?.till);
    if (!sale || !isPaid(sale) || !name) return { ok: false, sentence: 'It is not paid.' };
    return this.#receipts.of(sale, name);
  }

  /** What shows a customer that a sale is in its report; undefined while it is not reported. */
  proof(order: number): SaleProof | undefined {
    const sale = this.till.sale(order);
    return sale && isPaid(sale) ? this.reports.proofOf(sale) : undefined;
  }

  /** Tells those who lent what was sold until now; yields why that cannot be, in words. */
  async reportNow(): Promise<string | undefined> {
    const problem = await this.reports.reportAll();
    this.changed.emit();
    return problem;
  }

  /** Takes another currency for prices. */
  async useCurrency(denomination: Parameters<TillSettings['useCurrency']>[0]): Promise<void> {
    await this.settings.useCurrency(denomination);
    this.#followPrices();
  }

  #followPrices(): void {
    this.#stopPrices();
    const { denomination } = this.settings.setup;
    if (!denomination) return;
    const stops = [
      this.#desk.prices.watch(denomination),
      this.#desk.prices.changed.add(() => this.changed.emit()),
    ];
    this.#stopPrices = () => {
      for (const stop of stops) stop();
    };
  }

  /** Receipts are signed by a delegate where there is one: no signer asks about every sale. */
  #keyOf(contracts: readonly string[]): string {
    const [root = ''] = contracts;
    return ownContract(this.#desk, root)?.own.money?.publicKey ?? this.#desk.person.publicKey;
  }

  #quietly(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (!this.#isStopped) console.error(error);
    });
  }

  /** Stops; what was begun is finished. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.reports.stop();
    this.#stopPrices();
    await Promise.all([this.till.stop(), this.hosted.stop()]);
  }
}
