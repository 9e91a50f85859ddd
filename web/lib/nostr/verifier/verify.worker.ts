/**
 * A worker that checks events for `verifier-pool.ts`: one list in, one list of results out.
 */
import { TASKS, loadVerifier, type AnyResult, type Task } from './tasks.ts';

/** What the pool asks: a number of its own, what to do, and the events to do it with. */
export interface VerifyRequest {
  readonly batch: number;
  readonly task: Task;
  readonly events: readonly unknown[];
}

/** What the worker answers: the same number, and one result for each event, in order. */
export interface VerifyAnswer {
  readonly batch: number;
  readonly results: readonly AnyResult[];
}

const loading = loadVerifier();

// Set before anything is awaited, so that no message is missed while the module loads.
addEventListener('message', ({ data }: MessageEvent<VerifyRequest>) => {
  void loading.then((verifier) => {
    const results = data.events.map((event) => TASKS[data.task](event, verifier));
    postMessage({ batch: data.batch, results } satisfies VerifyAnswer);
  });
});
