/**
 * Time that passes as fast as the work of it is done: timers of all processes in one row. Nothing
 * in a run waits for anything else, so when all that was begun has ended, the next timer is due.
 */
import type { Clock } from '../../web/lib/engine/ports.ts';

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Time of one run. */
export class Time {
  #nowMs: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  constructor(startAtMs: number) {
    this.#nowMs = startAtMs;
  }

  /** The true time, ms. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Calls back once after a delay; the returned function cancels. */
  after(delayMs: number, callback: () => void): () => void {
    this.#order += 1;
    const atMs = this.#nowMs + Math.max(0, Math.ceil(delayMs));
    const timer = { atMs, order: this.#order, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Resolves after a delay. */
  pass(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  /** Lets time pass until something is so; false when it is not by the end, ms. */
  async runUntil(isSo: () => boolean, endMs: number): Promise<boolean> {
    for (;;) {
      await settle();
      if (isSo()) return true;
      const next = this.#next();
      if (!next || next.atMs > endMs) return false;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
    }
  }

  #next(): Timer | undefined {
    let found: Timer | undefined;
    for (const timer of this.#timers) {
      const isEarlier =
        !found ||
        timer.atMs < found.atMs ||
        (timer.atMs === found.atMs && timer.order < found.order);
      if (isEarlier) found = timer;
    }
    return found;
  }
}

/** Everything that promises were waiting for has been done when the event loop comes round. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The clock of one process: it may be wrong, may leap, and stands still when the process dies. */
export class ProcessClock implements Clock {
  readonly #time: Time;
  readonly #stops = new Set<() => void>();
  #isDead = false;
  /** How far it is ahead of the true time, ms. */
  aheadMs = 0;

  constructor(time: Time) {
    this.#time = time;
  }

  nowMs(): number {
    return this.#time.nowMs + this.aheadMs;
  }

  nowSec(): number {
    return Math.floor(this.nowMs() / 1_000);
  }

  after(delayMs: number, callback: () => void): () => void {
    if (this.#isDead) return () => undefined;
    const stop = this.#time.after(delayMs, () => {
      this.#stops.delete(stop);
      callback();
    });
    this.#stops.add(stop);
    return stop;
  }

  die(): void {
    this.#isDead = true;
    for (const stop of this.#stops) stop();
    this.#stops.clear();
  }
}
