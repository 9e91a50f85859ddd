/** What one relay has stored: read whole, though answers are capped, and then followed live. */
import type { Filter } from '../engine/ports.ts';
import { olderFilters, readAllPages, type Page } from './paging.ts';
import type { RelayLink } from './relay-link.ts';

/** How long a relay may take for an answer, ms. */
export const QUERY_MS = 6_000;
/** How often the rest of a capped answer is asked for; a reconnection asks for it again. */
const OLDER_ATTEMPTS = 2;

function readPage(link: RelayLink, filter: Filter, timeoutMs: number): Promise<Page> {
  return new Promise((resolve) => {
    let events: unknown[] = [];
    let stop: () => void = () => undefined;
    const finish = (missing?: string): void => {
      clearTimeout(timer);
      stop();
      resolve(missing === undefined ? { events } : { events, missing });
    };
    const timer = setTimeout(() => {
      finish('did not answer in time');
    }, timeoutMs);
    void link.open().then((isOpen) => {
      if (!isOpen) finish('not reachable');
    });
    stop = link.subscribe({
      filters: [filter],
      isBrief: true,
      // After a reconnection the answer begins anew.
      onStart: () => (events = []),
      onEvent: (event) => events.push(event),
      onEndOfStored: () => {
        finish();
      },
      onRefused: (reason) => {
        finish(`refused: ${reason}`);
      },
    });
  });
}

/** Everything a relay has stored that matches. */
export function readAll(link: RelayLink, filter: Filter, timeoutMs: number): Promise<Page> {
  return readAllPages((asked) => readPage(link, asked, timeoutMs), filter);
}

/** Who hears what one relay has. */
export interface Follower {
  readonly onEvent: (event: unknown) => void;
  /** The first answer is in; older events may follow. */
  readonly onEndOfStored: () => void;
  /** The relay is being asked, or has sent all it had, the older events too. */
  readonly onPhase: (phase: 'asked' | 'listed') => void;
  readonly signal: AbortSignal;
}

async function bringOlder(
  link: RelayLink,
  filter: Filter,
  onEvent: (event: unknown) => void,
  isCurrent: () => boolean,
): Promise<boolean> {
  for (let attempt = 0; attempt < OLDER_ATTEMPTS; attempt += 1) {
    const { events, missing } = await readAll(link, filter, QUERY_MS);
    if (!isCurrent()) return false;
    for (const event of events) onEvent(event);
    if (missing === undefined) return true;
  }
  return false;
}

/** One relay's share of a subscription: its stored events, the older ones too, then live. */
export function follow(
  link: RelayLink,
  filters: readonly Filter[],
  follower: Follower,
): () => void {
  const { onEvent, onEndOfStored, onPhase, signal } = follower;
  let stored: unknown[] | undefined;
  let round = 0;
  return link.subscribe({
    filters,
    isBrief: false,
    onStart: () => {
      stored = [];
      round += 1;
      onPhase('asked');
    },
    onEvent: (event) => {
      stored?.push(event);
      onEvent(event);
    },
    onEndOfStored: () => {
      const thisRound = round;
      const isCurrent = (): boolean => thisRound === round && !signal.aborted;
      const older = olderFilters(filters, stored ?? []);
      stored = undefined;
      const brought = older.map((filter) => bringOlder(link, filter, onEvent, isCurrent));
      void Promise.all(brought).then((all) => {
        if (isCurrent() && !all.includes(false)) onPhase('listed');
      });
      onEndOfStored();
    },
    onRefused: () => {
      stored = undefined;
    },
  });
}
