/**
 * The payer's journal: every step of every part is on disk before it is taken, so that whatever
 * dies in between, nothing is paid twice and nothing is forgotten.
 */
import type { Leg } from '@realyield/protocol';
import { paidMsat, type JournalEntry, type JournalStep } from './journal-entries.ts';
import { readRow } from './journal-rows.ts';
import type { Store, StoreWrite } from './ports.ts';

export * from './journal-entries.ts';

/** What one part took from the wallet, fees included, and when it was sent. */
export interface Spending {
  readonly contract: string;
  readonly atMs: number;
  readonly spentMsat: bigint;
}

const PREFIX = 'part|';
/** Steps at which money has left the wallet, or may have. */
const SPENT: readonly JournalStep[] = ['sending', 'unknown', 'paid', 'receipted'];

interface LegEntries {
  readonly all: Map<number, JournalEntry>;
  readonly unproven: Map<number, JournalEntry>;
  readonly feeless: Map<number, JournalEntry>;
}

const legKey = (contract: string, leg: Leg): string => `${contract}|${leg}`;

function inOrder(entries: ReadonlyMap<number, JournalEntry> | undefined): readonly JournalEntry[] {
  return [...(entries?.values() ?? [])].sort((a, b) => a.n - b.n);
}

/** The key of a part's entry. */
function entryKey(contract: string, leg: Leg, n: number): string {
  return `${PREFIX}${contract}|${leg}|${n}`;
}

const keyOf = ({ contract, leg, n }: JournalEntry): string => entryKey(contract, leg, n);

/** Whether a part is paid, as it was told the wallet, and what the wallet charged is not known. */
function isFeeless({ step, sentAtMs, paymentHash, feesPaidMsat }: JournalEntry): boolean {
  const isPaid = step === 'paid' || step === 'receipted';
  return (
    isPaid && sentAtMs !== undefined && paymentHash !== undefined && feesPaidMsat === undefined
  );
}

const nothing = (): void => undefined;

/** The journal of one person. */
export class Journal {
  readonly #store: Store;
  readonly #tellDamaged: (key: string) => void;
  readonly #entries = new Map<string, JournalEntry>();
  /** By contract and leg: all entries, those that something can come of, those without fees. */
  readonly #legs = new Map<string, LegEntries>();
  /** What is under way with a row. */
  readonly #turns = new Map<string, Promise<void>>();

  /** `tellDamaged` is called for each row that is set aside. */
  constructor(store: Store, tellDamaged: (key: string) => void = () => undefined) {
    this.#store = store;
    this.#tellDamaged = tellDamaged;
  }

  /** Reads the journal; must resolve before anything is paid. */
  async load(): Promise<void> {
    for (const { key, value } of await this.#store.all('journal')) {
      if (!key.startsWith(PREFIX)) continue;
      const entry = readRow(key, value, keyOf);
      if (entry) this.#put(entry);
      else this.#tellDamaged(key);
    }
  }

  /** Entries of one contract and leg, by n. */
  entries(contract: string, leg: Leg): readonly JournalEntry[] {
    return inOrder(this.#legs.get(legKey(contract, leg))?.all);
  }

  /** Those of them that are not proven yet, by n: few, however long the stream. */
  unproven(contract: string, leg: Leg): readonly JournalEntry[] {
    return inOrder(this.#legs.get(legKey(contract, leg))?.unproven);
  }

  /** Those that were sent from here and proven by others: what they cost is not known. */
  feeless(contract: string, leg: Leg): readonly JournalEntry[] {
    return inOrder(this.#legs.get(legKey(contract, leg))?.feeless);
  }

  /** What has left the wallet since a time, ms, or may have, in no order. */
  spent(sinceMs: number): Spending[] {
    const found: Spending[] = [];
    for (const entry of this.#entries.values()) {
      const { contract, step, sentAtMs, updatedAtMs, feesPaidMsat = '0' } = entry;
      const atMs = sentAtMs ?? updatedAtMs;
      if (atMs < sinceMs || !SPENT.includes(step)) continue;
      found.push({ contract, atMs, spentMsat: paidMsat(entry) + BigInt(feesPaidMsat) });
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
    await this.change(entries, (_current, entry) => entry, also);
  }

  /**
   * Changes entries, each as it is when its turn has come: whoever waited for a wallet or a signer
   * holds a copy that may be old. What nothing comes of stays as it is. Yields what there is then.
   */
  change(
    entries: readonly JournalEntry[],
    next: (current: JournalEntry | undefined, entry: JournalEntry) => JournalEntry | undefined,
    also: readonly StoreWrite[] = [],
  ): Promise<readonly (JournalEntry | undefined)[]> {
    return this.#inTurn(entries.map(keyOf), async () => {
      const currentOf = (entry: JournalEntry) => this.#entries.get(keyOf(entry));
      const changed = entries.flatMap((entry) => next(currentOf(entry), entry) ?? []);
      const writes = changed.map((entry) => {
        const { contract } = entry;
        return { table: 'journal' as const, key: keyOf(entry), value: entry, contract };
      });
      if (writes.length + also.length > 0) await this.#store.write([...writes, ...also]);
      for (const entry of changed) this.#put(entry);
      return entries.map(currentOf);
    });
  }

  /** Writes what follows from an entry that was read before, if it still is that one. */
  async replace(before: JournalEntry | undefined, next: JournalEntry): Promise<JournalEntry> {
    const [after] = await this.change([next], (current) => (current === before ? next : undefined));
    return after ?? next;
  }

  /** Replaces some entries by others, all or none; whether they still were what they were. */
  exchange(before: readonly JournalEntry[], after: readonly JournalEntry[]): Promise<boolean> {
    const held = new Map(before.map((entry) => [keyOf(entry), entry]));
    const keys = [...new Set([...before, ...after].map(keyOf))];
    return this.#inTurn(keys, async () => {
      if (keys.some((key) => this.#entries.get(key) !== held.get(key))) return false;
      for (const entry of after) held.delete(keyOf(entry));
      const put = after.map((entry): StoreWrite => {
        const { contract } = entry;
        return { table: 'journal', key: keyOf(entry), value: entry, contract };
      });
      const gone = [...held.keys()].map((key): StoreWrite => {
        return { table: 'journal', key, remove: true };
      });
      await this.#store.write([...put, ...gone]);
      for (const entry of after) this.#put(entry);
      for (const entry of held.values()) this.#remove(entry);
      return true;
    });
  }

  /** Gives an order that was never paid another number, if it still is what it was. */
  renumber(entry: JournalEntry, n: number): Promise<boolean> {
    return this.exchange([entry], [{ ...entry, n, askedAtMs: 0 }]);
  }

  /** Forgets an order that was never paid, if it still is what it was; whether it was. */
  drop(entry: JournalEntry): Promise<boolean> {
    return this.exchange([entry], []);
  }

  /** Runs when all that was begun before with these rows has ended. */
  async #inTurn<T>(keys: readonly string[], run: () => Promise<T>): Promise<T> {
    const before = keys.flatMap((key) => this.#turns.get(key) ?? []);
    const result = before.length === 0 ? run() : Promise.all(before).then(run);
    const turn = result.then(nothing, nothing);
    for (const key of keys) this.#turns.set(key, turn);
    try {
      return await result;
    } finally {
      for (const key of keys) if (this.#turns.get(key) === turn) this.#turns.delete(key);
    }
  }

  #put(entry: JournalEntry): void {
    const { contract, leg, n } = entry;
    this.#entries.set(entryKey(contract, leg, n), entry);
    const key = legKey(contract, leg);
    const none = { all: new Map(), unproven: new Map(), feeless: new Map() };
    const known = this.#legs.get(key) ?? none;
    this.#legs.set(key, known);
    known.all.set(n, entry);
    if (entry.step === 'receipted') known.unproven.delete(n);
    else known.unproven.set(n, entry);
    if (isFeeless(entry)) known.feeless.set(n, entry);
    else known.feeless.delete(n);
  }

  #remove({ contract, leg, n }: JournalEntry): void {
    this.#entries.delete(entryKey(contract, leg, n));
    const known = this.#legs.get(legKey(contract, leg));
    known?.all.delete(n);
    known?.unproven.delete(n);
    known?.feeless.delete(n);
  }
}
