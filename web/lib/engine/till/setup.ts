/** How a merchant has set up the till: what is sold, in which currency, and who may leave it. */
import type { FiatDenomination } from '@realyield/protocol';
import { pbkdf2Async } from '@noble/hashes/pbkdf2.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { Listeners } from '../listeners.ts';
import type { Store } from '../ports.ts';
import { randomHex } from '../random.ts';

const KEY = 'till|setup';
/** A PIN keeps hands off, not thieves who take the device apart. */
const PIN_ROUNDS = 60_000;
const PIN = /^\d{4,8}$/;
const MOST_ITEMS = 60;

/** Something on the counter. */
export interface TillItem {
  readonly id: string;
  readonly title: string;
  /** ISO 4217, or nothing where it is priced in bitcoin. */
  readonly currency?: string;
  /** In msat, or units of a ledger kept in the currency, decimal. */
  readonly units: string;
}

interface Pin {
  readonly salt: string;
  readonly hash: string;
}

/** What is kept of it. */
export interface TillSetup {
  /** The currency prices are in, with the oracles that say what bitcoin costs. */
  readonly denomination?: FiatDenomination;
  readonly items: readonly TillItem[];
  readonly pin?: Pin;
  /** Nothing but the till can be opened until the PIN is given. */
  readonly isLocked: boolean;
}

const EMPTY: TillSetup = { items: [], isLocked: false };

async function hashPin(pin: string, salt: string): Promise<string> {
  const options = { c: PIN_ROUNDS, dkLen: 32 };
  return bytesToHex(await pbkdf2Async(sha256, pin, salt, options));
}

/** The setup of one till. */
export class TillSettings {
  readonly changed = new Listeners<void>();
  readonly #store: Store;
  #setup: TillSetup = EMPTY;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Reads what was kept. */
  async load(): Promise<void> {
    const kept = await this.#store.get('settings', KEY);
    if (kept !== undefined) this.#setup = { ...EMPTY, ...(kept as TillSetup) };
  }

  /** What is set now. */
  get setup(): TillSetup {
    return this.#setup;
  }

  /** Takes a currency, or none, for prices. */
  useCurrency(denomination: FiatDenomination | undefined): Promise<void> {
    const { denomination: _before, ...rest } = this.#setup;
    return this.#keep(denomination ? { ...rest, denomination } : rest);
  }

  /** Adds an item, or changes the one with its id; false where there is no room for more. */
  async putItem(item: TillItem): Promise<boolean> {
    const { items } = this.#setup;
    const isKnown = items.some(({ id }) => id === item.id);
    if (!isKnown && items.length >= MOST_ITEMS) return false;
    const next = isKnown
      ? items.map((each) => (each.id === item.id ? item : each))
      : [...items, item];
    await this.#keep({ ...this.#setup, items: next });
    return true;
  }

  /** Takes an item off the counter. */
  removeItem(id: string): Promise<void> {
    const items = this.#setup.items.filter((item) => item.id !== id);
    return this.#keep({ ...this.#setup, items });
  }

  /** Sets the PIN; false where it is not four to eight digits. */
  async setPin(pin: string): Promise<boolean> {
    if (!PIN.test(pin)) return false;
    const salt = randomHex();
    await this.#keep({ ...this.#setup, pin: { salt, hash: await hashPin(pin, salt) } });
    return true;
  }

  /** Needs no PIN any more. */
  async removePin(): Promise<void> {
    const { pin: _before, ...rest } = this.#setup;
    await this.#keep({ ...rest, isLocked: false });
  }

  /** Keeps everything but the till shut; only where there is a PIN. */
  async lock(): Promise<void> {
    if (this.#setup.pin) await this.#keep({ ...this.#setup, isLocked: true });
  }

  /** Opens the rest again; false where the PIN is another. */
  async unlock(pin: string): Promise<boolean> {
    const { pin: kept } = this.#setup;
    if (kept && (await hashPin(pin, kept.salt)) !== kept.hash) return false;
    await this.#keep({ ...this.#setup, isLocked: false });
    return true;
  }

  async #keep(setup: TillSetup): Promise<void> {
    await this.#store.write([{ table: 'settings', key: KEY, value: setup }]);
    this.#setup = setup;
    this.changed.emit();
  }
}
