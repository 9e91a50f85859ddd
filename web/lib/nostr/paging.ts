/** Reading everything a relay has stored, though it caps what one answer holds. */
import { matchFilter, type Filter as ToolsFilter } from 'nostr-tools/filter';
import type { Event } from 'nostr-tools/core';
import type { Filter } from '../engine/ports.ts';

/** An answer shorter than this cannot have been capped by any relay we would use. */
const CAP_LEAST = 20;
/** So many events of one second in one answer suggest that there are more than it holds. */
const SECOND_MOST = 100;
const MOST_PAGES = 200;

/** Stored answers; `missing` says why there may be more. */
export interface Page {
  readonly events: readonly unknown[];
  readonly missing?: string;
}

/** The time a raw event claims, in Unix seconds. */
function createdAtSec(event: unknown): number {
  const value =
    typeof event === 'object' && event !== null && 'created_at' in event
      ? event.created_at
      : undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : Infinity;
}

function oldestSecOf(events: readonly unknown[]): number {
  return events.reduce<number>(
    (oldestSec, event) => Math.min(oldestSec, createdAtSec(event)),
    Infinity,
  );
}

/** Reads back in time, page by page, until a page is short; byte-equal copies come once. */
export async function readAllPages(
  ask: (filter: Filter) => Promise<Page>,
  filter: Filter,
): Promise<Page> {
  if (filter.limit !== undefined) return ask(filter);
  const found = new Map<string, unknown>();
  let missing: string | undefined;
  let untilSec = filter.until;
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const page = await ask(untilSec === undefined ? filter : { ...filter, until: untilSec });
    for (const event of page.events) found.set(JSON.stringify(event), event);
    missing ??= page.missing;
    const events = [...found.values()];
    const oldestSec = oldestSecOf(page.events);
    const isLast = page.events.length < CAP_LEAST || !Number.isFinite(oldestSec) || oldestSec <= 0;
    if (page.missing !== undefined || isLast) {
      return missing === undefined ? { events } : { events, missing };
    }
    if (oldestSec === untilSec) {
      // Nothing but one second: what it holds beyond this page cannot be asked for.
      if (page.events.length >= SECOND_MOST) missing = 'has more of one second than it lists';
      untilSec = oldestSec - 1;
    } else untilSec = oldestSec;
  }
  return { events: [...found.values()], missing: 'has more than can be read' };
}

/**
 * The filters that bring what an answer to several filters may have left out, given all of that
 * answer: each reaches back from the oldest event that this filter alone can have brought.
 */
export function olderFilters(
  filters: readonly Filter[],
  answer: readonly unknown[],
): readonly Filter[] {
  if (answer.length < CAP_LEAST) return [];
  const matching = answer.map((event) => filters.filter((filter) => matches(filter, event)));
  return filters
    .filter((filter) => filter.limit === undefined)
    .map((filter) => {
      const own = answer.filter(
        (_, at) => matching[at]?.length === 1 && matching[at][0] === filter,
      );
      const oldestSec = Math.min(oldestSecOf(own), filter.until ?? Infinity);
      return Number.isFinite(oldestSec) ? { ...filter, until: oldestSec } : filter;
    });
}

/** Whether a raw event matches a filter; never throws. */
export function matches(filter: Filter, event: unknown): boolean {
  try {
    return matchFilter(filter as ToolsFilter, event as Event);
  } catch {
    // An event without the shape of one matches nothing.
    return false;
  }
}
