/** Official BOLT 11 examples, refusals one by one, and fuzzing of the invoice reader. */
import { readFileSync } from 'node:fs';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bech32, hex } from '@scure/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MAX_INVOICE_LENGTH, parseBolt11, type Bolt11Invoice } from './bolt11.ts';
import type { RejectCode } from './result.ts';

const vectors = z
  .object({
    privateKey: z.string(),
    defaults: z.record(z.string(), z.unknown()),
    valid: z.array(
      z.object({
        comment: z.string(),
        invoice: z.string(),
        expect: z.record(z.string(), z.unknown()),
      }),
    ),
    invalid: z.array(z.object({ comment: z.string(), invoice: z.string(), code: z.string() })),
  })
  .parse(JSON.parse(readFileSync(new URL('./bolt11.vectors.json', import.meta.url), 'utf8')));

const ALPHABET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const CURVE_ORDER = secp256k1.Point.Fn.ORDER;
const key = hex.decode(vectors.privateKey);
const nodeId = hex.encode(secp256k1.getPublicKey(key));
const hash = bech32.toWords(new Uint8Array(32).fill(1));

type Fields = readonly (readonly [tag: string, words: readonly number[]])[];

interface Signing {
  readonly prefix?: string;
  readonly highS?: boolean;
  readonly recoveryId?: number;
}

/** Signs and writes an invoice of any fields, well formed or not. */
function writeInvoice(fields: Fields, signing: Signing = {}): string {
  const prefix = signing.prefix ?? 'lnbcrt10u';
  const tagged = fields.flatMap(([tag, words]) => [
    ALPHABET.indexOf(tag),
    Math.floor(words.length / 32),
    words.length % 32,
    ...words,
  ]);
  const words = [1, 12, 18, 31, 28, 25, 2, ...tagged];
  const bits = words.map((word) => word.toString(2).padStart(5, '0')).join('');
  const bytes = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g) ?? [];
  const signed = [...new TextEncoder().encode(prefix), ...bytes.map((byte) => parseInt(byte, 2))];
  const digest = sha256(Uint8Array.from(signed));
  const options = { prehash: false, format: 'recovered' } as const;
  const signature = secp256k1.Signature.fromBytes(
    secp256k1.sign(digest, key, options),
    'recovered',
  );
  const highS = signing.highS === true;
  const compact = new secp256k1.Signature(
    signature.r,
    highS ? CURVE_ORDER - signature.s : signature.s,
  ).toBytes();
  const recoveryId = signing.recoveryId ?? (signature.recovery ?? 0) ^ (highS ? 1 : 0);
  const tail = bech32.toWords(Uint8Array.from([...compact, recoveryId]));
  return bech32.encode(prefix, [...words, ...tail], false);
}

const text = (value: string): number[] => bech32.toWords(new TextEncoder().encode(value));
const basic: Fields = [
  ['p', hash],
  ['s', hash],
  ['d', text('hours')],
];

function codeOf(invoice: unknown): RejectCode | 'accepted' {
  const result = parseBolt11(invoice);
  return result.ok ? 'accepted' : result.code;
}

function decode(invoice: string): Bolt11Invoice {
  const result = parseBolt11(invoice);
  if (!result.ok) throw new Error(`${result.code} ${result.detail ?? ''}`);
  return result.value;
}

describe('official examples', () => {
  it.each(vectors.valid)('reads: $comment', ({ invoice, expect: differs }) => {
    const { paymentRequest, amountMsat, expiresAtSec, ...rest } = decode(invoice);
    const { amountMsat: expectedMsat, ...expected } = differs;
    expect(rest).toEqual({ ...vectors.defaults, ...expected });
    expect(amountMsat?.toString()).toBe(expectedMsat);
    expect(expiresAtSec).toBe(rest.createdAtSec + rest.expirySec);
    expect(paymentRequest).toBe(invoice.toLowerCase());
  });

  it.each(vectors.invalid)('refuses: $comment', ({ invoice, code }) => {
    expect(codeOf(invoice)).toBe(code);
  });
});

describe('networks and amounts', () => {
  const amounts = [
    ['lnbc', 'mainnet', undefined],
    ['lntb1', 'testnet', 100_000_000_000n],
    ['lntbs10m', 'signet', 1_000_000_000n],
    ['lnbcrt7n', 'regtest', 700n],
    ['lnbcrt10p', 'regtest', 1n],
    ['lnbc21000000', 'mainnet', 2_100_000_000_000_000_000n],
  ] as const;
  it.each(amounts)('%s is %s, %s msat', (prefix, network, amountMsat) => {
    expect(decode(writeInvoice(basic, { prefix }))).toMatchObject({ network, amountMsat });
  });

  const wrong = [
    ['lnxy10u', 'INVOICE_NETWORK'],
    ['bc10u', 'INVOICE_ENCODING'],
    ['lnbc0u', 'INVOICE_AMOUNT_ENCODING'],
    ['lnbc010u', 'INVOICE_AMOUNT_ENCODING'],
    ['lnbc10k', 'INVOICE_AMOUNT_ENCODING'],
    ['lnbc10uu', 'INVOICE_AMOUNT_ENCODING'],
    ['lnbc11p', 'INVOICE_AMOUNT_ENCODING'],
    ['lnbc21000001', 'INVOICE_AMOUNT_ENCODING'],
    [`lnbc${'9'.repeat(60)}`, 'INVOICE_AMOUNT_ENCODING'],
  ] as const;
  it.each(wrong)('%s is refused with %s', (prefix, code) => {
    expect(codeOf(writeInvoice(basic, { prefix }))).toBe(code);
  });
});

describe('fields', () => {
  const huge = new Array<number>(20).fill(31);
  const refused: readonly (readonly [string, Fields])[] = [
    ['without payment hash', basic.filter(([tag]) => tag !== 'p')],
    ['payment hash of another length only', [['p', hash.slice(1)], ...basic.slice(1)]],
    ['two payment hashes', [...basic, ['p', hash]]],
    ['two expiries', [...basic, ['x', [1]], ['x', [2]]]],
    ['neither text nor hash of it', basic.filter(([tag]) => tag !== 'd')],
    ['both text and hash of it', [...basic, ['h', hash]]],
    ['text that is not UTF-8', [...basic.slice(0, 2), ['d', bech32.toWords(Uint8Array.of(255))]]],
    ['expiry beyond any number', [...basic, ['x', huge]]],
    ['expiry of five kilobits', [...basic, ['x', new Array<number>(1023).fill(31)]]],
    ['block delta beyond any number', [...basic, ['c', huge]]],
  ];
  it.each(refused)('refuses an invoice with or %s', (_, fields) => {
    expect(codeOf(writeInvoice(fields))).toBe('INVOICE_FIELDS');
  });

  it('refuses a field that runs into the signature', () => {
    const { prefix, words } = bech32.decode(writeInvoice(basic) as `${string}1${string}`, false);
    const start = words.length - 104 - 3 - text('hours').length;
    words[start + 1] = 31;
    expect(codeOf(bech32.encode(prefix, words, false))).toBe('INVOICE_FIELDS');
  });

  it('skips unknown fields and unknown fallback versions', () => {
    const more: Fields = [...basic, ['v', [3]], ['f', [19, 1, 2]], ['f', []]];
    expect(decode(writeInvoice(more)).fallbackAddresses).toEqual([]);
  });

  it('reads an empty description as a description', () => {
    const fields: Fields = [...basic.slice(0, 2), ['d', []]];
    expect(decode(writeInvoice(fields)).description).toBe('');
  });
});

describe('signatures', () => {
  const named: Fields = [...basic, ['n', bech32.toWords(hex.decode(nodeId))]];
  const stranger = secp256k1.getPublicKey(new Uint8Array(32).fill(7));
  const misnamed: Fields = [...basic, ['n', bech32.toWords(stranger)]];

  it('accepts the n field the signature fits, whatever the recovery id', () => {
    expect(decode(writeInvoice(named)).payeeNodeId).toBe(nodeId);
    expect(decode(writeInvoice(named, { recoveryId: 3 })).payeeNodeId).toBe(nodeId);
  });

  it('refuses another n field, a high-S signature beside it, and no key at all', () => {
    const noPoint: Fields = [...basic, ['n', bech32.toWords(new Uint8Array(33).fill(255))]];
    expect(codeOf(writeInvoice(misnamed))).toBe('INVOICE_SIGNATURE');
    expect(codeOf(writeInvoice(named, { highS: true }))).toBe('INVOICE_SIGNATURE');
    expect(codeOf(writeInvoice(noPoint))).toBe('INVOICE_SIGNATURE');
  });

  it('recovers the key from either form of S', () => {
    expect(decode(writeInvoice(basic)).payeeNodeId).toBe(nodeId);
    expect(decode(writeInvoice(basic, { highS: true })).payeeNodeId).toBe(nodeId);
  });

  it('refuses a recovery id above three', () => {
    expect(codeOf(writeInvoice(basic, { recoveryId: 4 }))).toBe('INVOICE_SIGNATURE');
  });

  it('reads another payee out of a tampered invoice with a new checksum', () => {
    const { words } = bech32.decode(writeInvoice(basic) as `${string}1${string}`, false);
    const tampered = parseBolt11(bech32.encode('lnbcrt90u', words, false));
    expect(tampered.ok && tampered.value.payeeNodeId).not.toBe(nodeId);
  });
});

describe('fuzzing', () => {
  const invoices = vectors.valid.map((vector) => vector.invoice);
  const anyInvoice = fc.constantFrom(...invoices);

  it('never throws on anything at all', () => {
    fc.assert(fc.property(fc.anything(), (value) => void parseBolt11(value)));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (value) => void parseBolt11(value)));
  });

  it('refuses every change of characters', () => {
    const property = fc.property(anyInvoice, fc.nat(), fc.string(), (invoice, at, inserted) => {
      const cut = at % invoice.length;
      const changed = invoice.slice(0, cut) + inserted + invoice.slice(cut + inserted.length);
      if (changed.toLowerCase() !== invoice.toLowerCase())
        expect(codeOf(changed)).not.toBe('accepted');
    });
    fc.assert(property);
  });

  it('never throws on changed words under a right checksum, nor recovers the payee', () => {
    const change = fc.array(fc.tuple(fc.nat(), fc.nat(31)), { minLength: 1, maxLength: 4 });
    const property = fc.property(anyInvoice, change, (invoice, changes) => {
      const { prefix, words } = bech32.decode(invoice as `${string}1${string}`, false);
      const before = words.join();
      for (const [at, word] of changes) words[at % words.length] = word;
      const result = parseBolt11(bech32.encode(prefix, words, false));
      if (words.join() !== before && result.ok) expect(result.value.payeeNodeId).not.toBe(nodeId);
    });
    fc.assert(property);
  });

  it('refuses overlong text, letters that only look ASCII, spaces and URI schemes', () => {
    const filler: Fields = Array.from({ length: 8 }, () => ['v', new Array<number>(1000).fill(0)]);
    const long = writeInvoice([...basic, ...filler]);
    expect(long.length).toBeGreaterThan(MAX_INVOICE_LENGTH);
    expect(codeOf(long)).toBe('INVOICE_ENCODING');
    const [invoice = ''] = invoices;
    expect(codeOf(invoice.toUpperCase().replace('K', '\u212a'))).toBe('INVOICE_ENCODING');
    expect(codeOf(` ${invoice}`)).toBe('INVOICE_ENCODING');
    expect(codeOf(`lightning:${invoice}`)).toBe('INVOICE_ENCODING');
  });
});
