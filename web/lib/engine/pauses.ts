/** Which contracts the person has paused; survives restarts. */
import type { Store } from './ports.ts';

const PREFIX = 'paused|';

/** Pauses by contract. */
export class PauseSwitch {
  readonly #store: Store;
  readonly #paused = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Reads what was kept. */
  async load(): Promise<void> {
    for (const { key } of await this.#store.all('settings')) {
      if (key.startsWith(PREFIX)) this.#paused.add(key.slice(PREFIX.length));
    }
  }

  /** Whether a contract is paused. */
  isPaused(root: string): boolean {
    return this.#paused.has(root);
  }

  /** Pauses or resumes; a pause holds at once, a resume once it is on disk. */
  async set(root: string, paused: boolean): Promise<void> {
    const key = `${PREFIX}${root}`;
    if (paused) {
      this.#paused.add(root);
      await this.#store.write([{ table: 'settings', key, value: true }]);
    } else {
      await this.#store.write([{ table: 'settings', key, remove: true }]);
      this.#paused.delete(root);
    }
  }
}
