/** A signer over a key held in memory: contract keys, unlocked ncryptsec, the local world. */
import { schnorr } from '@noble/curves/secp256k1.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { getEventHash } from 'nostr-tools/pure';
import { v2 } from 'nostr-tools/nip44';
import { SignerError, type EventTemplate, type Signer } from '../engine/ports.ts';
import type { SignedEvent } from '@realyield/protocol';
import { signId } from './signatures.ts';

const MOST_PEERS = 500;

class LocalSigner implements Signer {
  readonly kind = 'local' as const;
  readonly publicKey: string;
  readonly #conversationKeys = new Map<string, Uint8Array>();
  #secretKey: Uint8Array | undefined;

  constructor(secretKey: Uint8Array) {
    this.#secretKey = secretKey;
    this.publicKey = bytesToHex(schnorr.getPublicKey(secretKey));
  }

  sign(template: EventTemplate): Promise<SignedEvent> {
    return this.#answer((secretKey) => {
      const { kind, created_at, content } = template;
      const pubkey = this.publicKey;
      const tags = template.tags.map((tag) => [...tag]);
      const id = getEventHash({ pubkey, kind, created_at, tags, content });
      const sig = bytesToHex(signId(hexToBytes(id), secretKey));
      return { id, pubkey, created_at, kind, tags, content, sig };
    });
  }

  encrypt(peerPublicKey: string, plaintext: string): Promise<string> {
    return this.#answer(() => v2.encrypt(plaintext, this.#conversationKey(peerPublicKey)));
  }

  decrypt(peerPublicKey: string, ciphertext: string): Promise<string> {
    return this.#answer(() => v2.decrypt(ciphertext, this.#conversationKey(peerPublicKey)));
  }

  close(): void {
    this.#secretKey?.fill(0);
    this.#secretKey = undefined;
    this.#conversationKeys.clear();
  }

  /** NIP-44's conversation key costs milliseconds; peers repeat, so it is kept. */
  #conversationKey(peerPublicKey: string): Uint8Array {
    const known = this.#conversationKeys.get(peerPublicKey);
    if (known) return known;
    const key = v2.utils.getConversationKey(this.#key(), peerPublicKey);
    if (this.#conversationKeys.size >= MOST_PEERS) this.#conversationKeys.clear();
    this.#conversationKeys.set(peerPublicKey, key);
    return key;
  }

  #key(): Uint8Array {
    if (!this.#secretKey) throw new SignerError('LOCKED', 'This key has been put away.');
    return this.#secretKey;
  }

  #answer<T>(act: (secretKey: Uint8Array) => T): Promise<T> {
    return new Promise((resolve) => {
      resolve(act(this.#key()));
    });
  }
}

/** Signs with a secret key of 32 bytes; the array is the signer's own from now on. */
export function createLocalSigner(secretKey: Uint8Array): Signer {
  return new LocalSigner(secretKey);
}
