/**
 * A fault matrix as a test: few seeds every day, far apart, many in the long suite, or one that is
 * played again. Keys and nonces follow from the seed too, so that a run repeats.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { randomOf } from './random.ts';

/** The long suite says so often how far it is. */
const PROGRESS_EVERY = 100;

/** Which seeds are played, by the environment. */
export interface MatrixSeeds {
  /** The variable that names one seed to play again, or the first and last of several: `7-90`. */
  readonly seedName: string;
  /** The variable that says how many are played, all from 0 on. */
  readonly runsName: string;
  /** The variable that chooses the even ones by 0 and the odd ones by 1. */
  readonly halfName: string;
  /** How many are played where none of these is set, and how far apart they are. */
  readonly quickRuns: number;
  readonly quickStride: number;
  /** Played as well where none of these is set: seeds that once went wrong. */
  readonly mended?: readonly number[];
  /** What the runs are called; "runs" unless given. */
  readonly what?: string;
}

/** What came of one run. */
export interface Played {
  /** What the run was made of. */
  readonly scenario: object;
  /** What was not as it must be, in words. */
  readonly wrong: readonly string[];
  /** What the run came to; the same for the same seed. */
  readonly print?: string;
}

function chosen({ seedName, runsName, halfName, ...quick }: MatrixSeeds) {
  const { [seedName]: seed, [runsName]: runs, [halfName]: half } = process.env;
  if (seed !== undefined) {
    const [first = 0, last = first] = seed.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  }
  const { quickRuns, quickStride, mended = [] } = quick;
  const few = Array.from({ length: quickRuns }, (_, at) => at * quickStride);
  if (runs === undefined) return [...few, ...mended];
  const all = Array.from({ length: Number(runs) }, (_, at) => at);
  return half === undefined ? all : all.filter((at) => at % 2 === Number(half));
}

/** Keys and nonces of a seed, from now on; what another run had begun is over by then. */
export async function seedKeys(seed: number): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  const random = randomOf(seed + 7);
  vi.spyOn(globalThis.crypto, 'getRandomValues').mockImplementation((array) => {
    if (array instanceof Uint8Array) for (const at of array.keys()) array[at] = random.below(256);
    return array;
  });
}

/** Declares the test that plays all chosen seeds; a failing one is printed and can be replayed. */
export function testSeeds(of: MatrixSeeds, play: (seed: number) => Promise<Played>): void {
  const seeds = chosen(of);
  beforeAll(() => {
    if (process.env[of.seedName] === undefined) vi.spyOn(console, 'error').mockReturnValue();
  });
  afterAll(() => {
    vi.restoreAllMocks();
  });
  test(`${seeds.length} ${of.what ?? 'runs'}`, { timeout: 7_200_000 }, async () => {
    const failures: string[] = [];
    for (const [played, seed] of seeds.entries()) {
      if (played > 0 && played % PROGRESS_EVERY === 0) {
        console.log(`${played} of ${seeds.length} runs, ${failures.length} of them wrong`);
      }
      await seedKeys(seed);
      const { scenario, wrong } = await play(seed);
      if (wrong.length === 0) continue;
      await seedKeys(seed);
      const again = await play(seed);
      const isSame = again.wrong.join() === wrong.join();
      const how = isSame ? 'plays this again' : `does not, in this series (${again.wrong.length})`;
      const what = `${of.seedName}=${seed} ${how}: ${wrong.join('; ')}`;
      failures.push(`${what} ${JSON.stringify(scenario)}`);
      console.log(failures.at(-1));
    }
    expect(failures).toEqual([]);
  });
}
