/** What is being written and not yet published: kept on this device until it is. */
import type { Store } from './ports.ts';

const PREFIX = 'draft|';

/** Drafts of one person, by name. */
export class Drafts {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** A draft as it was kept; undefined when there is none. */
  load(name: string): Promise<unknown> {
    return this.#store.get('settings', `${PREFIX}${name}`);
  }

  /** Keeps a draft. */
  save(name: string, value: unknown): Promise<void> {
    return this.#store.write([{ table: 'settings', key: `${PREFIX}${name}`, value }]);
  }

  /** Forgets a draft. */
  clear(name: string): Promise<void> {
    return this.#store.write([{ table: 'settings', key: `${PREFIX}${name}`, remove: true }]);
  }
}
