/** Reads a chosen evidence file bit by bit, so that the page stays alive. Spec: specs/bundle.md. */
import {
  describeEvidence,
  findingSentence,
  MAX_BUNDLE_BYTES,
  readBundleInSteps,
  type BundleReport,
  type Evidence,
} from '@realyield/protocol';
import { loadPart } from '../loading.ts';

/** What a file turned out to be. */
export interface ReadEvidence {
  readonly report: BundleReport;
  /** Undefined where the contract's terms are not in it. */
  readonly said: Evidence | undefined;
}

/** How reading is followed, and ended. */
export interface ReadingOptions {
  /** Share that is read, 0 to 1. */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

/** Reading pauses after this long, ms. */
const SLICE_MS = 12;

async function finish(
  steps: Generator<number, BundleReport, undefined>,
  { onProgress, signal }: ReadingOptions,
): Promise<BundleReport> {
  let pauseAtMs = performance.now() + SLICE_MS;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() < pauseAtMs) continue;
    onProgress?.(step.value);
    await new Promise((resolve) => setTimeout(resolve, 0));
    signal?.throwIfAborted();
    pauseAtMs = performance.now() + SLICE_MS;
  }
}

/** Checks a file; rejects with a sentence where it cannot be read, and when the signal ends it. */
export async function readEvidence(
  file: File,
  options: ReadingOptions = {},
): Promise<ReadEvidence> {
  if (file.size > MAX_BUNDLE_BYTES) throw new Error(findingSentence('BUNDLE_SIZE'));
  const { loadVerifier } = await loadPart(() => import('../nostr/verifier/tasks.ts'));
  const [buffer, verifier] = await Promise.all([file.arrayBuffer(), loadVerifier()]);
  const report = await finish(readBundleInSteps(new Uint8Array(buffer), verifier), options);
  const { head, fold, events, proofs } = report;
  const said = fold && head && describeEvidence(fold, events, head.writtenAtSec, proofs);
  return { report, said };
}
