/**
 * A bakery's till that its bank runs, on real Lightning: sales are paid to the bank, investors get
 * their shares and the bakery the rest, to the millisatoshi; after missed instalments and a default
 * the recovery share applies by itself, until nothing is late any more; a bank that dies between a
 * sale and its split forgets nothing and pays nothing twice.
 * Spec: specs/till.md, "Run by the bank". requires: TL-29, TL-30, TL-31, TL-33, TL-34, TL-35, TL-36
 */
import { randomBytes } from 'node:crypto';
import { ledgerOf as debtOf } from '@realyield/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isPaid } from '../../web/lib/engine/till/receipts.ts';
import type { World } from '../world/world.ts';
import {
  ELSEWHERE,
  LENDERS,
  PATIENCE_MS,
  THRESHOLD_MSAT,
  ask,
  diesAfter,
  dueMsat,
  give,
  handedHere,
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
  soldElsewhere,
  startStreet,
  stateFor,
  till,
  untilHandedOn,
  untilKnown,
} from './bank-till-scene.ts';
import { isStep } from './mortal.ts';
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

it('takes sales with the bank’s wallet, and hands shares and the rest on', async () => {
  for (const msat of [21_000_000n, 9_137_000n, 7_001_000n]) await sell(msat);
  const [first] = till().sales;
  const word = first && till().bank.wordOf(first);
  // The customer's receipt is the bank's; the shares of one sale are rounded down alone.
  expect(word?.receipt.pubkey).toBe(hosted()?.till.names[0]?.key);
  expect(word?.shares.find(({ contract }) => contract === roots.ana)?.msat).toBe('700000');
  await untilHandedOn();
});

it('asks for a sale once: again it is the same invoice, for others there is none', async () => {
  const sale = await ask(5_000_000n);
  const hostedSale = hosted()?.till.askedFor(sale.salt);
  expect(hostedSale?.invoice).toBe(sale.invoice);
  const contract = players.bakery.session.ownContract(sale.bank ?? '');
  const about = { v: 1, contract: sale.bank ?? '', msat: '5000000', till: '' } as const;
  const key = contract?.own.money?.publicKey ?? '';
  const at = { author: key };
  const wanted = (name: string) => ({ ...about, type: 'saleWanted' as const, sale: name });
  const tills = players.bank.session.till.hosted;
  tills.answer(wanted(sale.salt), at);
  // A stranger's question, one about a sale nobody knows, and an amount that is no sale.
  const strange = [0, 1, 2].map(() => randomBytes(32).toString('hex'));
  tills.answer(wanted(strange[0] ?? ''), { author: 'f'.repeat(64) });
  tills.answer({ ...wanted(strange[1] ?? ''), paymentHash: 'a'.repeat(64) }, at);
  tills.answer({ ...wanted(strange[2] ?? ''), msat: '1500' }, at);
  const next = await ask(6_000_000n);
  expect(hosted()?.till.sales.filter(({ asked }) => asked?.sale === sale.salt)).toHaveLength(1);
  expect(hosted()?.till.askedFor(sale.salt)?.invoice).toBe(sale.invoice);
  for (const name of strange) expect(hosted()?.till.askedFor(name)).toBeUndefined();
  for (const { order } of [sale, next]) await till().till.cancel(order);
});

it('loses and doubles nothing when the bank dies between a sale and its split', async () => {
  await players.bank.close();
  const { doomed, death } = diesAfter(
    (change) =>
      change.key.startsWith('hosted|') &&
      'value' in change &&
      (change.value as { readonly step?: string }).step === 'paid',
  );
  players.bank = await play(world, 'bank', doomed);
  const bps = { ana: rateOf('ana').shareBps, ben: rateOf('ben').shareBps };
  const sale = await ask(23_001_000n);
  await players.ana.parts.wallet.pay(sale.invoice ?? '');
  sold.push({ msat: 23_001_000n, bps });
  await death;
  expect(till().sale(sale.order)?.paid).toBeUndefined();
  players.bank = await play(world, 'bank');
  await until('the sale to be found again', () => till().sale(sale.order)?.paid, PATIENCE_MS);
  const paid = hosted()?.till.sales.filter(({ step }) => step === 'paid') ?? [];
  expect(paid.map((each) => each.paid?.serial).sort()).toEqual([1, 2, 3, 4]);
  await untilHandedOn();
});

it('says plainly that the bank does not answer, and takes the sale no second time', async () => {
  await players.bank.close();
  const asked = await till().ask({ msat: 4_000_000n });
  expect(asked.ok ? '' : asked.sentence).toContain('does not answer');
  players.bank = await play(world, 'bank');
  await until('the bank to be back', () => hosted()?.till.isOn);
  expect(hosted()?.till.sales.filter(({ step }) => step === 'paid')).toHaveLength(4);
});

it('pays on what each device of the bank took itself, beside what another did', async () => {
  // The first device has ordered its shares and paid none of them when it dies.
  await players.bank.close();
  const { doomed, death } = diesAfter(
    (change) => isStep(change, 'part', 'wanted') && change.key.includes('|tillShare|'),
  );
  players.bank = await play(world, 'bank', doomed);
  const bps = { ana: rateOf('ana').shareBps, ben: rateOf('ben').shareBps };
  const { order } = await ask(ELSEWHERE.soldMsat);
  void players.ana.parts.wallet.pay(till().sale(order)?.invoice ?? '');
  sold.push({ msat: ELSEWHERE.soldMsat, bps });
  await death;
  const before = LENDERS.reduce((sum, each) => sum + handedMsat(each), paidOnMsat(players.bakery));
  const other = await play(world, 'bank', { device: 'other' });
  const hostedThere = () => other.session.till.hosted.all[0];
  const handedThere = () => {
    const found = hostedThere();
    return found && other.session.till.hosted.handedOn(found);
  };
  // It lists the till before anybody asked it for a sale, and what others handed on.
  await until(
    'the till on the second device',
    () => handedThere()?.elsewhereMsat === before,
    PATIENCE_MS,
  );
  expect(handedThere()).toMatchObject({ sharesMsat: 0n, paidOnMsat: 0n });
  const next = await ask(ELSEWHERE.soldMsat);
  expect((await players.ana.parts.wallet.pay(next.invoice ?? '')).state).toBe('answered');
  // The same shares as the other device owes: they are paid beside those, not in their place.
  const { ana, ben, takings } = ELSEWHERE;
  await until(
    'the shares of the second device',
    () => handedThere()?.sharesMsat === ana + ben && handedThere()?.paidOnMsat === takings,
    PATIENCE_MS,
  );
  expect(hostedThere()?.till.takenMsat).toBe(ELSEWHERE.soldMsat);
  expect(handedThere()?.elsewhereMsat).toBe(before);
  await other.close();
  soldElsewhere();
  players.bank = await play(world, 'bank');
  await untilHandedOn();
  await until(
    'receipts of both devices',
    () => handedHere()?.elsewhereMsat === ana + ben + takings,
    PATIENCE_MS,
  );
  expect(handedHere()).toMatchObject({
    sharesMsat: LENDERS.reduce((sum, each) => sum + handedMsat(each), 0n),
    paidOnMsat: paidOnMsat(players.bakery),
  });
});

it('lists on another device of the business what the bank took', async () => {
  const soldMsat = sold.reduce((sum, { msat }) => sum + msat, ELSEWHERE.soldMsat);
  await until('the word of every sale', () => till().bank.said?.takenMsat === soldMsat);
  await players.bakery.close();
  const other = await play(world, 'bakery', { device: 'other' });
  const paid = () => other.session.till.sales.filter(isPaid);
  const takenThere = () => paid().reduce((sum, { paid: { msat } }) => sum + BigInt(msat), 0n);
  await until('all that was sold', () => takenThere() === soldMsat, PATIENCE_MS);
  expect(paid()).toHaveLength(sold.length + 1);
  const first = paid().find(({ paid: { serial } }) => serial === 1);
  const receipt = await other.session.till.receipt(first?.order ?? 0);
  expect(receipt.ok && receipt.event.pubkey).toBe(hosted()?.till.names[0]?.key);
  expect(other.session.till.bank.said?.takenMsat).toBe(soldMsat);
  await other.close();
  players.bakery = await play(world, 'bakery');
  await until('the first device to be back', () => till().isReady);
  expect(till().sales.filter(isPaid)).toHaveLength(sold.length + 1);
});

it('takes the recovery share from the default on, until nothing is late', async () => {
  await give('arrears');
  await untilKnown('the agreed share still', (lender) => rateOf(lender).reason === 'agreed');
  await give('default');
  await untilKnown('recovery', (lender) => rateOf(lender).reason === 'recovery');
  for (let msat = 40_000_000n; LENDERS.some((each) => rateOf(each).reason === 'recovery');) {
    await sell(msat);
    await untilHandedOn();
    msat += 1_003_000n;
    expect(sold.length).toBeLessThan(12);
  }
  // Cured at every one of them: nothing is late, and the share is as before.
  for (const lender of LENDERS) {
    const { instalments } = debtOf(stateFor(players[lender], lender), nowSec());
    expect(instalments[0]?.state).toBe('paid');
    expect(rateOf(lender)).toEqual({ shareBps: 500, reason: 'agreed' });
  }
  await sell(19_003_000n);
  await untilHandedOn();
});

it.each(LENDERS)('hands over to %s what the specification says, to the msat', (lender) => {
  const handed = handedMsat(lender);
  const due = dueMsat(lender);
  expect(hosted()?.till.accounts.get(roots[lender])?.handedMsat).toBe(handed);
  expect([handed % 1_000n, due >= handed, due - handed < THRESHOLD_MSAT]).toEqual([0n, true, true]);
  expect(receivedMsat(lender)).toBe(handed + ELSEWHERE[lender]);
});

it('pays on to the bakery all that is not the investors’, once', () => {
  const paidOn = paidOnMsat(players.bakery);
  const left = merchantsMsat() - paidOn;
  expect([paidOn % 1_000n, left >= 0n && left < THRESHOLD_MSAT]).toEqual([0n, true]);
  const lent = LENDERS.reduce(
    (sum, lender) => sum + movedMsat(players.bakery, lender, 'disbursement'),
    0n,
  );
  expect(receivedMsat('bakery')).toBe(lent + paidOn + ELSEWHERE.takings);
  const taken = sold.reduce((sum, { msat }) => sum + msat, ELSEWHERE.soldMsat);
  expect(till().bank.said?.takenMsat).toBe(taken);
});

it('reports the sales as the bank, and the business does not', async () => {
  const { session } = players.bank;
  expect(await session.till.hosted.all[0]?.reports.reportAll()).toBeUndefined();
  expect(await till().reportNow()).toBeUndefined();
  expect(till().reports.all).toEqual([]);
  const [report] = hosted()?.reports.all ?? [];
  expect(report?.report).toMatchObject({
    count: sold.length,
    contracts: Object.values(roots).sort(),
  });
  await until('the report', () => stateOf(players.ana, roots.ana)?.sales.length === 1);
});
