/**
 * Three test projects, run one after another: `node` (quick units and gates), `browser`
 * (components in a real Chromium), `world` (real Lightning nodes and relays, six files at a time).
 */
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { launchOptions } from './test/run/browser.mjs';

const conditions = ['@realyield/source', 'module', 'node', 'development|production'];

/** How modules resolve where tests run in Node. */
const inNode = {
  plugins: [svelte({ configFile: false })],
  resolve: { conditions, alias: { $lib: fileURLToPath(new URL('web/lib', import.meta.url)) } },
  ssr: { resolve: { conditions } },
};

/** What takes longest, most first: begun last, these would run on alone when all others have ended. */
const LONGEST = [
  'test/engine/outages.test.ts',
  'test/engine/faults.test.ts',
  'test/world/world.test.ts',
  'test/world/kill.test.ts',
  'test/engine/fallback.test.ts',
  'test/engine/till-bank.test.ts',
  'test/engine/restored.test.ts',
  'test/more-matrices.test.ts',
  'test/properties.test.ts',
  'test/relay-fuzz.test.ts',
  'test/world/control.test.ts',
  'test/engine/loan.test.ts',
  'test/engine/milestones.test.ts',
  'test/engine/forwarding.test.ts',
];

/** The longest files first, then as Vitest would have them. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.findIndex((path) => moduleId.endsWith(`/${path}`));
      return at < 0 ? LONGEST.length : at;
    };
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

export default defineConfig({
  test: {
    teardownTimeout: 30_000,
    sequence: { sequencer: LongestFirst },
    allowOnly: false,
    projects: [
      {
        ...inNode,
        test: {
          name: 'node',
          include: [
            'protocol/src/**/*.test.ts',
            'relay-rules/src/**/*.test.ts',
            'web/lib/**/*.test.ts',
            'test/*.test.ts',
          ],
          exclude: ['**/*.browser.test.ts', '**/node_modules/**'],
          // Many of these wait, for sockets and programs: more of them than there are cores.
          maxWorkers: 3,
          // Modules are read once for each worker: reading them for each file took longer than
          // the tests. None of them keeps what another test would notice.
          isolate: false,
          // Some read the whole source, and all run on busy machines.
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: './vite.config.ts',
        test: {
          name: 'browser',
          include: ['web/**/*.browser.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // What is on a screen is waited for; a busy machine may be slow to draw it.
          expect: { poll: { timeout: 20_000 } },
          sequence: { groupOrder: 1 },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            instances: [{ browser: 'chromium' }],
            provider: playwright({ launchOptions: launchOptions() }),
          },
        },
      },
      {
        ...inNode,
        test: {
          name: 'world',
          include: ['test/world/**/*.test.ts', 'test/engine/**/*.test.ts'],
          pool: 'forks',
          // As in the first; a scene that several share begins anew.
          isolate: false,
          // Much of these is waiting for contract days to pass.
          maxWorkers: 6,
          // Half a minute on a machine that has nothing else to do.
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
