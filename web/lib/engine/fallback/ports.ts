/** The port through which the engine watches a Bitcoin address. Adapters: web/lib/chain. */
import type { BlockSource } from '../bonds/ports.ts';

/** An output that pays to an address, as a source says. */
export interface SeenOutput {
  readonly txid: string;
  readonly vout: number;
  readonly valueSat: bigint;
  /** Of its block; undefined while it waits for one. */
  readonly height: number | undefined;
}

/** What a source says proves a transaction; the protocol checks it. */
export interface ChainProof {
  /** Hex, with witnesses or without. */
  readonly transaction: string;
  readonly branch: { readonly position: number; readonly hashes: readonly string[] };
  /** Its block's header and those after it, hex. */
  readonly headers: readonly string[];
}

/** A source of the chain that can be asked about an address. */
export interface AddressSource extends BlockSource {
  /** What pays to an output script, in blocks or before; undefined where it does not say. */
  outputsTo(address: string, scriptPubKey: string): Promise<readonly SeenOutput[] | undefined>;
  /** What proves a transaction by so many blocks; undefined where it does not say. */
  prove(txid: string, blocks: number): Promise<ChainProof | undefined>;
}
