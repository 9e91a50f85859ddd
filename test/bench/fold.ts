/**
 * `npm run bench fold`: payments a second from parsed events, their signatures and preimages
 * already checked, to balances, beside an SQL database and a plain loop that believe ready-made
 * rows of the same payments. Three shapes: `book`, a thousand contracts of a hundred payments in
 * receipts of nineteen; `long`, one contract of 100,000 payments in receipts of three hundred;
 * `single`, one contract whose every payment has a receipt and an acknowledgement of its own, so
 * that six events are read for two payments. Of the book `with_record` too: the canonical order and
 * state hash of each contract and the bank's whole record (at risk, on time, defaults), which
 * neither of the others computes. Contenders take turns within each round; figures are medians over
 * rounds, in time of the processor so that other programs do not count. Then what one more event
 * costs a contract with 100,000 parts paid, and the memory of folds.
 */
import {
  combineBank,
  computeStateHash,
  foldContract,
  ledgerOf,
  summarizeContract,
  type Fold,
} from '@realyield/protocol';
import { bytesPerPayment, measureAppends, measureSqlAppends, type Spread } from './fold/append.ts';
import {
  AS_OF_SEC,
  streamBook,
  streamFurther,
  streamLong,
  streamSingly,
  type Streamed,
} from './fold/book.ts';
import { rowsOf, totalsByLoop, totalsBySql, type Row, type Totals } from './fold/contenders.ts';

const ROUNDS = 7;
const CONTRACTS = 1_000;
const LONG_TICKS = 100_000;
const SINGLE_TICKS = 2_000;
const FURTHER = 60;
/** Payments a second, and milliseconds for the next event. */
const GOAL_RATE = 500_000;
const GOAL_MS = 1;

function foldAll(list: readonly Streamed[]): Fold[] {
  return list.map(({ root, events }) => {
    const fold = foldContract(root, events);
    if (!fold.ok) throw new Error(fold.code);
    return fold.value;
  });
}

/** What the others compute too. */
function balancesOf(list: readonly Streamed[]): Totals {
  let [disbursedUnits, repaidUnits] = [0n, 0n];
  for (const { state } of foldAll(list)) {
    const ledger = ledgerOf(state, AS_OF_SEC);
    disbursedUnits += ledger.disbursedUnits;
    repaidUnits += ledger.repaidUnits;
  }
  return { disbursedUnits, repaidUnits };
}

function recordOf(list: readonly Streamed[]): Totals {
  const folds = foldAll(list);
  if (folds.some(({ order }) => order.length === 0)) throw new Error('nothing in order');
  const states = folds.map(({ state }) => state);
  const hashes = states.map(computeStateHash);
  if (new Set(hashes).size !== list.length) throw new Error('two contracts have one state');
  const summaries = states.map((state) => summarizeContract(state, AS_OF_SEC));
  const [first] = summaries;
  if (!first) throw new Error('an empty book');
  return combineBank(first.bank, first, summaries);
}

/** Milliseconds of processor time a piece of work takes; throws when its totals are wrong. */
function timeMs(expected: Totals, work: () => Totals): number {
  const before = process.cpuUsage();
  const { disbursedUnits, repaidUnits } = work();
  const { user, system } = process.cpuUsage(before);
  if (disbursedUnits !== expected.disbursedUnits || repaidUnits !== expected.repaidUnits) {
    throw new Error('contenders disagree');
  }
  return (user + system) / 1_000;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

interface Rounds {
  readonly ours: number[];
  readonly sql: number[];
  readonly loop: number[];
}

type Work = (list: readonly Streamed[]) => Totals;

function measure(list: readonly Streamed[], rows: readonly Row[], work: Work): Rounds {
  const expected = totalsByLoop(rows, AS_OF_SEC);
  const times: Rounds = { ours: [], sql: [], loop: [] };
  // The first round warms up and is left out.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const ours = timeMs(expected, () => work(list));
    const sql = timeMs(expected, () => totalsBySql(rows, AS_OF_SEC));
    const loop = timeMs(expected, () => totalsByLoop(rows, AS_OF_SEC));
    if (round === 0) continue;
    times.ours.push(ours);
    times.sql.push(sql);
    times.loop.push(loop);
  }
  return times;
}

function print(name: string, list: readonly Streamed[], work: Work = balancesOf): void {
  const rows = rowsOf(foldAll(list).map(({ state }) => state));
  const times = measure(list, rows, work);
  const rate = (values: readonly number[]): number =>
    Math.round((rows.length / median(values)) * 1_000);
  const contenders = [
    ['better-sqlite3 in memory: rows in, one query', times.sql],
    ['plain objects, one loop with bigint', times.loop],
  ] as const;
  for (const [versus, theirs] of contenders) {
    const ratio = Number((median(theirs) / median(times.ours)).toFixed(2));
    const value = rate(times.ours);
    const line = { name, value, unit: 'payments/s', goal: GOAL_RATE, met: value >= GOAL_RATE };
    console.log(JSON.stringify({ ...line, versus, versusValue: rate(theirs), ratio }));
  }
}

function printSpread(name: string, { medianMs, p99Ms }: Spread, sql: Spread): void {
  const line = { name, value: medianMs, p99: p99Ms, unit: 'ms', goal: GOAL_MS };
  console.log(
    JSON.stringify({
      ...{ ...line, met: medianMs < GOAL_MS },
      versus: 'better-sqlite3 in memory: 300 rows in, the same query',
      versusValue: sql.medianMs,
      ratio: Number((sql.medianMs / medianMs).toFixed(2)),
    }),
  );
}

function printAppends(): void {
  const growing = streamFurther(LONG_TICKS, FURTHER);
  const sql = measureSqlAppends(growing);
  for (const { sort, balances, hashed } of measureAppends(growing)) {
    printSpread(`fold.append.${sort}`, balances, sql);
    printSpread(`fold.append.${sort}.with_state_hash`, hashed, sql);
  }
}

const book = streamBook(CONTRACTS);
const long = [streamLong(LONG_TICKS)];
const single = [streamSingly(SINGLE_TICKS)];
print('fold.book.payments_per_second', book);
print('fold.book.with_record.payments_per_second', book, recordOf);
print('fold.long.payments_per_second', long);
print('fold.single.payments_per_second', single);
printAppends();
for (const [shape, list] of Object.entries({ book, long, single })) {
  const line = { name: `fold.${shape}.memory`, value: bytesPerPayment(list), unit: 'B/payment' };
  console.log(JSON.stringify({ ...line, versus: 'the events themselves, which are kept anyway' }));
}
