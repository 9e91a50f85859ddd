/**
 * The events of the relay in SQLite: what replaces what (NIP-01), what has expired (NIP-40), and
 * nothing that deletions and vanished keys forbid. Each OK is sent after its transaction is on
 * disk.
 */
import type { SignedEvent } from '@realyield/protocol';
import Database from 'better-sqlite3';
import { expiresAtSec, replacementKey } from './events.ts';
import type { RelayFilter } from './filters.ts';
import {
  createForgetting,
  FORGETTING_SCHEMA,
  type Forbidden,
  type Forgetting,
} from './forgetting.ts';
import { buildCondition, type Condition, type Viewer } from './query.ts';

/** What became of an event offered to the store. */
export type StoreOutcome = 'stored' | 'duplicate' | 'outdated' | Forbidden;

/** Where a stored event stands in every answer. */
export interface EventPosition {
  readonly id: string;
  readonly created_at: number;
}

/** The relay's events. */
export interface EventStore {
  /** Offers a checked event. */
  insert(event: SignedEvent): StoreOutcome;
  /** Runs several inserts as one transaction, all on disk when it returns. */
  transaction(work: () => void): void;
  /** Stores whatever is given, in place of an event of the same id; only for faults in tests. */
  insertUnchecked(event: SignedEvent): void;
  /** What answers the filters, newest first, lowest id first within a second. */
  list(filters: readonly RelayFilter[], viewer: Viewer, maxLimit: number): EventPosition[];
  /** The event as JSON text ready to send; undefined when it is gone by now. */
  read(id: string): string | undefined;
  /** How many stored events match any of the filters; their limits play no part. */
  count(filters: readonly RelayFilter[], viewer: Viewer): number;
  /** Drops events that have expired. */
  removeExpired(nowSec: number): void;
  /** Writes everything to its file and closes it. */
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS event (
    rowid INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    pubkey TEXT NOT NULL,
    kind INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    replaces TEXT,
    expires_at INTEGER,
    json TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS event_time ON event (created_at DESC, id);
  CREATE INDEX IF NOT EXISTS event_kind ON event (kind, created_at DESC, id);
  CREATE INDEX IF NOT EXISTS event_author ON event (pubkey, created_at DESC, id);
  CREATE INDEX IF NOT EXISTS event_author_kind ON event (pubkey, kind, created_at DESC, id);
  CREATE UNIQUE INDEX IF NOT EXISTS event_address ON event (kind, pubkey, replaces)
    WHERE replaces IS NOT NULL;
  CREATE INDEX IF NOT EXISTS event_expiry ON event (expires_at) WHERE expires_at IS NOT NULL;
  CREATE TABLE IF NOT EXISTS tag (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    event INTEGER NOT NULL REFERENCES event (rowid) ON DELETE CASCADE,
    PRIMARY KEY (name, value, event)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS tag_event ON tag (event);
`;

function openDatabase(path: string): Database.Database {
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  // FULL makes each commit wait for the disk: an event answered with OK survives kill -9.
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.exec(SCHEMA + FORGETTING_SCHEMA);
  return database;
}

function prepareStatements(database: Database.Database) {
  return {
    hasId: database.prepare('SELECT 1 FROM event WHERE id = ?'),
    read: database.prepare<[string], { json: string }>('SELECT json FROM event WHERE id = ?'),
    current: database.prepare<unknown[], { rowid: number; id: string; created_at: number }>(
      'SELECT rowid, id, created_at FROM event WHERE kind = ? AND pubkey = ? AND replaces = ?',
    ),
    deleteRow: database.prepare('DELETE FROM event WHERE rowid = ?'),
    deleteId: database.prepare('DELETE FROM event WHERE id = ?'),
    deleteExpired: database.prepare('DELETE FROM event WHERE expires_at <= ?'),
    insertEvent: database.prepare(
      `INSERT INTO event (id, pubkey, kind, created_at, replaces, expires_at, json)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    insertTag: database.prepare('INSERT OR IGNORE INTO tag (name, value, event) VALUES (?, ?, ?)'),
  };
}

type Statements = ReturnType<typeof prepareStatements>;

function writeEvent(statements: Statements, event: SignedEvent, key: string | null): void {
  const { id, pubkey, kind, created_at, tags, content, sig } = event;
  const json = JSON.stringify({ id, pubkey, created_at, kind, tags, content, sig });
  const { lastInsertRowid } = statements.insertEvent.run(
    id,
    pubkey,
    kind,
    created_at,
    key,
    expiresAtSec(event),
    json,
  );
  for (const [name, value] of tags) {
    if (name === undefined || value === undefined || !/^[a-zA-Z]$/.test(name)) continue;
    statements.insertTag.run(name, value, lastInsertRowid);
  }
}

function insertEvent(
  statements: Statements,
  forgetting: Forgetting,
  event: SignedEvent,
): StoreOutcome {
  if (statements.hasId.get(event.id)) return 'duplicate';
  const { id, pubkey, kind, created_at } = event;
  const key = replacementKey(event);
  const address = key === null ? null : `${kind}:${pubkey}:${key}`;
  const forbidden = forgetting.forbids(event, address);
  if (forbidden !== null) return forbidden;
  if (key !== null) {
    const current = statements.current.get(kind, pubkey, key);
    if (current) {
      const isNewer =
        created_at > current.created_at || (created_at === current.created_at && id < current.id);
      if (!isNewer) return 'outdated';
      statements.deleteRow.run(current.rowid);
    }
  }
  // Before the event itself is there: a request to vanish is kept, to bar what comes back.
  forgetting.carryOut(event);
  writeEvent(statements, event, key);
  return 'stored';
}

function comparePositions(left: EventPosition, right: EventPosition): number {
  if (left.created_at !== right.created_at) return right.created_at - left.created_at;
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
}

/** Prepared statements by their text; filters of one form share one. */
function createStatementCache(database: Database.Database) {
  const cache = new Map<string, Database.Statement>();
  return (sql: string): Database.Statement => {
    const known = cache.get(sql);
    if (known) return known;
    if (cache.size >= 500) cache.clear();
    const statement = database.prepare(sql);
    cache.set(sql, statement);
    return statement;
  };
}

/** Opens the store at a path, or in memory for ':memory:'; throws when the file is unusable. */
export function openStore(path: string): EventStore {
  const database = openDatabase(path);
  const statements = prepareStatements(database);
  const forgetting = createForgetting(database);
  const prepare = createStatementCache(database);
  const unchecked = database.transaction((event: SignedEvent) => {
    statements.deleteId.run(event.id);
    writeEvent(statements, event, null);
  });
  const select = (filter: RelayFilter, { sql, parameters }: Condition, maxLimit: number) =>
    prepare(
      `SELECT id, created_at FROM event WHERE ${sql} ORDER BY created_at DESC, id LIMIT ?`,
    ).all(...parameters, Math.min(filter.limit ?? maxLimit, maxLimit)) as EventPosition[];

  return {
    insert: (event) => insertEvent(statements, forgetting, event),
    transaction: (work) => database.transaction(work)(),
    insertUnchecked: (event) => unchecked(event),
    list(filters, viewer, maxLimit) {
      const found = new Map<string, EventPosition>();
      for (const filter of filters) {
        for (const event of select(filter, buildCondition(filter, viewer), maxLimit)) {
          found.set(event.id, event);
        }
      }
      return [...found.values()].sort(comparePositions);
    },
    count(filters, viewer) {
      const conditions = filters.map((filter) => buildCondition(filter, viewer));
      const where = conditions.map(({ sql }) => `(${sql})`).join(' OR ');
      const row = prepare(`SELECT count(*) AS count FROM event WHERE ${where}`).get(
        ...conditions.flatMap(({ parameters }) => parameters),
      ) as { count: number };
      return row.count;
    },
    read: (id) => statements.read.get(id)?.json,
    removeExpired: (nowSec) => void statements.deleteExpired.run(nowSec),
    close: () => void database.close(),
  };
}
