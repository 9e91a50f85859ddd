/**
 * What a Bitcoin address of a network locks an output by. Spec: specs/tenders.md, "Fallback
 * address"; BIP-173, BIP-350 and the older addresses in base58.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { bech32, bech32m, createBase58check } from '@scure/base';
import type { BitcoinNetwork } from '../bonds/bond.ts';
import { ok, reject, type Result } from '../result.ts';

interface Prefixes {
  /** Before the 1 of a segwit address. */
  readonly segwit: string;
  /** First byte of an address in base58: of a key's hash, and of a script's. */
  readonly keyHash: number;
  readonly scriptHash: number;
}

const TESTS = { keyHash: 0x6f, scriptHash: 0xc4 };

const PREFIXES: Readonly<Record<BitcoinNetwork, Prefixes>> = {
  mainnet: { segwit: 'bc', keyHash: 0x00, scriptHash: 0x05 },
  testnet: { segwit: 'tb', ...TESTS },
  signet: { segwit: 'tb', ...TESTS },
  regtest: { segwit: 'bcrt', ...TESTS },
};

/** The longest address of any form (BIP-173). */
export const MAX_ADDRESS_LENGTH = 90;

const base58check = createBase58check(sha256);

/** Lengths of the program of witness version 0 (BIP-141), and of version 1 (BIP-341). */
const PROGRAM_BYTES: Readonly<Record<number, readonly number[]>> = { 0: [20, 32], 1: [32] };

/** OP_1 less one: versions of witness programs above 0 are opcodes from OP_1 on. */
const OP_RESERVED = 0x50;

function segwitScript(address: string, prefix: string): Uint8Array | undefined {
  if (!address.startsWith(`${prefix}1`)) return undefined;
  const words = bech32.decodeUnsafe(address)?.words;
  const modern = bech32m.decodeUnsafe(address)?.words;
  const [version, ...rest] = words ?? modern ?? [];
  // BIP-350: version 0 is written by the older checksum, all others by the newer one.
  if (version === undefined || (version === 0) !== (words !== undefined)) return undefined;
  const program = bech32.fromWordsUnsafe(rest);
  if (!program || !PROGRAM_BYTES[version]?.includes(program.length)) return undefined;
  const opcode = version === 0 ? 0 : OP_RESERVED + version;
  return concatBytes(Uint8Array.of(opcode, program.length), program);
}

function base58Script(address: string, prefixes: Prefixes): Uint8Array | undefined {
  try {
    const bytes = base58check.decode(address);
    const hash = bytes.subarray(1);
    if (hash.length !== 20) return undefined;
    // DUP HASH160 <hash> EQUALVERIFY CHECKSIG, or HASH160 <hash> EQUAL.
    if (bytes[0] === prefixes.keyHash) {
      return concatBytes(Uint8Array.of(0x76, 0xa9, 20), hash, Uint8Array.of(0x88, 0xac));
    }
    if (bytes[0] !== prefixes.scriptHash) return undefined;
    return concatBytes(Uint8Array.of(0xa9, 20), hash, Uint8Array.of(0x87));
  } catch {
    return undefined;
  }
}

/**
 * The output script of an address, in hex. Refuses with PAYOUT_ADDRESS what is no address of the
 * network: of a key's or a script's hash, of a witness program of version 0, or of taproot; the
 * last three in lower case, so that one address is one text.
 */
export function scriptOfAddress(address: string, network: BitcoinNetwork): Result<string> {
  const prefixes = PREFIXES[network];
  const script =
    address.length > MAX_ADDRESS_LENGTH
      ? undefined
      : (segwitScript(address, prefixes.segwit) ?? base58Script(address, prefixes));
  return script ? ok(bytesToHex(script)) : reject('PAYOUT_ADDRESS');
}
