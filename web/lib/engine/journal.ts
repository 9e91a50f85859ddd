/**
 * The payer's journal: every step of every part is on disk before it is taken, so that whatever
 * dies in between, nothing is paid twice and nothing is forgotten.
 */
import type { Leg, SignedEvent } from '@realyield/protocol';
import type { Store, StoreWrite } from './ports.ts';

/**
 * Steps of a part. `wanted`: to be asked for. `checked`: request and invoice checked, payable.
 * `sending`: the wallet has been told, or is about to be. `unknown`: told, no clear answer.
 * `paid`: the preimage is here. `receipted`: the receipt is signed and in the outbox.
 * `failed`: the wallet said that nothing left; the part may be asked for again.
 */
export type JournalStep =
  'wanted' | 'checked' | 'sending' | 'unknown' | 'paid' | 'receipted' | 'failed';

/** One part in the journal. */
export interface JournalEntry {
  readonly contract: string;
  readonly leg: Leg;
  readonly n: number;
  /** msat, decimal. */
  readonly amountUnits: string;
  readonly step: JournalStep;
  readonly updatedAtMs: number;
  /** When the parts were last asked for, ms; 0 when never. */
  readonly askedAtMs: number;
  readonly request?: SignedEvent;
  readonly invoice?: string;
  readonly paymentHash?: string;
  readonly expiresAtSec?: number;
  /** When the wallet was told, ms. */
  readonly sentAtMs?: number;
  readonly preimage?: string;
  readonly feesPaidMsat?: string;
  readonly receipt?: string;
  /** Why it failed, in words. */
  readonly reason?: string;
  /** The order it is a part of, where several investors are paid at once, and its place in it. */
  readonly together?: { readonly order: string; readonly round: number };
}

/** What one part took from the wallet, fees included, and when it was sent. */
export interface Spending {
  readonly contract: string;
  readonly atMs: number;
  readonly spentMsat: bigint;
}

const PREFIX = 'part|';
/** Steps at which money has left the wallet, or may have. */
const SPENT: readonly JournalStep[] = ['sending', 'unknown', 'paid', 'receipted'];

/** The key of a part's entry. */
function entryKey(contract: string, leg: Leg, n: number): string {
  return `${PREFIX}${contract}|${leg}|${n}`;
}

/** The first entry of a part. */
export function wantedEntry(
  contract: string,
  leg: Leg,
  n: number,
  amountUnits: bigint,
  nowMs: number,
): JournalEntry {
  const amount = amountUnits.toString();
  return {
    contract,
    leg,
    n,
    amountUnits: amount,
    step: 'wanted',
    updatedAtMs: nowMs,
    askedAtMs: 0,
  };
}

/** A part whose request cannot be used any more: to be asked for again. */
export function renewedEntry(entry: JournalEntry, nowMs: number): JournalEntry {
  const { contract, leg, n, amountUnits, together } = entry;
  const wanted = wantedEntry(contract, leg, n, BigInt(amountUnits), nowMs);
  return together ? { ...wanted, together } : wanted;
}

/** The journal of one person. */
export class Journal {
  readonly #store: Store;
  readonly #entries = new Map<string, JournalEntry>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Reads the journal; must resolve before anything is paid. */
  async load(): Promise<void> {
    for (const { key, value } of await this.#store.all('journal')) {
      if (key.startsWith(PREFIX)) this.#entries.set(key, value as JournalEntry);
    }
  }

  /** Entries of one contract and leg, by n. */
  entries(contract: string, leg: Leg): readonly JournalEntry[] {
    return [...this.#entries.values()]
      .filter((entry) => entry.contract === contract && entry.leg === leg)
      .sort((a, b) => a.n - b.n);
  }

  /** What has left the wallet since a time, ms, or may have, in no order. */
  spent(sinceMs: number): Spending[] {
    const found: Spending[] = [];
    for (const entry of this.#entries.values()) {
      const { contract, step, sentAtMs, updatedAtMs, amountUnits, feesPaidMsat = '0' } = entry;
      const atMs = sentAtMs ?? updatedAtMs;
      if (atMs < sinceMs || !SPENT.includes(step)) continue;
      found.push({ contract, atMs, spentMsat: BigInt(amountUnits) + BigInt(feesPaidMsat) });
    }
    return found;
  }

  /** All entries of one order to several investors. */
  together(order: string): readonly JournalEntry[] {
    return [...this.#entries.values()].filter((entry) => entry.together?.order === order);
  }

  /** One entry. */
  get(contract: string, leg: Leg, n: number): JournalEntry | undefined {
    return this.#entries.get(entryKey(contract, leg, n));
  }

  /** Writes entries, and whatever else must be true at the same moment; then they count. */
  async write(entries: readonly JournalEntry[], also: readonly StoreWrite[] = []): Promise<void> {
    const writes = entries.map((entry) => ({
      table: 'journal' as const,
      key: entryKey(entry.contract, entry.leg, entry.n),
      value: entry,
      contract: entry.contract,
    }));
    await this.#store.write([...writes, ...also]);
    for (const entry of entries) {
      this.#entries.set(entryKey(entry.contract, entry.leg, entry.n), entry);
    }
  }

  /** Gives an order that was never paid another number. */
  async renumber(entry: JournalEntry, n: number): Promise<void> {
    const { contract, leg } = entry;
    const next = { ...entry, n, askedAtMs: 0 };
    const from = entryKey(contract, leg, entry.n);
    await this.write([next], [{ table: 'journal', key: from, remove: true }]);
    this.#entries.delete(from);
  }

  /** Forgets an order that was never paid. */
  async drop(entry: JournalEntry): Promise<void> {
    const key = entryKey(entry.contract, entry.leg, entry.n);
    await this.#store.write([{ table: 'journal', key, remove: true }]);
    this.#entries.delete(key);
  }
}
