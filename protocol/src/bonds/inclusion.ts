/**
 * That a transaction lies in a block somebody paid work for: the Merkle branch, and the work of
 * the block itself. It says nothing about whether an output was spent since. Spec: specs/bonds.md,
 * "Chain"; Bitcoin's block header and Merkle tree.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { ok, reject, type Result } from '../result.ts';
import type { BitcoinNetwork } from './bond.ts';
import type { ChainTransaction } from './transaction.ts';

/** A block by its own 80 bytes. */
export interface BlockHeader {
  /** As shown to people, hex. */
  readonly hash: string;
  readonly previousHash: string;
  readonly merkleRoot: string;
  /** What the miner's clock said, Unix seconds. */
  readonly timeSec: number;
  /** The greatest hash the block may have, by its own difficulty. */
  readonly target: bigint;
}

/** A transaction's place in a block. */
export interface MerkleBranch {
  /** Its number in the block, from 0. */
  readonly position: number;
  /** The hashes beside the way to the root, lowest first, as shown to people. */
  readonly hashes: readonly string[];
}

/** No block of 4 MB holds more than 2^17 transactions. */
const MAX_DEPTH = 17;

/** A transaction of this many bytes could be a pair of hashes of the tree. */
const PAIR_BYTES = 64;

/**
 * The least work of a block that is believed, in hashes. On mainnet a fortieth of what any block
 * has taken since January 2020, when the first bond of BIP-46 ends: nobody pays for that to show
 * one bond that is none. Test networks have no work to speak of: their least difficulty.
 */
const LEAST_WORK: Readonly<Record<BitcoinNetwork, bigint>> = {
  mainnet: 1n << 70n,
  testnet: 1n << 32n,
  signet: 1n << 22n,
  regtest: 1n,
};

/** The hash of a block header as shown to people: its bytes turned round, hex. */
export function shownHash(bytes: Uint8Array): string {
  return bytesToHex(sha256(sha256(bytes)).reverse());
}

function turned(hex: string): Uint8Array {
  return hexToBytes(hex).reverse();
}

/** Expands the compact target of a header; undefined where it is negative, zero or too large. */
function targetOf(bits: number): bigint | undefined {
  const exponent = bits >>> 24;
  const mantissa = bits & 0x7f_ffff;
  if ((bits & 0x80_0000) !== 0 || mantissa === 0 || exponent > 32) return undefined;
  const shift = 8 * (exponent - 3);
  const target = shift >= 0 ? BigInt(mantissa) << BigInt(shift) : BigInt(mantissa >> -shift);
  return target > 0n && target < 1n << 256n ? target : undefined;
}

/** Reads a header of 80 bytes in hex whose hash is within its own target. */
export function readBlockHeader(hex: string): Result<BlockHeader> {
  if (!/^[0-9a-f]{160}$/.test(hex)) return reject('CHAIN_BLOCK');
  const bytes = hexToBytes(hex);
  const view = new DataView(bytes.buffer);
  const target = targetOf(view.getUint32(72, true));
  const hash = shownHash(bytes);
  // BD-12: "…refuse as `CHAIN_BLOCK` a header whose hash is above the target it names itself…"
  if (target === undefined || BigInt(`0x${hash}`) > target) return reject('CHAIN_BLOCK');
  return ok({
    hash,
    previousHash: bytesToHex(bytes.slice(4, 36).reverse()),
    merkleRoot: bytesToHex(bytes.slice(36, 68).reverse()),
    timeSec: view.getUint32(68, true),
    target,
  });
}

/** Hashes that had to be tried for such a block, on average (Bitcoin Core's block proof). */
export function workOf({ target }: BlockHeader): bigint {
  return (1n << 256n) / (target + 1n);
}

/** Where a transaction says how many inputs it has, and how long the first one's script is. */
const INPUT_COUNT_AT = 4;
const SCRIPT_LENGTH_AT = 41;

/** What the scripts of a transaction of 64 bytes come to: all else in it takes 60. */
const SCRIPT_BYTES = 4;

/** Whether two hashes read as a transaction of 64 bytes, which has one input and one output. */
function isTransaction(pair: Uint8Array): boolean {
  const inputScript = pair[SCRIPT_LENGTH_AT] ?? 0;
  if (pair[INPUT_COUNT_AT] !== 1 || inputScript > SCRIPT_BYTES) return false;
  // After the script and its sequence: how many outputs, a value of eight bytes, the other script.
  const outputsAt = SCRIPT_LENGTH_AT + 1 + inputScript + 4;
  return pair[outputsAt] === 1 && pair[outputsAt + 9] === SCRIPT_BYTES - inputScript;
}

/**
 * The root that a leaf and the hashes beside its way lead to, all as shown to people; undefined
 * where the way leads through what may be a transaction.
 */
function rootOf(txid: string, { position, hashes }: MerkleBranch): string | undefined {
  let node = turned(txid);
  let place = position;
  for (const beside of hashes) {
    const other = turned(beside);
    const pair = place % 2 === 1 ? concatBytes(other, node) : concatBytes(node, other);
    // BD-11: "…and as `CHAIN_BRANCH` a branch on whose way two hashes, put together, read as one
    // (one input, one output)…"
    if (isTransaction(pair)) return undefined;
    node = sha256(sha256(pair));
    place = Math.floor(place / 2);
  }
  return bytesToHex(node.reverse());
}

/** Whether a branch leads from a transaction's id to the root of a block. */
export function checkBranch(txid: string, branch: MerkleBranch, header: BlockHeader): boolean {
  const { position, hashes } = branch;
  const isBranch =
    hashes.length <= MAX_DEPTH &&
    hashes.every((hash) => /^[0-9a-f]{64}$/.test(hash)) &&
    Number.isSafeInteger(position) &&
    position >= 0 &&
    position < 2 ** hashes.length;
  // BD-10: "…refuse as `CHAIN_BRANCH` a branch that does not lead from the transaction's id to the
  // root of the header…"
  return isBranch && rootOf(txid, branch) === header.merkleRoot;
}

/** Whether a block took the least work that is believed on a network. */
export function isWorked(header: BlockHeader, network: BitcoinNetwork): boolean {
  return workOf(header) >= LEAST_WORK[network];
}

/** Checks that a transaction is in a block of enough work; refuses with a code of the chain. */
export function checkInclusion(
  transaction: Pick<ChainTransaction, 'txid' | 'strippedBytes'>,
  branch: MerkleBranch,
  header: BlockHeader,
  network: BitcoinNetwork,
): Result<BlockHeader> {
  // BD-11: "…refuse as `CHAIN_TRANSACTION` a transaction of 64 bytes without witnesses…"
  if (transaction.strippedBytes === PAIR_BYTES) return reject('CHAIN_TRANSACTION', '64 bytes');
  if (!checkBranch(transaction.txid, branch, header)) return reject('CHAIN_BRANCH');
  return isWorked(header, network) ? ok(header) : reject('CHAIN_BLOCK', 'work');
}
