/**
 * What a lock costs whoever locks: the interest forgone, to a power above one, so that one large
 * bond is worth more than the same bitcoin in many. A figure for comparing, with floats as such.
 * Spec: specs/bonds.md, "Value"; source: the fidelity bonds of JoinMarket.
 */

/** Assumed interest a year on bitcoin. */
const INTEREST_A_YEAR = 0.015;

/** The power the interest forgone is raised to. */
const EXPONENT = 1.3;

/** Seconds of a year of 365.2425 days. */
const YEAR_SEC = 31_556_952;

/** A bond as its value is reckoned from. */
export interface LockedAmount {
  readonly valueSat: bigint;
  /** Time of the block that confirmed it, Unix seconds. */
  readonly confirmedAtSec: number;
  readonly lockTimeSec: number;
}

/** The value at a time; 0 once it is a whole lock past its end. Satoshis to the power 1.3. */
export function bondValue(locked: LockedAmount, asOfSec: number): number {
  const { confirmedAtSec, lockTimeSec } = locked;
  const years = (sec: number): number => sec / YEAR_SEC;
  const term = years(lockTimeSec - confirmedAtSec);
  if (term <= 0) return 0;
  const since = years(Math.max(0, asOfSec - lockTimeSec));
  const gained = Math.min(1, Math.expm1(INTEREST_A_YEAR * term));
  const lost = Math.min(1, Math.expm1(INTEREST_A_YEAR * since));
  const forgone = Math.max(0, Math.min(1, gained - lost));
  return (Number(locked.valueSat) * forgone) ** EXPONENT;
}
