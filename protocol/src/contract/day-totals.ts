/** Payments of a contract by leg and contract day, kept up to date. Spec: specs/money.md, M-6. */
import { dayOf } from '../interest.ts';
import type { Leg } from '../kinds/fields.ts';
import type { DayTotal, PaidRun } from './paid.ts';

/** What is counted of a run. */
type CountedRun = Omit<PaidRun, 'receipt'>;

/** Runs of one leg. */
interface Counted {
  readonly leg: Leg;
  readonly runs: readonly CountedRun[];
}

function isBefore(a: DayTotal, day: number, leg: Leg): boolean {
  return a.day === day ? a.leg < leg : a.day < day;
}

/** Totals by day; what `share` gives is never changed afterwards. */
export class DayTotals {
  readonly #daySec: number;
  #totals: DayTotal[] = [];
  #isShared = false;

  constructor(daySec: number) {
    this.#daySec = daySec;
  }

  #placeOf(day: number, leg: Leg): number {
    let low = 0;
    let high = this.#totals.length;
    const last = this.#totals[high - 1];
    if (last && last.day === day && last.leg === leg) return high - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      const total = this.#totals[middle];
      if (total && isBefore(total, day, leg)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #change(leg: Leg, run: CountedRun, sign: 1 | -1): void {
    if (this.#isShared) this.#totals = this.#totals.slice();
    this.#isShared = false;
    const day = dayOf(run.settledAtSec, this.#daySec);
    const place = this.#placeOf(day, leg);
    const found = this.#totals[place];
    const known = found?.day === day && found.leg === leg ? found : undefined;
    const parts = sign * (run.last - run.first + 1);
    const amountUnits = sign > 0 ? run.amountUnits : -run.amountUnits;
    const total: DayTotal = {
      leg,
      day,
      settledAtSec: Math.min(known?.settledAtSec ?? Infinity, run.settledAtSec),
      amountUnits: (known?.amountUnits ?? 0n) + amountUnits,
      parts: (known?.parts ?? 0) + parts,
      receivedParts: (known?.receivedParts ?? 0) + (run.isReceived ? parts : 0),
      receivedUnits: (known?.receivedUnits ?? 0n) + (run.isReceived ? amountUnits : 0n),
      contestedTimes: (known?.contestedTimes ?? 0) + (run.timeContested ? parts : 0),
    };
    if (known) this.#totals[place] = total;
    else this.#totals.splice(place, 0, total);
  }

  /** Counts a request's payments. */
  add({ leg, runs }: Counted): void {
    for (const run of runs) this.#change(leg, run, 1);
  }

  /**
   * Counts a request's payments in place of what it had before; false when a settled time is gone:
   * then a day may begin later than is known here, and all must be counted anew.
   */
  replace(before: Counted, after: Counted): boolean {
    const times = new Set(after.runs.map((run) => run.settledAtSec));
    if (!before.runs.every((run) => times.has(run.settledAtSec))) return false;
    this.add(after);
    for (const run of before.runs) this.#change(before.leg, run, -1);
    return true;
  }

  /** The totals as they are now, by day. */
  share(): readonly DayTotal[] {
    this.#isShared = true;
    return this.#totals;
  }
}
