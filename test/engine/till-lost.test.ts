/**
 * A bank that runs a till loses the device that took its sales: some are not paid on, one is
 * paid while nobody hears of it. Its new device, with the same key and wallet, has copies, looks
 * up what was paid, and pays all of it on, to the millisatoshi and once; the old one, found
 * again, pays nothing more. Spec: specs/till.md, "Run by the bank". requires: TL-37, TL-38, TL-39
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isPaid } from '../../web/lib/engine/till/receipts.ts';
import { hostedTillViews } from '../../web/lib/state/views/bank-till.ts';
import type { World } from '../world/world.ts';
import {
  LENDERS,
  PATIENCE_MS,
  THRESHOLD_MSAT,
  ask,
  diesAfter,
  dueMsat,
  handedMsat,
  hosted,
  merchantsMsat,
  movedMsat,
  nowSec,
  paidOnMsat,
  players,
  rateOf,
  receivedMsat,
  roots,
  sell,
  sold,
  startStreet,
  till,
  untilHandedOn,
} from './bank-till-scene.ts';
import { isStep } from './mortal.ts';
import type { Player } from './player.ts';
import { play, stateOf } from './scene.ts';
import { until } from './until.ts';

let world: World;

beforeAll(async () => {
  world = await startStreet();
});

afterAll(async () => {
  await Promise.all(Object.values(players).map((player) => player.close()));
  await world.stop();
});

const tills = () => players.bank.session.till.hosted;
const elsewhere = () => {
  const found = hosted();
  return found ? tills().elsewhere(found) : [];
};
const soldMsat = () => sold.reduce((sum, { msat }) => sum + msat, 0n);

/** A till as its page shows it on one device of the bank. */
function viewAt({ session: { catalog, till: own } }: Player) {
  const names = { catalog, world: undefined, own: new Set<string>() };
  return hostedTillViews(own.hosted, names, nowSec())[0];
}

/** Sales that are to be paid while nobody hears of it. */
const waiting: number[] = [];

it('makes no invoice for what the till asked another device while it was away', async () => {
  const away = async () => {
    const device = await play(world, 'bank', { device: 'away' });
    return { device, hosted: () => device.session.till.hosted.all[0] };
  };
  const before = await away();
  await until('its till', () => before.hosted());
  await before.device.close();
  for (const msat of [21_000_000n, 9_137_000n]) await sell(msat);
  await untilHandedOn();
  await players.bank.close();
  const { device, hosted: theirs } = await away();
  const { hosted: own } = device.session.till;
  const copies = await until('copies of what was taken meanwhile', () => {
    const found = theirs();
    return found && own.elsewhere(found).find(({ sales }) => sales.length === 2);
  });
  // The till's question comes once more, as a relay may send it.
  for (const { sale, contract, key, msat } of copies.sales) {
    own.answer({ v: 1, type: 'saleWanted', contract, sale, till: '', msat }, { author: key });
  }
  await device.close();
  expect(theirs()?.till.sales).toEqual([]);
});

it('copies what a device took to the bank itself, before and after it is paid', async () => {
  // It dies as it is about to pay a share: the investor has handed out the request for it.
  const { doomed, death } = diesAfter(
    (change) => isStep(change, 'part', 'sending') && change.key.includes('|tillShare|'),
  );
  players.bank = await play(world, 'bank', doomed);
  const bps = { ana: rateOf('ana').shareBps, ben: rateOf('ben').shareBps };
  const [first, second] = [await ask(17_003_000n), await ask(11_002_000n)];
  await players.ana.parts.wallet.pay(first.invoice ?? '');
  sold.push({ msat: 17_003_000n, bps }, { msat: 11_002_000n, bps });
  await death;
  // A customer pays an invoice of a device that is gone.
  await players.ana.parts.wallet.pay(second.invoice ?? '');
  waiting.push(second.order);
  players.bank = await play(world, 'bank', { device: 'new' });
  const copies = await until(
    'copies of what the lost device took',
    () => elsewhere().find(({ sales }) => sales.length === 4),
    PATIENCE_MS,
  );
  // Whether it had told of the third payment, too, is a matter of moments.
  expect([30_137_000n, 47_140_000n]).toContain(BigInt(copies.copy.takenMsat));
});

it('pays nothing of it on before the bank says that the device is lost', () => {
  expect(hosted()?.till.takenMsat).toBe(0n);
  expect(hosted()?.till.sales).toEqual([]);
});

it('pays on what the lost device had not, and what nobody had heard of', async () => {
  const [lost] = elsewhere();
  const { business = '' } = hosted() ?? {};
  const device = lost?.copy.device ?? '';
  await until('all to be read', async () => !(await tills().takeOver(business, device)));
  await until('the sale that was paid meanwhile', () => till().sale(waiting[0] ?? 0)?.paid);
  await untilHandedOn();
  expect(hosted()?.till.takenMsat).toBe(soldMsat());
  expect(hosted()?.till.sales.filter(isPaid)).toHaveLength(4);
  expect(elsewhere()).toEqual([]);
  // Again it changes nothing.
  await tills().takeOver(business, device);
  expect(hosted()?.till.takenMsat).toBe(soldMsat());
});

it('goes on selling, and the old device, found again, pays nothing more', async () => {
  await sell(13_001_000n);
  await untilHandedOn();
  const fresh = players.bank;
  const found = await play(world, 'bank');
  const foundTill = () => found.session.till.hosted.all[0];
  const { business = '' } = hosted() ?? {};
  await until('the word of the new device', () => found.session.till.hosted.isClosed(business));
  await until('its orders to be dropped', () =>
    LENDERS.every((lender) =>
      found.session
        .journalEntries(roots[lender], 'tillShare')
        .every(({ step }) => step === 'receipted' || step === 'paid'),
    ),
  );
  expect(foundTill()?.reports.all).toEqual([]);
  // What it says is held is what the other device holds: it paid on what this one took.
  await until('both to say that as much is held', () => {
    const [there, here] = [viewAt(fresh), viewAt(found)];
    return there && here?.isClosed && here.heldMsat === there.heldMsat;
  });
  await found.close();
  players.bank = fresh;
});

it.each(LENDERS)('hands over to %s what the specification says, to the msat', (lender) => {
  const [handed, due] = [handedMsat(lender), dueMsat(lender)];
  expect([handed % 1_000n, due >= handed, due - handed < THRESHOLD_MSAT]).toEqual([0n, true, true]);
  expect(receivedMsat(lender)).toBe(handed);
});

it('pays on to the bakery all that is not the investors’, once', () => {
  const left = merchantsMsat() - paidOnMsat(players.bakery);
  expect(left >= 0n && left < THRESHOLD_MSAT).toBe(true);
  const lent = LENDERS.reduce(
    (sum, lender) => sum + movedMsat(players.bakery, lender, 'disbursement'),
    0n,
  );
  expect(receivedMsat('bakery')).toBe(lent + paidOnMsat(players.bakery));
});

it('reports every sale once, those of the lost device too', async () => {
  expect(await hosted()?.reports.reportAll()).toBeUndefined();
  const reports = hosted()?.reports.all ?? [];
  expect(reports.reduce((sum, { report }) => sum + BigInt(report.totalMsat), 0n)).toBe(soldMsat());
  await until('the reports', () => {
    const { sales = [] } = stateOf(players.ana, roots.ana) ?? {};
    return sales.reduce((sum, { revenueUnits }) => sum + revenueUnits, 0n) === soldMsat();
  });
});
