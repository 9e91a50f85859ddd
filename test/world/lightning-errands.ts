/** Does what LDK asks of a node by events that are not about the outcome of a payment. */
import * as ldk from 'lightningdevkit';
import type { RegtestChain } from './chain.ts';
import { readPaymentEvent, type PaymentEvent } from './lightning-events.ts';
import { hasIncoming } from './lightning-payments.ts';

/** What running errands needs. */
export interface ErrandParts {
  readonly manager: ldk.ChannelManager;
  readonly chain: RegtestChain;
  readonly onProblem: (sentence: string) => void;
  /** An arrived payment was given back. */
  readonly onReleased: (event: PaymentEvent) => void;
  /** LDK was given something to go on with, later than `run` returned. */
  readonly onDone: () => void;
}

/** Runs a node's errands; never from inside LDK. */
export class LightningErrands {
  readonly #parts: ErrandParts;

  constructor(parts: ErrandParts) {
    this.#parts = parts;
  }

  /** Does what an event asks for. */
  run(event: ldk.Event): void {
    const { manager, onReleased, onProblem } = this.#parts;
    if (event instanceof ldk.Event_PendingHTLCsForwardable) {
      manager.process_pending_htlc_forwards();
    } else if (event instanceof ldk.Event_FundingGenerationReady) {
      void this.#fund(event);
    } else if (event instanceof ldk.Event_HTLCHandlingFailed) {
      const payment = readPaymentEvent(event);
      // What goes back is told before the channel knows of it.
      manager.process_pending_htlc_forwards();
      // A second payment of a held hash is given back while the first is still held.
      if (payment && !hasIncoming(manager, payment.paymentHash)) onReleased(payment);
    } else if (event instanceof ldk.Event_ChannelClosed) {
      onProblem(`A channel was closed: ${event.reason.constructor.name}`);
    }
  }

  async #fund(event: ldk.Event_FundingGenerationReady): Promise<void> {
    const { manager, chain, onProblem, onDone } = this.#parts;
    const { temporary_channel_id: id, counterparty_node_id: peer } = event;
    try {
      const raw = await chain.fundScript(event.output_script, event.channel_value_satoshis);
      const funded = manager.funding_transaction_generated(id, peer, raw);
      if (!funded.is_ok()) onProblem('LDK refused a funding transaction.');
      onDone();
    } catch (error) {
      onProblem(`A channel could not be funded: ${String(error)}`);
    }
  }
}
