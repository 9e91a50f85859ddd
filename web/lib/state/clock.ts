/** The browser's clock for the engine. */
import type { Clock } from '../engine/ports.ts';

/** Wall time and window timers. */
export const browserClock: Clock = {
  nowSec: () => Math.floor(Date.now() / 1_000),
  nowMs: () => Date.now(),
  after(delayMs, callback) {
    // Timers cannot hold more than 31 bits of milliseconds; a later look does no harm.
    const timer = setTimeout(callback, Math.min(delayMs, 2_000_000_000));
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Resolves when what has changed had its chance to be drawn; a hidden page draws nothing. */
export function afterPaint(): Promise<void> {
  return new Promise((resolve) => {
    browserClock.after(500, resolve);
    requestAnimationFrame(() => requestAnimationFrame(() => browserClock.after(0, resolve)));
  });
}
