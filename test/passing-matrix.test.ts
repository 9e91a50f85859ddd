/**
 * The fault matrix of payments that a bank passes on: whichever of the three dies at whatever step,
 * nobody is short while the bank comes back in time; past that, the bank bears what the
 * specification says. A few runs here, many by `npm run test:long`; `PASSING_SEED=n` plays one
 * again. requires: FW-13, FW-15
 */
import { testSeeds } from './faults/matrix.ts';
import { playPassing } from './faults/passing-run.ts';

// Far apart and odd, so that a few runs kill all three at different steps.
testSeeds(
  {
    seedName: 'PASSING_SEED',
    runsName: 'PASSING_RUNS',
    halfName: 'PASSING_HALF',
    quickRuns: 3,
    quickStride: 43,
  },
  playPassing,
);
