/**
 * The fault matrix: whatever dies, falls silent, is lost, comes twice or is full, each part is
 * received once, and journal, receipts and ledger agree to the msat. A few runs here; thousands by
 * `npm run test:long`. `SEED=n npx vitest run test/fault-matrix.test.ts` plays one again,
 * `CROWD_SEED=n` one with two windows, a second device and an agent at once.
 */
import { testSeeds } from './faults/matrix.ts';
import { playSeed } from './faults/run.ts';

// Far apart, so that a few runs already kill at different steps, with different answers.
testSeeds(
  {
    seedName: 'SEED',
    runsName: 'FAULT_RUNS',
    halfName: 'FAULT_HALF',
    quickRuns: 8,
    quickStride: 37,
  },
  (seed) => playSeed(seed),
);

// Two windows of one browser, a second device and an agent with the same key, all at once.
testSeeds(
  {
    seedName: 'CROWD_SEED',
    runsName: 'CROWD_RUNS',
    halfName: 'FAULT_HALF',
    quickRuns: 2,
    quickStride: 41,
    what: 'runs in a crowd',
  },
  (seed) => playSeed(seed, true),
);
