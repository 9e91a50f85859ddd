/**
 * The internal rate of return of dated flows: a display figure, hence floats.
 * Spec: specs/figures.md, "Return".
 */

/** Money in (positive) or out (negative), `years` before the as-of time. */
export interface DatedFlow {
  readonly years: number;
  readonly amountUnits: bigint;
}

/** Widest rate looked for, as ln(1 + rate): from −99.99 % to a hundredfold a year. */
const LOWEST = Math.log(1e-4);
const HIGHEST = Math.log(101);
/** Width of a step away from 0 while looking for a change of sign. */
const STEP = 0.05;
const TOLERANCE = 1e-13;
const MAX_ROUNDS = 200;

type Points = readonly (readonly [years: number, amount: number])[];

/** Flows of one moment as one, in order of time, so that the order of input changes nothing. */
function gather(flows: readonly DatedFlow[]): Points {
  const sums = new Map<number, bigint>();
  for (const { years, amountUnits } of flows) {
    sums.set(years, (sums.get(years) ?? 0n) + amountUnits);
  }
  const points = [...sums].map(([years, amount]) => [years, Number(amount)] as const);
  return points.sort(([a], [b]) => a - b);
}

const valueAt = (points: Points, x: number): number =>
  points.reduce((sum, [years, amount]) => sum + amount * Math.exp(years * x), 0);

const slopeAt = (points: Points, x: number): number =>
  points.reduce((sum, [years, amount]) => sum + years * amount * Math.exp(years * x), 0);

/** Two neighbouring points between which the value changes its sign, nearest to 0. */
function findBracket(points: Points): [number, number] | undefined {
  const steps = Math.ceil(Math.max(HIGHEST, -LOWEST) / STEP);
  const crosses = (a: number, b: number): boolean =>
    Math.sign(valueAt(points, a)) * Math.sign(valueAt(points, b)) <= 0;
  for (let step = 0; step < steps; step += 1) {
    const [near, far] = [step * STEP, (step + 1) * STEP];
    const up: [number, number] = [near, Math.min(far, HIGHEST)];
    const down: [number, number] = [Math.max(-far, LOWEST), -near];
    if (near < HIGHEST && crosses(...up)) return up;
    if (-near > LOWEST && crosses(...down)) return down;
  }
  return undefined;
}

/** Newton's method kept inside a bracket; where it would leave, the bracket is halved. */
function refine(points: Points, bracket: [number, number]): number {
  let [low, high] = bracket;
  const isRising = valueAt(points, low) <= valueAt(points, high);
  let x = (low + high) / 2;
  for (let round = 0; round < MAX_ROUNDS && high - low > TOLERANCE; round += 1) {
    const value = valueAt(points, x);
    if (value === 0) return x;
    if (value > 0 === isRising) high = x;
    else low = x;
    const next = x - value / slopeAt(points, x);
    const stays = next > low && next < high;
    if (stays && Math.abs(next - x) < TOLERANCE) return next;
    x = stays ? next : (low + high) / 2;
  }
  return x;
}

/**
 * The rate r with Σ flow × (1 + r)^years = 0, as a fraction a year; of several the one nearest to
 * 0 in ln(1 + r). Undefined without flows in both directions or beyond −99.99 % to 10,000 %.
 */
export function computeXirr(flows: readonly DatedFlow[]): number | undefined {
  const points = gather(flows);
  if (!points.some(([, amount]) => amount > 0) || !points.some(([, amount]) => amount < 0)) {
    return undefined;
  }
  const bracket = findBracket(points);
  return bracket && Math.exp(refine(points, bracket)) - 1;
}
