/**
 * The bank's journal of payments it passes on: every step of every payment is on disk before it
 * is taken. Nobody else can finish what is in it, so its holder goes on with it whoever pays.
 */
import type { Leg, SignedEvent } from '@realyield/protocol';
import type { Store, StoreWrite } from '../ports.ts';

/**
 * Steps of one payment. `ordered`: a hold invoice is to be made. `made`: it is there and checked.
 * `offered`: the bank has signed, the payer may pay. `paying`: held, and the payee's invoice is
 * being paid. `paid`: the preimage is here, what is held is ours. `cancelling`: to be given back.
 * In the end it is `settled`, `cancelled`, or `lost`: the payee was paid, and what was held had
 * gone back.
 */
export type ForwardStep =
  | 'ordered'
  | 'made'
  | 'offered'
  | 'paying'
  | 'paid'
  | 'cancelling'
  | 'settled'
  | 'cancelled'
  | 'lost';

/** One payment that is passed on; amounts are msat, decimal. */
export interface ForwardEntry {
  readonly contract: string;
  readonly leg: Leg;
  readonly n: number;
  readonly request: SignedEvent;
  readonly paymentHash: string;
  readonly grossMsat: string;
  readonly netMsat: string;
  /** The payee's invoice, which nobody but the bank has, and when it expires. */
  readonly inner: string;
  readonly innerExpiresAtSec: number;
  /** When the request expires. */
  readonly expiresAtSec: number;
  readonly step: ForwardStep;
  readonly updatedAtMs: number;
  /** When the wallet was last told to make the hold invoice, ms. */
  readonly orderedAtMs?: number;
  /** The bank's invoice. */
  readonly outer?: string;
  /** The bank's signed word, once it was given. */
  readonly forward?: SignedEvent;
  /** When the wallet was told to pay the payee, ms. */
  readonly sentAtMs?: number;
  /** Which wallet that was. */
  readonly wallet?: string;
  readonly preimage?: string;
  readonly feesPaidMsat?: string;
  /** Why it was given back, in words. */
  readonly reason?: string;
}

const PREFIX = 'forward|';
const ENDS: readonly ForwardStep[] = ['settled', 'cancelled', 'lost'];

/** Whether nothing more comes of a payment. */
export function isOver({ step }: Pick<ForwardEntry, 'step'>): boolean {
  return ENDS.includes(step);
}

/** Whether what was held for a payment is given back, or is about to be: its invoice is void. */
export function isGivenBack({ step }: Pick<ForwardEntry, 'step'>): boolean {
  return step === 'cancelling' || step === 'cancelled';
}

/** The forwarding journal of one bank. */
export class ForwardJournal {
  readonly #store: Store;
  readonly #entries = new Map<string, ForwardEntry>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Reads the journal; must resolve before anything is passed on. */
  async load(): Promise<void> {
    for (const { key, value } of await this.#store.all('journal')) {
      if (!key.startsWith(PREFIX)) continue;
      const entry = value as ForwardEntry;
      this.#entries.set(entry.paymentHash, entry);
    }
  }

  /** The payment of a hash. */
  get(paymentHash: string): ForwardEntry | undefined {
    return this.#entries.get(paymentHash);
  }

  /** All payments, in no order. */
  all(): readonly ForwardEntry[] {
    return [...this.#entries.values()];
  }

  /** The payments of one request, by part. */
  ofRequest(id: string): readonly ForwardEntry[] {
    return this.all()
      .filter((entry) => entry.request.id === id)
      .sort((a, b) => a.n - b.n);
  }

  /** Writes entries; then they count. */
  async write(entries: readonly ForwardEntry[]): Promise<void> {
    const writes: StoreWrite[] = entries.map((entry) => ({
      table: 'journal',
      key: `${PREFIX}${entry.paymentHash}`,
      value: entry,
      contract: entry.contract,
    }));
    await this.#store.write(writes);
    for (const entry of entries) this.#entries.set(entry.paymentHash, entry);
  }
}
