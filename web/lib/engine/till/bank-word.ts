/** What a bank says of sales at a till it runs, as its business keeps it. Spec: specs/till.md. */
import type { SaleDocument, SignedEvent } from '@realyield/protocol';
import type { SaleSplit, TillSale } from './sale.ts';

/** Places of sales that other devices asked for: below those of copies of a till's own. */
const FIRST_PLACE = -1_000_000;
/** Units of a ledger kept in a currency are worth msat × price / 100,000 (PR-9). */
const SCALE = 100_000n;

/** What the bank said of a sale that was paid. */
export interface BankWord {
  /** The sale signed by the bank: the customer's receipt. */
  readonly receipt: SignedEvent;
  /** The bank's name of the till, and the sale's number there. */
  readonly till: string;
  readonly serial: number;
  readonly preimage?: string;
  readonly settledAtSec: number;
  readonly msat: string;
  readonly shares: readonly SaleSplit[];
  /** Of all sales until then: what was taken, and what of it is the business's. */
  readonly takenMsat: string;
  readonly merchantsMsat: string;
  /** By which contract it was asked, and the hash that was paid; earlier rows have neither. */
  readonly contract?: string;
  readonly paymentHash?: string;
}

/** What was taken at the till, and what of it is the business's, msat. */
export interface SaidOfAll {
  readonly takenMsat: bigint;
  readonly merchantsMsat: bigint;
}

/**
 * All takings by the bank's last word, or by all its words where they come to more: each of its
 * devices speaks of what it took itself.
 */
export function saidOfAll(latest: BankWord, words: Iterable<BankWord>): SaidOfAll {
  let [takenMsat, sharesMsat] = [0n, 0n];
  for (const { msat, shares } of words) {
    takenMsat += BigInt(msat);
    for (const share of shares) sharesMsat += BigInt(share.msat);
  }
  const saidMsat = BigInt(latest.takenMsat);
  return takenMsat > saidMsat
    ? { takenMsat, merchantsMsat: takenMsat - sharesMsat }
    : { takenMsat: saidMsat, merchantsMsat: BigInt(latest.merchantsMsat) };
}

/** A sale that another device asked for, by the bank's word alone. */
export function saleOf(sale: string, word: BankWord, at: number): TillSale | undefined {
  const { receipt, till, serial, msat, settledAtSec, shares, contract, paymentHash } = word;
  if (contract === undefined) return undefined;
  // Read and checked when it came.
  const { priced } = JSON.parse(receipt.content) as SaleDocument;
  const price = priced && ((BigInt(priced.units) * SCALE) / BigInt(msat)).toString();
  return {
    ...{ order: FIRST_PLACE - at, step: 'paid', amountMsat: msat, salt: sale, bank: contract },
    ...(priced && price !== undefined ? { priced: { ...priced, price } } : {}),
    ...(paymentHash === undefined ? {} : { paymentHash }),
    askedAtMs: settledAtSec * 1_000,
    paid: {
      ...{ till, serial, msat, atSec: receipt.created_at, split: shares },
      ...(priced ? { units: priced.units } : {}),
      ...{ amount: 'exact', isLate: false, isUnexpected: false, found: 'notice' },
    },
  };
}
