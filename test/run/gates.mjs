/** The checks that need no browser and no Lightning: format, lint, types. */
import { report, runStep, runTwoAtOnce, tool } from './steps.mjs';

/** SvelteKit writes the TypeScript configuration that lint and types rest on. */
const SYNC = { name: 'svelte-kit sync', command: tool('@sveltejs/kit/svelte-kit.js', 'sync') };

/** Longest first, so that two at once end at about the same time. */
const GATES = [
  { name: 'eslint', command: tool('eslint/bin/eslint.js', '.') },
  {
    name: 'svelte-check',
    command: tool('svelte-check/bin/svelte-check', '--fail-on-warnings', '--output', 'human'),
  },
  { name: 'tsc', command: tool('typescript/bin/tsc', '--noEmit') },
  {
    name: 'tsc, the protocol alone',
    command: tool('typescript/bin/tsc', '-p', 'protocol', '--noEmit'),
  },
  {
    name: 'prettier',
    command: tool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
  },
];

/**
 * Runs every gate, and further steps beside them.
 * @param {import('./steps.mjs').Step[]} more
 * @returns {Promise<import('./steps.mjs').Outcome[]>}
 */
export async function runGates(more = []) {
  const sync = await runStep(SYNC);
  report(sync);
  return [sync, ...(await runTwoAtOnce([...GATES, ...more]))];
}
