/** A device's disk, and the store of a process on it that can die or run out of room. */
import type { Store, StoreWrite, TableName } from '../../web/lib/engine/ports.ts';
import { StoreError } from '../../web/lib/store/store-error.ts';

interface Row {
  readonly value: unknown;
  readonly contract: string | undefined;
}

/** What outlives a process. */
export class Disk {
  readonly #tables = new Map<TableName, Map<string, Row>>();

  rows(table: TableName): Map<string, Row> {
    const rows = this.#tables.get(table) ?? new Map<string, Row>();
    this.#tables.set(table, rows);
    return rows;
  }

  write(changes: readonly StoreWrite[]): void {
    for (const change of changes) {
      if ('remove' in change) this.rows(change.table).delete(change.key);
      else {
        const { table, key, value, contract } = change;
        this.rows(table).set(key, { value: structuredClone(value), contract });
      }
    }
  }
}

/** A step of the journal, or of its payments on the chain alone, counted from 0. */
export interface DeathAtStep {
  readonly step: number;
  readonly side: 'before' | 'after';
  readonly of?: 'chain';
}

/** What happens to the writes of one process. */
export interface DiskFaults {
  /** The step at which the process dies. */
  readonly deathAtStep: DeathAtStep | undefined;
  /** Steps of the journal for which there is no room. */
  readonly fullAtSteps: ReadonlySet<number>;
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}

/** What is a step: of payments, over Lightning or on the chain, and of those passed on. */
const STEP = /^(part|forward|chain)\|/;
const CHAIN = /^chain\|/;

/** A process's store. */
export class ProcessStore implements Store {
  readonly #disk: Disk;
  readonly #faults: DiskFaults;
  readonly #die: () => void;
  #steps = 0;
  #chainSteps = 0;
  isDead = false;

  constructor(disk: Disk, faults: DiskFaults, die: () => void) {
    this.#disk = disk;
    this.#faults = faults;
    this.#die = die;
  }

  get(table: TableName, key: string): Promise<unknown> {
    return this.#read(() => this.#disk.rows(table).get(key)?.value);
  }

  all(table: TableName) {
    return this.#read(() =>
      [...this.#disk.rows(table)]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, { value }]) => ({ key, value })),
    );
  }

  byContract(table: TableName, contract: string): Promise<readonly unknown[]> {
    return this.#read(() =>
      [...this.#disk.rows(table).values()]
        .filter((row) => row.contract === contract)
        .map(({ value }) => value),
    );
  }

  async write(changes: readonly StoreWrite[]): Promise<void> {
    if (this.isDead) return never();
    const isStep = changes.some(({ table, key }) => table === 'journal' && STEP.test(key));
    const step = isStep ? this.#steps : -1;
    if (isStep) this.#steps += 1;
    const { deathAtStep, fullAtSteps } = this.#faults;
    const isOnChain = changes.some(({ table, key }) => table === 'journal' && CHAIN.test(key));
    const chainStep = isOnChain ? this.#chainSteps : -1;
    if (isOnChain) this.#chainSteps += 1;
    const isLast = deathAtStep?.step === (deathAtStep?.of === 'chain' ? chainStep : step);
    if (isLast && deathAtStep.side === 'before') {
      this.#die();
      return never();
    }
    if (fullAtSteps.has(step)) throw new StoreError('FULL', 'There is no room left.');
    this.#disk.write(changes);
    if (!isLast) return undefined;
    this.#die();
    return never();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #read<T>(look: () => T): Promise<T> {
    return this.isDead ? never() : Promise.resolve(structuredClone(look()));
  }
}
