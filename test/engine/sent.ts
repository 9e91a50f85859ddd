/** What a wallet has sent, held against what is proven of a loan. */
import { expect } from 'vitest';
import { ledgerOf } from '../world/control.ts';
import type { World } from '../world/world.ts';
import type { Player } from './player.ts';
import { paymentsOf, stateOf } from './scene.ts';

/** Payment hashes a wallet has sent, oldest first, without failed ones. */
export function sentBy({ lightning }: World, id: 'ana' | 'ben'): string[] {
  return ledgerOf(lightning, id)
    .filter((entry) => entry.direction === 'outgoing' && entry.state !== 'failed')
    .map(({ paymentHash }) => paymentHash);
}

/** Every tick proven once, by exactly the payments that were sent for it. */
export function expectEachOnce(
  investor: Player,
  root: string,
  ticks: number,
  sent: readonly string[],
): void {
  const paid = paymentsOf(investor, root, 'disbursement');
  expect(paid.map(({ n }) => n).sort((a, b) => a - b)).toEqual([...Array(ticks).keys()]);
  expect([...sent].sort()).toEqual(paid.map(({ paymentHash }) => paymentHash).sort());
  expect(stateOf(investor, root)?.equivocations).toEqual([]);
}
