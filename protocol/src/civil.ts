/**
 * The calendar in UTC, on whole numbers: days since the epoch to year, month and day, and back.
 * Spec: specs/plans.md, "Due dates".
 */

/** A calendar date; the month counts from 1. */
export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Days from 1970-01-01 to the first of a month (months from 0) of the Gregorian calendar. */
export function daysToMonth(year: number, month: number): number {
  // Years begin in March, so that the leap day is a year's last.
  const shifted = month < 2 ? year - 1 : year;
  const fromMarch = (month + 10) % 12;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * fromMarch + 2) / 5);
  const leaps = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leaps + dayOfYear - 719_468;
}

/** Days from 1970-01-01 to the first of a month, counted in months since January 1970. */
export function daysToMonthIndex(index: number): number {
  return daysToMonth(1970 + Math.floor(index / 12), ((index % 12) + 12) % 12);
}

/** The month a day since the epoch lies in, counted in months since January 1970. */
export function monthIndexOf(day: number): number {
  // No estimate is off by more than one month.
  const guess = Math.floor((day * 4_800) / 146_097);
  const found = [guess + 1, guess, guess - 1].find((each) => daysToMonthIndex(each) <= day);
  return found ?? guess;
}

/** The calendar date of a day since the epoch. */
export function civilOf(day: number): CivilDate {
  const index = monthIndexOf(day);
  const year = 1970 + Math.floor(index / 12);
  return { year, month: index - (year - 1970) * 12 + 1, day: day - daysToMonthIndex(index) + 1 };
}

/** The day since the epoch that is an anchor day of a month, or the month's last. */
export function anchoredDay(monthIndex: number, anchorDay: number): number {
  const first = daysToMonthIndex(monthIndex);
  return Math.min(first + anchorDay, daysToMonthIndex(monthIndex + 1)) - 1;
}
