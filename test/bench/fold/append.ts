/** What one more event costs a contract that has very many parts paid, and what it occupies. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { computeLedger, computeStateHash, ContractFold, type Ledger } from '@realyield/protocol';
import { AS_OF_SEC, type Growing, type Step, type Streamed } from './book.ts';
import { rowsOf, SqlBook } from './contenders.ts';

/** Median and 99th percentile, in milliseconds of processor time. */
export interface Spread {
  readonly medianMs: number;
  readonly p99Ms: number;
}

/** A measured sort of event. */
export interface Appended {
  readonly sort: string;
  /** To the new status and balances. */
  readonly balances: Spread;
  /** And to the state hash. */
  readonly hashed: Spread;
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? NaN;
  return { medianMs: at(0.5), p99Ms: at(0.99) };
}

function timeMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function balancesOf(growing: ContractFold): Ledger {
  const fold = growing.fold();
  if (!fold.ok) throw new Error(fold.code);
  const { contract, paid, status } = fold.value.state;
  if (status !== 'effective') throw new Error(status);
  return computeLedger(contract.document, paid.daily, AS_OF_SEC);
}

function hashOf(growing: ContractFold): string {
  const fold = growing.fold();
  if (!fold.ok) throw new Error(fold.code);
  return computeStateHash(fold.value.state);
}

function growingOf({ root, events }: Streamed): ContractFold {
  const growing = new ContractFold(root);
  growing.add(events);
  hashOf(growing);
  return growing;
}

/** Adds events one by one, each followed by status, balances and state hash. */
export function measureAppends({ streamed, ...steps }: Growing): Appended[] {
  const growing = growingOf(streamed);
  const sorts = [
    { sort: '300_parts', list: steps.batches },
    { sort: '1_part', list: steps.singles },
    { sort: 'answer', list: steps.answers },
  ].map((each) => ({ ...each, balances: [] as number[], hashed: [] as number[] }));
  const owners = new Map(sorts.flatMap((each) => each.list.map((step) => [step, each] as const)));
  const inOrder = [...owners.keys()].sort((a, b) => timeOf(a) - timeOf(b));
  let repaidUnits = balancesOf(growing).repaidUnits;
  for (const step of inOrder) {
    const balancesMs = timeMs(() => {
      growing.add(step);
      const now = balancesOf(growing).repaidUnits;
      if (now < repaidUnits) throw new Error('a payment was lost');
      repaidUnits = now;
    });
    const hashMs = timeMs(() => void hashOf(growing));
    const owner = owners.get(step);
    owner?.balances.push(balancesMs);
    owner?.hashed.push(balancesMs + hashMs);
  }
  return sorts.map(({ sort, balances, hashed }) => {
    // The first few warm up and are left out.
    const warm = Math.floor(balances.length / 10);
    return {
      ...{ sort, balances: spreadOf(balances.slice(warm)) },
      hashed: spreadOf(hashed.slice(warm)),
    };
  });
}

function timeOf(step: Step): number {
  return step.at(-1)?.event.created_at ?? 0;
}

/** The same receipts as rows: each added to an SQL database that is asked for the balances. */
export function measureSqlAppends({ streamed, batches }: Growing): Spread {
  const book = new SqlBook();
  const growing = growingOf(streamed);
  const stateOf = () => {
    const fold = growing.fold();
    if (!fold.ok) throw new Error(fold.code);
    return fold.value.state;
  };
  book.add(rowsOf([stateOf()]));
  const times = batches.map((step) => {
    const before = new Set(stateOf().payments.map(({ request }) => request));
    growing.add(step);
    const { payments, ...state } = stateOf();
    const fresh = payments.filter(({ request }) => !before.has(request));
    const rows = rowsOf([{ ...state, payments: fresh }]);
    return timeMs(() => {
      book.add(rows);
      book.totals(AS_OF_SEC);
    });
  });
  book.close();
  return spreadOf(times);
}

/** Payments that are folded at least when memory is measured, so that other things do not count. */
const LEAST_PAYMENTS = 100_000;

/** Bytes that folds occupy for each payment beyond the events themselves. */
export function bytesPerPayment(list: readonly Streamed[]): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const usedNow = (): number => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const parts = list.reduce((sum, each) => sum + each.parts, 0);
  const times = Math.ceil(LEAST_PAYMENTS / parts);
  const many = Array.from({ length: times }, () => list).flat();
  const before = usedNow();
  const kept = many.map(growingOf);
  const bytes = usedNow() - before;
  if (kept.length !== many.length) throw new Error('nothing was kept');
  return Math.round(bytes / (parts * times));
}
