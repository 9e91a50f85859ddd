/** The port through which the engine asks about the Bitcoin chain. Adapters: web/lib/chain. */
import type { BitcoinNetwork, BlockReport, Outpoint, SourceAnswer } from '@realyield/protocol';

/** A block that a source says is the newest: a step that names it is no older. */
export interface KnownBlock {
  readonly height: number;
  readonly hash: string;
  readonly medianTimeSec: number;
}

/** Who says which block is the newest. */
export interface BlockSource {
  /** Undefined where it does not answer, or nothing that can be; never rejects. */
  newestBlock(): Promise<KnownBlock | undefined>;
}

/** Who says which block is at a height. */
export interface BlockLookup {
  /** Its address, for people. */
  readonly name: string;
  /** Undefined where it does not answer, or nothing that can be; never rejects. */
  blockAt(height: number): Promise<BlockReport | undefined>;
}

/** The sources that are asked about blocks which others name, and of which network they are. */
export interface BlockLookups {
  readonly network: BitcoinNetwork;
  readonly sources: readonly BlockLookup[];
}

/** The chain as a session reaches it. */
export interface ChainPort {
  /** The newest block of a network, or of the one its person looks at; never rejects. */
  newestBlock(network?: BitcoinNetwork): Promise<KnownBlock | undefined>;
  /** The sources its person has for a network; without them no payout is signed or sent. */
  sources?(network?: BitcoinNetwork): Promise<readonly ChainSource[]>;
  /** The same, for blocks that others name; without them those are not checked. */
  blockLookups?(network?: BitcoinNetwork): Promise<BlockLookups>;
}

/** An unspent output at an address, as a source says; a bond is proven by `lookUp`. */
export interface OutputAt {
  readonly outpoint: Outpoint;
  readonly valueSat: bigint;
  /** The block it is in; undefined while it waits. */
  readonly height: number | undefined;
}

/** A source of the chain, as somebody chose it. */
export interface ChainSource extends BlockSource {
  /** Its address, for people. */
  readonly name: string;
  /** How many requests it has made. */
  readonly requests: number;
  /** What it says about an output; never rejects. */
  lookUp(outpoint: Outpoint): Promise<SourceAnswer>;
  /** What lies unspent at an address; undefined where it does not answer. Never rejects. */
  outputsAt(address: string): Promise<readonly OutputAt[] | undefined>;
  /** What a block within the hour costs, sat/vB; undefined without an answer. Never rejects. */
  feeRate(): Promise<number | undefined>;
  /** Hands a signed transaction to the network: undefined when taken, else the source's words. */
  broadcast(transactionHex: string): Promise<string | undefined>;
}
