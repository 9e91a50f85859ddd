/** What a wallet has sent, held against what is proven of a loan. */
import { expect } from 'vitest';
import { ledgerOf } from '../world/control.ts';
import type { World } from '../world/world.ts';
import type { Player } from './player.ts';
import { paymentsOf } from './scene.ts';

/** Outgoing payments of a wallet that are not failed. */
export function sentBy(world: World, id: 'ana' | 'ben') {
  return ledgerOf(world.lightning, id).filter(
    (entry) => entry.direction === 'outgoing' && entry.state !== 'failed',
  );
}

/** Every tick proven once, and the wallet has sent exactly those since `before`. */
export function expectEachOnce(
  world: World,
  { investor, id, root }: { investor: Player; id: 'ana' | 'ben'; root: string },
  ticks: number,
  before: number,
): void {
  const paid = paymentsOf(investor, root, 'disbursement');
  expect(paid.map(({ n }) => n).sort((a, b) => a - b)).toEqual([...Array(ticks).keys()]);
  const sent = sentBy(world, id).slice(before);
  expect(sent.map(({ paymentHash }) => paymentHash).sort()).toEqual(
    paid.map(({ paymentHash }) => paymentHash).sort(),
  );
}
