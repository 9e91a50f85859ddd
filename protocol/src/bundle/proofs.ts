/**
 * Proofs of the Bitcoin chain in an evidence bundle: a transaction, the way from it to its block,
 * and the block's header, one to a line. Spec: specs/bundle.md, "Chain".
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { BitcoinNetwork } from '../bonds/bond.ts';
import { checkInclusion, readBlockHeader, type BlockHeader } from '../bonds/inclusion.ts';
import type { OutputReport } from '../bonds/standing.ts';
import { readRawTransaction, type RawTransaction } from '../fallback/raw-transaction.ts';
import { ok, reject, type Result } from '../result.ts';

/** What shows that a transaction lies in a block. */
export interface ChainProof {
  /** What whoever was asked said; a header does not say its height. */
  readonly height: number;
  /** Of the block, 80 bytes in hex. */
  readonly header: string;
  readonly position: number;
  readonly hashes: readonly string[];
  /** Raw hex, with or without witnesses. */
  readonly transaction: string;
}

/** A transaction that a proof shows to lie in a block. */
export interface ProvenTransaction extends Pick<RawTransaction, 'txid' | 'outputs'> {
  readonly height: number;
  readonly block: BlockHeader;
}

/** The line between events and proofs. */
export const CHAIN_LINE = '],"chain":[';

const HEX = '([0-9a-f]{64})';
const NUMBER = '(0|[1-9]\\d{0,8})';
const LINE = new RegExp(
  `^\\{"height":${NUMBER},"header":"([0-9a-f]{160})","position":${NUMBER},` +
    `"hashes":\\[((?:"[0-9a-f]{64}",?)*)\\],"transaction":"([0-9a-f]+)","sha256":"${HEX}"\\}$`,
);

function bodyOf({ height, header, position, hashes, transaction }: ChainProof): string {
  return JSON.stringify({ height, header, position, hashes, transaction });
}

/** A proof as its line, without the comma. */
export function proofLine(proof: ChainProof): string {
  const read = readRawTransaction(proof.transaction);
  // EB-10: "…the transaction is without witnesses…"
  const body = bodyOf(read.ok ? { ...proof, transaction: read.value.plainHex } : proof);
  return `${body.slice(0, -1)},"sha256":"${bytesToHex(sha256(utf8ToBytes(body)))}"}`;
}

/** Reads a line of a proof; nothing where it is not one as it is written. */
export function readProofLine(text: string): (ChainProof & { isDamaged: boolean }) | undefined {
  const [, height, header, position, list, transaction, digest] = LINE.exec(text) ?? [];
  if (header === undefined || transaction === undefined) return undefined;
  const hashes = (list ?? '').match(/[0-9a-f]{64}/g) ?? [];
  const proof = {
    ...{ height: Number(height), header, position: Number(position) },
    ...{ hashes: [...hashes], transaction },
  };
  const body = bodyOf(proof);
  // One comma too many in its list, and it is not the line that would be written.
  if (!text.startsWith(`${body.slice(0, -1)},`)) return undefined;
  // EB-11: "…as `BUNDLE_PROOF` one that is not what its own digest is of…"
  return { ...proof, isDamaged: bytesToHex(sha256(utf8ToBytes(body))) !== digest };
}

/** What a proof shows on a network; refuses with a code of the chain. */
export function proveTransaction(
  { height, header, position, hashes, transaction }: ChainProof,
  network: BitcoinNetwork,
): Result<ProvenTransaction> {
  const read = readRawTransaction(transaction);
  if (!read.ok) return read;
  const { txid, plainHex, outputs } = read.value;
  const block = readBlockHeader(header);
  if (!block.ok) return block;
  // EB-11: "…by the codes of the chain (BD-10 to BD-12) one that does not hold on the network of
  // the contract…"
  const stripped = { txid, strippedBytes: plainHex.length / 2 };
  const held = checkInclusion(stripped, { position, hashes }, block.value, network);
  return held.ok ? ok({ txid, outputs, height, block: block.value }) : held;
}

/** `proveTransaction` of a proof that a bundle holds: as it is written, without witnesses. */
export function proveWritten(
  proof: ChainProof,
  network: BitcoinNetwork,
): Result<ProvenTransaction> {
  const read = readRawTransaction(proof.transaction);
  const isPlain = !read.ok || read.value.plainHex === proof.transaction;
  return isPlain ? proveTransaction(proof, network) : reject('CHAIN_TRANSACTION', 'witnesses');
}

/** The proof in what a source of the chain answered; nothing while the transaction waits. */
export function proofIn({ transaction, block }: OutputReport): ChainProof | undefined {
  if (!block) return undefined;
  const { height, header, branch } = block;
  return { height, header, ...branch, transaction };
}
