/**
 * Encrypted keys (NIP-49): a passphrase unlocks a key into memory; nothing bare is ever stored.
 * scrypt runs in slices, so that the page stays alive for the second or two it takes.
 */
import { schnorr } from '@noble/curves/secp256k1.js';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { scryptAsync } from '@noble/hashes/scrypt.js';
import { bytesToHex, concatBytes, randomBytes } from '@noble/hashes/utils.js';
import { bech32 } from '@scure/base';
import { SignerError, type Signer } from '../engine/ports.ts';
import { createLocalSigner } from './local-signer.ts';

const VERSION = 2;
const MOST_LENGTH = 500;
/** scrypt's N is two to this power: 64 MiB of memory. */
const COST_LOG2 = 16;
/** A stranger's file must not ask for more memory than a phone has. */
const MOST_COST_LOG2 = 20;
/** "The client does not track how securely the key was handled before" (NIP-49). */
const KEY_SECURITY_UNKNOWN = 2;
const PAYLOAD_BYTES = 91;

async function deriveKey(passphrase: string, salt: Uint8Array, log2: number): Promise<Uint8Array> {
  const password = passphrase.normalize('NFKC');
  return scryptAsync(password, salt, { N: 2 ** log2, r: 8, p: 1, dkLen: 32 });
}

function locked(sentence: string): SignerError {
  return new SignerError('LOCKED', sentence);
}

function decodePayload(ncryptsec: string): Uint8Array {
  const text = ncryptsec.trim().toLowerCase();
  if (text.length > MOST_LENGTH) throw locked('This is not an encrypted key.');
  try {
    const { prefix, words } = bech32.decode(text as `${string}1${string}`, MOST_LENGTH);
    const bytes = bech32.fromWords(words);
    if (prefix !== 'ncryptsec' || bytes.length !== PAYLOAD_BYTES) throw new Error(prefix);
    return bytes;
  } catch {
    throw locked('This is not an encrypted key: it should begin with ncryptsec1, unbroken.');
  }
}

/** Unlocks an encrypted key; SignerError LOCKED when the passphrase or the text is wrong. */
export async function unlockNcryptsec(ncryptsec: string, passphrase: string): Promise<Signer> {
  const payload = decodePayload(ncryptsec);
  const [version, log2 = 0] = payload;
  if (version !== VERSION) throw locked('This encrypted key is of a version we do not know.');
  if (log2 > MOST_COST_LOG2) throw locked('This encrypted key asks for too much memory.');
  const key = await deriveKey(passphrase, payload.slice(2, 18), log2);
  try {
    const cipher = xchacha20poly1305(key, payload.slice(18, 42), payload.slice(42, 43));
    return createLocalSigner(cipher.decrypt(payload.slice(43)));
  } catch {
    throw locked('The passphrase does not open this key.');
  }
}

/** Makes a new key and encrypts it; the bare key exists only in between. */
export async function makeNcryptsec(
  passphrase: string,
): Promise<{ ncryptsec: string; publicKey: string }> {
  const { secretKey, publicKey } = schnorr.keygen();
  const salt = randomBytes(16);
  const nonce = randomBytes(24);
  const security = Uint8Array.of(KEY_SECURITY_UNKNOWN);
  const key = await deriveKey(passphrase, salt, COST_LOG2);
  const sealed = xchacha20poly1305(key, nonce, security).encrypt(secretKey);
  secretKey.fill(0);
  const payload = concatBytes(Uint8Array.of(VERSION, COST_LOG2), salt, nonce, security, sealed);
  const ncryptsec = bech32.encode('ncryptsec', bech32.toWords(payload), MOST_LENGTH);
  return { ncryptsec, publicKey: bytesToHex(publicKey) };
}
