/**
 * What is paid because its payer orders it: repayments with the bank's share of them, fees on top,
 * guarantees, recoveries, what is handed on. "Everything" grows by a day's interest while a
 * payment is on its way over midnight, so that order stands, across restarts, until nothing is
 * owed. Spec: specs/payments.md, "Planning"; specs/fees.md.
 */
import {
  inParts,
  isSerial,
  isStreamed,
  ledgerOf,
  lockstepParts,
  ok,
  planDue,
  planOrigination,
  reject,
  shareAmong,
  shareRepayment,
  wholeOf,
  type ContractState,
  type ContractStatus,
  type Leg,
  type PlannedPart,
  type Result,
} from '@realyield/protocol';
import type { Crew } from './crew.ts';
import { ownContract, type Desk } from './desk.ts';
import { wantedEntries, wantedEntry, type JournalEntry } from './journal.ts';
import type { StoreWrite } from './ports.ts';
import { randomHex } from './random.ts';
import type { Payer } from './payer.ts';
import { nextNumber } from './serials.ts';
import { isHeldForChain } from './ticks-due.ts';

const PREFIX = 'payoff|';
/** A loan in default is still repaid. */
const RUNNING: readonly ContractStatus[] = ['effective', 'defaulted'];
/** The two legs on which a business repays. */
const REPAYING = ['repayment', 'servicing'] as const;

/** Orders of one person. */
export class Repayments {
  readonly #desk: Desk;
  readonly #crew: Pick<Crew, 'payer' | 'fallback'>;
  readonly #everything = new Set<string>();
  readonly #busy = new Set<string>();

  constructor(desk: Desk, crew: Pick<Crew, 'payer' | 'fallback'>) {
    this.#desk = desk;
    this.#crew = crew;
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

  /** Whether parts of a leg, or of any, are ordered and not paid yet. */
  isOnItsWay(root: string, leg?: Leg): boolean {
    const state = ownContract(this.#desk, root)?.view.fold.state;
    if (!state) return false;
    const legs = leg === undefined ? REPAYING : [leg];
    return legs.some((each) => this.#openOrders(state, each).length > 0);
  }

  /**
   * Orders an amount to be repaid, at most what repays everything today: a part for the investor,
   * and one for the bank where it has a share. What else must be true at that moment is written
   * with it. Yields the number of the investor's part.
   */
  async repay(
    root: string,
    amountUnits: bigint,
    also: readonly StoreWrite[] = [],
  ): Promise<Result<number>> {
    // TE-23: "…pays none of its parts over Lightning, and begins none beside it…"
    await this.#crew.fallback.whenTold(root);
    const contract = ownContract(this.#desk, root);
    if (!contract || !this.#payerOf(root, 'repayment')) return reject('AUTHOR_ROLE', 'business');
    const { state } = contract.view.fold;
    if (!RUNNING.includes(state.status)) return reject('STATE_FORBIDS');
    // What was shown to be paid on the chain may be on its way: nothing is ordered beside it.
    const isHeld = REPAYING.some((leg) => isHeldForChain(this.#desk, root, leg));
    if (isHeld) return reject('STATE_FORBIDS', 'inFlight');
    if (amountUnits <= 0n || amountUnits > this.#payoffUnits(state)) return reject('PART_AMOUNT');
    const shares = shareRepayment(state, amountUnits, this.#desk.clock.nowSec());
    const parts = REPAYING.flatMap((leg): PlannedPart[] => {
      const shareUnits = leg === 'repayment' ? shares.repaymentUnits : shares.servicingUnits;
      return shareUnits > 0n
        ? [{ leg, n: nextNumber(this.#desk, state, leg), amountUnits: shareUnits }]
        : [];
    });
    await this.#order(root, parts, also);
    return ok(parts[0]?.n ?? 0);
  }

  /**
   * Orders what a till brought that the bank runs: a share of it, or what is left for the business.
   * Its number is the next of those that begin at `from`. What else must be true at that moment is
   * written with it.
   */
  async handOver(
    root: string,
    leg: 'tillShare' | 'takings',
    amountUnits: bigint,
    from: number | undefined,
    also: readonly StoreWrite[] = [],
  ): Promise<Result<number>> {
    const contract = ownContract(this.#desk, root);
    if (!contract || !this.#payerOf(root, leg)) return reject('AUTHOR_ROLE', 'bank');
    const { state } = contract.view.fold;
    if (leg === 'tillShare' && !RUNNING.includes(state.status)) return reject('STATE_FORBIDS');
    const n = nextNumber(this.#desk, state, leg, [], from);
    await this.#order(root, [{ leg, n, amountUnits }], also);
    return ok(n);
  }

  /**
   * Orders an amount to be repaid to all investors of some contracts of one offer, at most what is
   * due to them: each gets its share in as many parts, in step. The journal has all or nothing.
   */
  async repayTogether(roots: readonly string[], amountUnits: bigint): Promise<Result<undefined>> {
    await Promise.all(roots.map((root) => this.#crew.fallback.whenTold(root)));
    const nowSec = this.#desk.clock.nowSec();
    const states = [...roots].sort().flatMap((root) => {
      const contract = ownContract(this.#desk, root);
      const isOurs = contract && this.#payerOf(root, 'repayment') && !this.isOnItsWay(root);
      return isOurs ? [contract.view.fold.state] : [];
    });
    if (states.length !== roots.length) return reject('STATE_FORBIDS', 'inFlight');
    if (states.some(({ status }) => !RUNNING.includes(status))) return reject('STATE_FORBIDS');
    const dues = states.map((state) => ledgerOf(state, nowSec).dueNowUnits);
    const totalUnits = dues.reduce((sum, due) => sum + due, 0n);
    const [first] = states;
    const whole = wholeOf(first?.contract.document.denomination ?? { type: 'msat' });
    if (amountUnits < whole || amountUnits > totalUnits) return reject('PART_AMOUNT');
    const shares = shareAmong(amountUnits, dues, whole);
    const count = lockstepParts(shares, whole);
    const order = randomHex();
    const entries = states.flatMap((state, index) =>
      this.#inStep(state, shares[index] ?? 0n, count, order),
    );
    await this.#desk.journal.write(entries);
    for (const { contract, leg } of entries) this.#payerOf(contract, leg)?.wake();
    return ok(undefined);
  }

  /** One investor's share in parts, and the bank's after them. */
  #inStep(
    state: ContractState,
    shareUnits: bigint,
    count: number,
    order: string,
  ): readonly JournalEntry[] {
    const shares = shareRepayment(state, shareUnits, this.#desk.clock.nowSec());
    const whole = wholeOf(state.contract.document.denomination);
    const amounts = inParts(shares.repaymentUnits, count, whole);
    const parts = amounts.map((units, round) => ({ units, round }));
    const bank = [{ units: shares.servicingUnits, round: count }];
    return REPAYING.flatMap((leg) => {
      const first = nextNumber(this.#desk, state, leg);
      const own = (leg === 'repayment' ? parts : bank).filter(({ units }) => units > 0n);
      return own.map(({ units, round }, place) => {
        const nowMs = this.#desk.clock.nowMs();
        const entry = wantedEntry(state.root, leg, first + place, units, nowMs);
        return { ...entry, together: { order, round } };
      });
    });
  }

  /** Orders what is due now on a leg that is paid when its payer says so; yields the sum, units. */
  async payDue(root: string, leg: Leg): Promise<Result<bigint>> {
    const contract = ownContract(this.#desk, root);
    if (!contract || !this.#payerOf(root, leg)) return reject('AUTHOR_ROLE', leg);
    const { state } = contract.view.fold;
    const inHand = new Set(this.#openOrders(state, leg));
    const nowSec = this.#desk.clock.nowSec();
    if (isStreamed(state, leg)) return reject('STATE_FORBIDS', leg);
    const plan = isSerial(leg)
      ? planDue(state, leg, inHand, nowSec)
      : planOrigination(state, inHand, nowSec);
    if (plan.action === 'wait') return reject('STATE_FORBIDS', plan.reason);
    await this.#order(root, plan.parts);
    return ok(plan.parts.reduce((sum, part) => sum + part.amountUnits, 0n));
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
    const payer = this.#payerOf(root, 'repayment');
    if (!this.#everything.has(root) || !state || !payer || this.#busy.has(root)) return;
    if (this.isOnItsWay(root)) return;
    this.#busy.add(root);
    try {
      const payoffUnits = this.#payoffUnits(state);
      if (payoffUnits > 0n && RUNNING.includes(state.status)) await this.repay(root, payoffUnits);
      else await this.#finish(root);
    } finally {
      this.#busy.delete(root);
    }
  }

  #payerOf(root: string, leg: Leg): Payer | undefined {
    return this.#crew.payer(root, leg);
  }

  /** Parts ordered and not proven: a receipt is in the journal a moment sooner than here. */
  #openOrders(state: ContractState, leg: Leg): number[] {
    const proven = state.paid.numbers(leg);
    const numbers = this.#desk.journal.entries(state.root, leg).map(({ n }) => n);
    return numbers.filter((n) => !proven.has(n));
  }

  /** The journal has all parts when this resolves, or none. */
  async #order(
    root: string,
    parts: readonly PlannedPart[],
    also: readonly StoreWrite[] = [],
  ): Promise<void> {
    const nowMs = this.#desk.clock.nowMs();
    await this.#desk.journal.write(wantedEntries(root, parts, nowMs), also);
    for (const leg of new Set(parts.map((part) => part.leg))) this.#payerOf(root, leg)?.wake();
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
