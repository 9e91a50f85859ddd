/**
 * The fault matrix: whatever dies, falls silent, is lost, comes twice or is full, each part is
 * received once, and journal, receipts and ledger agree to the msat. A few runs here; thousands by
 * `npm run test:long`. `SEED=n npx vitest run test/fault-matrix.test.ts` plays one again.
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
  playSeed,
);
