/**
 * Fresh keys a person acts under in contracts: kept encrypted on this device and as one encrypted
 * NIP-78 event per key, read back from two relays before the key first signs, so that any browser
 * with the signer finds them again.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import type { SignedEvent, VerifiedEvent } from '@realyield/protocol';
import { blurredSec } from '../nostr/giftwrap.ts';
import { createLocalSigner } from '../signer/local-signer.ts';
import { bitcoinKeyOf, type BitcoinKey } from './bonds/bitcoin-key.ts';
import { KeyChest, type ChestEntry } from './key-chest.ts';
import {
  COPIES_WANTED,
  countHosts,
  findCopies,
  mendCopies,
  publishAndReadBack,
} from './key-copies.ts';
import { APPLICATION_DATA_KIND, parseKeyRecord, type KeyRecord } from './key-record.ts';
import { SignerError, type Relays, type Signer, type Store, type Verifier } from './ports.ts';
import { randomHex } from './random.ts';

/** A key in hand. */
export interface HeldKey {
  readonly publicKey: string;
  readonly use: KeyRecord['use'];
  readonly salt: string;
  readonly contract: string | undefined;
  /** Where its mail and its contract are, beside the relays in use. */
  readonly relays: readonly string[];
  readonly signer: Signer;
  /** The same key as one of Bitcoin, of a key for bonds. */
  readonly bitcoin?: BitcoinKey;
}

/** What a new key is for. */
export interface KeyOrder {
  readonly use: KeyRecord['use'];
  readonly atSec: number;
  readonly contract?: string;
  readonly relays?: readonly string[];
  /** From how many relays the backup must be read back; two, unless its owner chose one. */
  readonly copies?: 1 | 2;
}

/** Raised when a backup could not be read back: the key must not sign. */
export class BackupError extends Error {
  /** From how many relays it was read back. */
  readonly copies: number;

  constructor(copies: number, configured: number) {
    super(
      configured < COPIES_WANTED
        ? 'Only one relay is in use. A key with a single copy is lost when that relay loses it ' +
            'and this device is gone, and with it what is repaid to it. Nothing was signed.'
        : `The backup of a new key could be read back from ${copies} of the ${COPIES_WANTED} ` +
            'relays it takes. Nothing was signed. Check the connection and try again.',
    );
    this.name = 'BackupError';
    this.copies = copies;
  }
}

/** How restoring goes on. */
export interface RestoreProgress {
  /** Backups dealt with so far, of those that were not in hand. */
  readonly done: number;
  readonly total: number;
}

/** How restoring is done. */
export interface RestoreOptions {
  readonly onProgress?: (progress: RestoreProgress) => void;
  /** Ends it after the questions under way. */
  readonly signal?: AbortSignal;
  /** Asks again for what the signer declined before. */
  readonly again?: boolean;
  /** Done with a key before it is in hand. */
  readonly prepare?: (key: HeldKey) => Promise<void>;
  /** A key is in hand. */
  readonly onKey?: (key: HeldKey) => void;
}

/** What restoring came to. */
export interface Restored {
  readonly found: number;
  /** Backups the signer declined to open. */
  readonly declined: number;
  /** Backups not asked about: restoring was stopped, or the signer is away. */
  readonly left: number;
  /** Relays that have not sent everything they have. */
  readonly incomplete: readonly string[];
  /** Why the signer could not be asked. */
  readonly problem: SignerError | undefined;
}

/** Opened backups that were none of ours, so that they are not asked about again. */
const FOREIGN = 'not a key|';
/** Remote signers serve several at a time; an extension asks its owner one after the other. */
const AT_ONCE = { nip07: 1, bunker: 6, local: 1 } as const;

type Opening = 'ours' | 'foreign' | 'declined';

/** The keys of one person. */
export class Keyring {
  readonly #signer: Signer;
  readonly #store: Store;
  readonly #relays: Relays;
  readonly #verifier: Verifier;
  /** Where secrets are kept on this device. */
  readonly chest: KeyChest;
  readonly #keys = new Map<string, HeldKey>();
  /** Backups of keys in hand, by event id. */
  readonly #backups = new Map<string, SignedEvent>();
  /** Ids of events that were opened and are no keys. */
  readonly #foreign = new Set<string>();
  readonly #declined = new Set<string>();
  /** A key whose backup did not arrive: the next of its kind, instead of one more. */
  #spare: ChestEntry | undefined;

  constructor(signer: Signer, ports: { store: Store; relays: Relays; verifier: Verifier }) {
    this.#signer = signer;
    this.#store = ports.store;
    this.#relays = ports.relays;
    this.#verifier = ports.verifier;
    this.chest = new KeyChest(signer, ports.store);
  }

  /** All keys in hand. */
  keys(): readonly HeldKey[] {
    return [...this.#keys.values()];
  }

  /** A key by its public key. */
  find(publicKey: string): HeldKey | undefined {
    return this.#keys.get(publicKey);
  }

  /** Takes keys from the store; rejects with SignerError when the signer does not open them. */
  async load(): Promise<void> {
    for (const { key } of await this.#store.all('settings')) {
      if (key.startsWith(FOREIGN)) this.#foreign.add(key.slice(FOREIGN.length));
    }
    for (const entry of await this.chest.all()) this.#hold(entry);
  }

  /** Finds keys backed up on relays that this device does not have, newest first. */
  async restore(options: RestoreOptions = {}): Promise<Restored> {
    const copies = await findCopies(this.#signer.publicKey, {
      relays: this.#relays,
      verifier: this.#verifier,
    });
    const before = this.#keys.size;
    if (options.again === true) this.#declined.clear();
    // The same ciphertext may have been published twice; one answer is enough.
    const contents = new Set([...this.#backups.values()].map(({ content }) => content));
    const missing = [...copies.events.values()].filter(({ id, content }) => {
      if (this.#backups.has(id) || this.#foreign.has(id) || contents.has(content)) return false;
      contents.add(content);
      return true;
    });
    const { declined, left, problem } = await this.#openAll(missing, options);
    await mendCopies([...this.#backups.values()], copies, this.#relays);
    const found = this.#keys.size - before;
    return { found, declined, left, incomplete: copies.incomplete, problem };
  }

  /** Makes a key, keeps it, and does not hand it out before its backup was read back. */
  async create(order: KeyOrder): Promise<HeldKey> {
    const spare = this.#spare;
    const isFit = spare?.record.use === order.use && spare.record.contract === order.contract;
    const entry = isFit ? spare : await this.#make(order);
    this.#spare = entry;
    const ports = { relays: this.#relays, verifier: this.#verifier };
    const copies = countHosts(await publishAndReadBack(entry.backup, ports));
    const configured = countHosts(this.#relays.writeUrls);
    if (copies < (order.copies ?? COPIES_WANTED)) throw new BackupError(copies, configured);
    const key = toHeld(entry.record);
    await this.chest.put(key.publicKey, entry);
    this.#spare = undefined;
    return this.#hold(entry);
  }

  async #make({ use, atSec, contract, relays }: KeyOrder): Promise<ChestEntry> {
    const record: KeyRecord = {
      type: 'realyield key',
      v: 1,
      secret: randomHex(),
      use,
      salt: randomHex(),
      createdAtSec: atSec,
      ...(contract === undefined ? {} : { contract }),
      ...(relays === undefined ? {} : { relays: relays.slice(0, 4) }),
    };
    const { publicKey } = this.#signer;
    const content = await this.#signer.encrypt(publicKey, JSON.stringify(record));
    const backup = await this.#signer.sign({
      kind: APPLICATION_DATA_KIND,
      // Not the time of the contract, which would join the two for everybody.
      created_at: blurredSec(atSec),
      tags: [['d', randomHex()]],
      content,
    });
    return { record, backup };
  }

  async #openAll(
    missing: readonly VerifiedEvent[],
    options: RestoreOptions,
  ): Promise<Pick<Restored, 'declined' | 'left' | 'problem'>> {
    const { onProgress, signal } = options;
    const queue = missing.filter(({ id }) => !this.#declined.has(id));
    let declined = missing.length - queue.length;
    const total = queue.length;
    let done = 0;
    let problem: SignerError | undefined;
    const tell = (): void => onProgress?.({ done, total });
    const work = async (): Promise<void> => {
      while (problem === undefined && signal?.aborted !== true) {
        const event = queue.shift();
        if (!event) return;
        try {
          if ((await this.#open(event, options)) === 'declined') declined += 1;
          done += 1;
          tell();
        } catch (error) {
          if (!(error instanceof SignerError)) throw error;
          problem = error;
        }
      }
    };
    if (total > 0) tell();
    await Promise.all(Array.from({ length: AT_ONCE[this.#signer.kind] }, work));
    return { declined, left: total - done, problem };
  }

  /** Asks the signer; rejects with SignerError when it is not there to be asked. */
  async #open(event: VerifiedEvent, options: RestoreOptions): Promise<Opening> {
    const { id, pubkey, created_at, kind, content, sig } = event;
    let text: string;
    try {
      text = await this.#signer.decrypt(this.#signer.publicKey, content);
    } catch (error) {
      if (!(error instanceof SignerError)) return this.#leave(id);
      if (error.code !== 'DECLINED') throw error;
      this.#declined.add(id);
      return 'declined';
    }
    const record = parseKeyRecord(text);
    if (!record) return this.#leave(id);
    const tags = event.tags.map((tag) => [...tag]);
    const entry = { record, backup: { id, pubkey, created_at, kind, tags, content, sig } };
    const key = toHeld(record);
    await options.prepare?.(key);
    await this.chest.put(key.publicKey, entry);
    const held = this.#hold(entry);
    options.onKey?.(held);
    return 'ours';
  }

  async #leave(id: string): Promise<'foreign'> {
    this.#foreign.add(id);
    await this.#store.write([{ table: 'settings', key: `${FOREIGN}${id}`, value: true }]);
    return 'foreign';
  }

  #hold({ record, backup }: ChestEntry): HeldKey {
    const key = toHeld(record);
    this.#backups.set(backup.id, backup);
    const known = this.#keys.get(key.publicKey);
    if (known) return known;
    this.#keys.set(key.publicKey, key);
    return key;
  }
}

function toHeld(record: KeyRecord): HeldKey {
  const signer = createLocalSigner(hexToBytes(record.secret));
  const bitcoin = record.use === 'bond' ? { bitcoin: bitcoinKeyOf(record.secret) } : {};
  return {
    ...bitcoin,
    publicKey: signer.publicKey,
    use: record.use,
    salt: record.salt,
    contract: record.contract,
    relays: record.relays ?? [],
    signer,
  };
}
