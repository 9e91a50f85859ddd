/**
 * A Lightning node of the local world: LDK with its event pump, over real TCP.
 *
 * LDK says what happened to payments by events and repeats an event until its handler has taken
 * it. Payment events go to one listener, which must have them on disk when it returns; while
 * there is none, or when it throws, LDK keeps them. The listener is called from inside LDK and
 * must not call the node; `claim` and `release` may be called from it, they wait their turn.
 */
import type { RegtestChain } from './chain.ts';
import { fromHex, loadLdk, toHex } from './ldk.ts';
import { buildInvoice, type InvoiceOrder } from './lightning-invoices.ts';
import { LightningErrands } from './lightning-errands.ts';
import { LightningInbox, type PaymentListener } from './lightning-inbox.ts';
import { LightningMemory } from './lightning-memory.ts';
import { buildLightningParts, type LightningParts } from './lightning-parts.ts';
import {
  hasIncoming,
  hasOutgoing,
  sendPayment,
  USUAL_LIMITS,
  type SendLimits,
  type SendOutcome,
} from './lightning-payments.ts';
import { catchUp } from './lightning-restore.ts';
import { LightningSockets } from './lightning-sockets.ts';
import {
  balanceMsat,
  channelIds,
  countKnownChannels,
  hasChannelWith,
  isPeer,
} from './lightning-views.ts';
import type { NodeStore } from './node-store.ts';

/** How often the node looks after itself: lost connections, events that were not taken. */
const CARE_INTERVAL_MS = 1_000;

/** How many of these pass between two of LDK's ticks: its peers are pinged at each. */
const CARES_PER_TICK = 10;

/** What a node needs to start. */
export interface LightningNodeOptions {
  readonly chain: RegtestChain;
  /** 32 random bytes that nobody else has: the node's identity and keys. */
  readonly seed: Uint8Array;
  /** What it remembers; nobody else's. The node closes it. */
  readonly store: NodeStore;
  /** Told in a sentence what went wrong that no caller waits for. */
  readonly onProblem: (sentence: string) => void;
}

/** Where a node can be reached. */
export interface LightningPeer {
  readonly nodeId: string;
  readonly port: number;
}

/** A running Lightning node. */
export class LightningNode {
  /** Compressed public key, hex. */
  readonly nodeId: string;
  readonly chain: RegtestChain;
  readonly #options: LightningNodeOptions;
  readonly #memory: LightningMemory;
  readonly #parts: LightningParts;
  readonly #sockets: LightningSockets;
  readonly #inbox: LightningInbox;
  readonly #errands: LightningErrands;
  readonly #timer: NodeJS.Timeout;
  readonly #endBlocks: () => void;
  /** Transactions that wait until the disk knows why they are sent. */
  #transactions: Uint8Array[] = [];
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
    this.#memory = new LightningMemory(options.store);
    this.#parts = buildLightningParts({
      seed: options.seed,
      tip: options.chain.tip(),
      nowMs,
      broadcast: (transaction) => this.#transactions.push(transaction),
      persist: this.#memory.persist,
      stored: options.store.load(),
    });
    this.nodeId = toHex(this.#parts.manager.get_our_node_id());
    this.#inbox = new LightningInbox(this.#memory, options.onProblem);
    this.#errands = new LightningErrands({
      manager: this.#parts.manager,
      chain: options.chain,
      onProblem: options.onProblem,
      onReleased: (event) => this.#inbox.deliver(event),
      onDone: () => this.#wake(),
    });
    this.#sockets = new LightningSockets(this.#parts.peers, {
      onTraffic: () => this.#wake(),
      maySend: () => !this.#memory.isAhead,
    });
    this.#endBlocks = options.chain.onBlock((block, height) => {
      for (const listener of this.#parts.listeners) listener.block_connected(block, height);
      this.#clockSec = Math.max(this.#clockSec, options.chain.tip().timeSec);
      this.#wake();
    });
    this.#timer = setInterval(() => this.#care(), CARE_INTERVAL_MS);
  }

  /**
   * Starts a node at the tip of the chain, without connections: a new one, or the one that the
   * store remembers. No block may be mined meanwhile.
   */
  static async start(options: LightningNodeOptions): Promise<LightningNode> {
    await loadLdk();
    const node = new LightningNode(options);
    await catchUp(node.#parts, options.chain);
    return node;
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
    return isPeer(this.#parts.peers, nodeId);
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

  /** Ids of all its channels, hex, in order. */
  channelIds(): readonly string[] {
    return channelIds(this.#parts.manager);
  }

  /** Whether it has a channel with a peer, usable or not. */
  hasChannelWith(nodeId: string): boolean {
    return hasChannelWith(this.#parts.manager, nodeId);
  }

  /** Channels of the network that it knows well enough to pay over them, either way. */
  knownChannelCount(): number {
    return countKnownChannels(this.#parts.graph);
  }

  /** Writes down what it knows of the network, which spares it asking at the next start. */
  keepGraph(): void {
    this.#memory.keepGraph(this.#parts.graph);
  }

  /** What can be sent, in msat: own balance less the reserves that must stay in the channels. */
  balanceMsat(): bigint {
    return balanceMsat(this.#parts.manager);
  }

  /**
   * Who hears of payments from now on; null: nobody, and LDK keeps the news. What LDK had kept
   * has been told when this returns; not to be called from a listener.
   */
  setListener(listener: PaymentListener | null): void {
    this.#inbox.listener = listener;
    if (listener) this.#pump();
  }

  /** A signed invoice; throws where LDK cannot make one. */
  makeInvoice(order: InvoiceOrder): string {
    return buildInvoice(this.#parts.manager, order, this.#clockSec);
  }

  /** Starts a payment under its hash; the outcome comes as event `sent` or `failed`. */
  send(bolt11: string, amountMsat?: bigint, limits: SendLimits = USUAL_LIMITS): SendOutcome {
    const outcome = sendPayment(this.#parts.manager, bolt11, amountMsat, limits);
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

  /** Whether what it remembers is on the disk before anything leaves it. */
  setDurable(isDurable: boolean): void {
    this.#options.store.setDurable(isDurable);
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
    await this.#sockets.close();
    this.#memory.commit(this.#parts.manager);
    this.#memory.close();
  }

  /** From here on what has happened may leave the node. */
  #commit(): void {
    this.#memory.commit(this.#parts.manager);
    for (const transaction of this.#transactions.splice(0)) {
      this.chain.broadcast(transaction).catch((error: unknown) => {
        this.#options.onProblem(`The chain refused a transaction: ${String(error)}`);
      });
    }
    this.#sockets.sendOn();
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
    while (!this.#tellEvents());
    const events = this.#inbox.takeErrands();
    for (const event of events) this.#errands.run(event);
    this.#commit();
    this.#parts.peers.process_events();
    if (events.length > 0) this.#wake();
  }

  /** Writes, then hears LDK; false when that brought news which must be written first. */
  #tellEvents(): boolean {
    this.#commit();
    return this.#inbox.hear(this.#parts.eventSources);
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
}
