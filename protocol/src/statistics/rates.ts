/** Ratios in basis points with what they rest on. Spec: specs/figures.md, "Ratios". */
import { divideFloor } from '../money.ts';
import { BPS, DAYS_PER_YEAR } from '../params.ts';

/** A ratio of amounts. */
export interface AmountRate {
  readonly numeratorUnits: bigint;
  readonly denominatorUnits: bigint;
  /** Basis points, rounded down; undefined when the denominator is 0. */
  readonly bps: number | undefined;
}

/** A ratio of counts. */
export interface CountRate {
  readonly numerator: number;
  readonly denominator: number;
  /** Basis points, rounded down; undefined when the denominator is 0. */
  readonly bps: number | undefined;
}

function bpsFloor(numerator: bigint, denominator: bigint): number | undefined {
  // F-1: "A ratio is floor(numerator × 10,000 / denominator) in basis points, and undefined when
  // its denominator is 0…"
  return denominator === 0n ? undefined : Number(divideFloor(numerator * BPS, denominator));
}

/** The ratio of two amounts in msat. */
export function amountRate(numeratorUnits: bigint, denominatorUnits: bigint): AmountRate {
  return { numeratorUnits, denominatorUnits, bps: bpsFloor(numeratorUnits, denominatorUnits) };
}

/**
 * A yearly rate of an amount that may be negative over principal held for days, msat × days:
 * basis points rounded towards minus infinity, undefined without principal.
 */
export function yearlyBps(amountUnits: bigint, principalDays: bigint): number | undefined {
  if (principalDays === 0n) return undefined;
  const numerator = amountUnits * BPS * DAYS_PER_YEAR;
  const rest = ((numerator % principalDays) + principalDays) % principalDays;
  return Number((numerator - rest) / principalDays);
}

/** The ratio of two counts. */
export function countRate(numerator: number, denominator: number): CountRate {
  return { numerator, denominator, bps: bpsFloor(BigInt(numerator), BigInt(denominator)) };
}

/** The sum of one amount over many records, in msat. */
export function sumOf<T>(list: readonly T[], amountOf: (entry: T) => bigint): bigint {
  return list.reduce((sum, entry) => sum + amountOf(entry), 0n);
}
