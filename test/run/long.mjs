/**
 * `npm run test:long`: the fault matrix over thousands of seeds, half of them on each of two
 * cores. `FAULT_RUNS=n` plays as many; a seed that fails is printed and replays by
 * `SEED=n npx vitest run --project node test/fault-matrix.test.ts`. Then the same for payments that
 * a bank passes on: `PASSING_RUNS`, `PASSING_SEED`, `test/passing-matrix.test.ts`.
 */
import { ensureInstalled } from './install.mjs';
import { runMain, runTwoAtOnce, tool } from './steps.mjs';

const runs = process.env['FAULT_RUNS'] ?? '2000';

/** @param {number} half */
const matrix = (half) => ({
  name: `fault matrix, ${runs} runs, half ${half + 1} of 2`,
  command: tool('vitest/vitest.mjs', 'run', '--project', 'node', 'test/fault-matrix.test.ts'),
  env: { FAULT_RUNS: runs, FAULT_HALF: String(half), NO_COLOR: '1' },
  live: true,
});

const passed = process.env['PASSING_RUNS'] ?? '400';

/** @param {number} half */
const passing = (half) => ({
  name: `payments a bank passes on, ${passed} runs, half ${half + 1} of 2`,
  command: tool('vitest/vitest.mjs', 'run', '--project', 'node', 'test/passing-matrix.test.ts'),
  env: { PASSING_RUNS: passed, PASSING_HALF: String(half), NO_COLOR: '1' },
  live: true,
});

await runMain(async () => {
  ensureInstalled();
  const direct = await runTwoAtOnce([matrix(0), matrix(1)]);
  const outcomes = [...direct, ...(await runTwoAtOnce([passing(0), passing(1)]))];
  return outcomes.every(({ code }) => code === 0) ? 0 : 1;
});
