/**
 * Which private messages were read already. Marks are kept for as long as a message is taken in at
 * all, and not longer: a client that runs for years remembers the last weeks. Spec:
 * specs/conversation.md, "Carrier".
 */
import type { Clock, Store, StoreWrite } from './ports.ts';

/** Wraps that are older are not taken in any more, seconds; five days above the longest window. */
export const TAKEN_SEC = 40 * 86_400;
/** A message whose opening was declined is offered again at this many starts in all. */
const MOST_TRIES = 3;
/** So many marks are made between two clearings. */
const CLEAR_EVERY = 2_000;
/** Changes of the store in one write. */
const WRITES_AT_ONCE = 500;

interface Mark {
  /** How often the wrap may still be opened: 0 once it was read, or declined too often. */
  readonly triesLeft: number;
  /** The wrap's date, Unix seconds; marks made by earlier versions have none. */
  readonly atSec?: number;
}

/** The marks of one device. */
export class ReadMarks {
  readonly #store: Store;
  readonly #clock: Pick<Clock, 'nowSec'>;
  #made = 0;

  constructor(store: Store, clock: Pick<Clock, 'nowSec'>) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Whether a wrap is so old that what marked it as read may be gone. */
  isTooOld(atSec: number): boolean {
    return atSec < this.#clock.nowSec() - TAKEN_SEC;
  }

  /** How often a wrap may still be opened. */
  async triesLeft(id: string): Promise<number> {
    const kept = (await this.#store.get('messages', id)) as Mark | undefined;
    return kept === undefined ? MOST_TRIES : kept.triesLeft;
  }

  /** Remembers that a wrap was opened, or that its opening was declined. */
  async note(id: string, mark: Required<Mark>): Promise<void> {
    await this.#store.write([{ table: 'messages', key: id, value: mark }]);
    this.#made += 1;
    if (this.#made % CLEAR_EVERY === 0) await this.clear();
  }

  /** Forgets the marks of wraps that are not taken in any more. */
  async clear(): Promise<void> {
    const changes: StoreWrite[] = [];
    for (const { key, value } of await this.#store.all('messages')) {
      const { atSec, ...mark } = value as Mark;
      const row = { table: 'messages', key } as const;
      // Of when an undated one is, nobody knows: it counts from now.
      if (atSec === undefined) {
        changes.push({ ...row, value: { ...mark, atSec: this.#clock.nowSec() } });
      } else if (this.isTooOld(atSec)) changes.push({ ...row, remove: true });
    }
    for (let at = 0; at < changes.length; at += WRITES_AT_ONCE) {
      await this.#store.write(changes.slice(at, at + WRITES_AT_ONCE));
    }
  }
}
