/**
 * Checks events in workers, as many as there are cores up to four. Whatever happens to the
 * workers, every call is answered and with the same results: what they cannot do is done here.
 */
import type { Verifier } from '../../engine/ports.ts';
import { PoolWorker, type Chunk } from './pool-worker.ts';
import type { AnyResult, Task, TaskResults } from './tasks.ts';
import { loadPart } from '../../loading.ts';

/** How to run a pool; all optional. */
export interface VerifierPoolOptions {
  /** Number of workers; as many as cores, up to four, unless given. 0 works without workers. */
  readonly workers?: number;
  /** Starts a worker; given by tests that need one to fail. */
  readonly openWorker?: () => Worker;
  /** How long a worker may be silent over work in hand, in milliseconds. */
  readonly patienceMs?: number;
}

/** A running pool. */
export interface VerifierPool extends Verifier {
  /**
   * Checks each event as `verify` does: one result for each, in order, or refusals with
   * EVENT_SHAPE, EVENT_SIZE, EVENT_ID or EVENT_SIGNATURE. Rejects only once the pool is stopped.
   */
  verifyBatch(events: readonly unknown[]): Promise<TaskResults['verify'][]>;
  /** The same with `readEvent`: each event with those embedded in it, typed, itself last. */
  readBatch(events: readonly unknown[]): Promise<TaskResults['read'][]>;
  /** Ends the workers; calls not yet answered reject. */
  stop(): void;
}

/** Events posted at once: about ten milliseconds of work. */
const CHUNK_EVENTS = 32;
const MAX_WORKERS = 4;
/** Long enough for a slow phone to load the module; a silent death is noticed after it. */
const PATIENCE_MS = 20_000;
/** Work on the page's own thread pauses after this long, so that the page stays alive. */
const SLICE_MS = 8;

function openVerifyWorker(): Worker {
  return new Worker(new URL('./verify.worker.ts', import.meta.url), { type: 'module' });
}

function defaultWorkerCount(): number {
  // Node has no Worker of this kind; there the page's thread is the whole pool.
  if (typeof Worker === 'undefined') return 0;
  return Math.max(1, Math.min(MAX_WORKERS, navigator.hardwareConcurrency));
}

/** Only what an event consists of goes to a worker; functions and other riders stay here. */
function pickFields(input: unknown): unknown {
  if (typeof input !== 'object' || input === null) return null;
  try {
    const { id, pubkey, created_at, kind, tags, content, sig } = input as Record<string, unknown>;
    return { id, pubkey, created_at, kind, tags, content, sig };
  } catch {
    return null;
  }
}

class Pool implements VerifierPool {
  readonly #options: VerifierPoolOptions;
  readonly #workers = new Set<PoolWorker>();
  readonly #queue: Chunk[] = [];
  /** Chunks to be done on this thread, because no worker could. */
  readonly #local: Chunk[] = [];
  #isLocalRunning = false;
  #isStopped = false;
  #replacementsLeft: number;

  constructor(options: VerifierPoolOptions) {
    this.#options = options;
    const count = options.workers ?? defaultWorkerCount();
    this.#replacementsLeft = count;
    for (let at = 0; at < count; at += 1) this.#open();
  }

  #open(): void {
    try {
      const worker = (this.#options.openWorker ?? openVerifyWorker)();
      const poolWorker = new PoolWorker(worker, this.#options.patienceMs ?? PATIENCE_MS, {
        onAnswer: () => this.#distribute(),
        onDeath: (undone) => this.#bury(poolWorker, undone),
      });
      this.#workers.add(poolWorker);
    } catch {
      // No worker can be started here (a policy forbids it, say): this thread does the work.
    }
  }

  #bury(worker: PoolWorker, undone: readonly Chunk[]): void {
    this.#workers.delete(worker);
    // This thread, and not the next worker: the chunk itself may be what killed the first.
    this.#runLocally(undone);
    if (this.#replacementsLeft > 0) {
      this.#replacementsLeft -= 1;
      this.#open();
    }
    this.#distribute();
  }

  verifyBatch(events: readonly unknown[]): Promise<TaskResults['verify'][]> {
    return this.#run('verify', events);
  }

  readBatch(events: readonly unknown[]): Promise<TaskResults['read'][]> {
    return this.#run('read', events);
  }

  async #run<T extends Task>(task: T, events: readonly unknown[]): Promise<TaskResults[T][]> {
    if (this.#isStopped) throw new Error('the verifier has been stopped');
    const parts: Promise<readonly AnyResult[]>[] = [];
    for (let from = 0; from < events.length; from += CHUNK_EVENTS) {
      const part = events.slice(from, from + CHUNK_EVENTS).map(pickFields);
      parts.push(
        new Promise((resolve, reject) => this.#queue.push({ task, events: part, resolve, reject })),
      );
    }
    this.#distribute();
    // Every chunk of this call was made with its task.
    return (await Promise.all(parts)).flat() as TaskResults[T][];
  }

  #leastLoaded(): PoolWorker | undefined {
    let best: PoolWorker | undefined;
    for (const worker of this.#workers) {
      if (worker.hasRoom && (best === undefined || worker.load < best.load)) best = worker;
    }
    return best;
  }

  #distribute(): void {
    if (this.#workers.size === 0) {
      this.#runLocally(this.#queue.splice(0));
      return;
    }
    for (let worker = this.#leastLoaded(); worker !== undefined; worker = this.#leastLoaded()) {
      const chunk = this.#queue.shift();
      if (chunk === undefined) return;
      try {
        worker.take(chunk);
      } catch {
        // Something in it cannot be cloned; `verify` can still say what is wrong with it.
        this.#runLocally([chunk]);
      }
    }
  }

  #runLocally(chunks: readonly Chunk[]): void {
    this.#local.push(...chunks);
    if (this.#isLocalRunning || this.#local.length === 0) return;
    this.#isLocalRunning = true;
    void this.#work();
  }

  async #work(): Promise<void> {
    // Only then: a page with workers carries none of it.
    const { TASKS, loadVerifier } = await loadPart(() => import('./tasks.ts'));
    const verifier = await loadVerifier();
    let pauseAtMs = performance.now() + SLICE_MS;
    for (let chunk = this.#local.shift(); chunk !== undefined; chunk = this.#local.shift()) {
      const results: AnyResult[] = [];
      for (const event of chunk.events) {
        results.push(TASKS[chunk.task](event, verifier));
        if (performance.now() < pauseAtMs) continue;
        await new Promise((resolve) => setTimeout(resolve, 0));
        pauseAtMs = performance.now() + SLICE_MS;
      }
      if (this.#isStopped) chunk.reject(new Error('the verifier has been stopped'));
      else chunk.resolve(results);
    }
    // In the same step in which the list was found empty, so that nothing is left behind.
    this.#isLocalRunning = false;
  }

  stop(): void {
    this.#isStopped = true;
    const undone = [...this.#queue.splice(0), ...this.#local.splice(0)];
    for (const worker of this.#workers) undone.push(...worker.stop());
    this.#workers.clear();
    for (const chunk of undone) chunk.reject(new Error('the verifier has been stopped'));
  }
}

/** Starts a pool of workers that check events; `stop` it when done. */
export function createVerifierPool(options: VerifierPoolOptions = {}): VerifierPool {
  return new Pool(options);
}
