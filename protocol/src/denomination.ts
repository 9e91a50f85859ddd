/**
 * Units of a contract's ledger and what they are in msat. Spec: specs/prices.md. A price is the
 * minor units of a currency for one bitcoin; a ledger in that currency counts millionths of them.
 */
import { assert } from './assert.ts';
import type { Denomination } from './kinds/denomination.ts';
import { divideFloor } from './money.ts';
import { DUST_MSAT, MINOR_UNITS } from './params.ts';

// PR-1: "Every amount of type `units` is in the contract's ledger unit: a millisatoshi, or a
// millionth of the currency's minor unit."
/** msat in a bitcoin over units in a minor unit: msat × price = units × this. */
const SCALE = 100_000_000_000n / MINOR_UNITS;

/** What amounts of a ledger are counted in, whoever prices it: only those of one unit are added. */
export type LedgerUnit =
  | { readonly type: 'msat' }
  | { readonly type: 'fiat'; readonly currency: string; readonly minorDigits: number };

/** The unit of a denomination. */
export function ledgerUnitOf(denomination: LedgerUnit): LedgerUnit {
  if (denomination.type === 'msat') return { type: 'msat' };
  const { currency, minorDigits } = denomination;
  return { type: 'fiat', currency, minorDigits };
}

/** Whether amounts of two ledgers can be added. */
export function isSameUnit(a: LedgerUnit, b: LedgerUnit): boolean {
  if (a.type === 'msat' || b.type === 'msat') return a.type === b.type;
  return a.currency === b.currency && a.minorDigits === b.minorDigits;
}

/**
 * The least amount that is asked for, in ledger units: a satoshi, or a minor unit of the currency.
 * Less than it is neither late nor outstanding.
 */
export function wholeOf(denomination: Denomination): bigint {
  // PR-2: "The whole amount of a ledger, where these pages speak of whole satoshis or of 1,000
  // msat, is 1,000 msat in msat and 1,000,000 units, one minor unit, in a currency."
  return denomination.type === 'msat' ? DUST_MSAT : MINOR_UNITS;
}

/** The msat that pay an amount of ledger units at a price, rounded up. */
export function msatFor(units: bigint, price: bigint): bigint {
  assert(units >= 0n && price > 0n, 'msatFor takes an amount and a price');
  // PR-9: "An amount of units is paid by units × 100,000 / price msat, rounded up…"
  return divideFloor(units * SCALE + price - 1n, price);
}

/** What msat are worth in ledger units at a price, rounded down. */
export function unitsFor(msat: bigint, price: bigint): bigint {
  assert(msat >= 0n && price > 0n, 'unitsFor takes an amount and a price');
  // PR-9: "…an amount of msat is worth msat × price / 100,000 units, rounded down."
  return divideFloor(msat * price, SCALE);
}

/** The median of prices, of which there is at least one. */
export function medianPrice(prices: readonly bigint[]): bigint {
  const sorted = [...prices].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const [below, above] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  assert(below !== undefined && above !== undefined, 'a median needs a price');
  // PR-8: "…the middle one of the prices in order, of an even number half the sum of the two in the
  // middle, rounded down."
  return divideFloor(below + above, 2n);
}

/** The minute of a time. */
export function minuteOf(timeSec: number): number {
  return Math.floor(timeSec / 60);
}
