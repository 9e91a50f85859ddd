/** Lightning invoices (BOLT 11) written from named keys, well formed or spoilt in one way. */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { bech32, hex } from '@scure/base';
import { hashOf, secretOf } from './keys.ts';

/** What an invoice says. */
export interface InvoiceFields {
  readonly paymentHash: string;
  /** No amount at all when undefined. */
  readonly amountMsat?: bigint | undefined;
  readonly createdAtSec: number;
  readonly expirySec: number;
  /** Human-readable prefix of the network: bc, tb, tbs, bcrt. */
  readonly currency?: string;
  /** The amount as written, where it is not `amountMsat`. */
  readonly amountText?: string;
  /** Tags left out. */
  readonly without?: readonly string[];
  /** Recovery id written instead of the right one. */
  readonly recoveryId?: number;
}

const ALPHABET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

function numberWords(value: number, length: number): number[] {
  const words: number[] = [];
  for (let place = length - 1; place >= 0; place -= 1) {
    words.push(Math.floor(value / 32 ** place) % 32);
  }
  return words;
}

/** The text of an invoice, signed by the node of a named key. */
export function writeInvoice(node: string, fields: InvoiceFields): string {
  const amount = fields.amountMsat === undefined ? '' : `${fields.amountMsat * 10n}p`;
  const prefix = `ln${fields.currency ?? 'bcrt'}${fields.amountText ?? amount}`;
  const tags: [string, number[]][] = [
    ['p', bech32.toWords(hex.decode(fields.paymentHash))],
    ['s', bech32.toWords(hex.decode(hashOf('payment secret')))],
    ['d', bech32.toWords(utf8ToBytes('Real Yield'))],
    ['x', numberWords(fields.expirySec, 6)],
  ];
  const tagged = tags
    .filter(([tag]) => fields.without?.includes(tag) !== true)
    .flatMap(([tag, words]) => [
      ALPHABET.indexOf(tag),
      Math.floor(words.length / 32),
      words.length % 32,
      ...words,
    ]);
  const words = [...numberWords(fields.createdAtSec, 7), ...tagged];
  const bits = words.map((word) => word.toString(2).padStart(5, '0')).join('');
  const bytes = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g) ?? [];
  const signed = [...utf8ToBytes(prefix), ...bytes.map((byte) => parseInt(byte, 2))];
  const signature = secp256k1.Signature.fromBytes(
    secp256k1.sign(sha256(Uint8Array.from(signed)), secretOf(node), {
      prehash: false,
      format: 'recovered',
    }),
    'recovered',
  );
  const recoveryId = fields.recoveryId ?? signature.recovery ?? 0;
  const compact = new secp256k1.Signature(signature.r, signature.s).toBytes();
  const tail = bech32.toWords(Uint8Array.from([...compact, recoveryId]));
  return bech32.encode(prefix as `${string}1`, [...words, ...tail], false);
}
