/** Ratios as text, each with what it is a ratio of; a ratio without a denominator says so. */
import type { AmountRate, CountRate } from '@realyield/protocol';
import { formatBps, formatCount, satText } from '../../format.ts';

/** Whole sats. */
export function sats(amountUnits: bigint): string {
  return satText(amountUnits, true);
}

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
export function amountsText({ numeratorUnits, denominatorUnits }: AmountRate): string {
  return `${sats(numeratorUnits)} of ${sats(denominatorUnits)}`;
}
