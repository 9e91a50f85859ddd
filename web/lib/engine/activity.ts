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

/** So many lines are kept, of all contracts together. */
export const MOST_LINES = 300;

const nameOf = ({ atSec, contract = '', code, sentence }: Activity): string =>
  [atSec, contract, code, sentence].join('|');

/** Whether a line says again what the last one about its contract said. */
function repeats(line: Omit<Activity, 'atSec'>, before: readonly Activity[]): boolean {
  const last = before.findLast(({ contract }) => contract === line.contract);
  return last?.code === line.code && last.sentence === line.sentence;
}

/** What is kept and what is known here, as one log. */
function merged(kept: readonly Activity[], known: readonly Activity[]): readonly Activity[] {
  const names = new Set(known.map(nameOf));
  const others = kept.filter((line) => !names.has(nameOf(line)));
  if (others.length === 0) return known;
  const all: Activity[] = [];
  for (const line of [...others, ...known].sort((a, b) => a.atSec - b.atSec)) {
    if (!repeats(line, all)) all.push(line);
  }
  return all.slice(-MOST_LINES);
}

/** The log of one person. */
export class ActivityLog {
  readonly changed = new Listeners<void>();
  /** A line was added here. */
  readonly added = new Listeners<Activity>();
  readonly #store: Store;
  readonly #clock: Clock;
  #lines: readonly Activity[] = [];
  #saving: Promise<void> = Promise.resolve();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Reads what was kept. */
  async load(): Promise<void> {
    this.#lines = merged(await this.#kept(), this.#lines);
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
    if (repeats(line, this.#lines)) return;
    const added = { ...line, atSec: this.#clock.nowSec() };
    this.#lines = [...this.#lines, added].slice(-MOST_LINES);
    this.#saving = this.#saving
      .then(() => this.#save())
      .catch((error: unknown) => {
        console.error(error);
      });
    this.added.emit(added);
    this.changed.emit();
  }

  async #kept(): Promise<readonly Activity[]> {
    const kept = await this.#store.get('settings', 'activity');
    return Array.isArray(kept) ? (kept as Activity[]) : [];
  }

  /** Keeps every line, those too that another window of this person has added meanwhile. */
  async #save(): Promise<void> {
    this.#lines = merged(await this.#kept(), this.#lines);
    await this.#store.write([{ table: 'settings', key: 'activity', value: this.#lines }]);
  }

  /** Resolves when everything added so far is kept. */
  settled(): Promise<void> {
    return this.#saving;
  }
}
