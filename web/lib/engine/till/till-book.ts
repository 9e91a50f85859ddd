/**
 * What a till has on disk: its sales, and what has come together for each contract. A payment and
 * the shares of it are one write, so neither is there without the other. Spec: specs/till.md.
 */
import {
  accrueSale,
  openAccount,
  saleShares,
  type ServedContract,
  type TillAccount,
} from '@realyield/protocol';
import type { Store, StoreWrite } from '../ports.ts';
import type { TillSale } from './sale.ts';

const SALE = 'till|sale|';
const ACCOUNT = 'till|share|';

interface AccountRow {
  readonly contract: string;
  readonly accrued: string;
  readonly denominator: string;
  readonly handedMsat: string;
}

function accountWrite(contract: string, account: TillAccount): StoreWrite {
  const value: AccountRow = {
    contract,
    accrued: account.accrued.toString(),
    denominator: account.denominator.toString(),
    handedMsat: account.handedMsat.toString(),
  };
  return { table: 'journal', key: `${ACCOUNT}${contract}`, value, contract };
}

/** The sales and accounts of one till. */
export class TillBook {
  readonly #store: Store;
  readonly #sales = new Map<number, TillSale>();
  readonly #accounts = new Map<string, TillAccount>();
  #lastOrder = 0;
  #lastSerial = 0;
  #lastAtSec = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Reads what is there; must resolve before anything is sold. */
  async load(): Promise<void> {
    for (const { key, value } of await this.#store.all('journal')) {
      if (key.startsWith(SALE)) this.#put(value as TillSale);
      if (!key.startsWith(ACCOUNT)) continue;
      const { contract, accrued, denominator, handedMsat } = value as AccountRow;
      this.#accounts.set(contract, {
        accrued: BigInt(accrued),
        denominator: BigInt(denominator),
        handedMsat: BigInt(handedMsat),
      });
    }
  }

  /** All that was asked for, first first. */
  get sales(): readonly TillSale[] {
    return [...this.#sales.values()].sort((a, b) => a.order - b.order);
  }

  /** What has come together for each contract. */
  get accounts(): ReadonlyMap<string, TillAccount> {
    return this.#accounts;
  }

  /** The place of the next amount that is asked for. */
  get nextOrder(): number {
    return this.#lastOrder + 1;
  }

  /** The serial of the next sale, and a time no earlier than the last one's. */
  nextSale(nowSec: number): { readonly serial: number; readonly atSec: number } {
    // TL-1: "A till MUST give each payment its own serial, one more than that of the sale before,
    // together with writing the payment down…"
    // TL-2: "A till MUST date no sale before the one with the serial before it…"
    return { serial: this.#lastSerial + 1, atSec: Math.max(nowSec, this.#lastAtSec) };
  }

  /** One sale by its place. */
  get(order: number): TillSale | undefined {
    return this.#sales.get(order);
  }

  /** The sale of a payment hash. */
  byHash(paymentHash: string): TillSale | undefined {
    return [...this.#sales.values()].find((sale) => sale.paymentHash === paymentHash);
  }

  /** Writes a step of a sale. */
  async write(sale: TillSale, also: readonly StoreWrite[] = []): Promise<void> {
    const key = `${SALE}${String(sale.order).padStart(10, '0')}`;
    await this.#store.write([{ table: 'journal', key, value: sale }, ...also]);
    this.#put(sale);
  }

  /** Writes a payment and what it adds for each contract served: both, or neither. */
  async writePaid(sale: TillSale, served: readonly ServedContract[]): Promise<void> {
    const msat = BigInt(sale.paid?.msat ?? 0);
    const next = saleShares(served).map((share) => {
      const account = this.#accounts.get(share.contract) ?? openAccount(share);
      return [share.contract, accrueSale(account, share, msat)] as const;
    });
    const also = next.map(([contract, account]) => accountWrite(contract, account));
    await this.write(sale, also);
    for (const [contract, account] of next) this.#accounts.set(contract, account);
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
    if (!(await order([accountWrite(contract, next)]))) return false;
    this.#accounts.set(contract, next);
    return true;
  }

  #put(sale: TillSale): void {
    this.#sales.set(sale.order, sale);
    this.#lastOrder = Math.max(this.#lastOrder, sale.order);
    this.#lastSerial = Math.max(this.#lastSerial, sale.paid?.serial ?? 0);
    this.#lastAtSec = Math.max(this.#lastAtSec, sale.paid?.atSec ?? 0);
  }
}
