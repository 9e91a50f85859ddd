/**
 * What a wallet still lets its connection spend, as it says itself. Asked for now and then beside
 * the payments, so that one the wallet would refuse is not even sent.
 */
import type { Clock, Wallet } from './ports.ts';

const ASK_AGAIN_MS = 60_000;

/** What was left at a time, msat. */
export interface BudgetLeft {
  readonly leftMsat: bigint;
  readonly atMs: number;
}

/** The budget of the wallet in use. */
export class WalletBudget {
  readonly #clock: Clock;
  #wallet: Wallet | undefined;
  #left: BudgetLeft | undefined;
  #askedAtMs = 0;
  /** Whether this wallet has no budgets to speak of. */
  #hasNone = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Another wallet is in use, or none. */
  use(wallet: Wallet | undefined): void {
    this.#wallet = wallet;
    this.#left = undefined;
    this.#hasNone = false;
    this.#ask();
  }

  /** What it said last; undefined where it sets no limit or has not said. */
  get left(): BudgetLeft | undefined {
    if (this.#clock.nowMs() - this.#askedAtMs >= ASK_AGAIN_MS) this.#ask();
    return this.#left;
  }

  #ask(): void {
    const wallet = this.#wallet;
    if (!wallet || this.#hasNone) return;
    this.#askedAtMs = this.#clock.nowMs();
    void wallet.budget().then((answer) => {
      if (wallet !== this.#wallet || answer.state === 'unknown') return;
      this.#hasNone = answer.state === 'refused';
      const budget = answer.state === 'answered' ? answer.value : undefined;
      const leftMsat = budget && budget.totalMsat - budget.usedMsat;
      this.#left = leftMsat === undefined ? undefined : { leftMsat, atMs: this.#clock.nowMs() };
    });
  }
}
