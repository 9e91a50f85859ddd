/**
 * The Lightning half of the local world: a regtest chain, one Lightning node per persona,
 * channels between them, and a wallet each that answers over Nostr Wallet Connect. All of it
 * lives in a folder; started again there, it goes on from where it was stopped or killed.
 *
 * Channels are announced, as on mainnet, so invoices carry no route hints.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { RegtestChain } from './chain.ts';
import { loadSecret } from './folder-secrets.ts';
import { LightningNode } from './lightning-node.ts';
import { HUB_LIMITS } from './lightning-payments.ts';
import { NodeStore } from './node-store.ts';
import { WorldWallet } from './world-wallet.ts';

export { WorldWallet } from './world-wallet.ts';

/** Blocks after which a channel is announced everywhere. */
const ANNOUNCEMENT_BLOCKS = 8;

/** A second or two, and on a machine that has much to do a minute. */
const START_PATIENCE_MS = 120_000;
const POLL_MS = 10;

/** A channel between two personas; `of` dials the hub, which opens and funds it. */
export interface ChannelPlan {
  readonly of: string;
  readonly hub: string;
  /** Both sides together; 20,000,000 unless given. */
  readonly capacitySat?: bigint;
  /** What `of` starts with; half unless given. A hundredth of all stays as reserve. */
  readonly ownSat?: bigint;
}

const CAPACITY_SAT = 20_000_000n;

/** How to start a Lightning world. */
export interface LightningWorldOptions {
  /** Must exist; gets one folder per persona with its secrets, its ledger and its node. */
  readonly folder: string;
  /** Whether the chain is kept in the folder too; otherwise it cannot be started again there. */
  readonly keepsChain?: boolean;
  /** Where the wallets listen. */
  readonly relayUrl: string;
  /** Names, the hub's among them: lower-case letters, digits and hyphens. */
  readonly personas: readonly string[];
  /** Channels; between `bank` and everybody else unless given. Nobody dials two hubs. */
  readonly channels?: readonly ChannelPlan[];
  /** What a persona's connection may spend in all, fees included, in msat; else no limit. */
  readonly budgetsMsat?: Readonly<Record<string, bigint>>;
}

/** A running Lightning world. */
export interface LightningWorld {
  readonly chain: RegtestChain;
  readonly wallets: ReadonlyMap<string, WorldWallet>;
  /** The wallet of a persona; throws when there is none. */
  of(persona: string): WorldWallet;
  /**
   * Whether nodes and wallets wait for the disk; off only while a new world is made, which is
   * begun anew when that is interrupted.
   */
  setDurable(isDurable: boolean): void;
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

/** A channel as it is opened. */
interface Channel {
  readonly node: LightningNode;
  readonly hub: LightningNode;
  readonly capacitySat: bigint;
  readonly ownSat: bigint;
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
    const { folder, keepsChain = false } = this.#options;
    const chainFolder = join(folder, 'chain');
    if (keepsChain) mkdirSync(chainFolder, { recursive: true, mode: 0o700 });
    const chain = await RegtestChain.open(keepsChain ? chainFolder : undefined);
    this.#undo.push(() => chain.stop());
    const personas = new Map<string, Persona>();
    for (const name of this.#options.personas) {
      personas.set(name, await this.#startNode(name, chain));
    }
    const channels = this.#channels().map((plan) => readPlan(plan, personas));
    await this.#connect(channels);
    await this.#openChannels(chain, channels);
    await Promise.all([...personas.values()].map((persona) => this.#startWallet(persona)));
    chain.startMining();
    return {
      chain,
      wallets: this.#wallets,
      of: (persona) => {
        const wallet = this.#wallets.get(persona);
        if (!wallet) throw new Error(`There is no persona "${persona}".`);
        return wallet;
      },
      setDurable: (isDurable) => {
        for (const { node } of personas.values()) node.setDurable(isDurable);
        for (const { ledger } of this.#wallets.values()) ledger.setDurable(isDurable);
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
    const seed = loadSecret(join(folder, 'node-seed'));
    const store = NodeStore.open(join(folder, 'node.sqlite'));
    const onProblem = (sentence: string): void => {
      this.#problems.push(`${name}: ${sentence}`);
    };
    const node = await LightningNode.start({ chain, seed, store, onProblem });
    this.#undo.push(() => node.stop());
    return { name, folder, node };
  }

  #channels(): readonly ChannelPlan[] {
    const { channels, personas } = this.#options;
    const others = personas.filter((name) => name !== 'bank');
    return channels ?? others.map((of) => ({ of, hub: 'bank' }));
  }

  async #connect(channels: readonly Channel[]): Promise<void> {
    const ports = new Map<LightningNode, number>();
    for (const { hub } of channels) if (!ports.has(hub)) ports.set(hub, await hub.listen());
    const dial = ({ node, hub }: Channel): Promise<void> =>
      node.connect({ nodeId: hub.nodeId, port: ports.get(hub) ?? 0 });
    await Promise.all(channels.map(dial));
    const isUp = ({ node, hub }: Channel): boolean => hub.isConnectedTo(node.nodeId);
    await until(() => channels.every(isUp), 'connections between the nodes');
  }

  /** Opens what was not opened before, and waits until payments can go over all of them. */
  async #openChannels(chain: RegtestChain, channels: readonly Channel[]): Promise<void> {
    const fresh = channels.filter(({ node, hub }) => !hub.hasChannelWith(node.nodeId));
    const waiting = chain.transactionCount + fresh.length;
    for (const { node, hub, capacitySat, ownSat } of fresh) {
      hub.openChannel(node.nodeId, capacitySat, ownSat * 1_000n);
    }
    await until(() => chain.transactionCount === waiting, 'funding transactions');
    // One by one: the nodes answer each other between blocks. The first block after a pause also
    // sets LDK's clock.
    const blocks = fresh.length > 0 ? ANNOUNCEMENT_BLOCKS : 1;
    for (let count = 0; count < blocks; count += 1) {
      await chain.mine();
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    const nodes = [...new Set(channels.flatMap(({ node, hub }) => [node, hub]))];
    const countOf = (node: LightningNode): number =>
      channels.filter((channel) => channel.node === node || channel.hub === node).length;
    await until(
      () => nodes.every((node) => node.usableChannelCount() === countOf(node)),
      'usable channels',
    );
    await until(
      () => nodes.every((node) => node.knownChannelCount() >= channels.length),
      'news of the channels to reach every node',
    );
    for (const node of nodes) node.keepGraph();
  }

  async #startWallet({ name, folder, node }: Persona): Promise<void> {
    const { relayUrl, budgetsMsat } = this.#options;
    const budgetMsat = budgetsMsat?.[name];
    const isHub = this.#channels().some(({ hub }) => hub === name);
    const limits = isHub ? HUB_LIMITS : undefined;
    const wallet = await WorldWallet.start({ name, folder, node, relayUrl, budgetMsat, limits });
    this.#undo.push(() => wallet.stop());
    this.#wallets.set(name, wallet);
  }
}

function readPlan(plan: ChannelPlan, personas: ReadonlyMap<string, Persona>): Channel {
  const { capacitySat = CAPACITY_SAT, ownSat = capacitySat / 2n } = plan;
  const nodeOf = (name: string): LightningNode => {
    const persona = personas.get(name);
    if (!persona) throw new Error(`"${name}", who has a channel, is not among the personas.`);
    return persona.node;
  };
  return { node: nodeOf(plan.of), hub: nodeOf(plan.hub), capacitySat, ownSat };
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
