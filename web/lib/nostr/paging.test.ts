/** Paging against relays that cap their answers, as plain functions. */
import { describe, expect, it } from 'vitest';
import type { Filter } from '../engine/ports.ts';
import { olderFilters, readAllPages, type Page } from './paging.ts';

interface Stored {
  readonly id: string;
  readonly created_at: number;
  readonly kind: number;
}

function stored(count: number, createdAtSec: (at: number) => number, kind = 1): Stored[] {
  return Array.from({ length: count }, (_, at) => ({
    id: `${kind}-${at}`,
    created_at: createdAtSec(at),
    kind,
  }));
}

/** Newest first, then by id; never more than the cap. */
function relay(events: readonly Stored[], cap: number): (filter: Filter) => Promise<Page> {
  const sorted = [...events].sort((a, b) => b.created_at - a.created_at || (a.id < b.id ? -1 : 1));
  return async ({ until = Infinity }) => ({
    events: sorted.filter((event) => event.created_at <= until).slice(0, cap),
  });
}

describe('reading everything', () => {
  it('reads back until a page is short, each event once', async () => {
    const events = stored(333, (at) => 1_000 + Math.floor(at / 4));
    const answer = await readAllPages(relay(events, 50), {});
    expect(answer.missing).toBeUndefined();
    expect(new Set(answer.events)).toEqual(new Set(events));
    expect(answer.events).toHaveLength(333);
  });

  it('reads on below a second that fills a whole page, and says what may be missing', async () => {
    const events = [...stored(150, () => 2_000), ...stored(30, (at) => 1_000 + at, 2)];
    const answer = await readAllPages(relay(events, 120), {});
    expect(answer.events).toHaveLength(120 + 30);
    expect(answer.missing).toBe('has more of one second than it lists');
  });

  it('is complete when everything is of one second and fits', async () => {
    const answer = await readAllPages(
      relay(
        stored(60, () => 2_000),
        500,
      ),
      {},
    );
    expect(answer.missing).toBeUndefined();
    expect(answer.events).toHaveLength(60);
  });

  it('keeps what came before a relay went silent', async () => {
    const whole = relay(
      stored(100, (at) => 1_000 + at),
      40,
    );
    let asked = 0;
    const answer = await readAllPages(async (filter) => {
      asked += 1;
      return asked < 3 ? whole(filter) : { events: [], missing: 'did not answer in time' };
    }, {});
    expect(answer.missing).toBe('did not answer in time');
    expect(answer.events.length).toBeGreaterThan(40);
  });

  it('asks once where a limit is wanted', async () => {
    let asked = 0;
    const whole = relay(
      stored(100, (at) => 1_000 + at),
      40,
    );
    await readAllPages(
      async (filter) => {
        asked += 1;
        return whole(filter);
      },
      { limit: 40 },
    );
    expect(asked).toBe(1);
  });

  it('ends with a relay that answers nonsense without end', async () => {
    const nonsense = Array.from({ length: 30 }, () => ({ created_at: 'soon' }));
    const answer = await readAllPages(async () => ({ events: nonsense }), {});
    expect(answer.events).toHaveLength(1);
  });
});

describe('what a capped answer to several filters left out', () => {
  const filters = [{ kinds: [1] }, { kinds: [2] }];

  it('is asked for from the oldest event of each filter', () => {
    const answer = [...stored(40, (at) => 1_000 + at, 1), ...stored(5, (at) => 10 + at, 2)];
    expect(olderFilters(filters, answer)).toEqual([
      { kinds: [1], until: 1_000 },
      { kinds: [2], until: 10 },
    ]);
  });

  it('is asked for from the top where no event tells', () => {
    const both = [{ kinds: [1] }, { kinds: [1], since: 5 }];
    expect(
      olderFilters(
        both,
        stored(40, (at) => 1_000 + at, 1),
      ),
    ).toEqual(both);
  });

  it('is nothing after a short answer', () => {
    expect(
      olderFilters(
        filters,
        stored(5, (at) => at, 1),
      ),
    ).toEqual([]);
  });
});
