/**
 * The fault matrix: whatever dies, falls silent, is lost, comes twice or is full, each part is
 * received once, and journal, receipts and ledger agree to the msat. A few runs here; thousands by
 * `npm run test:long`. `SEED=n npx vitest run test/fault-matrix.test.ts` plays one again.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { randomOf } from './faults/random.ts';
import { playSeed } from './faults/run.ts';

const QUICK_RUNS = 8;
/** Far apart, so that a few runs already kill at different steps, with different answers. */
const QUICK_STRIDE = 37;
/** The long suite says so often how far it is. */
const PROGRESS_EVERY = 100;
const { SEED, FAULT_RUNS, FAULT_HALF } = process.env;

/** One seed, half of the many of the long suite, or the few of every day. */
function chooseSeeds(): readonly number[] {
  if (SEED !== undefined) return [Number(SEED)];
  if (FAULT_RUNS === undefined)
    return Array.from({ length: QUICK_RUNS }, (_, at) => at * QUICK_STRIDE);
  const all = Array.from({ length: Number(FAULT_RUNS) }, (_, at) => at);
  return FAULT_HALF === undefined ? all : all.filter((seed) => seed % 2 === Number(FAULT_HALF));
}

const seeds = chooseSeeds();

beforeAll(() => {
  if (SEED === undefined) vi.spyOn(console, 'error').mockReturnValue();
});
afterAll(() => {
  vi.restoreAllMocks();
});

/** Keys and nonces follow from the seed too, so that a run repeats. */
function seedKeys(seed: number): void {
  const random = randomOf(seed + 7);
  vi.spyOn(globalThis.crypto, 'getRandomValues').mockImplementation((array) => {
    if (array instanceof Uint8Array) for (const at of array.keys()) array[at] = random.below(256);
    return array;
  });
}

test(`${seeds.length} runs`, { timeout: 7_200_000 }, async () => {
  const failures: string[] = [];
  for (const [played, seed] of seeds.entries()) {
    if (played > 0 && played % PROGRESS_EVERY === 0) {
      console.log(`${played} of ${seeds.length} runs, ${failures.length} of them wrong`);
    }
    seedKeys(seed);
    const { scenario, wrong } = await playSeed(seed);
    if (wrong.length === 0) continue;
    const what = `SEED=${seed} plays this again: ${wrong.join('; ')} ${JSON.stringify(scenario)}`;
    failures.push(what);
    console.log(what);
  }
  expect(failures).toEqual([]);
});
