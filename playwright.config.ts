/**
 * End-to-end tests. No web server here: each test starts the local world it needs (relays,
 * Lightning nodes, the client) and stops it again.
 */
import { defineConfig, devices } from '@playwright/test';
import { launchOptions } from './test/run/browser.mjs';

export default defineConfig({
  testDir: 'test/e2e',
  // What takes minutes: `npm run test:long till`, `… cases`.
  testIgnore:
    process.env['LONG_FLOWS'] === undefined ? ['**/till.spec.ts', '**/bond-case.spec.ts'] : [],
  workers: 1,
  // A loan takes a minute and a half; a payment cut off on its way may hold it up twice.
  timeout: 360_000,
  // What is there in a second or two takes ten times as long on a machine with as much to do.
  expect: { timeout: 60_000 },
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list']],
  outputDir: 'test-results',
  use: {
    ...devices['Desktop Chrome'],
    // A button that never comes is said long before the test's own time is over.
    actionTimeout: 120_000,
    // Recording costs a third of all that the pages compute: `--trace on` where one is wanted.
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: launchOptions(),
  },
});
