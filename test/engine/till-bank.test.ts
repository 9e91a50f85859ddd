/**
 * A bakery's till that its bank runs, on real Lightning: sales are paid to the bank, investors get
 * their shares and the bakery the rest, to the millisatoshi; after missed instalments and a default
 * the recovery share applies by itself, until nothing is late any more; a bank that dies between a
 * sale and its split forgets nothing and pays nothing twice.
 * Spec: specs/till.md, "Run by the bank". requires: TL-29, TL-30, TL-31, TL-33, TL-34, TL-35
 */
import { randomBytes } from 'node:crypto';
import { ledgerOf as debtOf, tillRate, type Leg, type TillShare } from '@realyield/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { equalPlan, NO_FEES } from '../fixtures/plans.ts';
import { ledgerOf } from '../world/control.ts';
import type { PersonaId } from '../world/personas.ts';
import type { World } from '../world/world.ts';
import { createDoomed } from './mortal.ts';
import type { Player } from './player.ts';
import { countersign, invest, offerShort, play, startScene, stateOf, untilPaid } from './scene.ts';
import { until } from './until.ts';

const SHARE: TillShare = { runBy: 'bank', shareBps: 500, recoveryBps: 5_000, thresholdSat: 300 };
const SOUGHT_MSAT = 90_000_000n;
const LENT = { ana: 60_000_000n, ben: 30_000_000n };
const LENDERS = ['ana', 'ben'] as const;
type Lender = (typeof LENDERS)[number];
const THRESHOLD_MSAT = BigInt(SHARE.thresholdSat) * 1_000n;
const PATIENCE_MS = 60_000;

let world: World;
const players = {} as Record<PersonaId, Player>;
const roots = { ana: '', ben: '' };
/** What was sold, and the share that applied for each lender then. */
const sold: { readonly msat: bigint; readonly bps: Readonly<Record<Lender, number>> }[] = [];

const nowSec = (): number => Math.floor(Date.now() / 1_000);
const till = () => players.bakery.session.till;
const hosted = () => players.bank.session.till.hosted.all[0];
const stateFor = (player: Player, lender: Lender) => {
  const state = stateOf(player, roots[lender]);
  if (!state) throw new Error('the contract is not known');
  return state;
};
const rateOf = (lender: Lender) => tillRate(stateFor(players.bank, lender), nowSec());

function movedMsat(player: Player, lender: Lender, leg: Leg): bigint {
  const payments = stateFor(player, lender).payments.filter((payment) => payment.leg === leg);
  return payments.reduce((sum, { amountMsat }) => sum + amountMsat, 0n);
}

async function ask(msat: bigint) {
  return until('the till to show an invoice', async () => {
    const asked = await till().ask({ msat });
    return asked.ok && asked.sale;
  });
}

/** A customer, with Ana's wallet, pays; resolves when the till says so. */
async function sell(msat: bigint): Promise<void> {
  const bps = { ana: rateOf('ana').shareBps, ben: rateOf('ben').shareBps };
  const sale = await ask(msat);
  expect((await players.ana.parts.wallet.pay(sale.invoice ?? '')).state).toBe('answered');
  sold.push({ msat, bps });
  await until('the till to say paid', () => till().sale(sale.order)?.paid);
}

/** What the specification says came together, exact over all sales and rounded down once. */
function dueMsat(lender: Lender): bigint {
  const weighed = sold.reduce((sum, { msat, bps }) => sum + msat * BigInt(bps[lender]), 0n);
  return (weighed * LENT[lender]) / (10_000n * SOUGHT_MSAT);
}

/** All that the bank took, less the exact shares of both, rounded down once. */
function merchantsMsat(): bigint {
  const taken = sold.reduce((sum, { msat }) => sum + msat, 0n);
  const shares = LENDERS.reduce((sum, lender) => {
    const weighed = sold.reduce((all, { msat, bps }) => all + msat * BigInt(bps[lender]), 0n);
    return sum + weighed * LENT[lender];
  }, 0n);
  return (taken * 10_000n * SOUGHT_MSAT - shares) / (10_000n * SOUGHT_MSAT);
}

/** What a wallet itself says that it received, msat. */
function receivedMsat(id: 'ana' | 'ben' | 'bakery'): bigint {
  const rows = ledgerOf(world.lightning, id).filter(
    ({ direction, state }) => direction === 'incoming' && state === 'settled',
  );
  return rows.reduce((sum, { amountMsat }) => sum + BigInt(amountMsat), 0n);
}

const paidOnMsat = (player: Player): bigint =>
  LENDERS.reduce((sum, lender) => sum + movedMsat(player, lender, 'takings'), 0n);

/** Until what the specification says is proven to everybody: less than the threshold waits. */
async function untilHandedOn(): Promise<void> {
  for (const lender of LENDERS) {
    const handed = () => movedMsat(players[lender], lender, 'tillShare');
    await until(
      `the share of ${lender}`,
      () => dueMsat(lender) - handed() < THRESHOLD_MSAT,
      PATIENCE_MS,
    );
  }
  await until(
    'the takings',
    () => merchantsMsat() - paidOnMsat(players.bakery) < THRESHOLD_MSAT,
    PATIENCE_MS,
  );
}

async function untilKnown(what: string, isSo: (lender: Lender) => boolean): Promise<void> {
  await until(what, () => LENDERS.every(isSo), PATIENCE_MS);
}

async function give(type: 'arrears' | 'default'): Promise<void> {
  const { notices } = players.bank.session.agreements;
  for (const lender of LENDERS) {
    const root = roots[lender];
    await until(`time for ${type}`, () => notices.outlook(root, type).when === 'now', PATIENCE_MS);
    const given = await notices.give(root, type, 'The instalment was not paid.');
    expect(given.ok ? 'ok' : given.code).toBe('ok');
  }
}

beforeAll(async () => {
  world = await startScene();
  for (const id of ['ana', 'ben', 'bakery', 'bank'] as const) players[id] = await play(world, id);
  await offerShort(world, players.bank, {
    identifier: 'bank-till',
    ticks: 1,
    changes: {
      amountSoughtUnits: SOUGHT_MSAT.toString(),
      plan: equalPlan(2, 45, 2_000, 1),
      fees: NO_FEES,
      default: { afterDays: 4, cureDays: 3 },
      tillShare: SHARE,
    },
  });
  for (const lender of LENDERS) {
    roots[lender] = await invest(players[lender], 'bank-till', LENT[lender]);
    await countersign(roots[lender], { ...players, investor: players[lender] });
  }
  for (const lender of LENDERS) {
    await untilPaid(players[lender], roots[lender], 1);
    for (const player of [players.bakery, players.bank]) {
      await until('the loan', () => stateOf(player, roots[lender])?.payments[0], PATIENCE_MS);
    }
  }
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
  let isDoomed = true;
  let died = (): void => undefined;
  const death = new Promise<void>((resolve) => (died = resolve));
  const doomed = createDoomed(() => ({
    isMoment: (change) =>
      isDoomed &&
      change.key.startsWith('hosted|') &&
      'value' in change &&
      (change.value as { readonly step?: string }).step === 'paid',
    side: 'after',
    onDeath: () => {
      isDoomed = false;
      died();
    },
  }));
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
  const handed = movedMsat(players[lender], lender, 'tillShare');
  const due = dueMsat(lender);
  expect(hosted()?.till.accounts.get(roots[lender])?.handedMsat).toBe(handed);
  expect([handed % 1_000n, due >= handed, due - handed < THRESHOLD_MSAT]).toEqual([0n, true, true]);
  expect(receivedMsat(lender)).toBe(handed);
});

it('pays on to the bakery all that is not the investors’, once', () => {
  const paidOn = paidOnMsat(players.bakery);
  const left = merchantsMsat() - paidOn;
  expect([paidOn % 1_000n, left >= 0n && left < THRESHOLD_MSAT]).toEqual([0n, true]);
  const lent = LENDERS.reduce(
    (sum, lender) => sum + movedMsat(players.bakery, lender, 'disbursement'),
    0n,
  );
  expect(receivedMsat('bakery')).toBe(lent + paidOn);
  const taken = sold.reduce((sum, { msat }) => sum + msat, 0n);
  expect(till().bank.latest).toMatchObject({ takenMsat: taken.toString() });
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
