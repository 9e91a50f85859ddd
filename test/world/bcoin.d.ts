/** The little of bcoin that the local chain uses; the package carries no types of its own. */
declare module 'bcoin' {
  interface ChainEntry {
    readonly height: number;
    /** Block hash as hex, little-endian as in a header. */
    readonly hash: string;
    /** Header time, Unix seconds. */
    readonly time: number;
  }

  interface Coin {
    readonly value: number;
    /** Of the transaction, little-endian. */
    readonly hash: string;
    readonly index: number;
    /** -1 while it is in the mempool. */
    readonly height: number;
  }

  interface Transaction {
    txid(): string;
    hash(encoding: 'hex'): string;
    toRaw(): Buffer;
    readonly inputs: readonly {
      readonly prevout: { readonly hash: string; readonly index: number };
    }[];
    readonly outputs: readonly {
      readonly value: number;
      readonly script: { toRaw(): Buffer };
    }[];
  }

  interface Block {
    readonly txs: readonly Transaction[];
    toRaw(): Buffer;
  }

  interface MiningJob {
    readonly attempt: { time: number };
    mine(): Block;
  }

  interface KeyRing {
    getAddress(): object;
  }

  interface Chain {
    readonly tip: ChainEntry;
    add(block: Block): Promise<ChainEntry | null>;
    getEntry(which: number | string): Promise<ChainEntry | null>;
    getBlock(which: number | string): Promise<Block | null>;
    /** Resolves null when the output is spent or never was. */
    getCoin(transactionHash: string, index: number): Promise<Coin | null>;
  }

  interface Mempool {
    /** Resolves null when taken, a list of missing parents when not; throws when invalid. */
    addTX(transaction: Transaction): Promise<readonly string[] | null>;
    /** What pays to an address or spends from it, of what is in no block. */
    getTXByAddress(address: object): readonly Transaction[];
  }

  interface FullNode {
    readonly chain: Chain;
    readonly mempool: Mempool;
    readonly miner: { createJob(tip: ChainEntry, address: object): Promise<MiningJob> };
    ensure(): Promise<void>;
    open(): Promise<void>;
    /** A transaction and its height, -1 while it is in the mempool. */
    getMeta(hash: string): Promise<{ readonly tx: Transaction; readonly height: number } | null>;
    /** Resolves null when the output is spent, in the mempool too, or never was. */
    getCoin(transactionHash: string, index: number): Promise<Coin | null>;
    close(): Promise<void>;
    on(name: 'connect', listener: (entry: ChainEntry, block: Block) => void): void;
    on(name: 'error', listener: (error: unknown) => void): void;
  }

  interface MutableTransaction {
    addOutput(script: object, valueSat: number): void;
    fund(
      coins: readonly Coin[],
      options: { rate: number; changeAddress: object; height: number },
    ): Promise<unknown>;
    sign(ring: KeyRing): number;
    isSigned(): boolean;
    toRaw(): Buffer;
  }

  const bcoin: {
    readonly FullNode: new (options: object) => FullNode;
    readonly MTX: new () => MutableTransaction;
    readonly Network: { set(name: 'regtest'): void };
    readonly Address: { fromScript(script: object): object };
    readonly KeyRing: {
      generate(network: 'regtest'): KeyRing & { witness: boolean };
      fromPrivate(secretKey: Buffer): KeyRing & { witness: boolean };
    };
    readonly Script: { fromRaw(raw: Buffer): object };
    readonly TX: { fromRaw(raw: Buffer): Transaction };
  };
  export type { Block, Chain, ChainEntry, Coin, FullNode, KeyRing, Transaction };
  export default bcoin;
}
