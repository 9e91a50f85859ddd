/** Looking again and again, one round at a time, while something is awaited. */
import type { Clock } from '../ports.ts';

/** How often sources are asked while something is awaited. */
const LOOK_MS = 20_000;

/** What a round is made of. */
export interface RoundOrders {
  readonly work: () => Promise<void>;
  readonly isAwaited: () => boolean;
}

/** The rounds of one person's fallback payments. */
export class Rounds {
  readonly #clock: Clock;
  readonly #orders: RoundOrders;
  #looking: Promise<void> | undefined;
  #stopTimer: (() => void) | undefined;
  #isStopped = false;

  constructor(clock: Clock, orders: RoundOrders) {
    this.#clock = clock;
    this.#orders = orders;
  }

  /** Looks now, unless a round is under way. */
  look(): void {
    if (this.#isStopped || this.#looking) return;
    this.#stopTimer?.();
    this.#looking = this.#orders
      .work()
      .catch((error: unknown) => {
        console.error(error);
      })
      .finally(() => {
        this.#looking = undefined;
        if (this.#isStopped || !this.#orders.isAwaited()) return;
        this.#stopTimer = this.#clock.after(LOOK_MS, () => {
          this.look();
        });
      });
  }

  /** Resolves when a round that begins now has ended. */
  async whole(): Promise<void> {
    await this.#looking;
    this.look();
    await this.#looking;
  }

  /** Begins no more; resolves when the one under way is done. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopTimer?.();
    await this.#looking;
  }
}
