/**
 * The yearly rate of dated flows in whole basis points, by integers only, so that every
 * implementation finds the same. Spec: specs/key-facts.md, "Rates".
 */
import { BPS } from '../params.ts';

/** One party's money on one contract day: what it lent (negative) or gets for it (positive). */
export interface RateFlow {
  /** Contract days since the first flow. */
  readonly day: number;
  readonly amountUnits: bigint;
}

const FRACTION_BITS = 40n;
const ONE = 1n << FRACTION_BITS;
/** Daily discount factors looked at, in 2^-40: from about 12,600 % to about -99.99 % a year. */
const LEAST_FACTOR = 1_085_000_000_000n;
const MOST_FACTOR = 1_128_000_000_000n;
const DAYS_PER_YEAR = 365;

/** factor^days in 2^-40; every product is rounded down to it. */
function power(factor: bigint, days: number): bigint {
  let result = ONE;
  let base = factor;
  for (let left = days; left > 0; left = Math.floor(left / 2)) {
    // K-5: "…when n is odd, r becomes floor(r × b / 2^40); then n becomes floor(n / 2) and b
    // becomes floor(b × b / 2^40)…"
    if (left % 2 === 1) result = (result * base) >> FRACTION_BITS;
    if (left > 1) base = (base * base) >> FRACTION_BITS;
  }
  return result;
}

/** What rising flows are worth on the first day, in 2^-40 msat, at a daily discount factor. */
function valueAt(flows: readonly RateFlow[], factor: bigint): bigint {
  let value = 0n;
  let later = flows[flows.length - 1]?.day ?? 0;
  const powers = new Map<number, bigint>();
  for (let index = flows.length - 1; index >= 0; index -= 1) {
    const flow = flows[index];
    if (!flow) continue;
    const gap = later - flow.day;
    let discount = powers.get(gap);
    if (discount === undefined) powers.set(gap, (discount = power(factor, gap)));
    // K-6: "…from the last day to the first, a running value is multiplied by the power of the days
    // between, divided by 2^40 and rounded down, and the day’s flow times 2^40 is added…"
    value = ((value * discount) >> FRACTION_BITS) + (flow.amountUnits << FRACTION_BITS);
    later = flow.day;
  }
  return value;
}

/** Flows of one day as one, rising by day, those of nothing left out. */
function byDay(flows: readonly RateFlow[]): RateFlow[] {
  const sums = new Map<number, bigint>();
  for (const { day, amountUnits } of flows) sums.set(day, (sums.get(day) ?? 0n) + amountUnits);
  return [...sums]
    .map(([day, amountUnits]) => ({ day, amountUnits }))
    .filter(({ amountUnits }) => amountUnits !== 0n)
    .sort((a, b) => a.day - b.day);
}

/** Yearly rate in basis points, or undefined where the flows have none within the bounds. */
export function yearlyRateBps(flows: readonly RateFlow[]): number | undefined {
  const days = byDay(flows);
  // K-7: "There is no rate where the value at the least factor is positive, or at the greatest is
  // not…"
  if (valueAt(days, LEAST_FACTOR) > 0n || valueAt(days, MOST_FACTOR) <= 0n) return undefined;
  let [low, high] = [LEAST_FACTOR, MOST_FACTOR];
  while (high - low > 1n) {
    // K-8: "…the middle m = floor((l + h) / 2) takes the place of l where the value at m is not
    // positive, else of h…"
    const middle = (low + high) / 2n;
    if (valueAt(days, middle) > 0n) high = middle;
    else low = middle;
  }
  // K-9: "The rate is floor((10,000 × 2^40 + floor(p / 2)) / p) − 10,000 basis points, p being
  // the 365th power of l…"
  const year = power(low, DAYS_PER_YEAR);
  return Number((BPS * ONE + year / 2n) / year - BPS);
}
