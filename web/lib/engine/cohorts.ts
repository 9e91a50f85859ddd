/**
 * The other contracts of an offer whose investors pay out in step: followed on relays, and asked
 * before each tick. Spec: specs/payments.md, "In step with the others".
 */
import { cohortHold, ticksOf, type ContractState, type Waiting } from '@realyield/protocol';
import type { Desk, OwnContract } from './desk.ts';

/** Contracts of a state's cohort but its own. */
export function othersOf({ cohort, root }: ContractState): readonly string[] {
  return cohort?.contracts.filter((other) => other !== root) ?? [];
}

/** The cohorts of one person's contracts. */
export class Cohorts {
  readonly #desk: Desk;
  readonly #stops = new Map<string, () => void>();
  /** Own contracts by another contract of their cohort. */
  readonly #own = new Map<string, Set<string>>();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Follows the others of a contract whose money this person pays out. */
  follow({ own, view }: OwnContract): void {
    if (own.role !== 'investor') return;
    for (const other of othersOf(view.fold.state)) {
      if (!this.#stops.has(other)) this.#stops.set(other, this.#desk.catalog.watch(other));
      this.#own.set(other, (this.#own.get(other) ?? new Set()).add(view.root));
    }
  }

  /** Own contracts that may go on once something is known of another. */
  waitingFor(other: string): Iterable<string> {
    return this.#own.get(other) ?? [];
  }

  /** Why a tick of a contract is not paid yet, where others have not come as far. */
  hold(state: ContractState, n: number): Waiting | undefined {
    const nowSec = this.#desk.clock.nowSec();
    const others = othersOf(state);
    if (others.length === 0) return undefined;
    const tick = ticksOf(state, nowSec).find((each) => each.n === n);
    const members = others.map((root) => ({
      root,
      state: this.#desk.catalog.contract(root)?.fold.state,
    }));
    return tick && cohortHold(state, members, tick, nowSec);
  }

  /** Follows nobody any more. */
  stop(): void {
    for (const stop of this.#stops.values()) stop();
    this.#stops.clear();
  }
}
