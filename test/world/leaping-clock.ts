/**
 * A clock that can leap ahead, for engines that live through months in seconds. Between leaps it
 * runs as the wall clock does.
 */
import type { Clock } from '../../web/lib/engine/ports.ts';

interface Alarm {
  readonly atMs: number;
  readonly callback: () => void;
  timer: NodeJS.Timeout;
}

/** One time for everybody who holds it. */
export class LeapingClock implements Clock {
  #aheadMs: number;
  readonly #alarms = new Set<Alarm>();

  /** Begins at a time, Unix seconds. */
  constructor(startSec: number) {
    this.#aheadMs = startSec * 1_000 - Date.now();
  }

  nowMs(): number {
    return Date.now() + this.#aheadMs;
  }

  nowSec(): number {
    return Math.floor(this.nowMs() / 1_000);
  }

  after(delayMs: number, callback: () => void): () => void {
    const atMs = this.nowMs() + Math.max(0, delayMs);
    const alarm: Alarm = { atMs, callback, timer: setTimeout(() => undefined, 0) };
    this.#alarms.add(alarm);
    this.#arm(alarm);
    return () => {
      clearTimeout(alarm.timer);
      this.#alarms.delete(alarm);
    };
  }

  /** Goes on at a later time, Unix seconds; alarms in between go off, earliest first. */
  leapTo(atSec: number): void {
    const atMs = atSec * 1_000;
    if (atMs <= this.nowMs()) return;
    this.#aheadMs = atMs - Date.now();
    const alarms = [...this.#alarms].sort((a, b) => a.atMs - b.atMs);
    for (const alarm of alarms) this.#arm(alarm);
  }

  #arm(alarm: Alarm): void {
    clearTimeout(alarm.timer);
    // Node cannot wait longer than this; a leap sets it anew.
    const delayMs = Math.min(Math.max(0, alarm.atMs - this.nowMs()), 2_000_000_000);
    alarm.timer = setTimeout(() => {
      this.#alarms.delete(alarm);
      alarm.callback();
    }, delayMs);
  }
}
