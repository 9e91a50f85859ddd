/**
 * Documents encrypted in this process: AES-256-GCM under a key and a nonce used once.
 * Spec: specs/conversation.md, "Documents".
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, randomBytes } from '@noble/hashes/utils.js';

/** Bytes that Web Crypto takes. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** How an encrypted document is opened. */
export interface CipherKey {
  /** 32 bytes, hex. */
  readonly key: string;
  /** 12 bytes, hex. */
  readonly nonce: string;
}

/** An encrypted document. */
export interface Encrypted extends CipherKey {
  readonly ciphertext: Bytes;
  /** SHA-256 of the ciphertext, hex. */
  readonly blob: string;
}

const NONCE_BYTES = 12;
const KEY_BYTES = 32;

/** SHA-256, hex. */
export function hashOf(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

/** Bytes in memory of their own, as Web Crypto wants them. */
function own(bytes: Uint8Array): Bytes {
  return Uint8Array.from(bytes);
}

function importKey(key: Uint8Array, use: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', own(key), 'AES-GCM', false, [use]);
}

/** Encrypts under a fresh key. */
export async function encryptDocument(bytes: Uint8Array): Promise<Encrypted> {
  const key = randomBytes(KEY_BYTES);
  const iv = own(randomBytes(NONCE_BYTES));
  const cryptoKey = await importKey(key, 'encrypt');
  const encrypted = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, cryptoKey, own(bytes));
  const ciphertext = new Uint8Array(encrypted);
  const blob = hashOf(ciphertext);
  return { ciphertext, key: bytesToHex(key), nonce: bytesToHex(iv), blob };
}

/** Decrypts; undefined when it was not encrypted under this key, or altered since. */
export async function decryptDocument(
  ciphertext: Uint8Array,
  { key, nonce }: CipherKey,
): Promise<Bytes | undefined> {
  try {
    const cryptoKey = await importKey(hexToBytes(key), 'decrypt');
    const iv = own(hexToBytes(nonce));
    const decrypted = crypto.subtle.decrypt({ name: 'AES-GCM', iv }, cryptoKey, own(ciphertext));
    return new Uint8Array(await decrypted);
  } catch {
    return undefined;
  }
}
