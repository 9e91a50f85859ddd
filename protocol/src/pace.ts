/**
 * A stream slower than agreed, as its payer may choose: when a tick is paid then. Spec:
 * specs/payments.md, P-34.
 */
import { assert } from './assert.ts';
import type { Tick } from './contract/ticks.ts';

/** How fast a payer streams from a time on, as a share of what was agreed. */
export interface Pace {
  /** 1 to 100; 100 is as agreed. */
  readonly percent: number;
  /** Unix seconds. */
  readonly sinceSec: number;
}

/** How much later than agreed a tick is paid at most, seconds. */
function mostDelaySec({ dueAtSec, lapsesAtSec }: Tick, cohortDaySec: number | undefined): number {
  const leftSec = lapsesAtSec - dueAtSec;
  // P-34: "…at most three quarters of the time until the tick lapses…"
  if (cohortDaySec === undefined) return Math.floor((leftSec * 3) / 4);
  // P-34: "…and under an offer with other investors at most half of what they wait for (P-28)…"
  return Math.floor(Math.min(cohortDaySec, Math.floor(leftSec / 2)) / 2);
}

/**
 * When a tick is paid at a pace, Unix seconds: never before it is due, and in time. `cohortDaySec`
 * is a contract day's length where other investors pay in step, undefined where there are none.
 */
export function pacedAtSec(
  tick: Tick,
  pace: Pace | undefined,
  cohortDaySec: number | undefined,
): number {
  const { dueAtSec } = tick;
  if (!pace || dueAtSec <= pace.sinceSec) return dueAtSec;
  const { percent, sinceSec } = pace;
  assert(percent >= 1 && percent <= 100, 'a pace is 1 to 100 percent');
  // P-34: "A payer's client may stream slower than agreed: a tick due after the payer chose so is
  // paid as many times later, counted from then, as the pace is slower…"
  const slowerAtSec = sinceSec + Math.ceil(((dueAtSec - sinceSec) * 100) / percent);
  return Math.min(slowerAtSec, dueAtSec + Math.max(0, mostDelaySec(tick, cohortDaySec)));
}
