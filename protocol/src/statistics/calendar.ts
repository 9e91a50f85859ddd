/** Periods for charts: calendar months on real days. Spec: specs/figures.md, "Periods". */
import { DAY_SEC } from '../params.ts';

/** A stretch of time in which due dates are counted together; both ends belong to it. */
export interface Period {
  readonly fromSec: number;
  readonly toSec: number;
}

/** Contract days in a period where a contract day is not a real one. */
const SHORT_MONTH_DAYS = 30;

/** Days from 1970-01-01 to the first of a month (months from 0) of the Gregorian calendar. */
function daysToMonth(year: number, month: number): number {
  // Years begin in March, so that the leap day is a year's last.
  const shifted = month < 2 ? year - 1 : year;
  const fromMarch = (month + 10) % 12;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * fromMarch + 2) / 5);
  const leaps = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leaps + dayOfYear - 719_468;
}

/** The calendar month (UTC) a time falls in. */
function monthAt(atSec: number): Period {
  const days = Math.floor(atSec / DAY_SEC);
  // No estimate is off by more than one month.
  const guess = Math.floor((days * 4_800) / 146_097);
  const first = (index: number): number =>
    daysToMonth(1970 + Math.floor(index / 12), ((index % 12) + 12) % 12);
  const index = [guess + 1, guess, guess - 1].find((each) => first(each) <= days) ?? guess;
  return { fromSec: first(index) * DAY_SEC, toSec: first(index + 1) * DAY_SEC - 1 };
}

/** The period a due date falls in: a calendar month, or 30 days where days are not real ones. */
export function periodOf(atSec: number, daySec: number): Period {
  // F-25: "The period of a due date is its calendar month in UTC where `daySec` is 86,400, and
  // otherwise the block of 30 contract days, counted from the epoch, in which it lies."
  if (daySec === DAY_SEC) return monthAt(atSec);
  const lengthSec = SHORT_MONTH_DAYS * daySec;
  const fromSec = Math.floor(atSec / lengthSec) * lengthSec;
  return { fromSec, toSec: fromSec + lengthSec - 1 };
}
