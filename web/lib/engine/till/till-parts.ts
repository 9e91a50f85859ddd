/** What a till is made of, and what it is asked. Spec: specs/till.md. */
import type { Bolt11Invoice, Result, ServedContract } from '@realyield/protocol';
import type { Clock, Store, StoreWrite } from '../ports.ts';
import type { TillSale } from './sale.ts';
import type { SaleTaker } from './takers.ts';
import type { TillBook } from './till-book.ts';

/** A contract that a till serves, with what is owed on it. */
export interface Served extends ServedContract {
  readonly thresholdSat: number;
  /** Owed and not on its way yet. */
  readonly owedMsat: bigint;
  /** The network its payments are on. */
  readonly network: string;
}

/** What a till needs. */
export interface TillParts {
  readonly store: Store;
  readonly clock: Clock;
  /** Before what it keeps stands this: a bank keeps the tills of several businesses. */
  readonly scope?: string;
  /** Who takes a sale that was asked for, or without one the next; undefined while nobody can. */
  readonly takerOf: (sale?: TillSale) => SaleTaker | undefined;
  readonly readInvoice: (text: string) => Result<Bolt11Invoice>;
  /** Whether it is known which contracts there are; before that no share could be put by. */
  readonly isReady: () => boolean;
  /** The key that signs sales which serve these contracts. */
  readonly keyOf: (contracts: readonly string[]) => string;
  /** Contracts it serves now, with the shares that apply. */
  readonly served: () => readonly Served[];
  /** Orders a repayment, in one write with changes of its own; false where it cannot be. */
  readonly order: (contract: string, msat: bigint, also: readonly StoreWrite[]) => Promise<boolean>;
  /** What is seen to before anything is handed over. */
  readonly beforehand?: (book: TillBook) => Promise<void>;
  /** What else is handed over, after the shares; false where something waits to be ordered. */
  readonly handOn?: (book: TillBook) => Promise<boolean>;
  /** A sale was paid: on disk, with its shares. */
  readonly onPaid?: (sale: TillSale) => void;
}

/** What the cashier asks for, or a business of the bank that runs its till. */
export type SaleOrder = Pick<TillSale, 'priced' | 'lines' | 'asked'> & {
  readonly amountMsat: bigint;
  /** What the customer's wallet shows. */
  readonly title?: string;
};

/** An amount that is asked for, or why it cannot be, in words. */
export type Asked =
  | { readonly ok: true; readonly sale: TillSale }
  | { readonly ok: false; readonly sentence: string };
