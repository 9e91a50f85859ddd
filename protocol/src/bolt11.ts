/**
 * Reads Lightning invoices (BOLT 11): what is asked, by whom, until when, for which hash.
 *
 * The payee's key is recovered from the signature, so an invoice that somebody changed and gave
 * a new checksum does not fail: it decodes to a *different* key. A payer therefore pins the
 * payment hash that the payee signed (and the node id known beforehand), and never takes the
 * recovered key as proof of who asks.
 *
 * Beyond the reader rules of BOLT 11, a field that decides about the payment and stands twice is
 * refused: two wallets could read two different invoices out of it.
 */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bech32, hex } from '@scure/base';
import { MAX_MSAT, msat, type Msat } from './money.ts';
import { ok, reject, type Result } from './result.ts';

/** Longest invoice read, in characters: what the largest QR code holds. */
export const MAX_INVOICE_LENGTH = 7089;

/** The Bitcoin network an invoice is for. */
export type Bolt11Network = 'mainnet' | 'testnet' | 'signet' | 'regtest';

/** An on-chain address offered instead, undecoded: witness version (or 17, 18) and program, hex. */
export interface Bolt11Fallback {
  readonly version: number;
  readonly program: string;
}

/** A decoded invoice; hashes, keys and features are lower-case hex. */
export interface Bolt11Invoice {
  /** The invoice itself in lower case. */
  readonly paymentRequest: string;
  readonly network: Bolt11Network;
  /** Undefined when the payer chooses the amount. */
  readonly amountMsat: Msat | undefined;
  readonly createdAtSec: number;
  /** Seconds from creation to expiry; 3,600 where the invoice does not say. */
  readonly expirySec: number;
  readonly expiresAtSec: number;
  readonly paymentHash: string;
  readonly paymentSecret: string;
  /** Exactly one of description and descriptionHash is there. */
  readonly description?: string;
  readonly descriptionHash?: string;
  /** Compressed key of the payee's node: recovered, or the n field the signature fits. */
  readonly payeeNodeId: string;
  /** Blocks the last hop must leave; 18 where the invoice does not say. */
  readonly minFinalCltvExpiry: number;
  readonly features?: string;
  readonly fallbackAddresses: readonly Bolt11Fallback[];
  readonly routeHintCount: number;
}

const NETWORKS: ReadonlyMap<string, Bolt11Network> = new Map([
  ['bc', 'mainnet'],
  ['tb', 'testnet'],
  ['tbs', 'signet'],
  ['bcrt', 'regtest'],
]);

/** A multiplier letter as picobitcoin; ten picobitcoin are one millisatoshi. */
const PICOBITCOIN_PER_UNIT: ReadonlyMap<string, bigint> = new Map([
  ['', 1_000_000_000_000n],
  ['m', 1_000_000_000n],
  ['u', 1_000_000n],
  ['n', 1_000n],
  ['p', 1n],
]);

const BECH32_ALPHABET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const TIMESTAMP_WORDS = 7;
const SIGNATURE_WORDS = 104;
const DEFAULT_EXPIRY_SEC = 3600;
const DEFAULT_CLTV_EXPIRY = 18;

/** Lengths, in words of five bits, outside which a reader skips the field. */
const FIXED_WORDS: ReadonlyMap<string, number> = new Map([
  ['p', 52],
  ['s', 52],
  ['h', 52],
  ['n', 53],
]);

/** Fields that may stand once only. */
const SINGLE_FIELDS = 'psdhnxc9';

/** Even feature bits an invoice may demand (BOLT 9): onion, secret, parts, blinding, metadata. */
const KNOWN_EVEN_FEATURES: ReadonlySet<number> = new Set([8, 14, 16, 24, 36, 48]);

interface TaggedFields {
  readonly single: ReadonlyMap<string, readonly number[]>;
  readonly fallbackAddresses: readonly Bolt11Fallback[];
  readonly routeHintCount: number;
}

/**
 * Reads an invoice; never throws. INVOICE_ENCODING: not bech32, mixed case, too long or too
 * short. INVOICE_NETWORK, INVOICE_AMOUNT_ENCODING, INVOICE_FIELDS (detail: which field) and
 * INVOICE_SIGNATURE as they say.
 */
export function parseBolt11(text: unknown): Result<Bolt11Invoice> {
  const decoded = decodeBech32(text);
  if (!decoded.ok) return decoded;
  const { paymentRequest, prefix, words } = decoded.value;
  const human = parsePrefix(prefix);
  if (!human.ok) return human;
  const signed = words.slice(0, -SIGNATURE_WORDS);
  const tagged = parseTaggedFields(signed.slice(TIMESTAMP_WORDS));
  if (!tagged.ok) return tagged;
  const createdAtSec = numberFromWords(signed.slice(0, TIMESTAMP_WORDS));
  const terms = parseTerms(tagged.value, createdAtSec);
  if (!terms.ok) return terms;
  const payee = parsePayee(prefix, words, fieldHex(tagged.value, 'n'));
  if (!payee.ok) return payee;
  return ok({ paymentRequest, ...human.value, ...terms.value, payeeNodeId: payee.value });
}

interface DecodedText {
  readonly paymentRequest: string;
  readonly prefix: string;
  readonly words: readonly number[];
}

function decodeBech32(text: unknown): Result<DecodedText> {
  if (typeof text !== 'string' || text.length > MAX_INVOICE_LENGTH)
    return reject('INVOICE_ENCODING');
  // One case only, and no letter that merely turns into an ASCII one when its case changes.
  if (!/^(?:[0-9a-z]+|[0-9A-Z]+)$/.test(text)) return reject('INVOICE_ENCODING');
  const paymentRequest = text.toLowerCase();
  const decoded = bech32.decodeUnsafe(paymentRequest, false);
  if (!decoded) return reject('INVOICE_ENCODING');
  const { prefix, words } = decoded;
  if (words.length < TIMESTAMP_WORDS + SIGNATURE_WORDS) return reject('INVOICE_ENCODING', 'length');
  return ok({ paymentRequest, prefix, words });
}

function parsePrefix(
  prefix: string,
): Result<{ readonly network: Bolt11Network; readonly amountMsat: Msat | undefined }> {
  const [, currency, amount = ''] = /^ln([a-z]+)(.*)$/.exec(prefix) ?? [];
  if (currency === undefined) return reject('INVOICE_ENCODING', 'prefix');
  const network = NETWORKS.get(currency);
  if (network === undefined) return reject('INVOICE_NETWORK', currency);
  if (amount === '') return ok({ network, amountMsat: undefined });
  const [, digits, unit = ''] = /^([1-9][0-9]{0,18})([munp]?)$/.exec(amount) ?? [];
  const factor = PICOBITCOIN_PER_UNIT.get(unit);
  if (digits === undefined || factor === undefined)
    return reject('INVOICE_AMOUNT_ENCODING', amount);
  const picobitcoin = BigInt(digits) * factor;
  if (picobitcoin % 10n !== 0n || picobitcoin / 10n > MAX_MSAT) {
    return reject('INVOICE_AMOUNT_ENCODING', amount);
  }
  return ok({ network, amountMsat: msat(picobitcoin / 10n) });
}

/** Walks the tagged fields: one word of type, two of length, then the data. */
function parseTaggedFields(words: readonly number[]): Result<TaggedFields> {
  const single = new Map<string, readonly number[]>();
  const fallbackAddresses: Bolt11Fallback[] = [];
  let routeHintCount = 0;
  for (let at = 0; at < words.length;) {
    const tag = BECH32_ALPHABET.charAt(words[at] ?? 0);
    const start = at + 3;
    const end = start + numberFromWords(words.slice(at + 1, start));
    if (end > words.length) return reject('INVOICE_FIELDS', tag);
    const data = words.slice(start, end);
    at = end;
    if (tag === 'r') routeHintCount += 1;
    if (tag === 'f') fallbackAddresses.push(...parseFallback(data));
    // BOLT 11's own example "fields which must be ignored" has p, h, s and n of other lengths.
    if (!SINGLE_FIELDS.includes(tag) || data.length !== (FIXED_WORDS.get(tag) ?? data.length)) {
      continue;
    }
    if (single.has(tag)) return reject('INVOICE_FIELDS', tag);
    single.set(tag, data);
  }
  return ok({ single, fallbackAddresses, routeHintCount });
}

/** Versions 0 to 16 are witness programs, 17 and 18 key and script hashes; others are skipped. */
function parseFallback(data: readonly number[]): readonly Bolt11Fallback[] {
  const [version, ...program] = data;
  if (version === undefined || version > 18) return [];
  return [{ version, program: hex.encode(bytesFromWords(program)) }];
}

type Terms = Omit<Bolt11Invoice, 'paymentRequest' | 'network' | 'amountMsat' | 'payeeNodeId'>;

function parseTerms(fields: TaggedFields, createdAtSec: number): Result<Terms> {
  const paymentHash = fieldHex(fields, 'p');
  const paymentSecret = fieldHex(fields, 's');
  if (paymentHash === undefined) return reject('INVOICE_FIELDS', 'p');
  if (paymentSecret === undefined) return reject('INVOICE_FIELDS', 's');
  const expirySec = fieldNumber(fields, 'x', DEFAULT_EXPIRY_SEC);
  const minFinalCltvExpiry = fieldNumber(fields, 'c', DEFAULT_CLTV_EXPIRY);
  const expiresAtSec = createdAtSec + expirySec;
  if (!Number.isSafeInteger(expiresAtSec)) return reject('INVOICE_FIELDS', 'x');
  if (!Number.isSafeInteger(minFinalCltvExpiry)) return reject('INVOICE_FIELDS', 'c');
  const description = parseDescription(fields);
  if (!description.ok) return description;
  const features = parseFeatures(fields);
  if (!features.ok) return features;
  const { fallbackAddresses, routeHintCount } = fields;
  const times = { createdAtSec, expirySec, expiresAtSec, minFinalCltvExpiry };
  const rest = { paymentHash, paymentSecret, fallbackAddresses, routeHintCount };
  return ok({ ...times, ...rest, ...description.value, ...features.value });
}

/** Exactly one of d (text, UTF-8) and h (its hash) must be there. */
function parseDescription(
  fields: TaggedFields,
): Result<{ readonly description: string } | { readonly descriptionHash: string }> {
  const words = fields.single.get('d');
  const descriptionHash = fieldHex(fields, 'h');
  if (words === undefined) {
    return descriptionHash === undefined ? reject('INVOICE_FIELDS', 'd') : ok({ descriptionHash });
  }
  if (descriptionHash !== undefined) return reject('INVOICE_FIELDS', 'h');
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return ok({ description: decoder.decode(bytesFromWords(words)) });
  } catch {
    return reject('INVOICE_FIELDS', 'd');
  }
}

/** Refuses a demanded feature (even bit) that BOLT 9 does not name for invoices. */
function parseFeatures(fields: TaggedFields): Result<{ readonly features?: string }> {
  const words = fields.single.get('9');
  if (words === undefined) return ok({});
  const bits = words.reduce((all, word) => (all << 5n) | BigInt(word), 0n);
  for (let bit = 0; bit < words.length * 5; bit += 2) {
    const demanded = ((bits >> BigInt(bit)) & 1n) === 1n;
    if (demanded && !KNOWN_EVEN_FEATURES.has(bit))
      return reject('INVOICE_FIELDS', `feature ${bit}`);
  }
  const digits = bits.toString(16);
  return ok({ features: digits.length % 2 === 0 ? digits : `0${digits}` });
}

/**
 * The key the signature fits. With an n field that key must verify it, in low-S form; without
 * one the key is recovered, where BOLT 11 accepts either form of S.
 */
function parsePayee(
  prefix: string,
  words: readonly number[],
  named: string | undefined,
): Result<string> {
  const signature = bytesFromWords(words.slice(-SIGNATURE_WORDS));
  const signed = paddedBytesFromWords(words.slice(0, -SIGNATURE_WORDS));
  const digest = sha256(new Uint8Array([...new TextEncoder().encode(prefix), ...signed]));
  const compact = signature.subarray(0, 64);
  try {
    if (named === undefined) {
      const recoverable = new Uint8Array([signature[64] ?? 0, ...compact]);
      return ok(hex.encode(secp256k1.recoverPublicKey(recoverable, digest, { prehash: false })));
    }
    const options = { prehash: false, lowS: true };
    if (secp256k1.verify(compact, digest, hex.decode(named), options)) return ok(named);
  } catch {
    // Numbers out of range or no point on the curve: no key fits.
  }
  return reject('INVOICE_SIGNATURE');
}

function fieldHex(fields: TaggedFields, tag: string): string | undefined {
  const words = fields.single.get(tag);
  return words && hex.encode(bytesFromWords(words));
}

function fieldNumber(fields: TaggedFields, tag: string, absent: number): number {
  const words = fields.single.get(tag);
  return words ? numberFromWords(words) : absent;
}

/** Big-endian number; beyond 2^53 the result is no safe integer and callers refuse it. */
function numberFromWords(words: readonly number[]): number {
  return words.reduce((total, word) => total * 32 + word, 0);
}

/** Whole bytes only: the padding bits at the end are dropped. */
function bytesFromWords(words: readonly number[]): Uint8Array {
  return paddedBytesFromWords(words).subarray(0, Math.floor((words.length * 5) / 8));
}

/** As many bytes as hold every bit, zeros behind the last. */
function paddedBytesFromWords(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((words.length * 5) / 8));
  words.forEach((word, index) => {
    const at = Math.floor((index * 5) / 8);
    const spread = word << (11 - ((index * 5) % 8));
    bytes[at] = (bytes[at] ?? 0) | (spread >> 8);
    if (at + 1 < bytes.length) bytes[at + 1] = (bytes[at + 1] ?? 0) | (spread & 0xff);
  });
  return bytes;
}
