/**
 * The most that may leave the wallet: in any 24 hours, and under one contract in all. Counted by
 * the journal, fees included, beside whatever budget the wallet keeps. What is about to be paid
 * counts already, so that two contracts together do not go beyond it.
 */
import * as z from 'zod/mini';
import type { MetLimit } from '@realyield/protocol';
import type { Journal, Spending } from './journal.ts';
import type { Clock, Store } from './ports.ts';
import { WalletBudget } from './wallet-budget.ts';

/** Limits in msat; undefined where there is none. */
export interface Limits {
  readonly perDayMsat: bigint | undefined;
  readonly perContractMsat: bigint | undefined;
}

/** Room for one payment that is about to be made; given back when the journal has it. */
export interface HeldRoom {
  readonly release: () => void;
}

const DAY_MS = 86_400_000;
const KEY = 'limits';

const amount = z.optional(z.string().check(z.regex(/^[1-9][0-9]{0,18}$/)));
const keptSchema = z.object({ perDayMsat: amount, perContractMsat: amount });

const toMsat = (text: string | undefined): bigint | undefined =>
  text === undefined ? undefined : BigInt(text);

/** No limits. */
export const NO_LIMITS: Limits = { perDayMsat: undefined, perContractMsat: undefined };

/** What one person's payments are counted against. */
export class SpendingLimits {
  /** What the wallet itself allows. */
  readonly budget: WalletBudget;
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #held = new Set<{ readonly contract: string; readonly amountMsat: bigint }>();
  readonly #store: Store;
  #limits: Limits = NO_LIMITS;
  #isGiven = false;

  constructor(journal: Journal, clock: Clock, store: Store) {
    this.#journal = journal;
    this.#clock = clock;
    this.budget = new WalletBudget(clock);
    this.#store = store;
  }

  /** Takes up what the person chose on this device, unless limits were given from outside. */
  async load(): Promise<void> {
    const kept = keptSchema.safeParse(await this.#store.get('settings', KEY));
    if (!kept.success || this.#isGiven) return;
    const { perDayMsat, perContractMsat } = kept.data;
    this.#limits = { perDayMsat: toMsat(perDayMsat), perContractMsat: toMsat(perContractMsat) };
  }

  /** What the person chooses; it holds for the next payment, and is kept on this device. */
  async choose(limits: Limits): Promise<void> {
    this.#limits = limits;
    const { perDayMsat, perContractMsat } = limits;
    const value = {
      perDayMsat: perDayMsat?.toString(),
      perContractMsat: perContractMsat?.toString(),
    };
    await this.#store.write([{ table: 'settings', key: KEY, value }]);
  }

  /** The limits in use. */
  get limits(): Limits {
    return this.#limits;
  }

  /** Takes limits from outside, an agent's configuration; nothing that was kept overrides them. */
  use(limits: Limits): void {
    this.#isGiven = true;
    this.#limits = limits;
  }

  /** What has left the wallet in the last 24 hours, and is about to, msat. */
  spentTodayMsat(): bigint {
    return this.#sum(this.#spentToday()) + this.#heldMsat();
  }

  /** What has left under a contract, and is about to, msat. */
  spentUnderMsat(contract: string): bigint {
    const spent = this.#journal.spent(0).filter((entry) => entry.contract === contract);
    return this.#sum(spent) + this.#heldMsat(contract);
  }

  /** Takes room for a payment, or says why there is none. */
  hold(contract: string, amountMsat: bigint): HeldRoom | MetLimit {
    const met = this.met(contract, amountMsat);
    if (met) return met;
    const held = { contract, amountMsat };
    this.#held.add(held);
    return { release: () => void this.#held.delete(held) };
  }

  /** The limit that leaves no room for a payment now; undefined where there is room. */
  met(contract: string, amountMsat: bigint): MetLimit | undefined {
    const { perContractMsat, perDayMsat } = this.#limits;
    const isOver =
      perContractMsat !== undefined && this.spentUnderMsat(contract) + amountMsat > perContractMsat;
    if (isOver) return { limit: 'contract' };
    if (perDayMsat !== undefined && this.spentTodayMsat() + amountMsat > perDayMsat) {
      return { limit: 'day', untilSec: this.#roomAtSec(amountMsat, perDayMsat) };
    }
    const { left } = this.budget;
    // Payments under way when the wallet was asked may count twice until it is asked again.
    const sinceMsat = left === undefined ? 0n : this.#sum(this.#journal.spent(left.atMs));
    const isSpent = left && sinceMsat + this.#heldMsat() + amountMsat > left.leftMsat;
    return isSpent ? { limit: 'wallet' } : undefined;
  }

  #heldMsat(contract?: string): bigint {
    return [...this.#held]
      .filter((held) => contract === undefined || held.contract === contract)
      .reduce((sum, { amountMsat }) => sum + amountMsat, 0n);
  }

  #sum(spent: readonly Spending[]): bigint {
    return spent.reduce((sum, { spentMsat }) => sum + spentMsat, 0n);
  }

  #spentToday() {
    return this.#journal.spent(this.#clock.nowMs() - DAY_MS);
  }

  /** When enough of today's payments are a day old; undefined for what never fits. */
  #roomAtSec(amountMsat: bigint, perDayMsat: bigint): number | undefined {
    if (amountMsat > perDayMsat) return undefined;
    let leftMsat = this.spentTodayMsat() + amountMsat;
    for (const { atMs, spentMsat } of this.#spentToday().sort((a, b) => a.atMs - b.atMs)) {
      leftMsat -= spentMsat;
      if (leftMsat <= perDayMsat) return Math.ceil((atMs + DAY_MS) / 1_000) + 1;
    }
    return undefined;
  }
}
