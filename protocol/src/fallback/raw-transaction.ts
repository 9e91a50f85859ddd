/**
 * A transaction as bytes, read for what it pays and nothing else, without a library for wallets.
 * Spec: specs/tenders.md, "Chain receipt"; Bitcoin's transaction format, BIP-144.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { MAX_SATOSHIS } from '../money.ts';
import { ok, reject, type Result } from '../result.ts';

/** What a transaction pays, and its id. */
export interface RawTransaction {
  /** As shown to people. */
  readonly txid: string;
  /** Without witnesses, hex: what the id is the hash of. */
  readonly plainHex: string;
  readonly outputs: readonly { readonly valueSat: bigint; readonly scriptPubKey: string }[];
}

/** Reads bytes from the front; throws where there are none left. */
class Cursor {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  take(count: number): Uint8Array {
    const taken = this.bytes.subarray(this.at, this.at + count);
    if (taken.length !== count) throw new RangeError('the transaction ends too early');
    this.at += count;
    return taken;
  }

  /** An unsigned integer, least byte first. */
  integer(count: number): bigint {
    return BigInt(`0x${bytesToHex(this.take(count).slice().reverse())}`);
  }

  /** A count of things or bytes, as Bitcoin writes one. */
  count(): number {
    const [first = 0] = this.take(1);
    if (first < 0xfd) return first;
    return Number(this.integer({ 0xfd: 2, 0xfe: 4, 0xff: 8 }[first] ?? 8));
  }
}

function times<T>(count: number, make: () => T): T[] {
  const made: T[] = [];
  // A count that is too great runs out of bytes.
  for (let index = 0; index < count; index += 1) made.push(make());
  return made;
}

function parse(bytes: Uint8Array): RawTransaction {
  const cursor = new Cursor(bytes);
  const version = cursor.take(4);
  // BIP-144: a marker of 0 and a flag of 1 stand where the number of inputs would.
  const hasWitness = bytes[4] === 0 && bytes[5] === 1;
  if (hasWitness) cursor.take(2);
  const from = cursor.at;
  const inputs = cursor.count();
  times(inputs, () => {
    cursor.take(36);
    cursor.take(cursor.count());
    cursor.take(4);
  });
  const outputs = times(cursor.count(), () => {
    const valueSat = cursor.integer(8);
    return { valueSat, scriptPubKey: bytesToHex(cursor.take(cursor.count())) };
  });
  const body = bytes.subarray(from, cursor.at);
  if (hasWitness) times(inputs, () => times(cursor.count(), () => cursor.take(cursor.count())));
  const lockTime = cursor.take(4);
  const isWhole = cursor.at === bytes.length && inputs > 0 && outputs.length > 0;
  if (!isWhole || outputs.some(({ valueSat }) => valueSat > MAX_SATOSHIS)) {
    throw new RangeError('this is no transaction');
  }
  const plain = concatBytes(version, body, lockTime);
  const txid = bytesToHex(sha256(sha256(plain)).reverse());
  return { txid, plainHex: bytesToHex(plain), outputs };
}

/** Reads a transaction from hex, with or without witnesses; refuses with CHAIN_TRANSACTION. */
export function readRawTransaction(hex: string): Result<RawTransaction> {
  if (!/^([0-9a-f]{2})+$/.test(hex)) return reject('CHAIN_TRANSACTION');
  try {
    return ok(parse(hexToBytes(hex)));
  } catch {
    return reject('CHAIN_TRANSACTION');
  }
}
