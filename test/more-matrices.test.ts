/**
 * The fault matrix where more than one investor and one business are at work, or one of two is not
 * there: investors in step, books of ticks and of repayments, tenders, and fallback addresses of
 * payees who are silent, come back, and contradict. Whatever befalls them, each part is received
 * once, and journals, receipts and wallets agree to the msat. A few runs here, many by
 * `npm run test:long`; `LOCKSTEP_SEED=n`, `BOOKS_SEED=n`, `REPAID_SEED=n`, `TENDERS_SEED=n` and
 * `FALLBACK_SEED=n` play one again, `n-m` several.
 * requires: P-26, P-30, P-32, P-36, P-38, T-26, TE-11, TE-12, TE-21, TE-22, TE-23
 */
import { playBooks } from './faults/books-run.ts';
import { playFallback } from './faults/fallback-run.ts';
import { playLockstep } from './faults/lockstep-run.ts';
import { testSeeds } from './faults/matrix.ts';
import { playRepaymentBooks } from './faults/repayment-books-run.ts';
import { playTenders } from './faults/tenders-run.ts';

const MODES = [
  { name: 'LOCKSTEP', what: 'runs in step', quickRuns: 2, play: playLockstep },
  { name: 'BOOKS', what: 'runs from books', quickRuns: 1, mended: [48, 240, 295], play: playBooks },
  { name: 'REPAID', what: 'repayments from books', quickRuns: 3, play: playRepaymentBooks },
  { name: 'TENDERS', what: 'runs of tenders', quickRuns: 3, play: playTenders },
  {
    name: 'FALLBACK',
    what: 'runs of fallback addresses',
    quickRuns: 2,
    mended: [116, 157],
    play: playFallback,
  },
] as const;

// Far apart and odd, so that a few runs kill at different steps.
for (const { name, what, play, ...quick } of MODES) {
  const names = { seedName: `${name}_SEED`, runsName: `${name}_RUNS`, halfName: 'FAULT_HALF' };
  testSeeds({ ...names, ...quick, quickStride: 43, what }, play);
}
