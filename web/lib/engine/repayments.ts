/**
 * What a business orders to be repaid: one amount, or everything. "Everything" grows by a day's
 * interest while a payment is on its way over midnight, so that order stands, across restarts,
 * until nothing is owed.
 */
import {
  ledgerOf,
  nextRepaymentNumber,
  ok,
  reject,
  type ContractState,
  type ContractStatus,
  type Result,
} from '@realyield/protocol';
import { ownContract, type Desk } from './desk.ts';
import type { Payer } from './payer.ts';

const PREFIX = 'payoff|';
/** A loan in default is still repaid. */
const RUNNING: readonly ContractStatus[] = ['effective', 'defaulted'];

/** Repayment orders of one person. */
export class Repayments {
  readonly #desk: Desk;
  readonly #payerOf: (root: string) => Payer | undefined;
  readonly #everything = new Set<string>();
  readonly #busy = new Set<string>();

  constructor(desk: Desk, payerOf: (root: string) => Payer | undefined) {
    this.#desk = desk;
    this.#payerOf = payerOf;
  }

  /** Takes up what was ordered before. */
  async load(): Promise<void> {
    for (const { key } of await this.#desk.store.all('settings')) {
      if (key.startsWith(PREFIX)) this.#everything.add(key.slice(PREFIX.length));
    }
  }

  /** Whether everything is to be repaid and not all of it is yet. */
  isPayingOff(root: string): boolean {
    return this.#everything.has(root);
  }

  /** Orders one part; at most what repays everything today. */
  async repay(root: string, amountUnits: bigint): Promise<Result<number>> {
    const state = ownContract(this.#desk, root)?.view.fold.state;
    const payer = this.#payerOf(root);
    if (!state || payer?.leg !== 'repayment') return reject('AUTHOR_ROLE', 'business');
    if (!RUNNING.includes(state.status)) return reject('STATE_FORBIDS');
    if (amountUnits <= 0n || amountUnits > this.#payoffUnits(state)) return reject('PART_AMOUNT');
    const inHand = payer.entries().map((entry) => entry.n);
    const n = nextRepaymentNumber(state, inHand);
    await payer.order(n, amountUnits);
    return ok(n);
  }

  /** Orders everything that is owed, and what is added until it is paid. */
  async repayEverything(root: string): Promise<Result<undefined>> {
    const contract = ownContract(this.#desk, root);
    if (contract?.own.role !== 'business') return reject('AUTHOR_ROLE', 'business');
    if (!RUNNING.includes(contract.view.fold.state.status)) return reject('STATE_FORBIDS');
    // On disk at once: an order given while the engine still starts is carried out when it runs.
    const key = `${PREFIX}${root}`;
    await this.#desk.store.write([{ table: 'settings', key, value: true }]);
    this.#everything.add(root);
    await this.advance(root);
    return ok(undefined);
  }

  /** Orders what is still owed of "everything", once nothing is on its way. */
  async advance(root: string): Promise<void> {
    const state = ownContract(this.#desk, root)?.view.fold.state;
    const payer = this.#payerOf(root);
    if (!this.#everything.has(root) || !state || !payer || this.#busy.has(root)) return;
    // A receipt is in the journal a moment before it lowers what is owed.
    const done = state.paid.numbers('repayment');
    if (payer.entries().some((entry) => !done.has(entry.n))) return;
    this.#busy.add(root);
    try {
      const payoffUnits = this.#payoffUnits(state);
      if (payoffUnits > 0n && RUNNING.includes(state.status)) await this.repay(root, payoffUnits);
      else await this.#finish(root);
    } finally {
      this.#busy.delete(root);
    }
  }

  async #finish(root: string): Promise<void> {
    const key = `${PREFIX}${root}`;
    await this.#desk.store.write([{ table: 'settings', key, remove: true }]);
    this.#everything.delete(root);
  }

  #payoffUnits(state: ContractState): bigint {
    const nowSec = this.#desk.clock.nowSec();
    return ledgerOf(state, nowSec).payoffUnits;
  }
}
