/**
 * The durable memory of one wallet: every payment in and out, and every request that changes
 * something. SQLite with full synchronisation: what a method wrote is on disk when it returns.
 */
import Database from 'better-sqlite3';

/** Which way a payment goes, seen from the wallet. */
export type Direction = 'incoming' | 'outgoing';

/**
 * How far a payment is. Incoming: `pending` is an unpaid invoice, `accepted` has arrived and is
 * not claimed yet, `failed` was cancelled or given back. Outgoing: `pending` is under way, or
 * was about to be when the wallet stopped; `failed` has left nothing behind.
 */
export type PaymentState = 'pending' | 'accepted' | 'settled' | 'failed';

/** One payment; hashes and preimages are hex, amounts msat, times Unix seconds. */
export interface LedgerEntry {
  readonly direction: Direction;
  readonly paymentHash: string;
  /** Known before it is settled where the wallet has to claim or settle with it. */
  readonly preimage: string | undefined;
  /** What was asked or sent; once settled, what arrived. */
  readonly amountMsat: bigint;
  readonly feesPaidMsat: bigint;
  readonly state: PaymentState;
  readonly bolt11: string;
  readonly description: string | undefined;
  readonly descriptionHash: string | undefined;
  /** Whether the caller, not the wallet, made the hash. */
  readonly isHold: boolean;
  /** Block height from which an accepted payment goes back by itself. */
  readonly settleDeadlineHeight: number | undefined;
  /** Public key of the connection that asked for an outgoing payment. */
  readonly connection: string | undefined;
  /** A sentence on why it failed. */
  readonly failure: string | undefined;
  readonly createdAtSec: number;
  readonly expiresAtSec: number;
  readonly settledAtSec: number | undefined;
}

/** What may change in an entry. */
export type LedgerChange = Partial<
  Pick<
    LedgerEntry,
    | 'state'
    | 'preimage'
    | 'amountMsat'
    | 'feesPaidMsat'
    | 'settleDeadlineHeight'
    | 'failure'
    | 'settledAtSec'
  >
>;

/** Which entries to list; times compare with createdAtSec, both ends included. */
export interface LedgerQuery {
  readonly fromSec: number;
  readonly untilSec: number;
  readonly direction: Direction | undefined;
  /** Directions of which entries that are not settled are listed too. */
  readonly unsettled: readonly Direction[];
  readonly limit: number;
  readonly offset: number;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS payments (
    direction TEXT NOT NULL,
    paymentHash TEXT NOT NULL,
    preimage TEXT,
    amountMsat INTEGER NOT NULL,
    feesPaidMsat INTEGER NOT NULL,
    state TEXT NOT NULL,
    bolt11 TEXT NOT NULL,
    description TEXT,
    descriptionHash TEXT,
    isHold INTEGER NOT NULL,
    settleDeadlineHeight INTEGER,
    connection TEXT,
    failure TEXT,
    createdAtSec INTEGER NOT NULL,
    expiresAtSec INTEGER NOT NULL,
    settledAtSec INTEGER,
    PRIMARY KEY (direction, paymentHash)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS paymentsByInvoice ON payments (bolt11);
  CREATE INDEX IF NOT EXISTS paymentsByTime ON payments (createdAtSec);
  CREATE INDEX IF NOT EXISTS paymentsByState ON payments (state, direction);
  CREATE INDEX IF NOT EXISTS paymentsByConnection ON payments (connection);
  CREATE TABLE IF NOT EXISTS requests (
    eventId TEXT PRIMARY KEY,
    response TEXT
  ) STRICT, WITHOUT ROWID;
`;

const COLUMNS = [
  ...['direction', 'paymentHash', 'preimage', 'amountMsat', 'feesPaidMsat', 'state', 'bolt11'],
  ...['description', 'descriptionHash', 'isHold', 'settleDeadlineHeight', 'connection'],
  ...['failure', 'createdAtSec', 'expiresAtSec', 'settledAtSec'],
] as const;

/** A changed entry keeps its row, and so its place among those of the same second. */
const PUT = `
  INSERT INTO payments (${COLUMNS.join(', ')})
  VALUES (${COLUMNS.map((name) => `@${name}`).join(', ')})
  ON CONFLICT DO UPDATE SET ${COLUMNS.map((name) => `${name} = @${name}`).join(', ')}
`;

const MATCHING = `
  createdAtSec BETWEEN @fromSec AND @untilSec
  AND (@direction IS NULL OR direction = @direction)
  AND (state = 'settled' OR direction IN (@first, @second))
`;

type Row = Record<(typeof COLUMNS)[number], string | bigint | null>;

function text(value: string | bigint | null): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function count(value: string | bigint | null): number | undefined {
  return typeof value === 'bigint' ? Number(value) : undefined;
}

function readRow(row: Row): LedgerEntry {
  return {
    direction: row.direction as Direction,
    paymentHash: text(row.paymentHash) ?? '',
    preimage: text(row.preimage),
    amountMsat: BigInt(row.amountMsat ?? 0n),
    feesPaidMsat: BigInt(row.feesPaidMsat ?? 0n),
    state: row.state as PaymentState,
    bolt11: text(row.bolt11) ?? '',
    description: text(row.description),
    descriptionHash: text(row.descriptionHash),
    isHold: row.isHold === 1n,
    settleDeadlineHeight: count(row.settleDeadlineHeight),
    connection: text(row.connection),
    failure: text(row.failure),
    createdAtSec: count(row.createdAtSec) ?? 0,
    expiresAtSec: count(row.expiresAtSec) ?? 0,
    settledAtSec: count(row.settledAtSec),
  };
}

function writeRow(entry: LedgerEntry): Record<string, string | number | bigint | null> {
  const { isHold, ...rest } = entry;
  const values = Object.entries({ ...rest, isHold: isHold ? 1 : 0 });
  return Object.fromEntries(values.map(([name, value]) => [name, value ?? null]));
}

/** The ledger of one wallet in one SQLite file. Programmer errors and a full disk throw. */
export class WalletLedger {
  readonly #database: Database.Database;

  private constructor(database: Database.Database) {
    this.#database = database;
  }

  /** Opens or creates the file. */
  static open(path: string): WalletLedger {
    const database = new Database(path);
    database.defaultSafeIntegers();
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.exec(SCHEMA);
    return new WalletLedger(database);
  }

  /** The entry of a direction and hash. */
  entry(direction: Direction, paymentHash: string): LedgerEntry | undefined {
    return this.#rows('direction = ? AND paymentHash = ?', direction, paymentHash)[0];
  }

  /** Entries under a hash: one per direction; a bank that passes a payment on has both. */
  byHash(paymentHash: string): readonly LedgerEntry[] {
    return [this.entry('incoming', paymentHash), this.entry('outgoing', paymentHash)].flatMap(
      (entry) => (entry ? [entry] : []),
    );
  }

  /** Entries of an invoice, in lower case: two where the wallet pays an invoice of its own. */
  byInvoice(bolt11: string): readonly LedgerEntry[] {
    return this.#rows('bolt11 = ?', bolt11);
  }

  /** Every entry of a direction in a state. */
  inState(direction: Direction, state: PaymentState): readonly LedgerEntry[] {
    return this.#rows('state = ? AND direction = ?', state, direction);
  }

  /** What a connection has spent or may still spend with what is under way: without failed. */
  ofConnection(connection: string): readonly LedgerEntry[] {
    return this.#rows("connection = ? AND state <> 'failed'", connection);
  }

  /** Entries newest first, with how many match without limit and offset. */
  list(query: LedgerQuery): { readonly entries: readonly LedgerEntry[]; readonly total: number } {
    const { fromSec, untilSec, direction, unsettled, limit, offset } = query;
    const [first, second] = [unsettled[0] ?? null, unsettled[1] ?? null];
    const filter = { fromSec, untilSec, direction: direction ?? null, first, second };
    const order = 'ORDER BY createdAtSec DESC, rowid DESC LIMIT @limit OFFSET @offset';
    const rows = this.#database
      .prepare(`SELECT * FROM payments WHERE ${MATCHING} ${order}`)
      .all({ ...filter, limit, offset }) as Row[];
    const { total } = this.#database
      .prepare(`SELECT count(*) AS total FROM payments WHERE ${MATCHING}`)
      .get(filter) as { total: bigint };
    return { entries: rows.map(readRow), total: Number(total) };
  }

  /** Writes an entry; takes the place of one of the same direction and hash. */
  put(entry: LedgerEntry): void {
    this.#database.prepare(PUT).run(writeRow(entry));
  }

  /** Changes an entry and returns it; undefined where there is none. */
  change(direction: Direction, paymentHash: string, change: LedgerChange): LedgerEntry | undefined {
    const entry = this.entry(direction, paymentHash);
    if (!entry) return undefined;
    const changed = { ...entry, ...change };
    this.put(changed);
    return changed;
  }

  /** A request noted before: its response, or null when it was never finished. */
  findRequest(eventId: string): { readonly response: string | null } | undefined {
    const statement = this.#database.prepare('SELECT response FROM requests WHERE eventId = ?');
    return statement.get(eventId) as { response: string | null } | undefined;
  }

  /** Notes a request, before it is executed (again). */
  beginRequest(eventId: string): void {
    this.#database.prepare('INSERT OR IGNORE INTO requests (eventId) VALUES (?)').run(eventId);
  }

  /** Keeps the response to a request, to give the same again. */
  finishRequest(eventId: string, response: string): void {
    const statement = this.#database.prepare('UPDATE requests SET response = ? WHERE eventId = ?');
    statement.run(response, eventId);
  }

  /** Whether what was written is on the disk when a method returns; it is unless told not to. */
  setDurable(isDurable: boolean): void {
    this.#database.pragma(`synchronous = ${isDurable ? 'FULL' : 'OFF'}`);
  }

  /** Closes the file; the ledger cannot be used afterwards. */
  close(): void {
    this.#database.close();
  }

  #rows(condition: string, ...values: readonly string[]): readonly LedgerEntry[] {
    const statement = this.#database.prepare(`SELECT * FROM payments WHERE ${condition}`);
    return (statement.all(...values) as Row[]).map(readRow);
  }
}
