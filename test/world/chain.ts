/**
 * The Bitcoin chain of the local world: a bcoin regtest full node in this process, in a folder or
 * in memory. It mines for itself, pays for channels out of its own block rewards, and hands every
 * new block to whoever listens.
 */
import bcoin, { type Block, type Coin, type FullNode, type KeyRing } from 'bcoin';
import { join } from 'node:path';
import { loadSecret } from './folder-secrets.ts';
import { fromHex } from './ldk.ts';

/** Segwit is active on bcoin's regtest from block 432 on. */
const INITIAL_BLOCKS = 440;

/** What the initial blocks pretend to be apart, so that none bears a time in the future. */
const INITIAL_SPACING_SEC = 600;

/** Blocks before a block reward may be spent. */
const COINBASE_MATURITY_BLOCKS = 100;

/** Every block begins with this many bytes about itself. */
const HEADER_BYTES = 80;

/** Fee of funding transactions, in satoshis per 1,000 virtual bytes. */
const FUNDING_RATE = 20_000;

/** Seconds between blocks while the chain mines by itself: Lightning's clock is the last block. */
const BLOCK_INTERVAL_MS = 15_000;

/** The last block; the hash is little-endian, as in a header. */
export interface ChainTip {
  readonly height: number;
  readonly hash: Uint8Array;
  readonly timeSec: number;
}

/** A block as those need it who missed it. */
export interface ChainBlock {
  readonly height: number;
  readonly raw: Uint8Array;
  /** The first 80 bytes. */
  readonly header: Uint8Array;
  readonly transactions: readonly Uint8Array[];
}

/** Hears of every block connected to the chain, raw, with its height. */
export type BlockListener = (block: Uint8Array, height: number) => void;

/** A regtest chain that is its own and only miner. */
export class RegtestChain {
  /** The full node itself, with its transaction and address indexes. */
  readonly node: FullNode;
  readonly #keyRing: KeyRing;
  readonly #listeners = new Set<BlockListener>();
  /** The block whose reward is spent next, unless it is spent already. */
  #rewardHeight = 1;
  /** Blocks are mined one after another, whoever asks. */
  #mining: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  #transactionCount = 0;
  /** Transactions of blocks that pay to a script or spend from it, by the script in hex. */
  readonly #byScript = new Map<string, Set<string>>();
  readonly #scripts = new Map<string, string>();

  private constructor(node: FullNode, keyRing: KeyRing) {
    this.node = node;
    this.#keyRing = keyRing;
    node.on('error', () => undefined);
    node.on('connect', (entry, block) => {
      this.#index(block);
      const raw = new Uint8Array(block.toRaw());
      for (const listener of this.#listeners) listener(raw, entry.height);
    });
  }

  /**
   * Opens the chain of a folder, or one in memory; a new one mines until segwit is active, which
   * takes about a second.
   */
  static async open(folder?: string): Promise<RegtestChain> {
    bcoin.Network.set('regtest');
    const node = new bcoin.FullNode({
      network: 'regtest',
      memory: folder === undefined,
      ...(folder === undefined ? {} : { prefix: folder }),
      listen: false,
      workers: false,
      logLevel: 'none',
      httpHost: '127.0.0.1',
      httpPort: 0,
      indexTx: true,
      indexAddress: true,
    });
    await node.ensure();
    await node.open();
    const keyRing =
      folder === undefined
        ? bcoin.KeyRing.generate('regtest')
        : bcoin.KeyRing.fromPrivate(Buffer.from(loadSecret(join(folder, 'miner-key'))));
    keyRing.witness = true;
    const chain = new RegtestChain(node, keyRing);
    for (let height = 1; height <= node.chain.tip.height; height += 1) {
      chain.#index(await chain.#block(height));
    }
    const startSec = nowSec() - INITIAL_BLOCKS * INITIAL_SPACING_SEC;
    for (let index = node.chain.tip.height + 1; index <= INITIAL_BLOCKS; index += 1) {
      await chain.#mineAt(startSec + index * INITIAL_SPACING_SEC);
    }
    return chain;
  }

  /** The last block. */
  tip(): ChainTip {
    const { height, hash, time } = this.node.chain.tip;
    return { height, hash: fromHex(hash), timeSec: time };
  }

  /** The blocks above a height, in order. */
  async blocksAfter(height: number): Promise<readonly ChainBlock[]> {
    const blocks: ChainBlock[] = [];
    for (let at = height + 1; at <= this.node.chain.tip.height; at += 1) {
      const block = await this.#block(at);
      const raw = new Uint8Array(block.toRaw());
      const transactions = block.txs.map((transaction) => new Uint8Array(transaction.toRaw()));
      blocks.push({ height: at, raw, header: raw.slice(0, HEADER_BYTES), transactions });
    }
    return blocks;
  }

  /**
   * Ids of transactions in blocks that pay to a script or spend from it. The node's own index of
   * addresses is empty where its chain is kept on disk: its database lists nothing there.
   */
  idsByScript(scriptHex: string): readonly string[] {
    return [...(this.#byScript.get(scriptHex) ?? [])];
  }

  #index(block: Block): void {
    for (const transaction of block.txs) {
      const id = transaction.hash('hex');
      const note = (script: string): void => {
        const ids = this.#byScript.get(script) ?? new Set();
        this.#byScript.set(script, ids.add(id));
      };
      for (const { prevout } of transaction.inputs) {
        const script = this.#scripts.get(`${prevout.hash}:${prevout.index}`);
        if (script !== undefined) note(script);
      }
      for (const [index, { script }] of transaction.outputs.entries()) {
        const hex = script.toRaw().toString('hex');
        this.#scripts.set(`${id}:${index}`, hex);
        note(hex);
      }
    }
  }

  /** Calls back for every new block; the returned function ends it. */
  onBlock(listener: BlockListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Mines blocks of now, with what waits in the mempool. */
  mine(count = 1): Promise<void> {
    const mined = this.#mining.then(async () => {
      for (let index = 0; index < count; index += 1) await this.#mineAt();
    });
    this.#mining = mined.catch(() => undefined);
    return mined;
  }

  /** Mines a block every 15 seconds from now on, until `stop`. */
  startMining(): void {
    this.#timer ??= setInterval(() => {
      this.mine().catch(() => undefined);
    }, BLOCK_INTERVAL_MS);
  }

  /** A signed transaction that pays one output script out of block rewards; not yet sent. */
  async fundScript(script: Uint8Array, amountSat: bigint): Promise<Uint8Array> {
    const { height } = this.node.chain.tip;
    const coin = await this.#takeReward(height - COINBASE_MATURITY_BLOCKS);
    const transaction = new bcoin.MTX();
    transaction.addOutput(bcoin.Script.fromRaw(Buffer.from(script)), Number(amountSat));
    const changeAddress = this.#keyRing.getAddress();
    await transaction.fund([coin], { rate: FUNDING_RATE, changeAddress, height });
    transaction.sign(this.#keyRing);
    if (!transaction.isSigned()) throw new Error('A funding transaction could not be signed.');
    return new Uint8Array(transaction.toRaw());
  }

  /** Transactions taken by `broadcast` so far. */
  get transactionCount(): number {
    return this.#transactionCount;
  }

  /** Puts a raw transaction in the mempool; rejects with the node's reason if it is not taken. */
  async broadcast(raw: Uint8Array): Promise<void> {
    const transaction = bcoin.TX.fromRaw(Buffer.from(raw));
    const missing = await this.node.mempool.addTX(transaction);
    if (missing !== null) throw new Error(`Transaction ${transaction.txid()} lacks its parents.`);
    this.#transactionCount += 1;
  }

  /** Stops mining and closes the node; nothing stays open. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#listeners.clear();
    await this.#mining;
    await this.node.close();
  }

  /** Mines one block, of now unless a time is given. */
  async #mineAt(timeSec?: number): Promise<void> {
    const { chain, miner } = this.node;
    const job = await miner.createJob(chain.tip, this.#keyRing.getAddress());
    if (timeSec !== undefined) job.attempt.time = timeSec;
    if (!(await chain.add(job.mine()))) {
      throw new Error('The regtest chain did not take its own block.');
    }
  }

  /** The oldest reward that nobody has spent or been given, up to a height. */
  async #takeReward(highest: number): Promise<Coin> {
    while (this.#rewardHeight <= highest) {
      const height = this.#rewardHeight;
      this.#rewardHeight += 1;
      const reward = (await this.#block(height)).txs[0];
      const coin = reward && (await this.node.chain.getCoin(reward.hash('hex'), 0));
      if (coin) return coin;
    }
    throw new Error('The regtest chain has no block reward left that may be spent.');
  }

  async #block(height: number): Promise<Block> {
    const block = await this.node.chain.getBlock(height);
    if (!block) throw new Error(`The regtest chain has lost block ${height}.`);
    return block;
  }
}

function nowSec(): number {
  return Math.floor(Date.now() / 1000);
}
