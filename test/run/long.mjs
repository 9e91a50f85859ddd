/**
 * `npm run test:long`: what takes too long for every day. The fault matrix over thousands of seeds,
 * half of them on each of two cores (`FAULT_RUNS=n`; one that fails is printed and replays by
 * `SEED=n npx vitest run --project node test/fault-matrix.test.ts`); the same for payments that a
 * bank passes on (`PASSING_RUNS`, `PASSING_SEED`, `test/passing-matrix.test.ts`), and for investors
 * in step, books, tenders and fallback addresses (`MORE_RUNS` of each,
 * `test/more-matrices.test.ts`); then 24 simulated hours of fifty streams; then, on real Lightning,
 * a hundred streams of which everything is killed (`LIGHTNING_RUNS`, `SEED`, `SEEDS`), and payments
 * passed on while each of the three parties dies at each step (`KILL`); then, in the browser, fifty
 * sales at a till, from application to cure (`TILL_SALES`), and cases that end by a settlement, a
 * fallback arbiter or the bank's bond. A name plays one of them: matrix, passing, more, day,
 * lightning, forwarding, till, cases.
 * By name alone: hour, a real hour of streams with its figures (`… hour [MINUTES]`).
 */
import { ensureInstalled } from './install.mjs';
import { isStopping, runMain, runStep, runTwoAtOnce, runTypeScript, tool } from './steps.mjs';

const runs = process.env['FAULT_RUNS'] ?? '2000';
const crowds = process.env['CROWD_RUNS'] ?? '100';
const others = process.env['MORE_RUNS'] ?? '500';
const passed = process.env['PASSING_RUNS'] ?? '400';

/** @param {number} half */
const direct = (half) => ({
  name: `fault matrix, ${runs} runs, half ${half + 1} of 2`,
  command: tool('vitest/vitest.mjs', 'run', '--project', 'node', 'test/fault-matrix.test.ts'),
  env: { FAULT_RUNS: runs, CROWD_RUNS: crowds, FAULT_HALF: String(half), NO_COLOR: '1' },
  live: true,
});

/** @param {number} half */
const passing = (half) => ({
  name: `payments a bank passes on, ${passed} runs, half ${half + 1} of 2`,
  command: tool('vitest/vitest.mjs', 'run', '--project', 'node', 'test/passing-matrix.test.ts'),
  env: { PASSING_RUNS: passed, PASSING_HALF: String(half), NO_COLOR: '1' },
  live: true,
});

/** @param {number} half */
const more = (half) => ({
  name: `in step, books, tenders and the chain, ${others} runs of each, half ${half + 1} of 2`,
  command: tool('vitest/vitest.mjs', 'run', '--project', 'node', 'test/more-matrices.test.ts'),
  env: {
    LOCKSTEP_RUNS: others,
    BOOKS_RUNS: others,
    REPAID_RUNS: others,
    TENDERS_RUNS: others,
    FALLBACK_RUNS: others,
    FAULT_HALF: String(half),
    NO_COLOR: '1',
  },
  live: true,
});

/**
 * Both halves of a matrix at once; 0 when all is well.
 * @param {(half: number) => import('./steps.mjs').Step} half
 */
async function halves(half) {
  const outcomes = await runTwoAtOnce([half(0), half(1)]);
  return outcomes.every(({ code }) => code === 0) ? 0 : 1;
}

/**
 * What people do that takes minutes, in the browser.
 * @param {string} name
 * @param {string} file in test/e2e
 * @param {Record<string, string>} env
 */
async function flow(name, file, env = {}) {
  const build = await runStep({ name: 'vite build', command: tool('vite/bin/vite.js', 'build') });
  if (build.code !== 0) {
    console.log(build.output);
    return build.code;
  }
  const command = tool('@playwright/test/cli.js', 'test', `test/e2e/${file}`);
  const NODE_OPTIONS = '--conditions=@realyield/source';
  const step = { name, command, env: { ...env, LONG_FLOWS: '1', NODE_OPTIONS }, live: true };
  const { code } = await runStep(step);
  return code;
}

const sales = process.env['TILL_SALES'] ?? '50';

/** @type {Readonly<Record<string, () => Promise<number>>>} */
const SUITES = {
  matrix: () => halves(direct),
  passing: () => halves(passing),
  more: () => halves(more),
  day: () => runTypeScript('test/long/day.ts', []),
  lightning: () => runTypeScript('test/long/lightning.ts', []),
  forwarding: () => runTypeScript('test/long/forwarding.ts', []),
  till: () => flow(`${sales} sales at a till`, 'till.spec.ts', { TILL_SALES: sales }),
  cases: () => flow('cases, to a payout of the bond', 'bond-case.spec.ts'),
};

await runMain(async () => {
  ensureInstalled();
  const [wanted, ...args] = process.argv.slice(2);
  if (wanted === 'hour') return runTypeScript('test/long/hour.ts', args);
  const chosen = Object.entries(SUITES).filter(([name]) => !wanted || name === wanted);
  if (chosen.length === 0) {
    throw new Error(`There is: ${[...Object.keys(SUITES), 'hour'].join(', ')}.`);
  }
  let worst = 0;
  for (const [name, play] of chosen) {
    if (isStopping()) break;
    console.log(`\n${name}`);
    worst = Math.max(worst, await play());
  }
  return isStopping() ? 1 : worst;
});
