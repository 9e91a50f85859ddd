/**
 * Exact money: integer millisatoshis as bigint, decimal strings on the wire, named rounding.
 * Spec: specs/money.md.
 */
import { assert } from './assert.ts';
import { reject, ok, type Result } from './result.ts';

declare const msatBrand: unique symbol;

/** Millisatoshis, an integer. Only this module creates one from a bare bigint. */
export type Msat = bigint & { readonly [msatBrand]: true };

/** 21 million bitcoin in msat: no amount on the wire is larger. */
export const MAX_MSAT = 2_100_000_000_000_000_000n;

/** The same in satoshis: no output on the chain is larger. */
export const MAX_SATOSHIS = 2_100_000_000_000_000n;

/** A decimal amount on the wire: digits without sign, leading zero or exponent. */
export const WIRE_AMOUNT = /^(0|[1-9][0-9]{0,18})$/;

/** Brands a bigint as msat; throws on a negative or impossible amount (programmer error). */
export function msat(amount: bigint): Msat {
  assert(amount >= 0n && amount <= MAX_MSAT, `amount out of range: ${amount}`);
  return amount as Msat;
}

/** Reads a decimal string of msat; refuses anything else with CONTENT_SCHEMA. */
export function parseMsat(text: unknown): Result<Msat> {
  if (typeof text !== 'string' || !WIRE_AMOUNT.test(text)) return reject('CONTENT_SCHEMA', 'msat');
  const amount = BigInt(text);
  return amount > MAX_MSAT ? reject('CONTENT_SCHEMA', 'msat') : ok(amount as Msat);
}

/** Writes msat as its decimal string. */
export function formatMsat(amount: bigint): string {
  return amount.toString();
}

/** numerator / denominator rounded down; both must be non-negative. */
export function divideFloor(numerator: bigint, denominator: bigint): bigint {
  assert(numerator >= 0n && denominator > 0n, 'divideFloor takes non-negative amounts');
  return numerator / denominator;
}

/** The multiple of a whole amount that an amount holds, rounded down. */
export function floorToWhole(amount: bigint, whole: bigint): bigint {
  return amount - (amount % whole);
}

/** The smaller of two amounts. */
export function minimum(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** The greater of two amounts. */
export function maximum(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/**
 * Splits an amount over `count` parts in whole satoshis: each the floor of an equal share,
 * the remainder (msat included) on the last part.
 */
export function splitEqually(total: bigint, count: number): bigint[] {
  assert(Number.isSafeInteger(count) && count > 0, 'count must be positive');
  const share = floorToWhole(total / BigInt(count), 1_000n);
  const parts = new Array<bigint>(count).fill(share);
  parts[count - 1] = total - share * BigInt(count - 1);
  return parts;
}

/**
 * Shares an amount in proportion to weights by largest remainder; ties go to the lower index,
 * so callers order by contract id first. Nothing is created or lost.
 */
export function allocate(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((a, b) => a + b, 0n);
  assert(sum > 0n, 'weights must not all be zero');
  // M-2: "An amount is shared in proportion to weights by largest remainder…"
  const shares = weights.map((weight) => (total * weight) / sum);
  const remainders = weights.map((weight, index) => ({ index, rest: (total * weight) % sum }));
  remainders.sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1));
  let left = total - shares.reduce((a, b) => a + b, 0n);
  for (const { index } of remainders) {
    if (left === 0n) break;
    shares[index] = (shares[index] ?? 0n) + 1n;
    left -= 1n;
  }
  return shares;
}
