/**
 * Messages signed by Bitcoin keys: what hardware wallets call "Sign message". Spec: specs/bonds.md,
 * "Certificates"; the form is that of Bitcoin Core's signmessage, headers as BIP-137.
 */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { base64 } from '@scure/base';
import { assert } from '../assert.ts';

const PREFIX = utf8ToBytes('\x18Bitcoin Signed Message:\n');

/** Headers by kind of address: uncompressed 27 to 30, compressed to 34, segwit 35 to 42. */
const FIRST_HEADER = 27;
const LAST_HEADER = 42;

/** What is signed: the double SHA-256 of prefix, length and message. */
export function messageDigest(message: string): Uint8Array {
  const bytes = utf8ToBytes(message);
  // From 253 on a length takes more than one byte; no message here is near it.
  assert(bytes.length < 253, 'messages are shorter than 253 bytes');
  return sha256(sha256(concatBytes(PREFIX, Uint8Array.of(bytes.length), bytes)));
}

/**
 * The compressed public key, hex, whose signature over a message this is; undefined where it is
 * none. Which kind of address the header speaks of does not matter: the key is what counts.
 */
export function messageSigner(message: string, signatureBase64: string): string | undefined {
  // 65 bytes: one of header and the signature in compact form.
  if (!/^[A-Za-z0-9+/]{87}=$/.test(signatureBase64)) return undefined;
  try {
    const signature = base64.decode(signatureBase64);
    const header = signature[0] ?? 0;
    if (header < FIRST_HEADER || header > LAST_HEADER) return undefined;
    signature[0] = (header - FIRST_HEADER) & 3;
    const digest = messageDigest(message);
    return bytesToHex(secp256k1.recoverPublicKey(signature, digest, { prehash: false }));
  } catch {
    // Numbers out of range, a point that is none, bits left over in the last character.
    return undefined;
  }
}

/** Signs a message with a Bitcoin key (32 bytes, hex), for a compressed key; base64. */
export function signMessage(message: string, secretKeyHex: string): string {
  const options = { prehash: false, format: 'recovered' } as const;
  const signature = secp256k1.sign(messageDigest(message), hexToBytes(secretKeyHex), options);
  // 31 is the first header of compressed keys.
  signature[0] = FIRST_HEADER + 4 + (signature[0] ?? 0);
  return base64.encode(signature);
}
