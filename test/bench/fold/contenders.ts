/**
 * What a reader would use who believes every row: an SQL database in memory, and a loop over
 * plain objects. Neither checks whose signature counts, orders events, resolves what was
 * acknowledged or contested, nor accrues interest; both give what was paid out, what came back
 * and how much of the rest is over thirty days late.
 */
import Database from 'better-sqlite3';
import { lastDueAtSec, type ContractState } from '@realyield/protocol';

/** One payment as a row of somebody's table. */
export interface Row {
  readonly contract: string;
  readonly leg: string;
  readonly settledAtSec: number;
  readonly amountUnits: bigint;
  readonly lateFromSec: number;
}

/** What every contender must agree on, in msat. */
export interface Totals {
  readonly disbursedUnits: bigint;
  readonly repaidUnits: bigint;
}

const LATE_DAYS = 30;

/** The facts of some contracts as rows. */
export function rowsOf(states: readonly ContractState[]): Row[] {
  return states.flatMap(({ root, contract, payments }) => {
    const { document } = contract;
    const dueAtSec = lastDueAtSec(document);
    return payments.map(({ leg, settledAtSec, amountUnits }) => ({
      ...{ contract: root, leg, settledAtSec, amountUnits },
      lateFromSec: dueAtSec + LATE_DAYS * document.daySec,
    }));
  });
}

const SCHEMA = `CREATE TABLE payments
  (contract TEXT, leg TEXT, settled INTEGER, msat INTEGER, lateFrom INTEGER)`;
const QUERY = `SELECT sum(disbursed) AS disbursed, sum(repaid) AS repaid,
    sum(CASE WHEN lateFrom < @now THEN max(disbursed - repaid, 0) ELSE 0 END) AS late
  FROM (SELECT contract, max(lateFrom) AS lateFrom,
      sum(CASE WHEN leg = 'disbursement' THEN msat ELSE 0 END) AS disbursed,
      sum(CASE WHEN leg = 'repayment' THEN msat ELSE 0 END) AS repaid
    FROM payments WHERE settled <= @now GROUP BY contract)`;

/** SQLite in memory with rows of payments. */
export class SqlBook {
  readonly #database = new Database(':memory:');
  readonly #insert: Database.Statement;
  readonly #query: Database.Statement;

  constructor() {
    this.#database.exec(SCHEMA);
    this.#insert = this.#database.prepare('INSERT INTO payments VALUES (?, ?, ?, ?, ?)');
    this.#query = this.#database.prepare(QUERY).safeIntegers();
  }

  /** Rows in one transaction. */
  add(rows: readonly Row[]): void {
    this.#database.transaction(() => {
      for (const row of rows) {
        this.#insert.run(row.contract, row.leg, row.settledAtSec, row.amountUnits, row.lateFromSec);
      }
    })();
  }

  /** One query over all rows. */
  totals(nowSec: number): Totals {
    const answer = this.#query.get({ now: nowSec }) as {
      readonly disbursed: bigint;
      readonly repaid: bigint;
    };
    return { disbursedUnits: answer.disbursed, repaidUnits: answer.repaid };
  }

  /** Gives the memory back. */
  close(): void {
    this.#database.close();
  }
}

/** Rows into SQLite in memory, and one query. */
export function totalsBySql(rows: readonly Row[], nowSec: number): Totals {
  const book = new SqlBook();
  book.add(rows);
  const totals = book.totals(nowSec);
  book.close();
  return totals;
}

/** A loop over the rows with bigint sums by contract. */
export function totalsByLoop(rows: readonly Row[], nowSec: number): Totals {
  const books = new Map<string, { disbursed: bigint; repaid: bigint; lateFromSec: number }>();
  for (const { contract, leg, settledAtSec, amountUnits, lateFromSec } of rows) {
    if (settledAtSec > nowSec) continue;
    let book = books.get(contract);
    if (!book) books.set(contract, (book = { disbursed: 0n, repaid: 0n, lateFromSec }));
    if (leg === 'disbursement') book.disbursed += amountUnits;
    else book.repaid += amountUnits;
  }
  let [disbursedUnits, repaidUnits, lateUnits] = [0n, 0n, 0n];
  for (const { disbursed, repaid, lateFromSec } of books.values()) {
    disbursedUnits += disbursed;
    repaidUnits += repaid;
    if (lateFromSec < nowSec && disbursed > repaid) lateUnits += disbursed - repaid;
  }
  if (lateUnits > disbursedUnits) throw new Error('more is late than was paid out');
  return { disbursedUnits, repaidUnits };
}
