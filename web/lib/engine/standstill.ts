/** Since when a payer stands still, and why: what its person is told wherever they are. */
import type { PayerStatus } from './words.ts';

/** What stopped a payer, and since when, Unix seconds. */
export interface Stopped {
  readonly status: PayerStatus;
  readonly sinceSec: number;
}

/** Whether a stream that stands so goes on only when somebody does something. */
export function isStop({ level, code }: PayerStatus): boolean {
  return level === 'problem' || code === 'budget';
}

/** Watches the statuses of one payer. */
export class Standstill {
  #stopped: Stopped | undefined;

  /** What stopped it; undefined while it goes on. */
  get stopped(): Stopped | undefined {
    return this.#stopped;
  }

  /** Takes a status; trying again is not going on. */
  note(status: PayerStatus, nowSec: number): void {
    if (isStop(status)) this.#stopped = { status, sinceSec: this.#stopped?.sinceSec ?? nowSec };
    else if (status.level !== 'working') this.#stopped = undefined;
  }

  /** A part was paid. */
  goesOn(): void {
    this.#stopped = undefined;
  }
}
