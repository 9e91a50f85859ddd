/** Where figures are computed: in a worker, or on this thread where there is none. */
import type { ContractState } from '@realyield/protocol';
import type { Answer, Ask, FigureDesk } from './desk.ts';
import { loadPart } from '../../loading.ts';

/** A question with the contracts that are new since the last one. */
export interface FigureRequest {
  readonly id: number;
  /** Forget everything put so far: these are another person's facts. */
  readonly isNew: boolean;
  readonly states: readonly ContractState[];
  readonly ask: Ask;
}

/** The answer to the question with this id. */
export interface FigureReply {
  readonly id: number;
  readonly answer: Answer;
}

/** Computes figures somewhere. */
export interface FigureOffice {
  ask(request: Omit<FigureRequest, 'id'>): Promise<Answer>;
  stop(): void;
}

/** Everything ever put, so that a thread that died can be replaced. */
class Memory {
  #states = new Map<string, ContractState>();

  take({ isNew, states }: Pick<FigureRequest, 'isNew' | 'states'>): void {
    if (isNew) this.#states = new Map();
    for (const state of states) this.#states.set(state.root, state);
  }

  all(): readonly ContractState[] {
    return [...this.#states.values()];
  }
}

class Office implements FigureOffice {
  readonly #open: (() => Worker) | undefined;
  readonly #memory = new Memory();
  readonly #waiting = new Map<number, { request: FigureRequest; done: (answer: Answer) => void }>();
  #worker: Worker | undefined;
  #desk: FigureDesk | undefined;
  #count = 0;

  constructor(open: (() => Worker) | undefined) {
    this.#open = open;
    this.#start();
  }

  ask(request: Omit<FigureRequest, 'id'>): Promise<Answer> {
    const full = { ...request, id: (this.#count += 1) };
    this.#memory.take(full);
    return new Promise((done) => {
      this.#waiting.set(full.id, { request: full, done });
      if (this.#worker) this.#worker.postMessage(full);
      else void this.#compute(full);
    });
  }

  stop(): void {
    this.#worker?.terminate();
    this.#waiting.clear();
  }

  #start(): void {
    try {
      this.#worker = this.#open?.();
    } catch {
      // No worker can be started here (a policy forbids it, say): this thread does the work.
      return;
    }
    if (!this.#worker) return;
    this.#worker.onmessage = ({ data }: MessageEvent<FigureReply>) => this.#finish(data);
    this.#worker.onerror = () => this.#carryOn();
    this.#worker.onmessageerror = () => this.#carryOn();
  }

  #finish({ id, answer }: FigureReply): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.done(answer);
  }

  /** The worker is gone: what it knew is still here. */
  #carryOn(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const { request } of this.#waiting.values()) void this.#compute(request);
  }

  async #compute(request: FigureRequest): Promise<void> {
    const module = await loadPart(() => import('./desk.ts'));
    if (request.isNew) this.#desk = undefined;
    if (!this.#desk) {
      this.#desk = new module.FigureDesk();
      this.#desk.put(this.#memory.all());
    }
    this.#desk.put(request.states);
    this.#finish({ id: request.id, answer: this.#desk.answer(request.ask) });
  }
}

function openWorker(): Worker {
  return new Worker(new URL('./figures.worker.ts', import.meta.url), { type: 'module' });
}

/** Opens an office; node has no worker of this kind, there it is this thread. */
export function openFigureOffice(open?: () => Worker): FigureOffice {
  const hasWorkers = typeof Worker !== 'undefined';
  return new Office(open ?? (hasWorkers ? openWorker : undefined));
}
