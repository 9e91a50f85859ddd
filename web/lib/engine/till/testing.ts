/** A shop for tests of the till: a disk that dies, a wallet that keeps its invoices, a clock. */
import { msat, ok, type Bolt11Invoice } from '@realyield/protocol';
import type { Clock, PaymentRecord, Store, StoreWrite, Wallet, WalletAnswer } from '../ports.ts';
import { walletTaker } from './takers.ts';
import { Till, type Served } from './till.ts';

/** The payment hash of an invoice by its place. */
export const hashOf = (order: number): string => order.toString(16).padStart(64, '0');

/** A store in memory that stops for good at a write, just before it or just after. */
class Disk {
  readonly rows = new Map<string, unknown>();
  writes = 0;
  diesAt = Infinity;
  diesAfter = false;
  isDead = false;

  /** The disk as one process sees it. */
  open(): Store {
    const never = <T>(): Promise<T> => new Promise(() => undefined);
    return {
      get: () => Promise.resolve(undefined),
      byContract: () => Promise.resolve([]),
      close: () => Promise.resolve(),
      all: () =>
        this.isDead
          ? never()
          : Promise.resolve([...this.rows].map(([key, value]) => ({ key, value }))),
      write: (changes: readonly StoreWrite[]) => {
        if (this.isDead) return never();
        this.writes += 1;
        const isLast = this.writes === this.diesAt;
        if (isLast && !this.diesAfter) this.isDead = true;
        if (this.isDead) return never();
        for (const change of changes) {
          if ('value' in change) this.rows.set(change.key, structuredClone(change.value));
        }
        if (isLast) this.isDead = true;
        return this.isDead ? never() : Promise.resolve();
      },
    };
  }
}

/** A wallet that keeps its invoices whoever asks, and says what was paid once or twice. */
class Purse {
  readonly records = new Map<string, PaymentRecord>();
  readonly #listeners = new Set<(record: PaymentRecord) => void>();
  isSilent = false;
  /** Makes the same invoice again. */
  isRepeating = false;
  /** Asks for more than it was told to, msat. */
  moreMsat = 0n;
  #made = 0;

  wallet(): Wallet {
    const answered = <T>(value: T): WalletAnswer<T> => ({ state: 'answered', value });
    const unused = { state: 'unknown' as const, sentence: 'The wallet does not answer.' };
    return {
      info: () => Promise.resolve(unused),
      balance: () => Promise.resolve(unused),
      pay: () => Promise.resolve(unused),
      budget: () => Promise.resolve(unused),
      close: () => undefined,
      makeInvoice: ({ amountMsat }) => {
        if (this.isSilent) return Promise.resolve(unused);
        this.#made += 1;
        const paymentHash = this.isRepeating ? hashOf(1) : hashOf(this.#made);
        this.records.set(paymentHash, {
          ...{ state: 'pending', direction: 'incoming', paymentHash, preimage: undefined },
          ...{ amountMsat, feesPaidMsat: 0n, settledAtSec: undefined },
        });
        const invoice = `${paymentHash}|${amountMsat + this.moreMsat}`;
        return Promise.resolve(answered({ invoice, paymentHash }));
      },
      lookup: ({ paymentHash }) => Promise.resolve(answered(this.records.get(paymentHash))),
      onPayment: () => () => undefined,
    };
  }

  /** Tells a till what is paid, until it is cut off. */
  tell(listener: (record: PaymentRecord) => void): void {
    this.#listeners.add(listener);
  }

  /** Somebody pays; whoever listens is told so often. */
  pay(paymentHash: string, settledAtSec: number, times = 1, moreMsat = 0n): void {
    const record = this.records.get(paymentHash);
    if (!record) throw new Error('no such invoice');
    const amountMsat = record.amountMsat + moreMsat;
    const settled = { ...record, amountMsat, state: 'settled' as const, settledAtSec };
    this.records.set(paymentHash, settled);
    for (const listener of this.#listeners) {
      for (let time = 0; time < times; time += 1) listener(settled);
    }
  }

  /** Cuts every connection. */
  cut(): void {
    this.#listeners.clear();
  }
}

/** Owed on each contract, msat. */
export const OWED = 4_000_000n;
/** Three contracts of one offer, served by the till. */
export const SERVED = ['a', 'b', 'c'].map((contract) => ({
  ...{ contract, offer: 'x', shareBps: 700, principalUnits: 1_000n, soughtUnits: 3_000n },
  ...{ effectiveAtSec: 5, thresholdSat: 40, network: 'regtest' },
}));

/** Reads what the purse writes in place of invoices. */
const reader = (nowSec: () => number) => (text: string) => {
  const [paymentHash = '', amount = ''] = text.split('|');
  const createdAtSec = nowSec();
  const invoice: Bolt11Invoice = {
    ...{ paymentRequest: text, network: 'regtest', amountMsat: msat(BigInt(amount)) },
    ...{ createdAtSec, expirySec: 600, expiresAtSec: createdAtSec + 600, paymentHash },
    ...{ paymentSecret: '', payeeNodeId: '', minFinalCltvExpiry: 18 },
    ...{ fallbackAddresses: [], routeHintCount: 0 },
  };
  return ok(invoice);
};

/** A shop with a disk, a purse and a clock; tills come and go. */
export class Shop {
  readonly disk = new Disk();
  readonly purse = new Purse();
  nowSec = 1_800_000_000;
  isReady = true;
  served = SERVED;

  /** All that is ordered for a contract, msat. */
  ordered(contract: string): bigint {
    return [...this.disk.rows]
      .filter(([key]) => key.startsWith(`part|${contract}|`))
      .reduce((sum, [, value]) => sum + (value as bigint), 0n);
  }

  async open(): Promise<Till> {
    this.disk.isDead = false;
    const store = this.disk.open();
    const clock: Clock = {
      nowSec: () => this.nowSec,
      nowMs: () => this.nowSec * 1_000,
      after: () => () => undefined,
    };
    const served = (): Served[] =>
      this.served.map((each) => ({ ...each, owedMsat: OWED - this.ordered(each.contract) }));
    const wallet = this.purse.wallet();
    const till = new Till({
      ...{ store, clock, takerOf: () => walletTaker(wallet), served, isReady: () => this.isReady },
      keyOf: () => hashOf(7),
      readInvoice: reader(() => this.nowSec),
      order: async (contract, msat, also) => {
        const key = `part|${contract}|${this.disk.rows.size}`;
        await store.write([{ table: 'journal', key, value: msat, contract }, ...also]);
        return true;
      },
    });
    await till.start();
    await till.check();
    this.purse.tell((record) => {
      till.hear(record);
    });
    return till;
  }
}
