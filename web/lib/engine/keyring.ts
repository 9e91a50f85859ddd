/**
 * Fresh keys a person acts under in contracts: kept encrypted in the store and as one encrypted
 * NIP-78 event per key, read back from relays before the key first signs, so that any browser
 * with the signer finds them again.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import * as z from 'zod/mini';
import { createLocalSigner } from '../signer/local-signer.ts';
import { LEASE_NAME } from './lease.ts';
import { SignerError, type Relays, type Signer, type Store, type Verifier } from './ports.ts';
import { randomHex } from './random.ts';

/** Kind of application data (NIP-78). */
const APPLICATION_DATA_KIND = 30_078;

const keySchema = z.strictObject({
  type: z.literal('realyield key'),
  v: z.literal(1),
  secret: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  /** What the key is for. */
  use: z.enum(['investor', 'delegate']),
  /** Salt of the commitment to the main key (investor keys). */
  salt: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  /** Contract, for delegates; investor keys are found by the contracts that name them. */
  contract: z.optional(z.string().check(z.regex(/^[0-9a-f]{64}$/))),
  createdAtSec: z.int(),
});

type KeyRecord = z.infer<typeof keySchema>;

/** A key in hand. */
export interface HeldKey {
  readonly publicKey: string;
  readonly use: KeyRecord['use'];
  readonly salt: string;
  readonly contract: string | undefined;
  readonly signer: Signer;
}

/** How a new key was kept. */
export interface NewKey {
  readonly key: HeldKey;
  /** Relays from which the backup was read back. */
  readonly readBackFrom: readonly string[];
}

/** Raised when a backup could not be read back: the key must not sign. */
export class BackupError extends Error {
  constructor(count: number, wanted: number) {
    super(
      `The backup of a new key could be read back from ${count} of ${wanted} relays. ` +
        'Nothing was signed. Check the connection and try again.',
    );
    this.name = 'BackupError';
  }
}

const RELAYS_WANTED = 2;

/** The keys of one person. */
export class Keyring {
  readonly #signer: Signer;
  readonly #store: Store;
  readonly #relays: Relays;
  readonly #verifier: Verifier;
  readonly #keys = new Map<string, HeldKey>();
  readonly #tried = new Set<string>();

  constructor(signer: Signer, ports: { store: Store; relays: Relays; verifier: Verifier }) {
    this.#signer = signer;
    this.#store = ports.store;
    this.#relays = ports.relays;
    this.#verifier = ports.verifier;
  }

  /** All keys in hand. */
  keys(): readonly HeldKey[] {
    return [...this.#keys.values()];
  }

  /** A key by its public key. */
  find(publicKey: string): HeldKey | undefined {
    return this.#keys.get(publicKey);
  }

  /** Takes keys from the store. */
  async load(): Promise<void> {
    for (const { value } of await this.#store.all('keys')) {
      if (typeof value === 'string') await this.#open(value);
    }
  }

  /** Finds keys backed up on relays that this device does not have; returns how many. */
  async restore(): Promise<number> {
    const before = this.#keys.size;
    const filter = { kinds: [APPLICATION_DATA_KIND], authors: [this.#signer.publicKey] };
    const { events } = await this.#relays.query([filter]);
    for (const answer of await this.#verifier.verifyBatch(events)) {
      if (!answer.ok || answer.value.pubkey !== this.#signer.publicKey) continue;
      const { content } = answer.value;
      const isLease = answer.value.tags.some(([name, d]) => name === 'd' && d === LEASE_NAME);
      if (isLease || this.#tried.has(content)) continue;
      this.#tried.add(content);
      const key = await this.#open(content);
      if (key) await this.#keep(key.publicKey, content);
    }
    return this.#keys.size - before;
  }

  /** Makes a key, keeps it, and does not hand it out before its backup was read back. */
  async create(use: KeyRecord['use'], createdAtSec: number, contract?: string): Promise<NewKey> {
    const record: KeyRecord = {
      type: 'realyield key',
      v: 1,
      secret: randomHex(),
      use,
      salt: randomHex(),
      createdAtSec,
      ...(contract === undefined ? {} : { contract }),
    };
    const text = JSON.stringify(record);
    const content = await this.#signer.encrypt(this.#signer.publicKey, text);
    const event = await this.#signer.sign({
      kind: APPLICATION_DATA_KIND,
      created_at: createdAtSec,
      tags: [['d', randomHex()]],
      content,
    });
    const outcomes = await this.#relays.publish(event);
    const accepted = outcomes.filter((outcome) => outcome.accepted).map((outcome) => outcome.url);
    const readBackFrom = await this.#readBack(event.id, accepted);
    const wanted = Math.min(RELAYS_WANTED, this.#relays.urls.length);
    if (readBackFrom.length < wanted) throw new BackupError(readBackFrom.length, wanted);
    const key = this.#hold(record);
    await this.#keep(key.publicKey, content);
    return { key, readBackFrom };
  }

  async #readBack(id: string, urls: readonly string[]): Promise<string[]> {
    const found = await Promise.all(
      urls.map(async (url) => {
        const { events } = await this.#relays.query([{ ids: [id] }], { urls: [url] });
        const verified = await this.#verifier.verifyBatch(events);
        return verified.some((answer) => answer.ok && answer.value.id === id) ? [url] : [];
      }),
    );
    return found.flat();
  }

  async #keep(publicKey: string, ciphertext: string): Promise<void> {
    await this.#store.write([{ table: 'keys', key: publicKey, value: ciphertext }]);
  }

  async #open(ciphertext: string): Promise<HeldKey | undefined> {
    this.#tried.add(ciphertext);
    try {
      const text = await this.#signer.decrypt(this.#signer.publicKey, ciphertext);
      const record = keySchema.safeParse(JSON.parse(text));
      return record.success ? this.#hold(record.data) : undefined;
    } catch (error) {
      // A signer that was not there can be asked again. Otherwise: other applications keep data
      // of this kind too, and what is not ours is left alone.
      if (error instanceof SignerError) this.#tried.delete(ciphertext);
      return undefined;
    }
  }

  #hold(record: KeyRecord): HeldKey {
    const signer = createLocalSigner(hexToBytes(record.secret));
    const key: HeldKey = {
      publicKey: signer.publicKey,
      use: record.use,
      salt: record.salt,
      contract: record.contract,
      signer,
    };
    this.#keys.set(key.publicKey, key);
    return key;
  }
}
