/**
 * Encryption between a wallet service and its clients: NIP-44 v2 with conversation keys computed
 * once per client, and NIP-04 for clients that know nothing else.
 */
import { nip04, nip44 } from 'nostr-tools';

/** How a request is encrypted; its response is encrypted the same way. */
export type Encryption = 'nip44_v2' | 'nip04';

/** Encryptions of the service, space-separated as NIP-47 writes them. */
export const ENCRYPTIONS = 'nip44_v2 nip04';

/** Encrypts to and decrypts from clients with one secret key. */
export class Nip47Cipher {
  readonly #secretKey: Uint8Array;
  readonly #keys = new Map<string, Uint8Array>();

  /** Remembers the keys of conversations with these clients only, so strangers cost no memory. */
  constructor(secretKey: Uint8Array, clients: readonly string[]) {
    this.#secretKey = secretKey;
    for (const client of clients) this.#keys.set(client, this.#computeKey(client));
  }

  /** The text for a client. */
  encrypt(client: string, text: string, encryption: Encryption): string {
    if (encryption === 'nip04') return nip04.encrypt(this.#secretKey, client, text);
    return nip44.encrypt(text, this.#keyOf(client));
  }

  /** A client's text; undefined when it was not encrypted for this service. */
  decrypt(client: string, payload: string, encryption: Encryption): string | undefined {
    try {
      if (encryption === 'nip04') return nip04.decrypt(this.#secretKey, client, payload);
      return nip44.decrypt(payload, this.#keyOf(client));
    } catch {
      return undefined;
    }
  }

  #keyOf(client: string): Uint8Array {
    return this.#keys.get(client) ?? this.#computeKey(client);
  }

  #computeKey(client: string): Uint8Array {
    return nip44.getConversationKey(this.#secretKey, client);
  }
}
