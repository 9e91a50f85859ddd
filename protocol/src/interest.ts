/**
 * Interest accrual, exact: Σ principal × bps × days is kept whole and divided once.
 * Spec: specs/money.md, "Interest".
 */
import { civilOf } from './civil.ts';
import type { DayCount } from './kinds/plan.ts';
import { BPS } from './params.ts';
import { divideFloor } from './money.ts';

/** Days that any day count's year divides: 72 × 365 = 73 × 360. */
const COMMON_DAYS = 26_280n;

/** Days in the year of each day count. */
export const YEAR_DAYS: Readonly<Record<DayCount, bigint>> = {
  'ACT/365F': 365n,
  'ACT/360': 360n,
  '30E/360': 360n,
};

/** Divisor of an accrued numerator, the same for every day count. */
export const ACCRUAL_DIVISOR = BPS * COMMON_DAYS;

/** The contract day a time falls in: whole days of `daySec` since the epoch (UTC). */
export function dayOf(timeSec: number, daySec: number): number {
  // M-3: "The day of a time is floor(time / `daySec`)…"
  return Math.floor(timeSec / daySec);
}

/** Last second of a contract day. */
export function endOfDaySec(day: number, daySec: number): number {
  return (day + 1) * daySec - 1;
}

/** A day's number by 30E/360: every month has thirty days. */
function thirtyDayIndex(day: number): number {
  const { year, month, day: ofMonth } = civilOf(day);
  return year * 360 + month * 30 + Math.min(ofMonth, 30);
}

/** Days from one day to a later one, as a day count has them. */
export function daysBetween(fromDay: number, toDay: number, dayCount: DayCount): number {
  // M-17: "By `30E/360` the days from one date to another are the difference of 360 × year +
  // 30 × month + the lesser of the day and 30 (calendar dates in UTC); by the others they are
  // calendar days…"
  if (dayCount !== '30E/360') return toDay - fromDay;
  return thirtyDayIndex(toDay) - thirtyDayIndex(fromDay);
}

/** Numerator accrued on a principal over a number of days; divide by ACCRUAL_DIVISOR. */
export function accrue(
  principalUnits: bigint,
  rateBps: number,
  days: number,
  dayCount: DayCount = 'ACT/365F',
): bigint {
  // M-4: "…principal × `rateBps` × days / (10,000 × days of the year) is summed exactly, as a
  // fraction, and rounded only when charged…"
  const perDay = rateBps * Number(COMMON_DAYS / YEAR_DAYS[dayCount]);
  const factor = perDay * days;
  // As one number while that is exact.
  if (Number.isSafeInteger(factor)) return principalUnits * BigInt(factor);
  return principalUnits * BigInt(perDay) * BigInt(days);
}

/** Interest in msat of an accrued numerator, rounded down. */
export function interestOf(numerator: bigint): bigint {
  return divideFloor(numerator, ACCRUAL_DIVISOR);
}
