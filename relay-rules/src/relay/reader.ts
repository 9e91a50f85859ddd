/**
 * Reading from the store, with the events taken out that a test makes the relay withhold.
 */
import type { RelayFilter } from './filters.ts';
import type { SignedEvent } from '@realyield/protocol';
import type { Viewer } from './query.ts';
import type { EventPosition, EventStore } from './store.ts';

/** Which events the relay hides; null hides none. */
export type Withhold = ((event: SignedEvent) => boolean) | null;

/** What connections read. */
export interface Reader {
  /** What answers the filters, newest first; each filter at most `maxLimit`. */
  list(filters: readonly RelayFilter[], viewer: Viewer, maxLimit: number): EventPosition[];
  /** How many events match any of the filters. */
  count(filters: readonly RelayFilter[], viewer: Viewer): number;
  /** The event as JSON text; undefined when it is gone by now. */
  read(id: string): string | undefined;
}

/** More than any store holds. */
const ALL = Number.MAX_SAFE_INTEGER;

/** Creates the reader of one store. */
export function createReader(store: EventStore, currentWithhold: () => Withhold): Reader {
  function list(filters: readonly RelayFilter[], viewer: Viewer, maxLimit: number) {
    const found = store.list(filters, viewer, maxLimit);
    const withhold = currentWithhold();
    if (withhold === null) return found;
    return found.filter(({ id }) => {
      const json = store.read(id);
      return json !== undefined && !withhold(JSON.parse(json) as SignedEvent);
    });
  }
  return {
    list,
    count(filters, viewer) {
      if (currentWithhold() === null) return store.count(filters, viewer);
      const unlimited = filters.map(({ limit: _limit, ...filter }) => filter);
      return list(unlimited, viewer, ALL).length;
    },
    read: (id) => store.read(id),
  };
}
