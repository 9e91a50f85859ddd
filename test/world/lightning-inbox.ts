/** Takes LDK's events: news of payments go to one listener, everything else is put aside. */
import * as ldk from 'lightningdevkit';
import { readPaymentEvent, type PaymentEvent } from './lightning-events.ts';
import type { LightningMemory } from './lightning-memory.ts';

/** Takes a payment event; it is on disk when this returns. */
export type PaymentListener = (event: PaymentEvent) => void;

/** Where the events of one node arrive. */
export class LightningInbox {
  /** Who hears of payments; while there is none, LDK keeps the news. */
  listener: PaymentListener | null = null;
  readonly #memory: LightningMemory;
  readonly #onProblem: (sentence: string) => void;
  readonly #handler: ldk.EventHandler;
  #errands: ldk.Event[] = [];
  #isHeld = false;

  constructor(memory: LightningMemory, onProblem: (sentence: string) => void) {
    this.#memory = memory;
    this.#onProblem = onProblem;
    this.#handler = ldk.EventHandler.new_impl({ handle_event: (event) => this.#take(event) });
  }

  /** Hears what LDK has to say; false when there is news that must wait for the disk. */
  hear(sources: readonly ldk.EventsProvider[]): boolean {
    this.#isHeld = false;
    for (const source of sources) source.process_pending_events(this.#handler);
    return !this.#isHeld;
  }

  /** The events put aside. */
  takeErrands(): readonly ldk.Event[] {
    const errands = this.#errands;
    this.#errands = [];
    return errands;
  }

  /** Hands an event to the listener; false when it was not kept. */
  deliver(event: PaymentEvent): boolean {
    if (!this.listener) return false;
    try {
      this.listener(event);
      return true;
    } catch (error) {
      this.#onProblem(`A payment event was not kept: ${String(error)}`);
      return false;
    }
  }

  /** Called from inside LDK. */
  #take(event: ldk.Event): ldk.Result_NoneReplayEventZ {
    const payment = readPaymentEvent(event);
    if (payment === undefined || payment.type === 'released') {
      this.#errands.push(event);
      return ldk.Result_NoneReplayEventZ.constructor_ok();
    }
    // What led to it is not on the disk yet: told now, it would be ahead of the node's memory.
    if (this.#memory.isAhead) this.#isHeld = true;
    else if (this.deliver(payment)) return ldk.Result_NoneReplayEventZ.constructor_ok();
    return ldk.Result_NoneReplayEventZ.constructor_err(ldk.ReplayEvent.constructor_new());
  }
}
