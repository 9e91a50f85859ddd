/** Documents this person named and keeps for others: encrypted here, handed over when asked. */
import { MAX_STORED_BYTES } from '@realyield/protocol';
import type { Clock, Store } from '../ports.ts';
import { encryptDocument, hashOf } from './cipher.ts';
import type { Kept, Opened, Vault } from './vault.ts';

/** Who gets a document: whoever asks, or parties of a contract this person signed. */
export type Sharing = 'anyone' | 'parties';

/** A document this person named. */
export interface HeldDocument {
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly sharing: Sharing;
  readonly addedAtSec: number;
  /** Absent for one that is too large to be kept here: it is handed over by other means. */
  readonly kept?: Kept;
  /** Servers that hold it encrypted, for one that is too large for messages. */
  readonly servers?: readonly string[];
}

/** A file that was read and hashed. */
export interface ReadDocument {
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Its bytes, where it is small enough to be kept. */
  readonly bytes?: Uint8Array;
}

const PREFIX = 'document|';

/** The documents one person keeps for others. */
export class Library {
  readonly #ports: { readonly store: Store; readonly clock: Clock };
  readonly #vault: Vault;
  readonly #held = new Map<string, HeldDocument>();

  constructor(ports: { readonly store: Store; readonly clock: Clock }, vault: Vault) {
    this.#ports = ports;
    this.#vault = vault;
  }

  /** Reads what was kept. */
  async load(): Promise<void> {
    for (const { key, value } of await this.#ports.store.all('settings')) {
      if (!key.startsWith(PREFIX)) continue;
      this.#held.set(key.slice(PREFIX.length), value as HeldDocument);
    }
  }

  /** All of them, newest first. */
  list(): readonly HeldDocument[] {
    return [...this.#held.values()].sort((a, b) => b.addedAtSec - a.addedAtSec);
  }

  /** One by the hash of the plain file. */
  find(sha256: string): HeldDocument | undefined {
    return this.#held.get(sha256);
  }

  /** Encrypts and keeps a document; on disk when this resolves. The same file is kept once. */
  async add(file: ReadDocument, sharing: Sharing): Promise<HeldDocument> {
    const { name, sha256, sizeBytes, bytes } = file;
    const known = this.#held.get(sha256);
    const document = { name, sha256, sizeBytes, sharing, addedAtSec: this.#ports.clock.nowSec() };
    if (known?.kept) return this.#put({ ...known, ...document });
    if (!bytes || sizeBytes > MAX_STORED_BYTES) return this.#put(document);
    if (hashOf(bytes) !== sha256) throw new Error('the file changed while it was being read');
    const { ciphertext, key, nonce, blob } = await encryptDocument(bytes);
    const kept = { blob, nonce, sealedKey: await this.#vault.seal(key) };
    await this.#ports.store.write([this.#vault.put(blob, ciphertext)]);
    return this.#put({ ...document, kept });
  }

  /** Decides anew who gets a document. */
  async share(sha256: string, sharing: Sharing): Promise<void> {
    const known = this.#held.get(sha256);
    if (known) await this.#put({ ...known, sharing });
  }

  /** A server holds a document now, in the place of others. */
  async placed(sha256: string, server: string): Promise<void> {
    const known = this.#held.get(sha256);
    if (known) await this.#put({ ...known, servers: [server] });
  }

  /** Keeps a document no longer. */
  async remove(sha256: string): Promise<void> {
    const known = this.#held.get(sha256);
    if (!known) return;
    this.#held.delete(sha256);
    await this.#ports.store.write([
      { table: 'settings', key: `${PREFIX}${sha256}`, remove: true },
      ...(known.kept
        ? [{ table: 'files' as const, key: known.kept.blob, remove: true as const }]
        : []),
    ]);
  }

  /** Decrypts one of them and compares it with its hash. */
  async open(sha256: string): Promise<Opened> {
    const kept = this.#held.get(sha256)?.kept;
    return kept ? this.#vault.open(kept, sha256) : { state: 'gone' };
  }

  async #put(document: HeldDocument): Promise<HeldDocument> {
    const key = `${PREFIX}${document.sha256}`;
    await this.#ports.store.write([{ table: 'settings', key, value: document }]);
    this.#held.set(document.sha256, document);
    return document;
  }
}
