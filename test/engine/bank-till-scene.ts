/** What tests of a till that the bank runs have in common: a bakery, its bank, and two who lent. */
import { tillRate, type Leg, type TillShare } from '@realyield/protocol';
import { expect } from 'vitest';
import type { StoreWrite } from '../../web/lib/engine/ports.ts';
import { equalPlan, NO_FEES } from '../fixtures/plans.ts';
import { ledgerOf } from '../world/control.ts';
import type { PersonaId } from '../world/personas.ts';
import type { World } from '../world/world.ts';
import { createDoomed } from './mortal.ts';
import type { Player } from './player.ts';
import { countersign, invest, offerShort, play, startScene, stateOf, untilPaid } from './scene.ts';
import { STANDS_MS, until } from './until.ts';

const SHARE: TillShare = { runBy: 'bank', shareBps: 500, recoveryBps: 5_000, thresholdSat: 300 };
const SOUGHT_MSAT = 90_000_000n;
export const LENT = { ana: 60_000_000n, ben: 30_000_000n };
export const LENDERS = ['ana', 'ben'] as const;
type Lender = (typeof LENDERS)[number];
export const THRESHOLD_MSAT = BigInt(SHARE.thresholdSat) * 1_000n;
export const PATIENCE_MS = STANDS_MS;

let world: World;

export const players = {} as Record<PersonaId, Player>;
export const roots = { ana: '', ben: '' };
/** What was sold, and the share that applied for each lender then. */
export const sold: { readonly msat: bigint; readonly bps: Readonly<Record<Lender, number>> }[] = [];

/** One sale that another device of the bank took, and what it pays on of it: nothing is left. */
export const ELSEWHERE = {
  soldMsat: 18_000_000n,
  ana: 600_000n,
  ben: 300_000n,
  takings: 17_100_000n,
};
let isElsewhere = false;

/** From now on receipts of that sale are there. */
export function soldElsewhere(): void {
  isElsewhere = true;
}

export const nowSec = (): number => Math.floor(Date.now() / 1_000);
export const till = () => players.bakery.session.till;
export const hosted = () => players.bank.session.till.hosted.all[0];
export const stateFor = (player: Player, lender: Lender) => {
  const state = stateOf(player, roots[lender]);
  if (!state) throw new Error('the contract is not known');
  return state;
};
export const rateOf = (lender: Lender) => tillRate(stateFor(players.bank, lender), nowSec());

export function movedMsat(player: Player, lender: Lender, leg: Leg): bigint {
  const payments = stateFor(player, lender).payments.filter((payment) => payment.leg === leg);
  return payments.reduce((sum, { amountMsat }) => sum + amountMsat, 0n);
}

export async function ask(msat: bigint) {
  return until('the till to show an invoice', async () => {
    const asked = await till().ask({ msat });
    return asked.ok && asked.sale;
  });
}

/** A customer, with Ana's wallet, pays; resolves when the till says so. */
export async function sell(msat: bigint): Promise<void> {
  const bps = { ana: rateOf('ana').shareBps, ben: rateOf('ben').shareBps };
  const sale = await ask(msat);
  expect((await players.ana.parts.wallet.pay(sale.invoice ?? '')).state).toBe('answered');
  sold.push({ msat, bps });
  await until('the till to say paid', () => till().sale(sale.order)?.paid);
}

/** What the specification says came together, exact over all sales and rounded down once. */
export function dueMsat(lender: Lender): bigint {
  const weighed = sold.reduce((sum, { msat, bps }) => sum + msat * BigInt(bps[lender]), 0n);
  return (weighed * LENT[lender]) / (10_000n * SOUGHT_MSAT);
}

/** All that the bank took, less the exact shares of both, rounded down once. */
export function merchantsMsat(): bigint {
  const taken = sold.reduce((sum, { msat }) => sum + msat, 0n);
  const shares = LENDERS.reduce((sum, lender) => {
    const weighed = sold.reduce((all, { msat, bps }) => all + msat * BigInt(bps[lender]), 0n);
    return sum + weighed * LENT[lender];
  }, 0n);
  return (taken * 10_000n * SOUGHT_MSAT - shares) / (10_000n * SOUGHT_MSAT);
}

/** What a wallet itself says that it received, msat. */
export function receivedMsat(id: 'ana' | 'ben' | 'bakery'): bigint {
  const rows = ledgerOf(world.lightning, id).filter(
    ({ direction, state }) => direction === 'incoming' && state === 'settled',
  );
  return rows.reduce((sum, { amountMsat }) => sum + BigInt(amountMsat), 0n);
}

export const elsewhereMsat = (of: Lender | 'takings'): bigint => (isElsewhere ? ELSEWHERE[of] : 0n);

/** What the bank's first device paid on to the business, by all receipts but the other's. */
export function paidOnMsat(player: Player): bigint {
  const allMsat = LENDERS.reduce((sum, lender) => sum + movedMsat(player, lender, 'takings'), 0n);
  return allMsat - elsewhereMsat('takings');
}

/** What it paid on to a lender. */
export function handedMsat(lender: Lender): bigint {
  return movedMsat(players[lender], lender, 'tillShare') - elsewhereMsat(lender);
}

export const handedHere = () => {
  const found = hosted();
  return found && players.bank.session.till.hosted.handedOn(found);
};

/** A client that dies once a certain write is on disk. */
export function diesAfter(isMoment: (change: StoreWrite) => boolean) {
  let isDoomed = true;
  let died = (): void => undefined;
  const death = new Promise<void>((resolve) => (died = resolve));
  const doomed = createDoomed(() => ({
    isMoment: (change) => isDoomed && isMoment(change),
    side: 'after',
    onDeath: () => {
      isDoomed = false;
      died();
    },
  }));
  return { doomed, death };
}

/** Until what the specification says is proven to everybody: less than the threshold waits. */
export async function untilHandedOn(): Promise<void> {
  for (const lender of LENDERS) {
    await until(
      `the share of ${lender}`,
      () => dueMsat(lender) - handedMsat(lender) < THRESHOLD_MSAT,
      PATIENCE_MS,
    );
  }
  await until(
    'the takings',
    () => merchantsMsat() - paidOnMsat(players.bakery) < THRESHOLD_MSAT,
    PATIENCE_MS,
  );
}

export async function untilKnown(what: string, isSo: (lender: Lender) => boolean): Promise<void> {
  await until(what, () => LENDERS.every(isSo), PATIENCE_MS);
}

export async function give(type: 'arrears' | 'default'): Promise<void> {
  const { notices } = players.bank.session.agreements;
  for (const lender of LENDERS) {
    const root = roots[lender];
    await until(`time for ${type}`, () => notices.outlook(root, type).when === 'now', PATIENCE_MS);
    const given = await notices.give(root, type, 'The instalment was not paid.');
    expect(given.ok ? 'ok' : given.code).toBe('ok');
  }
}

/** Two loans to the bakery by which its bank runs the till. */
export async function startStreet(): Promise<World> {
  // Another file of tests may have used this module before.
  sold.length = 0;
  isElsewhere = false;
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
  return world;
}
