/**
 * A Lightning node of the local world: LDK with its event pump, over real TCP.
 *
 * LDK says what happened to payments by events and repeats an event until its handler has taken
 * it. Payment events go to one listener, which must have them on disk when it returns; while
 * there is none, or when it throws, LDK keeps them. The listener is called from inside LDK and
 * must not call the node; `claim` and `release` may be called from it, they wait their turn.
 */
import * as ldk from 'lightningdevkit';
import type { RegtestChain } from './chain.ts';
import { fromHex, loadLdk, toHex } from './ldk.ts';
import { readPaymentEvent, type PaymentEvent } from './lightning-events.ts';
import { buildInvoice, type InvoiceOrder } from './lightning-invoices.ts';
import { buildLightningParts, type LightningParts } from './lightning-parts.ts';
import {
  hasIncoming,
  hasOutgoing,
  Probes,
  sendPayment,
  type SendOutcome,
} from './lightning-payments.ts';
import { LightningSockets } from './lightning-sockets.ts';

/** How often the node looks after itself: lost connections, events that were not taken. */
const CARE_INTERVAL_MS = 1_000;

/** How many of these pass between two of LDK's ticks: its peers are pinged at each. */
const CARES_PER_TICK = 10;

/** What a node needs to start. */
export interface LightningNodeOptions {
  readonly chain: RegtestChain;
  /** 32 random bytes that nobody else has: the node's identity and keys. */
  readonly seed: Uint8Array;
  /** Told in a sentence what went wrong that no caller waits for. */
  readonly onProblem: (sentence: string) => void;
}

/** Where a node can be reached. */
export interface LightningPeer {
  readonly nodeId: string;
  readonly port: number;
}

/** Takes a payment event; it is on disk when this returns. */
export type PaymentListener = (event: PaymentEvent) => void;

/** A running Lightning node. */
export class LightningNode {
  /** Compressed public key, hex. */
  readonly nodeId: string;
  readonly chain: RegtestChain;
  readonly #options: LightningNodeOptions;
  readonly #parts: LightningParts;
  readonly #sockets: LightningSockets;
  readonly #handler: ldk.EventHandler;
  readonly #timer: NodeJS.Timeout;
  readonly #endBlocks: () => void;
  readonly #probes = new Probes();
  #events: ldk.Event[] = [];
  #listener: PaymentListener | null = null;
  #peer: LightningPeer | null = null;
  /** LDK's clock: it starts with ours and then follows the headers of blocks. */
  #clockSec: number;
  #cares = 0;
  #isPumping = false;
  #isStopped = false;

  private constructor(options: LightningNodeOptions) {
    const nowMs = Date.now();
    this.#options = options;
    this.chain = options.chain;
    this.#clockSec = Math.floor(nowMs / 1000);
    this.#parts = buildLightningParts({
      seed: options.seed,
      tip: options.chain.tip(),
      nowMs,
      broadcast: (transaction) => this.#broadcast(transaction),
    });
    this.nodeId = toHex(this.#parts.manager.get_our_node_id());
    this.#handler = ldk.EventHandler.new_impl({ handle_event: (event) => this.#take(event) });
    this.#sockets = new LightningSockets(this.#parts.peers, () => this.#wake());
    this.#endBlocks = options.chain.onBlock((block, height) => {
      for (const listener of this.#parts.listeners) listener.block_connected(block, height);
      this.#clockSec = Math.max(this.#clockSec, options.chain.tip().timeSec);
      this.#wake();
    });
    this.#timer = setInterval(() => this.#care(), CARE_INTERVAL_MS);
  }

  /** Starts a node at the tip of the chain, without channels or connections. */
  static async start(options: LightningNodeOptions): Promise<LightningNode> {
    await loadLdk();
    return new LightningNode(options);
  }

  /** Accepts connections on a free port of the loopback interface; resolves with the port. */
  listen(): Promise<number> {
    return this.#sockets.listen();
  }

  /** Connects to a peer and reconnects whenever the connection is lost. */
  async connect(peer: LightningPeer): Promise<void> {
    this.#peer = peer;
    await this.#sockets.dial(peer.port, fromHex(peer.nodeId));
  }

  /** Whether the Lightning handshake with a peer is done. */
  isConnectedTo(nodeId: string): boolean {
    const peers = this.#parts.peers.list_peers();
    return peers.some((peer) => toHex(peer.get_counterparty_node_id()) === nodeId);
  }

  /** Opens an announced channel to a connected peer; the chain pays for it. Throws if refused. */
  openChannel(nodeId: string, capacitySat: bigint, pushMsat: bigint): void {
    const { manager } = this.#parts;
    const peer = fromHex(nodeId);
    const opened = manager.create_channel(peer, capacitySat, pushMsat, 1n, null, null);
    if (!opened.is_ok()) throw new Error(`A channel to ${nodeId} could not be opened.`);
    this.#wake();
  }

  /** Channels ready for payments. */
  usableChannelCount(): number {
    return this.#parts.manager.list_usable_channels().length;
  }

  /** What can be sent, in msat: own balance less the reserves that must stay in the channels. */
  balanceMsat(): bigint {
    const channels = this.#parts.manager.list_channels();
    return channels.reduce((sum, channel) => sum + channel.get_outbound_capacity_msat(), 0n);
  }

  /**
   * Who hears of payments from now on; null: nobody, and LDK keeps the news. What LDK had kept
   * has been told when this returns; not to be called from a listener.
   */
  setListener(listener: PaymentListener | null): void {
    this.#listener = listener;
    if (listener) this.#pump();
  }

  /** A signed invoice; throws where LDK cannot make one. */
  makeInvoice(order: InvoiceOrder): string {
    return buildInvoice(this.#parts.manager, order, this.#clockSec);
  }

  /** Starts a payment under its hash; the outcome comes as event `sent` or `failed`. */
  send(bolt11: string, amountMsat?: bigint): SendOutcome {
    const outcome = sendPayment(this.#parts.manager, bolt11, amountMsat);
    this.#wake();
    return outcome;
  }

  /** Whether LDK still has something to do with a payment sent from here, or to say about it. */
  isSending(paymentHash: string): boolean {
    return hasOutgoing(this.#parts.manager, paymentHash);
  }

  /** Whether a payment of this hash has arrived and is neither claimed nor given back. */
  isHolding(paymentHash: string): boolean {
    return hasIncoming(this.#parts.manager, paymentHash);
  }

  /** Claims an arrived payment; event `claimed` follows. */
  claim(preimage: string): void {
    this.#defer(() => this.#parts.manager.claim_funds(fromHex(preimage)));
  }

  /** Gives an arrived payment back to the payer. */
  release(paymentHash: string): void {
    this.#defer(() => this.#parts.manager.fail_htlc_backwards(fromHex(paymentHash)));
  }

  /**
   * Tries the way an invoice's payment would take over at least two hops, without moving money;
   * false when there is no route (yet) or it does not hold.
   */
  probe(bolt11: string): Promise<boolean> {
    const probed = this.#probes.start(this.#parts.manager, bolt11);
    this.#wake();
    return probed;
  }

  /** FAULT: cuts every connection, as a lost network would; they are made again by themselves. */
  faultDropConnections(): void {
    this.#sockets.drop();
  }

  /** Lets go of peers, sockets and timers; the node cannot be used afterwards. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    clearInterval(this.#timer);
    this.#endBlocks();
    this.#probes.stop();
    await this.#sockets.close();
  }

  #broadcast(transaction: Uint8Array): void {
    this.chain.broadcast(transaction).catch((error: unknown) => {
      this.#options.onProblem(`The chain refused a transaction: ${String(error)}`);
    });
  }

  #defer(act: () => void): void {
    setImmediate(() => {
      if (this.#isStopped) return;
      act();
      this.#pump();
    });
  }

  #wake(): void {
    if (this.#isPumping || this.#isStopped) return;
    this.#isPumping = true;
    setImmediate(() => {
      this.#isPumping = false;
      if (!this.#isStopped) this.#pump();
    });
  }

  #pump(): void {
    for (const source of this.#parts.eventSources) source.process_pending_events(this.#handler);
    const events = this.#events;
    this.#events = [];
    for (const event of events) this.#act(event);
    this.#parts.peers.process_events();
    if (events.length > 0) this.#wake();
  }

  #care(): void {
    this.#cares += 1;
    if (this.#cares % CARES_PER_TICK === 0) {
      this.#parts.manager.timer_tick_occurred();
      this.#parts.peers.timer_tick_occurred();
    }
    const peer = this.#peer;
    if (peer && !this.isConnectedTo(peer.nodeId)) this.connect(peer).catch(() => undefined);
    this.#wake();
  }

  /** Called from inside LDK: keeps what concerns payments, and puts the rest aside for later. */
  #take(event: ldk.Event): ldk.Result_NoneReplayEventZ {
    const payment = readPaymentEvent(event);
    if (payment === undefined || payment.type === 'released') {
      this.#events.push(event);
      return ldk.Result_NoneReplayEventZ.constructor_ok();
    }
    if (this.#deliver(payment)) return ldk.Result_NoneReplayEventZ.constructor_ok();
    return ldk.Result_NoneReplayEventZ.constructor_err(ldk.ReplayEvent.constructor_new());
  }

  #deliver(event: PaymentEvent): boolean {
    if (!this.#listener) return false;
    try {
      this.#listener(event);
      return true;
    } catch (error) {
      this.#options.onProblem(`A payment event was not kept: ${String(error)}`);
      return false;
    }
  }

  #act(event: ldk.Event): void {
    const { manager } = this.#parts;
    if (event instanceof ldk.Event_PendingHTLCsForwardable) {
      manager.process_pending_htlc_forwards();
    } else if (event instanceof ldk.Event_FundingGenerationReady) {
      void this.#fund(event);
    } else if (event instanceof ldk.Event_HTLCHandlingFailed) {
      const payment = readPaymentEvent(event);
      // A second payment of a held hash is given back while the first is still held.
      if (payment && !this.isHolding(payment.paymentHash)) this.#deliver(payment);
    } else if (
      event instanceof ldk.Event_ProbeSuccessful ||
      event instanceof ldk.Event_ProbeFailed
    ) {
      this.#probes.finish(event);
    } else if (event instanceof ldk.Event_ChannelClosed) {
      this.#options.onProblem(`A channel was closed: ${event.reason.constructor.name}`);
    }
  }

  async #fund(event: ldk.Event_FundingGenerationReady): Promise<void> {
    const { temporary_channel_id: id, counterparty_node_id: peer } = event;
    try {
      const raw = await this.chain.fundScript(event.output_script, event.channel_value_satoshis);
      if (this.#isStopped) return;
      const funded = this.#parts.manager.funding_transaction_generated(id, peer, raw);
      if (!funded.is_ok()) this.#options.onProblem('LDK refused a funding transaction.');
      this.#wake();
    } catch (error) {
      this.#options.onProblem(`A channel could not be funded: ${String(error)}`);
    }
  }
}
