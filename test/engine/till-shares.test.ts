/**
 * Fifty sales at a bakery's till on real Lightning, ten of them at once, with its wallet restarted
 * and its client closed in between: what the two who lent receive is what the sales come to by the
 * specification, to the millisatoshi, and no sale is lost or counted twice. Spec: specs/till.md.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bulletPlan, NO_FEES } from '../fixtures/plans.ts';
import { sharesOf } from '../independent-sales.mjs';
import { ledgerOf } from '../world/control.ts';
import type { PersonaId } from '../world/personas.ts';
import type { World } from '../world/world.ts';
import type { Player } from './player.ts';
import { invest, countersign, offerShort, paymentsOf, play } from './scene.ts';
import { startScene, stateOf, untilPaid } from './scene.ts';
import { until } from './until.ts';

const SHARE = { runBy: 'business', shareBps: 700, recoveryBps: 700, thresholdSat: 500 } as const;
const SOUGHT_MSAT = 90_000_000n;
const LENT = { ana: 60_000_000n, ben: 30_000_000n };
const SALES = 50;
const AT_ONCE = 10;
/** What the nth customer pays: never the same twice, and no round shares. */
const priceMsat = (sale: number): bigint => BigInt(2_000 + 137 * sale) * 1_000n;

let world: World;
const players = {} as Record<PersonaId, Player>;
const roots = { ana: '', ben: '' };
let sales = 0;

type Lender = keyof typeof roots;
const LENDERS = ['ana', 'ben'] as const;

/** The till asks for the next sale; yields its invoice. */
async function ask(sale: number): Promise<string> {
  const { till } = players.bakery.session;
  return until(`the till to ask for sale ${sale}`, async () => {
    const asked = await till.ask({ msat: priceMsat(sale) });
    return asked.ok && asked.sale.invoice;
  });
}

/** A customer, with the bank's wallet, pays what the till asks for. */
async function pay(invoice: string): Promise<void> {
  const paid = await players.bank.parts.wallet.pay(invoice);
  expect(paid.state).toBe('answered');
}

/** So many sales, one after the other. */
async function sell(count: number): Promise<void> {
  for (let done = 0; done < count; done += 1) await pay(await ask((sales += 1)));
}

/** So many sales that the till asks for now, to be paid later. */
function askAtOnce(): Promise<string[]> {
  return Promise.all(Array.from({ length: AT_ONCE }, () => ask((sales += 1))));
}

const soldAtTill = () => players.bakery.session.till.sales.filter(({ step }) => step === 'paid');

const handedMsat = (lender: Lender): bigint =>
  paymentsOf(players[lender], roots[lender], 'repayment').reduce(
    (sum, { amountMsat }) => sum + amountMsat,
    0n,
  );

/** What a second reader of the specification says the sales come to for a contract, msat. */
function accruedMsat(lender: Lender): bigint {
  const served = LENDERS.map((each) => {
    const sec = stateOf(players[each], roots[each])?.effectiveAtSec ?? 0;
    const lent = LENT[each];
    return `${roots[each]} offer ${SHARE.shareBps} ${lent} ${SOUGHT_MSAT} ${sec} ${lent}`;
  });
  const taken = soldAtTill().map(({ paid }) => paid?.msat ?? '0');
  const shares = sharesOf(served, taken, SHARE.thresholdSat);
  const own = shares.find((line) => line.startsWith(roots[lender]));
  return BigInt(own?.split(' ')[1] ?? 0);
}

/** What a wallet itself says that it received, msat. */
function receivedMsat(lender: Lender): bigint {
  const rows = ledgerOf(world.lightning, lender).filter(
    ({ direction, state }) => direction === 'incoming' && state === 'settled',
  );
  return rows.reduce((sum, { amountMsat }) => sum + BigInt(amountMsat), 0n);
}

/** Until all that the till has handed over is proven to have been paid. */
function untilHanded(lender: Lender): Promise<boolean> {
  const account = () => players.bakery.session.till.till.accounts.get(roots[lender]);
  const isHanded = () => handedMsat(lender) > 0n && account()?.handedMsat === handedMsat(lender);
  return until(`the shares of ${lender} to be repaid`, isHanded);
}

beforeAll(async () => {
  world = await startScene();
  for (const id of ['ana', 'ben', 'bakery', 'bank'] as const) players[id] = await play(world, id);
  await offerShort(world, players.bank, {
    identifier: 'till',
    ticks: 1,
    changes: {
      amountSoughtUnits: SOUGHT_MSAT.toString(),
      plan: bulletPlan(3_600, 5),
      fees: NO_FEES,
      tillShare: SHARE,
    },
  });
  for (const lender of LENDERS) {
    roots[lender] = await invest(players[lender], 'till', LENT[lender]);
    await countersign(roots[lender], { ...players, investor: players[lender] });
  }
  for (const lender of LENDERS) {
    await untilPaid(players[lender], roots[lender], 1);
    await until('the loan at the till', () => stateOf(players.bakery, roots[lender])?.payments[0]);
  }
});

afterAll(async () => {
  await Promise.all(Object.values(players).map((player) => player.close()));
  await world.stop();
});

it('takes sales one after the other and at once', async () => {
  await sell(20);
  const invoices = await askAtOnce();
  await Promise.all(invoices.map(pay));
  for (const lender of LENDERS) await untilHanded(lender);
});

it('takes what was asked for before its wallet was restarted', async () => {
  const invoices = await askAtOnce();
  await world.lightning.of('bakery').restart();
  await Promise.all(invoices.map(pay));
  for (const lender of LENDERS) await untilHanded(lender);
});

it('finds what was paid while it was closed', async () => {
  const invoices = await askAtOnce();
  await players.bakery.close();
  await Promise.all(invoices.map(pay));
  players.bakery = await play(world, 'bakery');
  await until('all sales to be known as paid', () => soldAtTill().length === SALES);
  const taken = soldAtTill().map(({ paid }) => BigInt(paid?.msat ?? 0));
  const asked = Array.from({ length: SALES }, (_, at) => priceMsat(at + 1));
  expect(taken.sort()).toEqual(asked.sort());
  const serials = soldAtTill().map(({ paid }) => paid?.serial);
  expect(new Set(serials).size).toBe(SALES);
});

it.each(LENDERS)('hands over to %s what the specification says, to the msat', async (lender) => {
  await untilHanded(lender);
  const due = accruedMsat(lender);
  const handed = handedMsat(lender);
  expect(handed % 1_000n).toBe(0n);
  // What waits has not come to the threshold again.
  expect(due - handed).toBeGreaterThanOrEqual(0n);
  expect(due - handed).toBeLessThan(BigInt(SHARE.thresholdSat) * 1_000n);
  expect(receivedMsat(lender)).toBe(handed);
  const repayments = paymentsOf(players.bakery, roots[lender], 'repayment');
  expect(new Set(repayments.map(({ n }) => n)).size).toBe(repayments.length);
});
