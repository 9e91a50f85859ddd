/**
 * Secret keys under a passphrase (NIP-49). The format is written out here because nostr-tools'
 * reader holds the page still for as long as scrypt takes; tests hold the two together.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { schnorr } from '@noble/curves/secp256k1.js';
import { bytesToHex, concatBytes, randomBytes } from '@noble/hashes/utils.js';
import { bech32 } from '@scure/base';
import { SignerError, type Signer } from '../engine/ports.ts';
import { createLocalSigner } from './local-signer.ts';
import { stretchKey } from './stretch.ts';

const PREFIX = 'ncryptsec';
/** The whole string has 162 characters; BIP-173's own limit of 90 does not hold here. */
const LONGEST = 200;
const VERSION = 2;
/** 64 MiB and about half a second, as the NIP proposes. */
const LOG_N = 16;
/** 1 GiB; more than that, a phone cannot give. */
const MOST_LOG_N = 20;
const SALT_BYTES = 16;
const NONCE_BYTES = 24;
/** This key has never been outside, as far as this client knows. */
const HANDLED_SAFELY = 1;
/** version, log_n, salt, nonce, key security, encrypted key with its tag. */
const PAYLOAD_BYTES = 1 + 1 + SALT_BYTES + NONCE_BYTES + 1 + 32 + 16;

interface Payload {
  readonly logN: number;
  readonly salt: Uint8Array;
  readonly nonce: Uint8Array;
  readonly keySecurity: Uint8Array;
  readonly ciphertext: Uint8Array;
}

function unsupported(sentence: string): SignerError {
  return new SignerError('UNSUPPORTED', sentence);
}

function decode(text: string): Uint8Array {
  if (text.startsWith('nsec1')) {
    throw unsupported('This is a bare secret key. Never give it to a page; encrypt it first.');
  }
  const decoded = text.length <= LONGEST ? bech32.decodeUnsafe(text, LONGEST) : undefined;
  if (decoded?.prefix !== PREFIX) {
    throw unsupported('This is not an encrypted key, or it is mistyped (ncryptsec1…).');
  }
  const bytes = bech32.fromWordsUnsafe(decoded.words);
  if (!(bytes instanceof Uint8Array) || bytes.length !== PAYLOAD_BYTES || bytes[0] !== VERSION) {
    throw unsupported('This encrypted key is of a kind this page does not know.');
  }
  return bytes;
}

function parsePayload(text: string): Payload {
  const bytes = decode(text.trim());
  const logN = bytes[1] ?? 0;
  if (logN < 1 || logN > MOST_LOG_N) {
    throw unsupported('This key asks for more memory than a page can have.');
  }
  let at = 2;
  const take = (count: number): Uint8Array => bytes.slice(at, (at += count));
  return {
    logN,
    salt: take(SALT_BYTES),
    nonce: take(NONCE_BYTES),
    keySecurity: take(1),
    ciphertext: take(48),
  };
}

function stretch(passphrase: string, salt: Uint8Array, logN: number): Promise<Uint8Array> {
  return stretchKey(passphrase.normalize('NFKC'), salt, logN);
}

function open(payload: Payload, key: Uint8Array): Uint8Array {
  const { nonce, keySecurity, ciphertext } = payload;
  try {
    return xchacha20poly1305(key, nonce, keySecurity).decrypt(ciphertext);
  } catch {
    throw new SignerError('LOCKED', 'This passphrase does not open the key.');
  } finally {
    key.fill(0);
  }
}

/**
 * A signer for an encrypted key. Rejects with SignerError: LOCKED when the passphrase is wrong,
 * UNSUPPORTED when the text is no encrypted key of a kind we know.
 */
export async function unlockNcryptsec(ncryptsec: string, passphrase: string): Promise<Signer> {
  const payload = parsePayload(ncryptsec);
  const secretKey = open(payload, await stretch(passphrase, payload.salt, payload.logN));
  try {
    return createLocalSigner(secretKey);
  } catch {
    throw unsupported('What this passphrase opens is not a secret key.');
  }
}

/**
 * Makes a new key under a passphrase, which must not be empty (LOCKED). The public key is 32-byte
 * hex; the secret one is nowhere but in the text returned.
 */
export async function makeNcryptsec(
  passphrase: string,
): Promise<{ ncryptsec: string; publicKey: string }> {
  if (passphrase === '') throw new SignerError('LOCKED', 'Choose a passphrase for the new key.');
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const keySecurity = Uint8Array.of(HANDLED_SAFELY);
  const key = await stretch(passphrase, salt, LOG_N);
  const secretKey = schnorr.utils.randomSecretKey();
  const ciphertext = xchacha20poly1305(key, nonce, keySecurity).encrypt(secretKey);
  const publicKey = bytesToHex(schnorr.getPublicKey(secretKey));
  key.fill(0);
  secretKey.fill(0);
  const head = Uint8Array.of(VERSION, LOG_N);
  const payload = concatBytes(head, salt, nonce, keySecurity, ciphertext);
  return { ncryptsec: bech32.encode(PREFIX, bech32.toWords(payload), LONGEST), publicKey };
}
