/**
 * Notices dated ahead are set aside until their time comes: each is judged at its own date, and a
 * default that is not yet one must not be shown as one. Spec: specs/notices.md, "Not proven".
 */
import { CLOCK_TOLERANCE_SEC, type ParsedEvent } from '@realyield/protocol';
import type { Clock } from './ports.ts';

/** Timers take at most some days; it is looked at again then. */
const MOST_WAIT_MS = 86_400_000;

/** Events that count now, and when the next one of the others does, Unix seconds. */
export interface Ripe {
  readonly events: readonly ParsedEvent[];
  readonly nextAtSec: number | undefined;
}

/** Splits off notices of a later time than now; clocks may differ a little. */
export function ripeEvents(events: readonly ParsedEvent[], nowSec: number): Ripe {
  const latestSec = nowSec + CLOCK_TOLERANCE_SEC;
  const isAhead = ({ name, event }: ParsedEvent): boolean =>
    name === 'notice' && event.created_at > latestSec;
  const ahead = events.filter(isAhead).map(({ event }) => event.created_at);
  if (ahead.length === 0) return { events, nextAtSec: undefined };
  const nextAtSec = Math.min(...ahead) - CLOCK_TOLERANCE_SEC;
  return { events: events.filter((parsed) => !isAhead(parsed)), nextAtSec };
}

/** Tells when a contract must be folded anew because a notice has come of age. */
export class Ripening {
  readonly #clock: Clock;
  readonly #ripe: (root: string) => void;
  readonly #timers = new Map<string, () => void>();

  constructor(clock: Clock, ripe: (root: string) => void) {
    this.#clock = clock;
    this.#ripe = ripe;
  }

  /** The events of a contract that count now. */
  events(root: string, all: readonly ParsedEvent[]): readonly ParsedEvent[] {
    const { events, nextAtSec } = ripeEvents(all, this.#clock.nowSec());
    this.#timers.get(root)?.();
    this.#timers.delete(root);
    if (nextAtSec === undefined) return events;
    const waitMs = Math.min(MOST_WAIT_MS, nextAtSec * 1_000 - this.#clock.nowMs());
    const stop = this.#clock.after(Math.max(0, waitMs), () => {
      this.#timers.delete(root);
      this.#ripe(root);
    });
    this.#timers.set(root, stop);
    return events;
  }

  /** Forgets all timers. */
  stop(): void {
    for (const stop of this.#timers.values()) stop();
    this.#timers.clear();
  }
}
