/**
 * What a Lightning node must remember, in one SQLite file with full synchronisation: its channel
 * manager, one monitor per channel, and what it knows of the network. Manager and monitors are
 * written in one transaction: a monitor that is newer than its manager makes LDK close the
 * channel by force when it starts again.
 */
import Database from 'better-sqlite3';

/** What was kept of a node. */
export interface StoredNode {
  readonly manager: Uint8Array;
  readonly monitors: readonly Uint8Array[];
  /** What it knew of other nodes' channels; it can be learnt again. */
  readonly graph: Uint8Array | undefined;
}

const MANAGER = 'manager';
const GRAPH = 'graph';
const MONITOR = 'monitor ';

/** The memory of one node. */
export class NodeStore {
  readonly #database: Database.Database;
  readonly #put: Database.Statement<[string, Uint8Array]>;

  private constructor(database: Database.Database) {
    this.#database = database;
    this.#put = database.prepare('INSERT OR REPLACE INTO parts (name, value) VALUES (?, ?)');
  }

  /** Opens or creates the file; `:memory:` keeps nothing. */
  static open(path: string): NodeStore {
    const database = new Database(path);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.exec('CREATE TABLE IF NOT EXISTS parts (name TEXT PRIMARY KEY, value BLOB NOT NULL)');
    return new NodeStore(database);
  }

  /** What was kept; undefined for a node that never was. */
  load(): StoredNode | undefined {
    const rows = this.#database.prepare('SELECT name, value FROM parts ORDER BY name').all() as {
      readonly name: string;
      readonly value: Uint8Array;
    }[];
    const find = (wanted: string): Uint8Array | undefined =>
      rows.find(({ name }) => name === wanted)?.value;
    const manager = find(MANAGER);
    if (!manager) return undefined;
    const monitors = rows.filter(({ name }) => name.startsWith(MONITOR));
    return { manager, monitors: monitors.map(({ value }) => value), graph: find(GRAPH) };
  }

  /** Keeps the manager and the monitors that changed, by channel, all or nothing. */
  keep(manager: Uint8Array, monitors: ReadonlyMap<string, Uint8Array>): void {
    this.#database.transaction(() => {
      for (const [channel, monitor] of monitors) this.#put.run(`${MONITOR}${channel}`, monitor);
      this.#put.run(MANAGER, manager);
    })();
  }

  /** Keeps what the node knows of the network. */
  keepGraph(graph: Uint8Array): void {
    this.#put.run(GRAPH, graph);
  }

  /** Whether what was written is on the disk when a method returns; it is unless told not to. */
  setDurable(isDurable: boolean): void {
    this.#database.pragma(`synchronous = ${isDurable ? 'FULL' : 'OFF'}`);
  }

  /** Closes the file. */
  close(): void {
    this.#database.close();
  }
}
