/** Looks at all contracts again and again: soon after something changed, and now and then. */
import type { Clock } from '../engine/ports.ts';
import type { Session } from '../engine/session.ts';
import type { AgentLog } from './log.ts';

const GATHER_MS = 200;
/** Days end without anything being said. */
const LOOK_AGAIN_MS = 10_000;

/** What a round needs, and what it does; `isOver` says that it should end. */
export interface RoundParts {
  readonly session: Pick<Session, 'changed'>;
  readonly clock: Pick<Clock, 'after'>;
  readonly log: Pick<AgentLog, 'problem'>;
  readonly name: string;
  readonly look: (isOver: () => boolean) => Promise<void>;
}

/** Rounds until stopped, one at a time. */
export class Rounds {
  readonly #parts: RoundParts;
  readonly #stopListening: () => void;
  #stopTimer: (() => void) | undefined;
  #working: Promise<void> | undefined;
  #isStopped = false;

  constructor(parts: RoundParts) {
    this.#parts = parts;
    this.#stopListening = parts.session.changed.add(() => {
      if (!this.#working) this.#later(GATHER_MS);
    });
    this.#later(GATHER_MS);
  }

  /** Begins no other round; resolves when the one under way has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopTimer?.();
    this.#stopListening();
    await this.#working;
  }

  #later(delayMs: number): void {
    if (this.#isStopped) return;
    this.#stopTimer?.();
    const { clock, log, name, look } = this.#parts;
    this.#stopTimer = clock.after(delayMs, () => {
      this.#working = look(() => this.#isStopped)
        .catch((error: unknown) => {
          log.problem(name, { message: String(error) });
        })
        .finally(() => {
          this.#working = undefined;
          this.#later(LOOK_AGAIN_MS);
        });
    });
  }
}
