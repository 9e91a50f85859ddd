/** What the local chain knows of blocks, transactions and outputs, by their hashes as shown. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type { RegtestChain } from './chain.ts';

/** A transaction and where it stands. */
export interface PlacedTransaction {
  readonly raw: Uint8Array;
  /** Undefined while it waits in the mempool. */
  readonly height: number | undefined;
}

/** A block's header and what is in it. */
export interface ListedBlock {
  /** 80 bytes. */
  readonly header: Uint8Array;
  readonly txids: readonly string[];
}

const HEADER_BYTES = 80;

/** bcoin names things by their hash as it lies in a block; people read it turned round. */
const turned = (hex: string): string => bytesToHex(hexToBytes(hex).reverse());

/** The block at a height or of a hash. */
export async function blockOf(
  { node }: RegtestChain,
  which: number | string,
): Promise<ListedBlock | undefined> {
  const block = await node.chain.getBlock(typeof which === 'string' ? turned(which) : which);
  return block
    ? {
        header: new Uint8Array(block.toRaw().subarray(0, HEADER_BYTES)),
        txids: block.txs.map((transaction) => transaction.txid()),
      }
    : undefined;
}

/** A transaction of the chain or the mempool. */
export async function transactionOf(
  { node }: RegtestChain,
  txid: string,
): Promise<PlacedTransaction | undefined> {
  const found = await node.getMeta(turned(txid));
  if (!found) return undefined;
  const height = found.height < 0 ? undefined : found.height;
  return { raw: new Uint8Array(found.tx.toRaw()), height };
}

/** Whether an output is spent, in a block or in the mempool. */
export async function isSpent(
  { node }: RegtestChain,
  txid: string,
  vout: number,
): Promise<boolean> {
  return (await node.getCoin(turned(txid), vout)) === null;
}
