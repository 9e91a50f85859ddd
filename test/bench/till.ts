/**
 * `npm run bench till`: sales a second taken at a till that splits each among twenty contracts,
 * with its journal, receipts' serials and shares, against a bare loop of the usual SDK's client
 * (make an invoice, pay it) on the same wallets, nodes and relays in the same run; rounds of one
 * stand between rounds of the other, and medians count. And how long after the customer has told
 * their wallet to pay the till knows: 50 and 95 of a hundred sales. First at the business's own
 * till, where shares wait; then at one its bank runs, which asks the bank for each invoice, and
 * where sales a second are those of which everything is paid on: to each lender their share, to the
 * business the rest.
 */
import { play, startScene, stateOf } from '../engine/scene.ts';
import { until } from '../engine/until.ts';
import type { World } from '../world/world.ts';
import {
  CONTRACTS,
  SALES,
  compare,
  lend,
  percentile,
  say,
  sell,
  type Players,
  type Sold,
} from './till/street.ts';

const SHARE = { shareBps: 700, recoveryBps: 700 } as const;
/** Shares wait for this at the own till: what is measured is taking and splitting. */
const WAITING_SAT = 1_000_000;
/** What each lender gets of ten sales: twice in a round all twenty are paid. */
const PAID_ON_SAT = 735;
const PATIENCE_MS = 300_000;

async function measureOwn(world: World, players: Players): Promise<void> {
  await lend(world, players, 'own', { ...SHARE, runBy: 'business', thresholdSat: WAITING_SAT });
  await compare(world, 'own till', ['bank', 'bakery'], () =>
    sell(players, players.bank.parts.wallet),
  );
  const { accounts } = players.bakery.session.till.till;
  if (accounts.size !== CONTRACTS) throw new Error(`the till served ${accounts.size} contracts`);
}

/** Sales of one round at the bank's till, and all of them paid on and proven. */
async function sellAndPayOn(players: Players, roots: readonly string[]): Promise<Sold> {
  const countOf = (): number =>
    roots.reduce((sum, root) => {
      const paid = stateOf(players.bank, root)?.paid;
      return sum + (paid?.count('tillShare') ?? 0) + (paid?.count('takings') ?? 0);
    }, 0);
  const paidBefore = countOf();
  const startMs = performance.now();
  const { perSec, lagsMs } = await sell(players, players.ana.parts.wallet);
  taken.push(perSec);
  const till = players.bank.session.till.hosted.all[0]?.till;
  if (!till) throw new Error('the bank runs no till');
  const sumOf = (leg: 'tillShare' | 'takings'): bigint =>
    roots.reduce(
      (sum, root) => sum + (stateOf(players.bank, root)?.paid.totalUnits(leg) ?? 0n),
      0n,
    );
  await until(
    'all to be paid on',
    () => till.takenMsat - sumOf('tillShare') - sumOf('takings') < 1_000n,
    PATIENCE_MS,
  );
  const sec = (performance.now() - startMs) / 1_000;
  const paidOn = countOf();
  paymentsPerSec.push((SALES + paidOn - paidBefore) / sec);
  return { perSec: SALES / sec, lagsMs };
}

/** Sales a second while what was sold before is paid on beside. */
const taken: number[] = [];
/** Payments a second, those of the customers and those on to lenders and business. */
const paymentsPerSec: number[] = [];

async function measureBanks(world: World, players: Players): Promise<void> {
  const share = { ...SHARE, runBy: 'bank', thresholdSat: PAID_ON_SAT } as const;
  const roots = await lend(world, players, 'banks', share);
  const name = `till run by a bank, all paid on to ${CONTRACTS} lenders and the business`;
  await compare(world, name, ['ana', 'bank'], () => sellAndPayOn(players, roots));
  say('till run by a bank, taken while it pays on', percentile(taken, 50), 'sales/s');
  const payments = 'till run by a bank, payments by customers and on to lenders and business';
  say(payments, percentile(paymentsPerSec, 50), 'payments/s');
}

const world = await startScene();
const players = {
  ana: await play(world, 'ana'),
  ben: await play(world, 'ben'),
  bakery: await play(world, 'bakery'),
  bank: await play(world, 'bank'),
};
try {
  await measureOwn(world, players);
  await measureBanks(world, players);
} finally {
  await Promise.all(Object.values(players).map((player) => player.close()));
  await world.stop();
}
