/**
 * Interest accrual, exact: Σ principal × bps × days is kept whole and divided once.
 * Spec: specs/money.md, "Accrual" (ACT/365F).
 */
import { BPS, DAYS_PER_YEAR } from './params.ts';
import { divideFloor } from './money.ts';

/** Divisor of an accrued numerator: basis points × days per year. */
export const ACCRUAL_DIVISOR = BPS * DAYS_PER_YEAR;

/** The contract day a time falls in: whole days of `daySec` since the epoch (UTC). */
export function dayOf(timeSec: number, daySec: number): number {
  // M-3: "The day of a time is floor(time / `daySec`)…"
  return Math.floor(timeSec / daySec);
}

/** Last second of a contract day. */
export function endOfDaySec(day: number, daySec: number): number {
  return (day + 1) * daySec - 1;
}

/** Numerator accrued on a principal over a number of days; divide by ACCRUAL_DIVISOR. */
export function accrue(principalMsat: bigint, rateBps: number, days: number): bigint {
  // M-4: "…the sum of principal × `rateBps` × days is kept exact and divided by 3,650,000 only when
  // charged…"
  return principalMsat * BigInt(rateBps) * BigInt(days);
}

/** Interest in msat of an accrued numerator, rounded down. */
export function interestOf(numerator: bigint): bigint {
  return divideFloor(numerator, ACCRUAL_DIVISOR);
}
