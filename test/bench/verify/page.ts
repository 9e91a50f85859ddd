/**
 * What the page of the benchmark runs: one round of each contender on its own thread, and our
 * pool on two workers.
 */
import { createVerifierPool } from '../../../web/lib/nostr/verifier/verifier-pool.ts';
import { timeNdk, timeNostrTools } from './contenders.ts';

/** Milliseconds of one round. */
export interface Round {
  readonly ours: number;
  readonly nostrTools: number;
  readonly ndk: number;
}

/** What the page offers to the benchmark. */
export interface PageGlobals {
  /** Runs one round over a list of events given as JSON. */
  readonly runRound: (json: string) => Promise<Round>;
}

const pool = createVerifierPool({ workers: 2 });

async function timeOurs(json: string): Promise<number> {
  const events = JSON.parse(json) as unknown[];
  const startMs = performance.now();
  const results = await pool.verifyBatch(events);
  const elapsedMs = performance.now() - startMs;
  if (!results.every((result) => result.ok)) throw new Error('a good event was refused');
  return elapsedMs;
}

async function runRound(json: string): Promise<Round> {
  return { ours: await timeOurs(json), nostrTools: timeNostrTools(json), ndk: timeNdk(json) };
}

Object.assign(globalThis, { runRound } satisfies PageGlobals);
