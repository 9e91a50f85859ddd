/** Ratios as text, each with what it is a ratio of; a ratio without a denominator says so. */
import type { AmountRate, CountRate } from '@realyield/protocol';
import { amountText, type AmountUnit } from '../../amount.ts';
import { formatBps, formatCount } from '../../format.ts';

/** A ratio, or the words for there being none. */
export function rateText(rate: AmountRate | CountRate, without: string): string {
  return rate.bps === undefined ? without : formatBps(rate.bps);
}

/** A ratio of debts rounded up: what is late never reads as none. */
export function riskText(rate: AmountRate, without: string): string {
  const { numeratorUnits, denominatorUnits } = rate;
  if (denominatorUnits === 0n) return without;
  const bps = (numeratorUnits * 10_000n + denominatorUnits - 1n) / denominatorUnits;
  return formatBps(Number(bps));
}

/** `12 of 40`. */
export function countsText({ numerator, denominator }: CountRate): string {
  return `${formatCount(numerator)} of ${formatCount(denominator)}`;
}

/** `1 200 sat of 40 000 sat`. */
export function amountsText(
  { numeratorUnits, denominatorUnits }: AmountRate,
  denomination: AmountUnit,
): string {
  const text = wholeText(denomination);
  return `${text(numeratorUnits)} of ${text(denominatorUnits)}`;
}

/** Writes amounts of one denomination as text, whole sats or minor units. */
export function wholeText(denomination: AmountUnit): (units: bigint) => string {
  return (units) => amountText(units, denomination, true);
}
