/**
 * Whether a world that goes on was made by this version of the protocol: before it is published
 * formats change in place, and what an older version wrote would show as an empty market.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Kind, readEvent } from '@realyield/protocol';
import Database from 'better-sqlite3';

/** What says most about a world, and is there in every one: offers, contracts, bank profiles. */
const TELLING = [Kind.bankProfile, Kind.offer, Kind.contract];
const ENOUGH = 40;

/** Whether a relay's file holds events that this version cannot read; signatures apart. */
export function isOfOlderFormat(dataFolder: string): boolean {
  const path = join(dataFolder, 'relay-1.sqlite');
  if (!existsSync(path)) return false;
  const database = new Database(path);
  try {
    const rows = database
      .prepare(
        `SELECT json FROM event WHERE kind IN (${TELLING.join(', ')})
         ORDER BY created_at LIMIT ${ENOUGH}`,
      )
      .all() as { readonly json: string }[];
    return rows.some(({ json }) => !readEvent(JSON.parse(json) as unknown, () => true).ok);
  } finally {
    database.close();
  }
}
