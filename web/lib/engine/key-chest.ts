/**
 * Keys on this device: encrypted under a device key, which is encrypted to the person. So the
 * person's signer is asked once at a start, however many keys there are.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import type { SignedEvent } from '@realyield/protocol';
import { createLocalSigner } from '../signer/local-signer.ts';
import { parseKeyRecord, type KeyRecord } from './key-record.ts';
import type { Signer, Store } from './ports.ts';
import { randomHex } from './random.ts';

/** Where the device key lies among the settings. */
const DEVICE_KEY = 'device key';

/** A key with its backup, the event relays have. */
export interface ChestEntry {
  readonly record: KeyRecord;
  readonly backup: SignedEvent;
}

interface Row {
  readonly sealed: string;
  readonly backup: SignedEvent;
}

/** A text sealed by NIP-44, as far as it can be seen from outside. */
const SEALED = /^[A-Za-z0-9+/]{130,}={0,2}$/;

/** The keys of one person on one device. */
export class KeyChest {
  readonly #person: Signer;
  readonly #store: Store;
  #device: Promise<Signer> | undefined;

  constructor(person: Signer, store: Store) {
    this.#person = person;
    this.#store = store;
  }

  /** Everything kept here; rejects with SignerError when the person's signer does not open it. */
  async all(): Promise<readonly ChestEntry[]> {
    const rows = await this.#store.all('keys');
    if (rows.length === 0) return [];
    const device = await this.device();
    const found: ChestEntry[] = [];
    for (const { value } of rows) {
      const { sealed, backup } = value as Partial<Row>;
      if (typeof sealed !== 'string' || backup === undefined) continue;
      // What does not open was sealed under a device key that is gone; relays have it too.
      const text = await device.decrypt(device.publicKey, sealed).catch(() => '');
      const record = parseKeyRecord(text);
      if (record) found.push({ record, backup });
    }
    return found;
  }

  /** Keeps a key; on disk when this resolves. */
  async put(publicKey: string, { record, backup }: ChestEntry): Promise<void> {
    const device = await this.device();
    const sealed = await device.encrypt(device.publicKey, JSON.stringify(record));
    const value: Row = { sealed, backup };
    await this.#store.write([{ table: 'keys', key: publicKey, value }]);
  }

  /** The device key, to seal other secrets with; made when there is none. */
  device(): Promise<Signer> {
    const opening = this.#device ?? this.#read();
    this.#device = opening;
    opening.catch(() => {
      this.#device = undefined;
    });
    return opening;
  }

  async #read(): Promise<Signer> {
    const { publicKey } = this.#person;
    const kept = await this.#store.get('settings', DEVICE_KEY);
    // What is damaged opens nothing: another is made, and the relays bring back what it sealed.
    if (typeof kept === 'string' && SEALED.test(kept)) {
      const secret = await this.#person.decrypt(publicKey, kept);
      return createLocalSigner(hexToBytes(secret));
    }
    const secret = randomHex();
    const value = await this.#person.encrypt(publicKey, secret);
    await this.#store.write([{ table: 'settings', key: DEVICE_KEY, value }]);
    return createLocalSigner(hexToBytes(secret));
  }
}
