/**
 * A loan the payments of which the bank passes on, out and back, on real relays and real Lightning:
 * one hash on both sides, and every purse to the msat, although the bank's client dies while it
 * holds a payment that it has passed on and not taken yet.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mostForwardingFeeMsat } from '@realyield/protocol';
import { FORWARDING } from '../fixtures/forwarding.ts';
import { NO_FEES } from '../fixtures/plans.ts';
import type { World } from '../world/world.ts';
import { createDoomed, isStep } from './mortal.ts';
import type { Player } from './player.ts';
import { paymentsOf, play, repayAll, startLoan, startScene, stateOf, untilPaid } from './scene.ts';
import { until } from './until.ts';

const PEOPLE = ['ana', 'bakery', 'bank'] as const;
const TICKS = 2;
const PRINCIPAL_MSAT = 20_000_000n;

let world: World;

beforeAll(async () => {
  world = await startScene();
});

afterAll(async () => {
  await world.stop();
});

const balances = () =>
  Object.fromEntries(PEOPLE.map((id) => [id, world.lightning.of(id).node.balanceMsat()]));

it('passes every payment on, and nobody is short when the bank comes back', async () => {
  let isDead = false;
  // It dies as soon as it has a preimage, before it takes what it holds.
  const doomed = createDoomed(() => ({
    isMoment: (change) => isStep(change, 'forward', 'paid'),
    side: 'after',
    onDeath: () => {
      isDead = true;
    },
  }));
  const ana = await play(world, 'ana');
  const bakery = await play(world, 'bakery');
  const first = await play(world, 'bank', { device: 'bank', ...doomed });
  const before = balances();
  const root = await startLoan(
    world,
    { investor: ana, bakery, bank: first },
    {
      ...{ identifier: 'passed-on', ticks: TICKS, principalUnits: PRINCIPAL_MSAT },
      changes: { fees: { ...NO_FEES, forwarding: FORWARDING } },
    },
  );
  await until('the bank to die', () => isDead);
  const bank = await play(world, 'bank', { device: 'bank' });
  await untilPaid(ana, root, TICKS);
  await untilPaid(bakery, root, TICKS);
  await repayAll(bakery, root);
  const players: Record<(typeof PEOPLE)[number], Player> = { ana, bakery, bank };
  await until('every payment to be acknowledged everywhere', () =>
    Object.values(players).every((player) => {
      const payments = stateOf(player, root)?.payments ?? [];
      const isKnown = payments.every((each) => each.class === 'preimage+acknowledgement');
      return payments.length > TICKS && isKnown;
    }),
  );
  const isSettled = () => bank.session.forwarder.entries().every(({ step }) => step === 'settled');
  await until('everything to be settled', isSettled);
  const out = paymentsOf(ana, root, 'disbursement');
  const back = paymentsOf(ana, root, 'repayment');
  const kept = (paid: typeof out): bigint =>
    paid.reduce((sum, { amountMsat, receivedMsat }) => sum + amountMsat - receivedMsat, 0n);
  const gross = (paid: typeof out): bigint => paid.reduce((sum, each) => sum + each.amountMsat, 0n);
  const most = out.reduce(
    (sum, each) => sum + mostForwardingFeeMsat(each.amountMsat, FORWARDING),
    0n,
  );
  expect(kept(out)).toBe(most);
  expect(gross(out)).toBe(PRINCIPAL_MSAT);
  const after = balances();
  const change = (id: (typeof PEOPLE)[number]) => (after[id] ?? 0n) - (before[id] ?? 0n);
  expect(change('ana')).toBe(gross(back) - kept(back) - gross(out));
  expect(change('bakery')).toBe(gross(out) - kept(out) - gross(back));
  expect(change('bank')).toBe(kept(out) + kept(back));
  expect(stateOf(ana, root)?.equivocations).toEqual([]);
  await Promise.all(Object.values(players).map((player) => player.close()));
});
