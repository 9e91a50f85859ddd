/**
 * A day at the till, with the till killed before or after each of its writes: every sale that was
 * paid has one serial, its shares came together once, and what was handed over is what is ordered.
 * requires: TL-1, TL-2
 */
import { describe, expect, it } from 'vitest';
import type { Clock, PaymentRecord, Store, StoreWrite, Wallet, WalletAnswer } from '../ports.ts';
import { Till, type Served } from './till.ts';

const hashOf = (order: number): string => order.toString(16).padStart(64, '0');

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
        const paymentHash = hashOf(this.#made);
        this.records.set(paymentHash, {
          ...{ state: 'pending', direction: 'incoming', paymentHash, preimage: undefined },
          ...{ amountMsat, feesPaidMsat: 0n, settledAtSec: undefined },
        });
        return Promise.resolve(answered({ invoice: `lnbcrt${this.#made}`, paymentHash }));
      },
      lookup: ({ paymentHash }) => Promise.resolve(answered(this.records.get(paymentHash))),
      onPayment: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
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

const OWED = 4_000_000n;
const SERVED = ['a', 'b', 'c'].map((contract) => ({
  ...{ contract, offer: 'x', shareBps: 700, principalUnits: 1_000n, soughtUnits: 3_000n },
  ...{ effectiveAtSec: 5, thresholdSat: 40 },
}));

class Shop {
  readonly disk = new Disk();
  readonly purse = new Purse();
  nowSec = 1_800_000_000;

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
      SERVED.map((each) => ({ ...each, owedMsat: OWED - this.ordered(each.contract) }));
    const till = new Till({
      ...{ store, clock, wallet: this.purse.wallet(), served },
      order: async (contract, msat, also) => {
        const key = `part|${contract}|${this.disk.rows.size}`;
        await store.write([{ table: 'journal', key, value: msat, contract }, ...also]);
        return true;
      },
    });
    await till.start();
    return till;
  }
}

/** Waits until nothing happens any more in this process, dead or not. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const reaches = async <T>(promise: Promise<T>): Promise<T | undefined> => {
  const ended = Symbol('ended');
  let found: T | typeof ended = ended;
  void promise.then((value) => (found = value));
  for (let turn = 0; turn < 5; turn += 1) await settle();
  return found === ended ? undefined : found;
};

const AMOUNTS = [210_000n, 1_000n, 999_000n, 77_000n, 5_000_000n, 13_000n];

/** Six sales: told twice, overpaid, late, and while nobody listens; deaths where they come. */
async function day(shop: Shop): Promise<Till> {
  let till = await reaches(shop.open());
  const again = async (): Promise<Till> => {
    shop.purse.cut();
    // It dies once, be it while it starts again.
    if (shop.disk.isDead) shop.disk.diesAt = Infinity;
    return (await reaches(shop.open())) ?? again();
  };
  till ??= await again();
  for (const [index, amountMsat] of AMOUNTS.entries()) {
    let asked = await reaches(till.ask(amountMsat));
    // The cashier asks again at a till that has died.
    for (; !asked?.ok; asked = await reaches(till.ask(amountMsat))) till = await again();
    const { paymentHash = '' } = asked.sale;
    if (index === 4) shop.purse.cut();
    if (index === 3) {
      shop.nowSec += 601;
      await reaches(till.check());
    }
    shop.purse.pay(paymentHash, shop.nowSec, index === 0 ? 2 : 1, index === 1 ? 7n : 0n);
    shop.nowSec += 30;
    for (let turn = 0; turn < 5; turn += 1) await settle();
    if (shop.disk.isDead || index === 4) till = await again();
  }
  if (!(await reaches(till.check().then(() => true)))) till = await again();
  return till;
}

function check(shop: Shop, till: Till): void {
  const settled = [...shop.purse.records.values()].filter(({ state }) => state === 'settled');
  const paid = till.sales.flatMap((sale) => (sale.paid ? [sale] : []));
  expect(paid.map((sale) => sale.paymentHash).sort()).toEqual(
    settled.map(({ paymentHash }) => paymentHash).sort(),
  );
  // TL-1, TL-2: serials without a gap, none twice, times that never go back.
  const bySerial = [...paid].sort((a, b) => (a.paid?.serial ?? 0) - (b.paid?.serial ?? 0));
  expect(bySerial.map((sale) => sale.paid?.serial)).toEqual(paid.map((_, at) => at + 1));
  const times = bySerial.map((sale) => sale.paid?.atSec ?? 0);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const taken = settled.reduce((sum, { amountMsat }) => sum + amountMsat, 0n);
  expect(paid.reduce((sum, sale) => sum + BigInt(sale.paid?.msat ?? 0), 0n)).toBe(taken);
  for (const { contract } of SERVED) {
    const accrued = (taken * 700n) / (10_000n * 3n);
    const ordered = shop.ordered(contract);
    const row = shop.disk.rows.get(`till|share|${contract}`) as Record<string, string>;
    expect(BigInt(row['accrued'] ?? 0) / BigInt(row['denominator'] ?? 1)).toBe(accrued);
    expect(BigInt(row['handedMsat'] ?? 0)).toBe(ordered);
    expect(ordered % 1_000n).toBe(0n);
    expect(accrued - ordered >= 0n && accrued - ordered < 40_000n).toBe(true);
  }
}

describe('a day at the till', () => {
  it('takes every sale, late, over, told twice or unheard', async () => {
    const shop = new Shop();
    const till = await day(shop);
    check(shop, till);
    const paid = till.sales.map((sale) => sale.paid);
    expect(paid.map((each) => each?.amount)).toEqual([
      ...['exact', 'over', 'exact', 'exact', 'exact', 'exact'],
    ]);
    expect(paid.map((each) => each?.isLate)).toEqual([false, false, false, true, false, false]);
    expect(paid[4]?.found).toBe('lookup');
    expect(shop.disk.writes).toBeGreaterThan(18);
  });

  it('loses and doubles nothing, whichever write it dies before or after', async () => {
    const whole = new Shop();
    await day(whole);
    for (let at = 1; at <= whole.disk.writes; at += 1) {
      for (const diesAfter of [false, true]) {
        const shop = new Shop();
        Object.assign(shop.disk, { diesAt: at, diesAfter });
        check(shop, await day(shop));
      }
    }
  });

  it('shows nothing that the wallet did not answer, and says so', async () => {
    const shop = new Shop();
    const till = await shop.open();
    shop.purse.isSilent = true;
    expect(await till.ask(1_000n)).toEqual({ ok: false, sentence: 'The wallet does not answer.' });
    expect(till.sales.map(({ step }) => step)).toEqual(['asked']);
    await till.stop();
  });

  it('shows what is not paid in time as expired, and hands over no more than is owed', async () => {
    const shop = new Shop();
    const till = await shop.open();
    await till.ask(1_000n);
    shop.nowSec += 601;
    await till.check();
    expect(till.sales.map(({ step }) => step)).toEqual(['expired']);
    await till.ask(1_000_000_000n);
    shop.purse.pay(hashOf(2), shop.nowSec);
    await till.check();
    expect(SERVED.map(({ contract }) => shop.ordered(contract))).toEqual([OWED, OWED, OWED]);
  });
});
