/** Ratios as text, each with what it is a ratio of; a ratio without a denominator says so. */
import type { AmountRate, CountRate } from '@realyield/protocol';
import { formatBps, formatCount, satText } from '../../format.ts';

/** Whole sats. */
export function sats(amountMsat: bigint): string {
  return satText(amountMsat, true);
}

/** A ratio, or the words for there being none. */
export function rateText(rate: AmountRate | CountRate, without: string): string {
  return rate.bps === undefined ? without : formatBps(rate.bps);
}

/** A ratio of debts rounded up: what is late never reads as none. */
export function riskText(rate: AmountRate, without: string): string {
  const { numeratorMsat, denominatorMsat } = rate;
  if (denominatorMsat === 0n) return without;
  const bps = (numeratorMsat * 10_000n + denominatorMsat - 1n) / denominatorMsat;
  return formatBps(Number(bps));
}

/** `12 of 40`. */
export function countsText({ numerator, denominator }: CountRate): string {
  return `${formatCount(numerator)} of ${formatCount(denominator)}`;
}

/** `1 200 sat of 40 000 sat`. */
export function amountsText({ numeratorMsat, denominatorMsat }: AmountRate): string {
  return `${sats(numeratorMsat)} of ${sats(denominatorMsat)}`;
}
