/** Periods for charts: calendar months on real days. Spec: specs/figures.md, "Periods". */
import { daysToMonthIndex, monthIndexOf } from '../civil.ts';
import { DAY_SEC } from '../params.ts';

/** A stretch of time in which due dates are counted together; both ends belong to it. */
export interface Period {
  readonly fromSec: number;
  readonly toSec: number;
}

/** Contract days in a period where a contract day is not a real one. */
const SHORT_MONTH_DAYS = 30;

/** The calendar month (UTC) a time falls in. */
function monthAt(atSec: number): Period {
  const index = monthIndexOf(Math.floor(atSec / DAY_SEC));
  return {
    fromSec: daysToMonthIndex(index) * DAY_SEC,
    toSec: daysToMonthIndex(index + 1) * DAY_SEC - 1,
  };
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
