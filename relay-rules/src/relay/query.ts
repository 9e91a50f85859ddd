/**
 * From a filter to SQL. Lists travel as one JSON parameter, so that statements are few and can
 * be kept prepared.
 */
import { WRAP_KINDS } from '../carried.ts';
import type { RelayFilter } from './filters.ts';

/** Who asks: what a filter may see at this moment. */
export interface Viewer {
  /** The relay's clock, in seconds; expired events are not shown. */
  readonly nowSec: number;
  /** Keys whose gift wraps may be shown; null when wraps are open to everybody. */
  readonly wrapKeys: readonly string[] | null;
}

/** A condition on table `event` with its parameters. */
export interface Condition {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
}

const WRAP_LIST = WRAP_KINDS.join(',');
const TAG_CONDITION = `rowid IN (SELECT event FROM tag WHERE name = ? AND value IN
  (SELECT value FROM json_each(?)))`;
const WRAP_CONDITION = `(kind NOT IN (${WRAP_LIST}) OR rowid IN (SELECT event FROM tag
  WHERE name = 'p' AND value IN (SELECT value FROM json_each(?))))`;

function listCondition(column: string, list: readonly (string | number)[]): Condition {
  const [first] = list;
  // With one value the index also yields the order, so that a LIMIT reads no more than it needs.
  if (list.length === 1 && first !== undefined)
    return { sql: `${column} = ?`, parameters: [first] };
  return {
    sql: `${column} IN (SELECT value FROM json_each(?))`,
    parameters: [JSON.stringify(list)],
  };
}

/** The condition under which a stored event answers a filter for a viewer. */
export function buildCondition(filter: RelayFilter, viewer: Viewer): Condition {
  const parts: Condition[] = [
    { sql: '(expires_at IS NULL OR expires_at > ?)', parameters: [viewer.nowSec] },
  ];
  if (filter.ids) parts.push(listCondition('id', filter.ids));
  if (filter.authors) parts.push(listCondition('pubkey', filter.authors));
  if (filter.kinds) parts.push(listCondition('kind', filter.kinds));
  if (filter.since !== undefined) {
    parts.push({ sql: 'created_at >= ?', parameters: [filter.since] });
  }
  if (filter.until !== undefined) {
    parts.push({ sql: 'created_at <= ?', parameters: [filter.until] });
  }
  for (const [key, values] of Object.entries(filter)) {
    if (!key.startsWith('#')) continue;
    parts.push({ sql: TAG_CONDITION, parameters: [key.slice(1), JSON.stringify(values)] });
  }
  if (viewer.wrapKeys !== null) {
    parts.push({ sql: WRAP_CONDITION, parameters: [JSON.stringify(viewer.wrapKeys)] });
  }
  return {
    sql: parts.map((part) => part.sql).join(' AND '),
    parameters: parts.flatMap((part) => part.parameters),
  };
}
