/**
 * The Bitcoin chain of the local world: a bcoin regtest full node in this process and in memory.
 * It mines for itself, pays for channels out of its own block rewards, and hands every new block
 * to whoever listens.
 */
import bcoin, { type Block, type Coin, type FullNode, type KeyRing } from 'bcoin';
import { fromHex } from './ldk.ts';

/** Segwit is active on bcoin's regtest from block 432 on. */
const INITIAL_BLOCKS = 440;

/** What the initial blocks pretend to be apart, so that none bears a time in the future. */
const INITIAL_SPACING_SEC = 600;

/** Blocks before a block reward may be spent. */
const COINBASE_MATURITY_BLOCKS = 100;

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

/** Hears of every block connected to the chain, raw, with its height. */
export type BlockListener = (block: Uint8Array, height: number) => void;

/** A regtest chain that is its own and only miner. */
export class RegtestChain {
  /** The full node itself, with its transaction and address indexes. */
  readonly node: FullNode;
  readonly #keyRing: KeyRing;
  readonly #listeners = new Set<BlockListener>();
  readonly #rewards: { readonly coin: Coin; readonly height: number }[] = [];
  /** Blocks are mined one after another, whoever asks. */
  #mining: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  #transactionCount = 0;

  private constructor(node: FullNode, keyRing: KeyRing) {
    this.node = node;
    this.#keyRing = keyRing;
    node.on('error', () => undefined);
    node.on('connect', (entry, block) => {
      const raw = new Uint8Array(block.toRaw());
      for (const listener of this.#listeners) listener(raw, entry.height);
    });
  }

  /** Opens the node and mines until segwit is active; takes about a second. */
  static async open(): Promise<RegtestChain> {
    bcoin.Network.set('regtest');
    const node = new bcoin.FullNode({
      network: 'regtest',
      memory: true,
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
    const keyRing = bcoin.KeyRing.generate('regtest');
    keyRing.witness = true;
    const chain = new RegtestChain(node, keyRing);
    const startSec = nowSec() - INITIAL_BLOCKS * INITIAL_SPACING_SEC;
    for (let index = 1; index <= INITIAL_BLOCKS; index += 1) {
      await chain.#mineAt(startSec + index * INITIAL_SPACING_SEC);
    }
    return chain;
  }

  /** The last block. */
  tip(): ChainTip {
    const { height, hash, time } = this.node.chain.tip;
    return { height, hash: fromHex(hash), timeSec: time };
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
    const oldest = this.#rewards[0];
    if (!oldest || height - oldest.height < COINBASE_MATURITY_BLOCKS) {
      throw new Error('The regtest chain has no block reward left that may be spent.');
    }
    this.#rewards.shift();
    const transaction = new bcoin.MTX();
    transaction.addOutput(bcoin.Script.fromRaw(Buffer.from(script)), Number(amountSat));
    const changeAddress = this.#keyRing.getAddress();
    await transaction.fund([oldest.coin], { rate: FUNDING_RATE, changeAddress, height });
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
    const block: Block = job.mine();
    const entry = await chain.add(block);
    const reward = block.txs[0];
    if (!entry || !reward) throw new Error('The regtest chain did not take its own block.');
    this.#rewards.push({ coin: bcoin.Coin.fromTX(reward, 0, entry.height), height: entry.height });
  }
}

function nowSec(): number {
  return Math.floor(Date.now() / 1000);
}
