/**
 * A day at the till, with the till killed before or after each of its writes: every sale that was
 * paid has one serial, its shares came together once, and what was handed over is what is ordered.
 * requires: TL-1, TL-2
 */
import { describe, expect, it } from 'vitest';
import { hashOf, OWED, SERVED, Shop } from './testing.ts';
import type { Till } from './till.ts';

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
    let asked = await reaches(till.ask({ amountMsat }));
    // The cashier asks again at a till that has died.
    for (; !asked?.ok; asked = await reaches(till.ask({ amountMsat }))) till = await again();
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
    expect(await till.ask({ amountMsat: 1_000n })).toEqual({
      ok: false,
      sentence: 'The wallet does not answer.',
    });
    expect(till.sales.map(({ step }) => step)).toEqual(['asked']);
    await till.stop();
  });

  it('shows no invoice but what was asked for, and only when loans are known', async () => {
    const shop = new Shop();
    const till = await shop.open();
    const ask = async () => {
      const asked = await till.ask({ amountMsat: 1_000n });
      return asked.ok ? asked.sale.step : asked.sentence;
    };
    shop.purse.moreMsat = 1n;
    expect(await ask()).toMatch(/another amount/);
    shop.purse.moreMsat = 0n;
    expect(await ask()).toBe('shown');
    shop.purse.isRepeating = true;
    shop.purse.pay(hashOf(2), shop.nowSec);
    expect(await ask()).toBe('shown');
    expect(await ask()).toMatch(/shown before/);
    shop.isReady = false;
    expect(await ask()).toMatch(/still being read/);
    expect(await till.ask({ amountMsat: 0n })).toMatchObject({ ok: false });
  });

  it('counts what is paid after it was put away, and believes no senseless notice', async () => {
    const shop = new Shop();
    const till = await shop.open();
    await till.ask({ amountMsat: 9_000n });
    await till.cancel(1);
    const told = shop.purse.records.get(hashOf(1));
    if (!told) throw new Error('no invoice');
    const settled = { ...told, state: 'settled' as const };
    till.hear({ ...settled, amountMsat: 0n });
    till.hear({ ...settled, direction: 'outgoing' });
    till.hear({ ...settled, preimage: 'ab'.repeat(32) });
    till.hear({ ...settled, paymentHash: hashOf(99) });
    await till.check();
    expect(till.sales[0]?.step).toBe('cancelled');
    shop.purse.pay(hashOf(1), shop.nowSec);
    await till.check();
    expect(till.sales[0]?.paid).toMatchObject({ isUnexpected: true, amount: 'exact', serial: 1 });
    expect(till.sales[0]?.paid?.split).toEqual(
      SERVED.map(({ contract }) => ({ contract, msat: '210' })),
    );
  });

  it('takes another name for other contracts, and goes on when a clock is set back', async () => {
    const shop = new Shop();
    const till = await shop.open();
    const sell = async (): Promise<void> => {
      const asked = await till.ask({ amountMsat: 5_000n });
      if (asked.ok) shop.purse.pay(asked.sale.paymentHash ?? '', shop.nowSec);
      await till.check();
    };
    await sell();
    till.sellFrom(shop.nowSec + 5);
    shop.nowSec -= 3_600;
    await sell();
    shop.served = SERVED.slice(1);
    await sell();
    const [first, second] = till.names;
    expect(first).toMatchObject({ contracts: ['a', 'b', 'c'], order: 1 });
    expect(second).toMatchObject({ contracts: ['b', 'c'], order: 2 });
    expect(first?.untilSec).toBe(second?.sinceSec);
    const paid = till.sales.map((sale) => sale.paid);
    expect(paid.map((each) => [each?.till, each?.serial])).toEqual([
      [first?.till, 1],
      [first?.till, 2],
      [second?.till, 1],
    ]);
    expect(paid[1]?.atSec).toBe((paid[0]?.atSec ?? 0) + 5);
    const again = await shop.open();
    expect(again.names).toEqual(till.names);
  });

  it('shows what is not paid in time as expired, and hands over no more than is owed', async () => {
    const shop = new Shop();
    const till = await shop.open();
    await till.ask({ amountMsat: 1_000n });
    shop.nowSec += 601;
    await till.check();
    expect(till.sales.map(({ step }) => step)).toEqual(['expired']);
    await till.ask({ amountMsat: 1_000_000_000n });
    shop.purse.pay(hashOf(2), shop.nowSec);
    await till.check();
    expect(SERVED.map(({ contract }) => shop.ordered(contract))).toEqual([OWED, OWED, OWED]);
  });
});
