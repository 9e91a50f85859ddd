/** The port through which the engine asks about the Bitcoin chain. Adapters: web/lib/chain. */
import type { Outpoint, SourceAnswer } from '@realyield/protocol';

/** A source of the chain, as somebody chose it. */
export interface ChainSource {
  /** Its address, for people. */
  readonly name: string;
  /** How many requests it has made. */
  readonly requests: number;
  /** What it says about an output; never rejects. */
  lookUp(outpoint: Outpoint): Promise<SourceAnswer>;
  /** Hands a signed transaction to the network: undefined when taken, else the source's words. */
  broadcast(transactionHex: string): Promise<string | undefined>;
}
