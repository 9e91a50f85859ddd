/** How a wallet's messages are encrypted (NIP-47): NIP-44 v2, or NIP-04 where it knows no other. */
import { hexToBytes } from '@noble/hashes/utils.js';
import { decrypt as decryptNip04, encrypt as encryptNip04 } from 'nostr-tools/nip04';
import { verify, type VerifiedEvent } from '@realyield/protocol';
import type { Relays, Signer } from '../engine/ports.ts';
import { createLocalSigner } from '../signer/local-signer.ts';
import type { WalletConnection } from './connection.ts';

const INFO_KIND = 13_194;
const INFO_MS = 2_500;

/** The names NIP-47 gives the schemes. */
export type Scheme = 'nip44_v2' | 'nip04';

/** The scheme to speak to a wallet whose info event this is: without a tag it knows NIP-04 only. */
function schemeOf(info: VerifiedEvent): Scheme {
  const named = info.tags.find((tag) => tag[0] === 'encryption')?.[1] ?? '';
  return named.split(/[\s,]+/).includes('nip44_v2') ? 'nip44_v2' : 'nip04';
}

/** The client's end of one connection: its key, and the words on the wire. */
export class WalletCipher {
  readonly signer: Signer;
  readonly #connection: WalletConnection;
  readonly #relays: Relays;
  #scheme: Promise<Scheme> | undefined;

  constructor(connection: WalletConnection, relays: Relays) {
    this.#connection = connection;
    this.#relays = relays;
    // The conversation key is computed once: it costs as much as a signature.
    this.signer = createLocalSigner(hexToBytes(connection.secret));
  }

  /** The scheme the wallet's info event names; NIP-44 while none has been found. */
  scheme(): Promise<Scheme> {
    const asking = (this.#scheme ??= this.#ask().then((scheme) => {
      if (scheme === undefined) this.#scheme = undefined;
      return scheme ?? 'nip44_v2';
    }));
    return asking;
  }

  /** Encrypts for the wallet. */
  async encrypt(text: string, scheme: Scheme): Promise<string> {
    const { walletPublicKey, secret } = this.#connection;
    if (scheme === 'nip44_v2') return this.signer.encrypt(walletPublicKey, text);
    return encryptNip04(secret, walletPublicKey, text);
  }

  /** Decrypts what the wallet signed, by its form: an answer may use the older scheme. */
  async decrypt(content: string): Promise<string> {
    const { walletPublicKey, secret } = this.#connection;
    if (!content.includes('?iv=')) return this.signer.decrypt(walletPublicKey, content);
    return decryptNip04(secret, walletPublicKey, content);
  }

  async #ask(): Promise<Scheme | undefined> {
    const { walletPublicKey } = this.#connection;
    const filter = { kinds: [INFO_KIND], authors: [walletPublicKey], limit: 1 };
    const { events } = await this.#relays.query([filter], { timeoutMs: INFO_MS });
    const infos = events
      .map((raw) => verify(raw))
      .flatMap((result) => (result.ok ? [result.value] : []))
      .filter((info) => info.kind === INFO_KIND && info.pubkey === walletPublicKey)
      .sort((a, b) => b.created_at - a.created_at);
    return infos[0] && schemeOf(infos[0]);
  }
}
