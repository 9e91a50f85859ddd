/** When relays could be reached again. */
import type { Clock, Relays } from './ports.ts';

interface Ports {
  readonly relays: Relays;
  readonly clock: Clock;
}

/** Follows the relays in use, and tells whenever one is reached that was not. */
export class Reached {
  readonly stop: () => void;
  #atMs = 0;

  constructor({ relays, clock }: Ports, tell: () => void) {
    const open = (): Set<string> =>
      new Set(relays.states().flatMap(({ url, state }) => (state === 'open' ? url : [])));
    let before = open();
    this.stop = relays.onState(() => {
      const now = open();
      const isMore = [...now].some((url) => !before.has(url));
      before = now;
      if (!isMore) return;
      this.#atMs = clock.nowMs();
      tell();
    });
  }

  /** When one was last reached again, ms; 0: none was. */
  get atMs(): number {
    return this.#atMs;
  }
}
