/** `npm run check`: format, lint, types and the quick tests, in about a minute. */
import { runGates } from './gates.mjs';
import { ensureInstalled } from './install.mjs';
import { runMain, tool } from './steps.mjs';

const QUICK_TESTS = {
  name: 'vitest, quick tests',
  command: tool('vitest/vitest.mjs', 'run', '--project', 'node', '--reporter=dot'),
  env: { NO_COLOR: '1' },
};

await runMain(async () => {
  ensureInstalled();
  const startedMs = Date.now();
  const outcomes = await runGates({ first: [QUICK_TESTS], remembers: true });
  const failed = outcomes.filter((outcome) => outcome.code !== 0).map((outcome) => outcome.name);
  const time = `${((Date.now() - startedMs) / 1000).toFixed(1)} s`;
  console.log(
    failed.length === 0
      ? `\nAll ${outcomes.length} checks passed in ${time}.`
      : `\n${failed.length} of ${outcomes.length} checks failed in ${time}: ${failed.join(', ')}.`,
  );
  return failed.length === 0 ? 0 : 1;
});
