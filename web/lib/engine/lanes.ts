/**
 * Payments side by side. A wallet that answers well is told of more parts at a time; one that
 * refuses or falls silent of one, until it answers again: so little is ever in doubt.
 */

/** The most payments of one leg under way at a time. */
export const MOST_LANES = 8;

/** How many at a time, by how it went. */
export class Lanes {
  #width = 1;

  /** How a payment went: one more at a time from now on, or one only. */
  note(isPaid: boolean): void {
    this.#width = isPaid ? Math.min(MOST_LANES, this.#width + 1) : 1;
  }

  /**
   * Takes items in order until one says that all have to wait, or throws. What is under way by
   * then is finished; the shortest wait that was named, ms, or undefined when all were taken.
   */
  async run<T>(
    items: readonly T[],
    take: (item: T) => Promise<number | undefined>,
  ): Promise<number | undefined> {
    const queue = [...items];
    const running = new Set<Promise<void>>();
    const waits: number[] = [];
    const failures: unknown[] = [];
    const start = async (item: T): Promise<void> => {
      try {
        const waitMs = await take(item);
        if (waitMs !== undefined) waits.push(waitMs);
      } catch (error) {
        failures.push(error);
      }
    };
    for (;;) {
      while (waits.length + failures.length === 0 && running.size < this.#width) {
        const item = queue.shift();
        if (item === undefined) break;
        const one = start(item).then(() => void running.delete(one));
        running.add(one);
      }
      if (running.size === 0) break;
      await Promise.race(running);
    }
    if (failures.length > 0) throw failures[0];
    return waits.length === 0 ? undefined : Math.min(...waits);
  }
}
