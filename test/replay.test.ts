/**
 * A printed seed plays the same run again, whatever was played before it in the same process.
 */
import { afterAll, expect, it, vi } from 'vitest';
import { playFallback } from './faults/fallback-run.ts';
import { seedKeys, type Played } from './faults/matrix.ts';
import { playRepaymentBooks } from './faults/repayment-books-run.ts';

afterAll(() => {
  vi.restoreAllMocks();
});

async function printOf(play: (seed: number) => Promise<Played>, seed: number) {
  await seedKeys(seed);
  return (await play(seed)).print;
}

it('replays a seed after others, and before', async () => {
  vi.spyOn(console, 'error').mockReturnValue();
  const runs = [
    [playRepaymentBooks, 452],
    [playFallback, 42],
  ] as const;
  const prints: (string | undefined)[] = [];
  for (const [play, seed] of runs) prints.push(await printOf(play, seed));
  const again: (string | undefined)[] = [];
  for (const [play, seed] of runs.toReversed()) again.push(await printOf(play, seed));
  expect(again.reverse()).toEqual(prints);
  expect(new Set(prints).size).toBe(runs.length);
});
