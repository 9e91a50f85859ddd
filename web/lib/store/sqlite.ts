/**
 * The local store of an engine that runs in Node: one SQLite file. A write is on the disk before
 * its promise resolves, so that whatever the engine does next, it has been written down.
 */
import { deserialize, serialize } from 'node:v8';
import Database from 'better-sqlite3';
import type { Store, StoreWrite, TableName } from '../engine/ports.ts';
import { StoreError } from './store-error.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entry (
    tableName TEXT NOT NULL,
    key TEXT NOT NULL,
    contract TEXT,
    value BLOB NOT NULL,
    PRIMARY KEY (tableName, key)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS entryContract ON entry (tableName, contract, key)
    WHERE contract IS NOT NULL;
`;

interface Row {
  readonly key: string;
  readonly value: Buffer;
}

function explain(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_FULL')) {
    return error;
  }
  return new StoreError('FULL', 'This disk has no room left for what has to be kept.', error);
}

class SqliteStore implements Store {
  readonly #database: Database.Database;
  readonly #get: Database.Statement<[string, string], Row>;
  readonly #all: Database.Statement<[string], Row>;
  readonly #byContract: Database.Statement<[string, string], Row>;
  readonly #write: (changes: readonly StoreWrite[]) => void;

  constructor(path: string, isDurable: boolean) {
    const database = new Database(path);
    this.#database = database;
    database.pragma('journal_mode = WAL');
    database.pragma(`synchronous = ${isDurable ? 'FULL' : 'OFF'}`);
    database.exec(SCHEMA);
    const select = 'SELECT key, value FROM entry WHERE tableName = ?';
    this.#get = database.prepare(`${select} AND key = ?`);
    this.#all = database.prepare(`${select} ORDER BY key`);
    this.#byContract = database.prepare(`${select} AND contract = ? ORDER BY key`);
    const put = database.prepare<[string, string, string | null, Buffer]>(
      'INSERT OR REPLACE INTO entry (tableName, key, contract, value) VALUES (?, ?, ?, ?)',
    );
    const remove = database.prepare<[string, string]>(
      'DELETE FROM entry WHERE tableName = ? AND key = ?',
    );
    this.#write = database.transaction((changes: readonly StoreWrite[]) => {
      for (const change of changes) {
        if ('remove' in change) remove.run(change.table, change.key);
        else put.run(change.table, change.key, change.contract ?? null, serialize(change.value));
      }
    });
  }

  async get(table: TableName, key: string): Promise<unknown> {
    const row = this.#answer(() => this.#get.get(table, key));
    return row && deserialize(row.value);
  }

  async all(table: TableName) {
    return this.#answer(() => this.#all.all(table)).map(({ key, value }) => ({
      key,
      value: deserialize(value) as unknown,
    }));
  }

  async byContract(table: TableName, contract: string): Promise<readonly unknown[]> {
    const rows = this.#answer(() => this.#byContract.all(table, contract));
    return rows.map(({ value }) => deserialize(value) as unknown);
  }

  async write(changes: readonly StoreWrite[]): Promise<void> {
    this.#answer(() => this.#write(changes));
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  #answer<T>(act: () => T): T {
    if (!this.#database.open) throw new StoreError('CLOSED', 'This store has been closed.');
    try {
      return act();
    } catch (error) {
      throw explain(error);
    }
  }
}

/**
 * Opens the store in a file, made when it is not there; `:memory:` keeps it in memory. One that
 * is not durable does not wait for the disk.
 */
export function openSqliteStore(path: string, isDurable = true): Store {
  return new SqliteStore(path, isDurable);
}
