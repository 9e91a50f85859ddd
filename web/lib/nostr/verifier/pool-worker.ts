/**
 * One worker of the pool with the work it has in hand, and how it is noticed that it died.
 */
import type { VerifiedEvent } from '@realyield/protocol';
import type { AnyResult, Task } from './tasks.ts';
import type { VerifyAnswer, VerifyRequest } from './verify.worker.ts';

/** Some events of one call, and where their results go. */
export interface Chunk {
  readonly task: Task;
  readonly events: readonly unknown[];
  readonly resolve: (results: readonly AnyResult[]) => void;
  readonly reject: (error: Error) => void;
}

/** What the pool hears from a worker. */
export interface PoolWorkerEvents {
  /** A chunk is done; there is room for another. */
  readonly onAnswer: () => void;
  /** The worker is gone, with this work undone. */
  readonly onDeath: (undone: readonly Chunk[]) => void;
}

/** Chunks a worker holds at once: one in work, one waiting so that it never idles. */
const CHUNKS_IN_HAND = 2;

function freezeEvent(event: VerifiedEvent): void {
  for (const tag of event.tags) Object.freeze(tag);
  Object.freeze(event.tags);
  Object.freeze(event);
}

/** Cloning between threads loses the freeze of `verify`. */
function freezeResult(result: AnyResult): void {
  if (!result.ok) return;
  if ('sig' in result.value) freezeEvent(result.value);
  else for (const { event } of result.value) freezeEvent(event);
}

/** A worker, alive until it fails, stays silent for too long, or is stopped. */
export class PoolWorker {
  readonly #worker: Worker;
  readonly #events: PoolWorkerEvents;
  readonly #patienceMs: number;
  readonly #inHand = new Map<number, Chunk>();
  #nextBatch = 0;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #isDead = false;

  constructor(worker: Worker, patienceMs: number, events: PoolWorkerEvents) {
    this.#worker = worker;
    this.#patienceMs = patienceMs;
    this.#events = events;
    worker.onmessage = (message: MessageEvent<VerifyAnswer>) => this.#take(message.data);
    worker.onmessageerror = () => this.#die();
    worker.onerror = (event) => {
      // Otherwise the browser would report an error that has been dealt with.
      event.preventDefault();
      this.#die();
    };
  }

  get hasRoom(): boolean {
    return !this.#isDead && this.#inHand.size < CHUNKS_IN_HAND;
  }

  get load(): number {
    return this.#inHand.size;
  }

  /** Hands over a chunk; throws when its events cannot be cloned, and then keeps nothing. */
  take(chunk: Chunk): void {
    const batch = (this.#nextBatch += 1);
    const { task, events } = chunk;
    this.#worker.postMessage({ batch, task, events } satisfies VerifyRequest);
    this.#inHand.set(batch, chunk);
    if (this.#inHand.size === 1) this.#watch();
  }

  /** Ends the worker and returns what it had in hand. */
  stop(): readonly Chunk[] {
    this.#isDead = true;
    clearTimeout(this.#watchdog);
    this.#worker.terminate();
    const undone = [...this.#inHand.values()];
    this.#inHand.clear();
    return undone;
  }

  /** A browser short of memory ends workers without a word; silence is the only sign. */
  #watch(): void {
    clearTimeout(this.#watchdog);
    if (this.#inHand.size === 0) return;
    this.#watchdog = setTimeout(() => this.#die(), this.#patienceMs);
  }

  #take(answer: VerifyAnswer): void {
    const chunk = this.#inHand.get(answer.batch);
    if (chunk === undefined) return;
    this.#inHand.delete(answer.batch);
    this.#watch();
    for (const result of answer.results) freezeResult(result);
    chunk.resolve(answer.results);
    this.#events.onAnswer();
  }

  #die(): void {
    if (this.#isDead) return;
    this.#events.onDeath(this.stop());
  }
}
