/** What the pool can do with an event, the same in a worker and on the page's thread. */
import {
  nobleVerifier,
  readEventWith,
  verifyWith,
  type ParsedEvent,
  type Result,
} from '@realyield/protocol';
import type { SignatureVerifier, VerifiedEvent } from '@realyield/protocol';
import { loadWasmVerifier } from './load-wasm.ts';

/** Result of each task for one event. */
export interface TaskResults {
  readonly verify: Result<VerifiedEvent>;
  readonly read: Result<readonly ParsedEvent[]>;
}

/** A task's name. */
export type Task = keyof TaskResults;

/** Result of one event under some task. */
export type AnyResult = TaskResults[Task];

/** How each task is done. */
export const TASKS: Readonly<
  Record<Task, (event: unknown, verifier: SignatureVerifier) => AnyResult>
> = { verify: verifyWith, read: readEventWith };

/** The quickest verifier there is here. */
export function loadVerifier(): Promise<SignatureVerifier> {
  return loadWasmVerifier().catch(() => nobleVerifier);
}
