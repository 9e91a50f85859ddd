/** The list of offers as its page shows it: those that take money first, the others below. */
import { countFacets, findRows, orderRows, type Facets } from './match.ts';
import type { DiscoverQuery } from './query.ts';
import type { MarketRow } from './rows.ts';

/** What a query comes to. */
export interface Discovery {
  /** Offers that take money. */
  readonly open: readonly MarketRow[];
  /** Offers that do not, or no longer. */
  readonly other: readonly MarketRow[];
  /** All offers that take money, whatever is asked. */
  readonly openCount: number;
  readonly facets: Facets;
  /** Folded sectors as an offer writes them. */
  readonly sectorNames: ReadonlyMap<string, string>;
}

/** Answers a query. */
export function discover(rows: readonly MarketRow[], query: DiscoverQuery): Discovery {
  const found = orderRows(findRows(rows, query), query.sort);
  return {
    open: found.filter((row) => row.stage === 'open'),
    other: found.filter((row) => row.stage !== 'open'),
    openCount: rows.filter((row) => row.stage === 'open').length,
    facets: countFacets(rows, query),
    sectorNames: new Map(rows.map((row) => [row.sector, row.sectorName])),
  };
}

/** Whether a query needs the record of every bank, and not only of those on show. */
export function needsRecords(query: DiscoverQuery): boolean {
  return (
    query.hasRecord ||
    query.onTimeFromBps !== undefined ||
    query.par30ToBps !== undefined ||
    query.sort === 'ontime'
  );
}
