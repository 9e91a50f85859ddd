/** What the local chain knows of blocks, transactions and outputs, by their hashes as shown. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { scriptOfAddress } from '@realyield/protocol';
import bcoin from 'bcoin';
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

/** Blocks whose times the median time of a block is of (BIP 113). */
const MEDIAN_BLOCKS = 11;

const timeOf = ({ header }: ListedBlock): number =>
  new DataView(header.buffer, header.byteOffset).getUint32(68, true);

/** What a block of the chain is called, and its median time. */
export async function blockSummary(
  chain: RegtestChain,
  hash: string,
): Promise<{ readonly height: number; readonly mediantime: number } | undefined> {
  const entry = await chain.node.chain.getEntry(turned(hash));
  if (!entry) return undefined;
  const times: number[] = [];
  for (let height = entry.height; height >= 0 && times.length < MEDIAN_BLOCKS; height -= 1) {
    const block = await blockOf(chain, height);
    if (block) times.push(timeOf(block));
  }
  times.sort((a, b) => a - b);
  return { height: entry.height, mediantime: times[Math.floor(times.length / 2)] ?? entry.time };
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

/** What lies unspent at an address, as an Esplora server lists it. */
export async function outputsAt(chain: RegtestChain, address: string): Promise<unknown[]> {
  const { txs, locked } = await touching(chain, address);
  const found: unknown[] = [];
  for (const tx of txs) {
    for (const [vout, { value, script }] of tx.outputs.entries()) {
      if (script.toRaw().toString('hex') !== locked) continue;
      const coin = await chain.node.getCoin(tx.hash('hex'), vout);
      if (!coin) continue;
      const { height } = coin;
      const status = height < 0 ? { confirmed: false } : { confirmed: true, block_height: height };
      found.push({ txid: tx.txid(), vout, value, status });
    }
  }
  return found;
}

/** Transactions that pay to an address or spend from it. */
export async function transactionsOf(
  chain: RegtestChain,
  address: string,
): Promise<readonly PlacedTransaction[]> {
  const { txs } = await touching(chain, address);
  const placed = await Promise.all(txs.map((tx) => transactionOf(chain, tx.txid())));
  return placed.flatMap((each) => each ?? []);
}

/** In blocks by the chain's own index, in the mempool by bcoin's. */
async function touching(chain: RegtestChain, address: string) {
  const { node } = chain;
  const script = scriptOfAddress(address, 'regtest');
  if (!script.ok) throw new Error(script.code);
  const inBlocks = await Promise.all(chain.idsByScript(script.value).map((id) => node.getMeta(id)));
  // bcoin writes addresses of regtest with a prefix of its own.
  const lock = bcoin.Script.fromRaw(Buffer.from(hexToBytes(script.value)));
  const waiting = node.mempool.getTXByAddress(bcoin.Address.fromScript(lock));
  const txs = [...inBlocks.flatMap((meta) => (meta ? [meta.tx] : [])), ...waiting];
  return { txs, locked: script.value };
}

/** Whether an output is spent, in a block or in the mempool. */
export async function isSpent(
  { node }: RegtestChain,
  txid: string,
  vout: number,
): Promise<boolean> {
  return (await node.getCoin(turned(txid), vout)) === null;
}
