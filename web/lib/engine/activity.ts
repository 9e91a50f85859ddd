/** What the engine did and what stopped it, in words; kept in the store, newest last. */
import type { Clock, Store } from './ports.ts';
import { Listeners } from './listeners.ts';

/** One line of the activity log. */
export interface Activity {
  readonly atSec: number;
  readonly contract: string | undefined;
  readonly level: 'info' | 'waiting' | 'problem';
  /** A reject code or an engine code; stable. */
  readonly code: string;
  readonly sentence: string;
}

const MOST = 300;

/** The log of one person. */
export class ActivityLog {
  readonly changed = new Listeners<void>();
  readonly #store: Store;
  readonly #clock: Clock;
  #lines: Activity[] = [];
  #saving: Promise<void> = Promise.resolve();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Reads what was kept. */
  async load(): Promise<void> {
    const kept = await this.#store.get('settings', 'activity');
    if (Array.isArray(kept)) this.#lines = kept as Activity[];
  }

  /** Lines about one contract, or all, oldest first. */
  lines(contract?: string): readonly Activity[] {
    return contract === undefined
      ? this.#lines
      : this.#lines.filter((line) => line.contract === contract);
  }

  /** The last line about a contract. */
  last(contract: string): Activity | undefined {
    return this.#lines.findLast((line) => line.contract === contract);
  }

  /** Adds a line, unless it repeats the last one about its contract. */
  add(line: Omit<Activity, 'atSec'>): void {
    const last = this.#lines.findLast((entry) => entry.contract === line.contract);
    if (last?.code === line.code && last.sentence === line.sentence) return;
    this.#lines = [...this.#lines, { ...line, atSec: this.#clock.nowSec() }].slice(-MOST);
    const lines = this.#lines;
    this.#saving = this.#saving
      .then(() => this.#store.write([{ table: 'settings', key: 'activity', value: lines }]))
      .catch((error: unknown) => {
        console.error(error);
      });
    this.changed.emit();
  }

  /** Resolves when everything added so far is kept. */
  settled(): Promise<void> {
    return this.#saving;
  }
}
