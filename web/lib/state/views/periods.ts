/** Periods of a list of payments that its owner can choose: all of it, years, and months of UTC. */

/** One of them. */
export interface Period {
  /** `all`, `2027` or `2027-01`. */
  readonly value: string;
  readonly label: string;
}

/** Months offered one by one; who wants older ones takes their year. */
const MOST_MONTHS = 24;

/** The day of a time in UTC, as in the file: `2027-01-15`. */
const dayOf = (atSec: number): string => new Date(atSec * 1_000).toISOString().slice(0, 10);

/** Periods in which something was settled, newest first, after all of it. */
export function periodsOf(timesSec: readonly number[]): readonly Period[] {
  const days = timesSec.map(dayOf);
  const newest = (length: number): string[] =>
    [...new Set(days.map((day) => day.slice(0, length)))].sort().reverse();
  const months = newest('2027-01'.length).slice(0, MOST_MONTHS);
  const nameOf = (month: string): string =>
    new Date(`${month}-01T00:00:00Z`).toLocaleDateString(undefined, {
      ...{ month: 'long', year: 'numeric', timeZone: 'UTC' },
    });
  return [
    { value: 'all', label: 'All of it' },
    ...newest('2027'.length).map((year) => ({ value: year, label: `The year ${year}` })),
    ...months.map((month) => ({ value: month, label: nameOf(month) })),
  ];
}

/** Whether a time lies in a period. */
export function isWithin(period: string, atSec: number): boolean {
  return period === 'all' || dayOf(atSec).startsWith(`${period}-`);
}
