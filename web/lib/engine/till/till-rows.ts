/** Rows of a till on disk, and what they are written by. Spec: specs/till.md. */
import type { SaleShare, ServedContract, TillAccount } from '@realyield/protocol';
import type { StoreWrite } from '../ports.ts';
import type { SalePrice, SaleSplit, TillSale } from './sale.ts';

/** Prefixes of its rows. */
export const SALE = 'till|sale|';
export const ACCOUNT = 'till|share|';
export const NAME = 'till|name|';
/** What was taken by sales that are not in the book themselves. */
export const BEFORE = 'till|before';

/** An account on disk. */
export interface AccountRow {
  readonly contract: string;
  readonly accrued: string;
  readonly denominator: string;
  readonly handedMsat: string;
}

/** The currency in which a till's prices are. */
export type TillCurrency = Pick<SalePrice, 'currency' | 'minorDigits'>;

/**
 * A name of the till: it serves the same contracts, and its prices are in one currency or in none,
 * from its first sale to its last.
 */
export interface TillName {
  /** At random. */
  readonly till: string;
  /** Its place among the names of this till, from 1. */
  readonly order: number;
  /** Ids, ascending. */
  readonly contracts: readonly string[];
  readonly currency?: TillCurrency;
  /** The key its sales are signed with, 32-byte hex. */
  readonly key: string;
  /** Since when, Unix seconds. */
  readonly sinceSec: number;
  /** Until before when; undefined while it is the present one. */
  readonly untilSec?: number;
}

/** What a payment is written down with. */
export interface NextSale {
  readonly till: string;
  readonly serial: number;
  readonly atSec: number;
  readonly split: readonly SaleSplit[];
}

/** What a payment is written down by. */
export interface PaidSale {
  readonly served: readonly ServedContract[];
  readonly nowSec: number;
  readonly msat: bigint;
  readonly currency?: TillCurrency | undefined;
  /** Signs the sales of these contracts. */
  readonly keyOf: (contracts: readonly string[]) => string;
}

/** What one contract gets of one sale. */
export function splitOf(
  { contract, numerator, denominator }: SaleShare,
  msat: bigint,
): SaleSplit[] {
  const part = (numerator * msat) / denominator;
  return part > 0n ? [{ contract, msat: part.toString() }] : [];
}

/** The row of an account. */
export function accountWrite(scope: string, contract: string, account: TillAccount): StoreWrite {
  const value: AccountRow = {
    contract,
    accrued: account.accrued.toString(),
    denominator: account.denominator.toString(),
    handedMsat: account.handedMsat.toString(),
  };
  return { table: 'journal', key: `${scope}${ACCOUNT}${contract}`, value, contract };
}

/** The row of a name. */
export function nameWrite(scope: string, name: TillName): StoreWrite {
  return { table: 'journal', key: `${scope}${NAME}${placeOf(name.order)}`, value: name };
}

/** A place as it stands in a key: rows come in order. */
export const placeOf = (order: number): string => String(order).padStart(10, '0');

/** What a till takes in of a device that is lost. */
export interface TakenIn {
  /** Their places are of no account. */
  readonly sales: readonly TillSale[];
  readonly names: readonly TillName[];
  /** What came together for contracts beyond what was taken in before. */
  readonly accounts: readonly Account[];
  /** All that was taken beyond what was taken in before. */
  readonly takenMsat: bigint;
  /** What is written with it. */
  readonly also: readonly StoreWrite[];
}

/** What came together for a contract. */
type Account = Pick<TillAccount, 'accrued' | 'denominator'> & { readonly contract: string };
