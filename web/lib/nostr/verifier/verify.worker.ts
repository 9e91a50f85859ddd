/**
 * A worker that checks events for `verifier-pool.ts`: one list in, one list of results out.
 */
import { nobleVerifier, verify, type Result, type VerifiedEvent } from '@realyield/protocol';
import { loadWasmVerifier } from './load-wasm.ts';

/** What the pool asks: a number of its own and the events to check. */
export interface VerifyRequest {
  readonly batch: number;
  readonly events: readonly unknown[];
}

/** What the worker answers: the same number, and one result for each event, in order. */
export interface VerifyAnswer {
  readonly batch: number;
  readonly results: readonly Result<VerifiedEvent>[];
}

const loading = loadWasmVerifier().catch(() => nobleVerifier);

// Set before anything is awaited, so that no message is missed while the module loads.
addEventListener('message', ({ data }: MessageEvent<VerifyRequest>) => {
  void loading.then((verifier) => {
    const results = data.events.map((event) => verify(event, verifier));
    postMessage({ batch: data.batch, results } satisfies VerifyAnswer);
  });
});
