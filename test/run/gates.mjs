/** The checks that need no browser and no Lightning: format, lint, types. */
import { report, runStep, runTwoAtOnce, tool } from './steps.mjs';

/** SvelteKit writes the TypeScript configuration that lint and types rest on. */
const SYNC = { name: 'svelte-kit sync', command: tool('@sveltejs/kit/svelte-kit.js', 'sync') };

const CACHE = 'node_modules/.cache';

/**
 * The gates, longest first, so that two at once end at about the same time.
 * @param {boolean} remembers whether results of unchanged files are taken from the last run
 * @returns {import('./steps.mjs').Step[]}
 */
function gates(remembers) {
  /** @param {string[]} options */
  const remembering = (...options) => (remembers ? options : []);
  const byContent = ['--cache', '--cache-strategy', 'content', '--cache-location'];
  return [
    {
      name: 'eslint',
      command: tool(
        'eslint/bin/eslint.js',
        '.',
        ...remembering(...byContent, `${CACHE}/eslint.json`),
      ),
    },
    {
      // The components and all that takes them; nothing outside of web does, and the rest of the
      // TypeScript is checked by tsc, by the same rules.
      name: 'svelte-check',
      command: tool(
        'svelte-check/bin/svelte-check',
        ...['--tsconfig', 'tsconfig-web.json', '--fail-on-warnings', '--output', 'human', '--tsgo'],
        ...remembering('--incremental'),
      ),
    },
    {
      name: 'tsc',
      command: tool(
        '@typescript/native/bin/tsc',
        '--noEmit',
        ...remembering('--incremental', '--tsBuildInfoFile', `${CACHE}/tsc.tsbuildinfo`),
      ),
    },
    {
      name: 'tsc, the protocol alone',
      command: tool('@typescript/native/bin/tsc', '-p', 'protocol', '--noEmit'),
    },
    {
      name: 'prettier',
      command: tool(
        'prettier/bin/prettier.cjs',
        ...['--check', '--log-level', 'warn', '.'],
        ...remembering(...byContent, `${CACHE}/prettier.json`),
      ),
    },
  ];
}

/**
 * Runs every gate, and further steps before them, for they take longest.
 * @param {{ first?: import('./steps.mjs').Step[], remembers?: boolean }} [options] `remembers`:
 *   unchanged files are not looked at again. Lint of one file can depend on types in another, so
 *   the full run does without.
 * @returns {Promise<import('./steps.mjs').Outcome[]>}
 */
export async function runGates({ first = [], remembers = false } = {}) {
  const sync = await runStep(SYNC);
  report(sync);
  return [sync, ...(await runTwoAtOnce([...first, ...gates(remembers)]))];
}
