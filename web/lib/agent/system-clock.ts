/** The machine's clock and timers, as the engine takes them. */
import type { Clock } from '../engine/ports.ts';

/** Longest delay a Node timer can hold, ms; a later look does no harm. */
const LONGEST_MS = 2_000_000_000;

/** Wall time. */
export const systemClock: Clock = {
  nowSec: () => Math.floor(Date.now() / 1_000),
  nowMs: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, delayMs), LONGEST_MS));
    return () => {
      clearTimeout(timer);
    };
  },
};
