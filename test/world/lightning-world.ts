/**
 * The Lightning half of the local world: a regtest chain, one Lightning node per persona, a
 * channel between each and the hub, and a wallet that answers over Nostr Wallet Connect.
 *
 * Channels are announced, as on mainnet, so invoices carry no route hints. Channel state lives
 * in memory: a world that was stopped is not resumed, and every start makes new nodes.
 */
import { mkdirSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { RegtestChain } from './chain.ts';
import { LightningNode } from './lightning-node.ts';
import { nowSec } from './wallet-rules.ts';
import { WorldWallet } from './world-wallet.ts';

export { WorldWallet } from './world-wallet.ts';

/** Blocks after which a channel is announced everywhere. */
const ANNOUNCEMENT_BLOCKS = 8;

const START_PATIENCE_MS = 30_000;
const POLL_MS = 10;

/** What a route is tried with, in msat. */
const PROBE_MSAT = 1_000_000n;

/** How much is in each channel. */
export interface ChannelPlan {
  /** Both sides together. */
  readonly capacitySat: bigint;
  /** What the persona starts with; a hundredth of the capacity stays as reserve. */
  readonly personaSat: bigint;
}

const CHANNEL: ChannelPlan = { capacitySat: 20_000_000n, personaSat: 10_000_000n };

/** How to start a Lightning world. */
export interface LightningWorldOptions {
  /** Must exist; gets one folder per persona with its secrets and its ledger. */
  readonly folder: string;
  /** Where the wallets listen. */
  readonly relayUrl: string;
  /** Names, the hub's among them: lower-case letters, digits and hyphens. */
  readonly personas: readonly string[];
  /** The persona over whom all payments go; `bank` unless given. */
  readonly hub?: string;
  /** Channels between hub and others; 20,000,000 sat, half of it each, unless given. */
  readonly channel?: ChannelPlan;
  /** What a persona's connection may spend in all, fees included, in msat; else no limit. */
  readonly budgetsMsat?: Readonly<Record<string, bigint>>;
}

/** A running Lightning world. */
export interface LightningWorld {
  readonly chain: RegtestChain;
  readonly wallets: ReadonlyMap<string, WorldWallet>;
  /** The wallet of a persona; throws when there is none. */
  of(persona: string): WorldWallet;
  /** What went wrong that nobody waited for, in sentences; empty in a healthy world. */
  problems(): readonly string[];
  /** Stops wallets, nodes and chain; nothing stays open. */
  stop(): Promise<void>;
}

/** Undone in reverse order. */
type Undo = () => Promise<void> | void;

interface Persona {
  readonly name: string;
  readonly folder: string;
  readonly node: LightningNode;
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const giveUpMs = Date.now() + START_PATIENCE_MS;
  while (!condition()) {
    if (Date.now() > giveUpMs) throw new Error(`The Lightning world waited in vain: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

class Builder {
  readonly #options: LightningWorldOptions;
  readonly #undo: Undo[] = [];
  readonly #problems: string[] = [];
  readonly #wallets = new Map<string, WorldWallet>();

  constructor(options: LightningWorldOptions) {
    this.#options = options;
  }

  async build(): Promise<LightningWorld> {
    const chain = await RegtestChain.open();
    this.#undo.push(() => chain.stop());
    const personas: Persona[] = [];
    for (const name of this.#options.personas) personas.push(await this.#startNode(name, chain));
    const hubName = this.#options.hub ?? 'bank';
    const hub = personas.find(({ name }) => name === hubName);
    if (!hub) throw new Error(`The hub "${hubName}" is not among the personas.`);
    const others = personas.filter((persona) => persona !== hub);
    await this.#openChannels(chain, hub.node, others);
    await Promise.all([
      ...personas.map((persona) => this.#startWallet(persona)),
      this.#tryRoutes(others),
    ]);
    chain.startMining();
    return {
      chain,
      wallets: this.#wallets,
      of: (persona) => {
        const wallet = this.#wallets.get(persona);
        if (!wallet) throw new Error(`There is no persona "${persona}".`);
        return wallet;
      },
      problems: () => [...this.#problems],
      stop: () => this.undo(),
    };
  }

  async undo(): Promise<void> {
    for (let undo = this.#undo.pop(); undo; undo = this.#undo.pop()) await undo();
  }

  async #startNode(name: string, chain: RegtestChain): Promise<Persona> {
    if (!/^[a-z0-9-]+$/.test(name)) throw new Error(`"${name}" cannot be a persona's name.`);
    const folder = join(this.#options.folder, name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const seed = new Uint8Array(randomBytes(32));
    const onProblem = (sentence: string): void => {
      this.#problems.push(`${name}: ${sentence}`);
    };
    const node = await LightningNode.start({ chain, seed, onProblem });
    this.#undo.push(() => node.stop());
    return { name, folder, node };
  }

  async #openChannels(
    chain: RegtestChain,
    hub: LightningNode,
    others: readonly Persona[],
  ): Promise<void> {
    const { capacitySat, personaSat } = this.#options.channel ?? CHANNEL;
    const peer = { nodeId: hub.nodeId, port: await hub.listen() };
    await Promise.all(others.map(({ node }) => node.connect(peer)));
    await until(
      () => others.every(({ node }) => hub.isConnectedTo(node.nodeId)),
      'connections between the nodes',
    );
    const waiting = chain.transactionCount + others.length;
    for (const { node } of others) hub.openChannel(node.nodeId, capacitySat, personaSat * 1_000n);
    await until(() => chain.transactionCount === waiting, 'funding transactions');
    // One by one: the nodes answer each other between blocks.
    for (let count = 0; count < ANNOUNCEMENT_BLOCKS; count += 1) {
      await chain.mine();
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    await until(
      () =>
        hub.usableChannelCount() === others.length &&
        others.every(({ node }) => node.usableChannelCount() === 1),
      'usable channels',
    );
  }

  /** Tries every pair of personas until each route over the hub has held once. */
  async #tryRoutes(others: readonly Persona[]): Promise<void> {
    const pairs = others.flatMap((from) =>
      others.filter((to) => to !== from).map((to) => [from.node, to.node] as const),
    );
    await Promise.all(pairs.map(([from, to]) => tryRoute(from, to)));
  }

  async #startWallet({ name, folder, node }: Persona): Promise<void> {
    const { relayUrl, budgetsMsat } = this.#options;
    const budgetMsat = budgetsMsat?.[name];
    const wallet = await WorldWallet.start({ name, folder, node, relayUrl, budgetMsat });
    this.#undo.push(() => wallet.stop());
    this.#wallets.set(name, wallet);
  }
}

async function tryRoute(from: LightningNode, to: LightningNode): Promise<void> {
  const giveUpMs = Date.now() + START_PATIENCE_MS;
  const expiresAtSec = nowSec() + 600;
  const order = { amountMsat: PROBE_MSAT, description: 'route', expiresAtSec };
  while (!(await from.probe(to.makeInvoice(order)))) {
    if (Date.now() > giveUpMs) throw new Error('The Lightning world found no route.');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Starts a Lightning world; resolves when payments go both ways between any two personas. */
export async function startLightningWorld(options: LightningWorldOptions): Promise<LightningWorld> {
  const builder = new Builder(options);
  try {
    return await builder.build();
  } catch (error) {
    await builder.undo();
    throw error;
  }
}
