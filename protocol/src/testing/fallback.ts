/** Payments to fallback addresses, in blocks that nobody mined: enough to be read, on regtest. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { bech32 } from '@scure/base';
import { buildChainReceipt, embed, scriptOfAddress } from '../index.ts';
import type { ChainReceiptDocument, SignedEvent } from '../index.ts';
import { hashOf } from './keys.ts';
import type { Loan } from './loan.ts';

/** An address of a key that nobody has, on a network by its prefix. */
export function addressFor(name: string, prefix = 'bcrt'): string {
  const program = hexToBytes(hashOf(name)).slice(0, 20);
  return bech32.encode(prefix, [0, ...bech32.toWords(program)]);
}

const twice = (...parts: Uint8Array[]): Uint8Array => sha256(sha256(concatBytes(...parts)));
const turned = (hex: string): Uint8Array => hexToBytes(hex).reverse();

function leastFirst(value: bigint, bytes: number): string {
  return bytesToHex(hexToBytes(value.toString(16).padStart(bytes * 2, '0')).reverse());
}

/** A transaction that pays some scripts in order, without witnesses, hex. */
export function payingTransaction(
  outputs: readonly { readonly script: string; readonly valueSat: bigint }[],
  seed = '',
): string {
  const sized = (hex: string): string => leastFirst(BigInt(hex.length / 2), 1) + hex;
  const paid = outputs.map(({ script, valueSat }) => leastFirst(valueSat, 8) + sized(script));
  const count = leastFirst(BigInt(outputs.length), 1);
  return `0200000001${hashOf(`input ${seed}`)}0000000000ffffffff${count}${paid.join('')}00000000`;
}

/** A header over a root, after another, of a time, whose hash is within its target. */
export function minedHeader(root: string, previous: string, timeSec: number): string {
  const time = leastFirst(BigInt(timeSec), 4);
  const head = `01000000${bytesToHex(turned(previous))}${bytesToHex(turned(root))}${time}ffff7f20`;
  for (let nonce = 0n; ; nonce += 1n) {
    const header = head + leastFirst(nonce, 4);
    if ((twice(hexToBytes(header))[31] ?? 255) < 0x7f) return header;
  }
}

/** What proves a transaction's output: six blocks, ten minutes apart, its own the first. */
export function proofOf(transaction: string, vout: number, valueSat: bigint, timeSec: number) {
  const id = twice(hexToBytes(transaction));
  const beside = hexToBytes(hashOf('beside'));
  const root = bytesToHex(twice(id, beside).reverse());
  const branch = { position: 0, hashes: [bytesToHex(beside.slice().reverse())] };
  const headers: string[] = [];
  let previous = hashOf('previous');
  for (let height = 0; height < 6; height += 1) {
    const over = height === 0 ? root : hashOf(`root ${height}`);
    const header = minedHeader(over, previous, timeSec + height * 600);
    previous = bytesToHex(twice(hexToBytes(header)).reverse());
    headers.push(header);
  }
  return { transaction, vout, valueSat: valueSat.toString(), branch, headers };
}

/** How something is paid on the chain, where it is not as it should be. */
export interface ChainOptions {
  readonly address?: string;
  readonly name?: string;
  readonly seed?: string;
  /** Signed so many seconds after the block. */
  readonly afterSec?: number;
  readonly changes?: Partial<ChainReceiptDocument>;
}

/** What a debtor signs once it has paid what it tendered to an address of the contract. */
export function payOnChain(
  loan: Loan,
  tendered: SignedEvent,
  valueSat: bigint,
  blockAtSec: number,
  options: ChainOptions = {},
): SignedEvent {
  const { name = 'business', seed = '', afterSec = 3_600, changes = {} } = options;
  const address = options.address ?? loan.contract.document.parties.investor.fallbackAddress ?? '';
  const script = scriptOfAddress(address, 'regtest');
  if (!script.ok) throw new Error(script.code);
  const change = { script: '51', valueSat: 1_000n };
  const paid = { script: script.value, valueSat };
  const transaction = payingTransaction([change, paid], seed);
  const [parsed] = loan.signing.read(tendered);
  if (!parsed) throw new Error('the tender does not read');
  const document: ChainReceiptDocument = {
    ...{ v: 1, type: 'chain', contract: loan.root, tender: embed(parsed.event) },
    ...proofOf(transaction, 1, valueSat, blockAtSec),
    ...{ prev: loan.heads(name), ...changes },
  };
  return loan.addAs(name, buildChainReceipt(document, blockAtSec + afterSec));
}
