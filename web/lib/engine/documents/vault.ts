/**
 * Encrypted documents on this device: the ciphertext by its hash, its key sealed under the device
 * key, so that the person's signer is not asked for each.
 */
import type { KeyChest } from '../key-chest.ts';
import type { Store, StoreWrite } from '../ports.ts';
import { decryptDocument, hashOf, type Bytes, type CipherKey } from './cipher.ts';

/** Where an encrypted document lies and how it is opened here. */
export interface Kept {
  readonly blob: string;
  readonly nonce: string;
  /** The key, sealed under the device key. */
  readonly sealedKey: string;
}

/** What came of opening a document that is kept here. */
export type Opened =
  | { readonly state: 'right'; readonly bytes: Bytes }
  /** Nothing is here under that hash. */
  | { readonly state: 'gone' }
  /** It cannot be decrypted: altered since it was put here. */
  | { readonly state: 'damaged' }
  /** It is another file than the one that was named. */
  | { readonly state: 'another' };

/** The ciphertexts of one person on one device. */
export class Vault {
  readonly #store: Store;
  readonly #chest: KeyChest;

  constructor(store: Store, chest: KeyChest) {
    this.#store = store;
    this.#chest = chest;
  }

  /** Seals a secret under the device key. */
  async seal(secret: string): Promise<string> {
    const device = await this.#chest.device();
    return device.encrypt(device.publicKey, secret);
  }

  /** Opens a secret that was sealed here. */
  async unseal(sealed: string): Promise<string> {
    const device = await this.#chest.device();
    return device.decrypt(device.publicKey, sealed);
  }

  /** The store change that keeps a ciphertext. */
  put(blob: string, ciphertext: Uint8Array): StoreWrite {
    return { table: 'files', key: blob, value: ciphertext };
  }

  /** How a kept document is decrypted. */
  async keyOf({ sealedKey, nonce }: Kept): Promise<CipherKey> {
    return { key: await this.unseal(sealedKey), nonce };
  }

  /** A ciphertext; undefined when it is not here. */
  async ciphertext(blob: string): Promise<Uint8Array | undefined> {
    const value = await this.#store.get('files', blob);
    return value instanceof Uint8Array ? value : undefined;
  }

  /** Decrypts a document and compares it with the hash it goes by. */
  async open(kept: Kept, sha256: string): Promise<Opened> {
    const ciphertext = await this.ciphertext(kept.blob);
    if (!ciphertext) return { state: 'gone' };
    return checkDocument(ciphertext, await this.keyOf(kept), sha256);
  }
}

/** Decrypts and compares with the hash that a signed document names. */
export async function checkDocument(
  ciphertext: Uint8Array,
  key: CipherKey,
  sha256: string,
): Promise<Opened> {
  const bytes = await decryptDocument(ciphertext, key);
  if (!bytes) return { state: 'damaged' };
  // T-16: "A receiver MUST NOT take a document for the one that was named unless SHA-256 of what
  // it decrypted is the hash that the signed document names: who sends it can send anything."
  return hashOf(bytes) === sha256 ? { state: 'right', bytes } : { state: 'another' };
}
