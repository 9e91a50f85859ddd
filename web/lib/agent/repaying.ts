/**
 * Repays what a business owes by the end of each day, as the contract's plan says, the bank's share
 * with it, one order at a time; what is ordered is in the journal before anything else happens.
 */
import { ledgerOf, sentenceFor } from '@realyield/protocol';
import type { Clock } from '../engine/ports.ts';
import type { Session } from '../engine/session.ts';
import type { AgentLog } from './log.ts';

const GATHER_MS = 200;
/** Days end without anything being said. */
const LOOK_AGAIN_MS = 10_000;

/** Looks after all contracts in which the agent's owner repays. */
export class Repaying {
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #log: AgentLog;
  readonly #stopListening: () => void;
  #stopTimer: (() => void) | undefined;
  #working: Promise<void> | undefined;
  #isStopped = false;

  constructor(session: Session, clock: Clock, log: AgentLog) {
    this.#session = session;
    this.#clock = clock;
    this.#log = log;
    this.#stopListening = session.changed.add(() => {
      if (!this.#working) this.#later(GATHER_MS);
    });
    this.#later(GATHER_MS);
  }

  /** Orders nothing more; resolves when the order under way is in the journal. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopTimer?.();
    this.#stopListening();
    await this.#working;
  }

  #later(delayMs: number): void {
    if (this.#isStopped) return;
    this.#stopTimer?.();
    this.#stopTimer = this.#clock.after(delayMs, () => {
      this.#working = this.#look()
        .catch((error: unknown) => {
          this.#log.problem('repaying', { message: String(error) });
        })
        .finally(() => {
          this.#working = undefined;
          this.#later(LOOK_AGAIN_MS);
        });
    });
  }

  async #look(): Promise<void> {
    for (const { view, own } of this.#session.contracts()) {
      if (this.#isStopped || !this.#session.isRunning) return;
      const { state } = view.fold;
      if (own.role !== 'business' || this.#session.isPaused(view.root)) continue;
      const { repayments } = this.#session;
      if (state.effectiveAtSec === undefined || repayments.isOnItsWay(view.root)) continue;
      const { dueNowUnits } = ledgerOf(state, this.#clock.nowSec());
      if (dueNowUnits === 0n) continue;
      const ordered = await repayments.repay(view.root, dueNowUnits);
      const amountUnits = dueNowUnits.toString();
      if (ordered.ok) this.#log.info('repayment ordered', { contract: view.root, amountUnits });
      else {
        const sentence = sentenceFor(ordered.code);
        this.#log.problem('repayment refused', {
          contract: view.root,
          code: ordered.code,
          sentence,
        });
      }
    }
  }
}
