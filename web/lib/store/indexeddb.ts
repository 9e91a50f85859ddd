/**
 * The local store in a browser: one IndexedDB database for each person, one object store for
 * each table, all written in one transaction that is on disk when it resolves.
 */
import { deleteDB, openDB, type IDBPDatabase } from 'idb';
import type { Store, StoreWrite, TableName } from '../engine/ports.ts';
import { FULL_EVENT, StoreError } from './store-error.ts';

const VERSION = 3;
const TABLES: readonly TableName[] = [
  ...(['events', 'journal', 'keys', 'settings', 'messages', 'files', 'chain'] as const),
];
/** How long opening may take, which includes other tabs letting go of the data. */
const OPEN_PATIENCE_MS = 10_000;

/** What is kept under a key. Rows without a contract are absent from the index. */
interface Row {
  readonly value: unknown;
  readonly contract?: string;
}

type Tables = {
  [table in TableName]: { key: string; value: Row; indexes: { contract: string } };
};

type Database = IDBPDatabase<Tables>;

const BLOCKED = 'Another tab still holds the data on this device. Close it, then reload this page.';
const CLOSED = 'The data kept on this device has been let go of. Reload this page.';

/** The browser's reason as one of ours; what is a mistake of the caller's is passed on as it is. */
function explain(error: unknown): unknown {
  const name = error instanceof Error ? error.name : '';
  switch (name) {
    case 'QuotaExceededError':
      globalThis.dispatchEvent(new Event(FULL_EVENT));
      return new StoreError(
        'FULL',
        'This device has no room left for what has to be kept. Free some space and try again.',
        error,
      );
    case 'VersionError':
      return new StoreError(
        'OUTDATED',
        'The data on this device was written by a newer version of this page. Reload it.',
        error,
      );
    case 'InvalidStateError':
    case 'SecurityError':
    case 'UnknownError':
    case 'AbortError':
    case 'NotReadableError':
      return new StoreError(
        'UNAVAILABLE',
        'This browser could not keep or read data on this device. Private windows often cannot.',
        error,
      );
    default:
      return error;
  }
}

/**
 * Resolves with the open database, or rejects with a StoreError. An open that waits for another
 * tab is not always told so by the browser (not when a deletion is pending), hence the time limit.
 */
async function openDatabase(
  name: string,
  patienceMs: number,
  onLost: (isFinal: boolean) => void,
): Promise<Database> {
  const opening = openDB<Tables>(name, VERSION, {
    upgrade(opened) {
      for (const table of TABLES) {
        if (opened.objectStoreNames.contains(table)) continue;
        opened.createObjectStore(table).createIndex('contract', 'contract');
      }
    },
    blocking(_current, _blocked, event) {
      // Another tab upgrades or erases the data: it goes first, and this page must reload.
      onLost(true);
      (event.target as IDBDatabase).close();
    },
    terminated: () => onLost(false),
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      // Should it open after all, nobody uses it.
      opening.then((database) => database.close()).catch(() => undefined);
      reject(new StoreError('BLOCKED', BLOCKED));
    }, patienceMs);
  });
  return Promise.race([opening, late]).finally(() => clearTimeout(timer));
}

class IndexedDbStore implements Store {
  readonly #name: string;
  readonly #patienceMs: number;
  #database: Promise<Database> | undefined;
  #isClosed = false;

  constructor(name: string, patienceMs: number) {
    this.#name = name;
    this.#patienceMs = patienceMs;
  }

  /** The connection; opened anew when the browser dropped the last one. */
  open(): Promise<Database> {
    if (this.#isClosed) return Promise.reject(new StoreError('CLOSED', CLOSED));
    if (this.#database) return this.#database;
    const opening = openDatabase(this.#name, this.#patienceMs, (isFinal) => {
      if (this.#database === opening) this.#database = undefined;
      if (isFinal) this.#isClosed = true;
    }).catch((error: unknown) => {
      throw explain(error);
    });
    this.#database = opening;
    opening.catch(() => {
      if (this.#database === opening) this.#database = undefined;
    });
    return opening;
  }

  /** A browser may drop the connection without notice; nothing has begun then, so again. */
  async #begin<T>(begin: (database: Database) => T): Promise<T> {
    const opening = this.open();
    try {
      return begin(await opening);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'InvalidStateError') throw error;
      if (this.#database === opening) this.#database = undefined;
      return begin(await this.open());
    }
  }

  async get(table: TableName, key: string): Promise<unknown> {
    return this.#explained(async () => {
      const tx = await this.#begin((database) => database.transaction(table));
      const [row] = await Promise.all([tx.store.get(key), tx.done]);
      return row?.value;
    });
  }

  all(table: TableName): Promise<readonly { readonly key: string; readonly value: unknown }[]> {
    return this.#explained(async () => {
      const tx = await this.#begin((database) => database.transaction(table));
      const { store } = tx;
      const [keys, rows] = await Promise.all([store.getAllKeys(), store.getAll(), tx.done]);
      // A row without a value is damaged.
      return keys.flatMap((key, at) => {
        const value = rows[at]?.value;
        return value === undefined ? [] : [{ key, value }];
      });
    });
  }

  byContract(table: TableName, contract: string): Promise<readonly unknown[]> {
    return this.#explained(async () => {
      const tx = await this.#begin((database) => database.transaction(table));
      const [rows] = await Promise.all([tx.store.index('contract').getAll(contract), tx.done]);
      return rows.map((row) => row.value);
    });
  }

  write(changes: readonly StoreWrite[]): Promise<void> {
    if (changes.length === 0) return Promise.resolve();
    return this.#explained(async () => {
      const tables = [...new Set(changes.map((change) => change.table))];
      // Strict: on disk, and not merely with the operating system, when the promise resolves.
      const tx = await this.#begin((database) =>
        database.transaction(tables, 'readwrite', { durability: 'strict' }),
      );
      const requests: Promise<unknown>[] = [tx.done];
      try {
        for (const change of changes) {
          const store = tx.objectStore(change.table);
          requests.push(
            'remove' in change ? store.delete(change.key) : store.put(rowOf(change), change.key),
          );
        }
      } catch (error) {
        // A value that cannot be cloned: whatever was asked before it is taken back.
        tx.abort();
        await Promise.allSettled(requests);
        throw error;
      }
      await Promise.all(requests);
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const opening = this.#database;
    this.#database = undefined;
    const database = await opening?.catch(() => undefined);
    // Transactions under way still complete.
    database?.close();
  }

  async #explained<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw explain(error);
    }
  }
}

function rowOf(change: { readonly value: unknown; readonly contract?: string }): Row {
  const { value, contract } = change;
  return contract === undefined ? { value } : { value, contract };
}

/**
 * Opens a person's store, made when it is not there. Rejects with StoreError where this browser
 * keeps nothing (UNAVAILABLE), another tab holds the data for longer than `patienceMs` (BLOCKED)
 * or a newer client wrote it (OUTDATED). So do its methods, and with FULL when there is no room.
 */
export async function openIndexedDbStore(
  name: string,
  patienceMs = OPEN_PATIENCE_MS,
): Promise<Store> {
  const store = new IndexedDbStore(name, patienceMs);
  await store.open();
  return store;
}

/** Erases the store of a name from this device; other windows that hold it let go. */
export async function eraseIndexedDbStore(name: string): Promise<void> {
  await deleteDB(name);
}
