/**
 * `npm test`: everything. The production build; then format, lint, types, units and components, and
 * beside them Playwright and the tests on Lightning, much of which is waiting for contract days to
 * pass. Each gate counts as one test; the last line reads "N passed, N failed".
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBrowser } from './browser.mjs';
import { runGates } from './gates.mjs';
import { COMPILING, ensurePackages } from './install.mjs';
import { isStopping, report, runMain, runStep, tool, TYPESCRIPT } from './steps.mjs';

/** @typedef {{ passed: number, failed: number }} Count */

/**
 * @typedef {{ numPassedTests: number, numTotalTests: number,
 *   testResults: { status: string, assertionResults: unknown[] }[] }} VitestReport
 * @typedef {{ stats: { expected: number, unexpected: number, skipped: number, flaky: number } }}
 *   PlaywrightReport
 */

/**
 * A test that did not run has not passed: skipped ones count as failed, and so does a file that
 * could not be loaded.
 * @param {VitestReport} found
 * @returns {Count}
 */
function countVitest(found) {
  const unloaded = found.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  const failed = found.numTotalTests - found.numPassedTests + unloaded.length;
  return { passed: found.numPassedTests, failed };
}

/**
 * @param {PlaywrightReport} found
 * @returns {Count}
 */
function countPlaywright({ stats }) {
  return { passed: stats.expected, failed: stats.unexpected + stats.skipped + stats.flaky };
}

/**
 * Runs a suite that writes a JSON report; one that fails without saying which test is one failure.
 * @template Report
 * @param {import('./steps.mjs').Step} step
 * @param {string} file
 * @param {(report: Report) => Count} count
 * @returns {Promise<Count>}
 */
async function runSuite(step, file, count) {
  if (step.live) console.log(`\n${step.name}`);
  const outcome = await runStep(step);
  if (!step.live) console.log(`\n${step.name}\n${outcome.output}`);
  /** @type {Count} */
  let counted = { passed: 0, failed: 0 };
  if (existsSync(file)) counted = count(JSON.parse(readFileSync(file, 'utf8')));
  if (outcome.code !== 0 && counted.failed === 0) counted.failed = 1;
  report({ ...outcome, output: '', code: counted.failed === 0 ? 0 : 1 });
  return counted;
}

/**
 * @param {string} name
 * @param {string[]} projects of vitest.config.ts
 * @param {string} folder for the report
 * @returns {Promise<Count>}
 */
function runVitest(name, projects, folder) {
  const file = join(folder, `${projects.join('-')}.json`);
  const chosen = projects.flatMap((project) => ['--project', project]);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const command = tool('vitest/vitest.mjs', 'run', ...chosen, ...reporters);
  return runSuite({ name, command, live: true }, file, countVitest);
}

/**
 * Runs parts one after the other, then of the common ones what nobody has begun, until somebody
 * stops everything.
 * @param {(() => Promise<Count>)[]} parts
 * @param {(() => Promise<Count>)[]} common
 * @returns {Promise<Count[]>}
 */
async function runOneByOne(parts, common) {
  /** @type {Count[]} */
  const counts = [];
  for (const part of parts) {
    if (!isStopping()) counts.push(await part());
  }
  for (let next = common.shift(); next && !isStopping(); next = common.shift()) {
    counts.push(await next());
  }
  return counts;
}

/**
 * Compiles what the packages need on this machine: a minute on one core, in which the other builds
 * and lints.
 * @param {string[] | null} command `null` where nothing is left to compile
 * @returns {Promise<void>} rejects when it cannot be compiled
 */
async function compile(command) {
  if (!command) return;
  const outcome = await runStep({ name: 'dependencies compiled', command, env: COMPILING });
  report(outcome);
  if (outcome.code !== 0) throw new Error('A dependency could not be compiled; see above.');
}

/**
 * @param {string} folder for the reports
 * @param {Promise<void>} compiled
 * @returns {Promise<Count[]>}
 */
async function runEverything(folder, compiled) {
  const playwrightFile = join(folder, 'playwright.json');
  /** @type {Count[]} */
  const counts = [];
  const playwright = {
    name: 'End to end',
    command: tool('@playwright/test/cli.js', 'test', '--reporter=list,json'),
    env: {
      PLAYWRIGHT_JSON_OUTPUT_NAME: playwrightFile,
      // Playwright's own loader knows no export conditions of ours.
      NODE_OPTIONS: '--conditions=@realyield/source',
    },
  };
  if (!isStopping()) {
    console.log('\nProduction build');
    const build = await runStep({ name: 'vite build', command: tool('vite/bin/vite.js', 'build') });
    report(build);
    const budget = await runStep({
      name: 'the landing page keeps to its budget',
      command: [process.execPath, ...TYPESCRIPT, 'test/run/budget.ts'],
    });
    report(budget);
    counts.push(countOutcomes([build, budget]));
  }
  if (!isStopping()) {
    console.log('\nWhat computes, and beside it what mostly waits');
    // Whoever is through first goes on with the world.
    const common = [() => runVitest('The local world', ['world'], folder)];
    const pages = [() => runSuite(playwright, playwrightFile, countPlaywright)];
    const waiting = compiled.then(() => runOneByOne(pages, common));
    const computing = runOneByOne(
      [
        async () => countOutcomes(await runGates()),
        async () => {
          await compiled;
          return runVitest('Units and components', ['node', 'browser'], folder);
        },
      ],
      common,
    );
    counts.push(...(await Promise.all([computing, waiting])).flat());
  }
  return counts;
}

/**
 * @param {import('./steps.mjs').Outcome[]} outcomes
 * @returns {Count}
 */
function countOutcomes(outcomes) {
  const failed = outcomes.filter((outcome) => outcome.code !== 0).length;
  return { passed: outcomes.length - failed, failed };
}

await runMain(async () => {
  const compiled = compile(ensurePackages());
  // Waited for below; until then its failure is nobody's surprise.
  compiled.catch(() => undefined);
  ensureBrowser();
  const folder = mkdtempSync(join(tmpdir(), 'real-yield-test-'));
  try {
    const counts = await runEverything(folder, compiled);
    const passed = counts.reduce((sum, count) => sum + count.passed, 0);
    const failed = counts.reduce((sum, count) => sum + count.failed, 0) + (isStopping() ? 1 : 0);
    console.log(`\n${passed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
