/**
 * What a till has on disk: its names, its sales, and what has come together for each contract. A
 * payment and the shares of it are one write, so neither is there without the other.
 * Spec: specs/till.md.
 */
import { accrueSale, openAccount, saleShares, type TillAccount } from '@realyield/protocol';
import type { Store, StoreWrite } from '../ports.ts';
import { randomHex } from '../random.ts';
import type { TillSale } from './sale.ts';
import {
  ACCOUNT,
  accountWrite,
  BEFORE,
  NAME,
  nameWrite,
  placeOf,
  SALE,
  splitOf,
  type AccountRow,
  type NextSale,
  type PaidSale,
  type TakenIn,
  type TillCurrency,
  type TillName,
} from './till-rows.ts';

export type { TillCurrency, TillName } from './till-rows.ts';

function isSameCurrency(a: TillCurrency | undefined, b: TillCurrency | undefined): boolean {
  return a?.currency === b?.currency && a?.minorDigits === b?.minorDigits;
}

/** The sales and accounts of one till. */
export class TillBook {
  readonly #store: Store;
  readonly #scope: string;
  readonly #asked = new Map<string, number>();
  readonly #sales = new Map<number, TillSale>();
  #sorted: readonly TillSale[] | undefined;
  readonly #orders = new Map<string, number>();
  readonly #open = new Set<number>();
  readonly #accounts = new Map<string, TillAccount>();
  readonly #serials = new Map<string, number>();
  #names: readonly TillName[] = [];
  #lastOrder = 0;
  #lastAtSec = 0;
  #takenMsat = 0n;
  /** By sales that are not in the book themselves. */
  #beforeMsat = 0n;

  constructor(store: Store, scope = '') {
    this.#store = store;
    this.#scope = scope;
  }

  /** Reads what is there; must resolve before anything is sold. */
  async load(): Promise<void> {
    const names: TillName[] = [];
    for (const { key: full, value } of await this.#store.all('journal')) {
      const key = full.startsWith(this.#scope) ? full.slice(this.#scope.length) : '';
      if (key.startsWith(SALE)) this.#put(value as TillSale);
      if (key.startsWith(NAME)) names.push(value as TillName);
      if (key === BEFORE) this.#beforeMsat = BigInt(value as string);
      if (!key.startsWith(ACCOUNT)) continue;
      const { contract, accrued, denominator, handedMsat } = value as AccountRow;
      this.#accounts.set(contract, {
        accrued: BigInt(accrued),
        denominator: BigInt(denominator),
        handedMsat: BigInt(handedMsat),
      });
    }
    this.#names = names.sort((a, b) => a.order - b.order);
  }

  /** All that was asked for, first first. */
  get sales(): readonly TillSale[] {
    this.#sorted ??= [...this.#sales.values()].sort((a, b) => a.order - b.order);
    return this.#sorted;
  }

  /** What may be paid and is not known to be, last first. */
  get unpaid(): readonly TillSale[] {
    return [...this.#open].sort((a, b) => b - a).flatMap((order) => this.#sales.get(order) ?? []);
  }

  /** What has come together for each contract. */
  get accounts(): ReadonlyMap<string, TillAccount> {
    return this.#accounts;
  }

  /** All names of the till, first first. */
  get names(): readonly TillName[] {
    return this.#names;
  }

  /** The place of the next amount that is asked for. */
  get nextOrder(): number {
    return this.#lastOrder + 1;
  }

  /** Dates no sale before a time from now on: what was before it is reported. Unix seconds. */
  sellFrom(atSec: number): void {
    this.#lastAtSec = Math.max(this.#lastAtSec, atSec);
  }

  /** One sale by its place. */
  get(order: number): TillSale | undefined {
    return this.#sales.get(order);
  }

  /** The sale of a payment hash. */
  byHash(paymentHash: string): TillSale | undefined {
    return this.#sales.get(this.#orders.get(paymentHash) ?? 0);
  }

  /** The sale a business asked for by a name of its own. */
  byAsked(sale: string): TillSale | undefined {
    return this.#sales.get(this.#asked.get(sale) ?? 0);
  }

  /** All that was taken, msat. */
  get takenMsat(): bigint {
    return this.#takenMsat + this.#beforeMsat;
  }

  /** Writes a step of a sale. */
  async write(sale: TillSale, also: readonly StoreWrite[] = []): Promise<void> {
    await this.#store.write([this.#saleWrite(sale), ...also]);
    this.#put(sale);
  }

  #saleWrite(sale: TillSale): StoreWrite {
    const key = `${this.#scope}${SALE}${placeOf(sale.order)}`;
    return { table: 'journal', key, value: sale };
  }

  /** The name for a sale; where other contracts are served than before, with those that end. */
  #nameFor({ served, currency, keyOf }: PaidSale, atSec: number) {
    const contracts = served.map(({ contract }) => contract).sort();
    const key = keyOf(contracts);
    const isSame = (name: TillName): boolean =>
      name.key === key && name.contracts.join() === contracts.join();
    const live = this.#names.filter(({ untilSec }) => untilSec === undefined);
    const known = live.find((name) => isSame(name) && isSameCurrency(name.currency, currency));
    if (known) return { name: known, changed: [] };
    const order = (this.#names.at(-1)?.order ?? 0) + 1;
    const name: TillName = {
      ...{ till: randomHex(), order, contracts, key, sinceSec: atSec },
      ...(currency ? { currency } : {}),
    };
    const ended = live.filter((each) => !isSame(each));
    return { name, changed: [...ended.map((each) => ({ ...each, untilSec: atSec })), name] };
  }

  /**
   * Writes a payment and what it adds for each contract served: both, or neither. `paidBy` makes
   * the sale of its serial, its time and its shares.
   */
  async writePaid(sold: PaidSale, paidBy: (next: NextSale) => TillSale): Promise<void> {
    const { served, nowSec, msat } = sold;
    // TL-2: "A till MUST date no sale before the one with the serial before it…"
    const atSec = Math.max(nowSec, this.#lastAtSec);
    const { name, changed } = this.#nameFor(sold, atSec);
    const { till } = name;
    const shares = saleShares(served);
    const next = shares.map((share) => {
      const account = this.#accounts.get(share.contract) ?? openAccount(share);
      return [share.contract, accrueSale(account, share, msat)] as const;
    });
    // TL-1: "A till MUST give each payment its own serial, one more than that of the sale before,
    // together with writing the payment down…"
    const serial = (this.#serials.get(till) ?? 0) + 1;
    const sale = paidBy({
      till,
      serial,
      atSec,
      split: shares.flatMap((each) => splitOf(each, msat)),
    });
    const accounts = next.map(([...row]) => accountWrite(this.#scope, ...row));
    const names = changed.map((each) => nameWrite(this.#scope, each));
    await this.write(sale, [...accounts, ...names]);
    for (const [contract, account] of next) this.#accounts.set(contract, account);
    this.#putNames(changed);
  }

  #putNames(changed: readonly TillName[]): void {
    const isKept = ({ order }: TillName): boolean => changed.every((each) => each.order !== order);
    this.#names = [...this.#names.filter(isKept), ...changed].sort((a, b) => a.order - b.order);
  }

  /** Takes in what a lost device took, all in one write; what is known to be paid stays. */
  async takeIn({ sales, names, accounts, takenMsat, also }: TakenIn): Promise<void> {
    const last = this.#names.at(-1)?.order ?? 0;
    const known = new Set(this.#names.map(({ till }) => till));
    const fresh = names
      .filter(({ till }) => !known.has(till))
      .map((name, at) => ({ ...name, order: last + 1 + at }));
    const placed = sales.flatMap((sale, at) => {
      const before = sale.asked && this.byAsked(sale.asked.sale);
      return before?.paid ? [] : [{ ...sale, order: before?.order ?? this.#lastOrder + 1 + at }];
    });
    const next = accounts.map(({ contract, accrued, denominator }) => {
      const account = this.#accounts.get(contract) ?? { accrued: 0n, denominator, handedMsat: 0n };
      const added = (accrued * account.denominator) / denominator;
      return [contract, { ...account, accrued: account.accrued + added }] as const;
    });
    const listedMsat = placed.reduce((sum, { paid }) => sum + BigInt(paid?.msat ?? 0), 0n);
    const beforeMsat = this.#beforeMsat + takenMsat - listedMsat;
    await this.#store.write([
      ...placed.map((sale) => this.#saleWrite(sale)),
      ...fresh.map((name) => nameWrite(this.#scope, name)),
      ...next.map(([...row]) => accountWrite(this.#scope, ...row)),
      { table: 'journal', key: `${this.#scope}${BEFORE}`, value: beforeMsat.toString() },
      ...also,
    ]);
    for (const sale of placed) this.#put(sale);
    for (const [contract, account] of next) this.#accounts.set(contract, account);
    this.#putNames(fresh);
    this.#beforeMsat = beforeMsat;
  }

  /**
   * Hands over an amount: `order` writes it down together with the change of the account it is
   * given. False where it was not ordered.
   */
  async handOver(
    contract: string,
    msat: bigint,
    order: (also: readonly StoreWrite[]) => Promise<boolean>,
  ): Promise<boolean> {
    const account = this.#accounts.get(contract);
    if (!account) return false;
    const next = { ...account, handedMsat: account.handedMsat + msat };
    if (!(await order([accountWrite(this.#scope, contract, next)]))) return false;
    this.#accounts.set(contract, next);
    return true;
  }

  /** Changes an account: less was handed over than was ordered, or nothing more will be. */
  async change(contract: string, account: TillAccount): Promise<void> {
    await this.#store.write([accountWrite(this.#scope, contract, account)]);
    this.#accounts.set(contract, account);
  }

  #put(sale: TillSale): void {
    const { order, paid, paymentHash, step, asked } = sale;
    if (paid && !this.#sales.get(order)?.paid) this.#takenMsat += BigInt(paid.msat);
    this.#sales.set(order, sale);
    if (asked) this.#asked.set(asked.sale, order);
    this.#sorted = undefined;
    if (paymentHash !== undefined) this.#orders.set(paymentHash, order);
    if (step === 'shown' || step === 'expired' || step === 'cancelled') this.#open.add(order);
    else this.#open.delete(order);
    this.#lastOrder = Math.max(this.#lastOrder, order);
    if (!paid) return;
    this.#serials.set(paid.till, Math.max(this.#serials.get(paid.till) ?? 0, paid.serial));
    this.#lastAtSec = Math.max(this.#lastAtSec, paid.atSec);
  }
}
