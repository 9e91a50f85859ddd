/**
 * The way in for raw events: gathered for a moment, verified in bulk, then taken or refused.
 * What is known already, signature included, is not verified again; a forged copy is not known.
 */
import type { ParsedEvent, RejectCode } from '@realyield/protocol';
import type { Clock, Verifier } from './ports.ts';

const FLUSH_MS = 15;

interface Waiting {
  readonly raw: unknown;
  readonly from: string;
  readonly done: () => void;
}

/** A verified event with those embedded in it, itself last, and who sent it. */
export interface Taken {
  readonly events: readonly ParsedEvent[];
  readonly from: string;
}

/** Where events go from here. */
export interface IntakePorts {
  readonly verifier: Verifier;
  readonly clock: Clock;
  /** Whether exactly this event is here already; called once for each that arrives. */
  readonly isKnown: (raw: unknown, from: string) => boolean;
  readonly refuse: (raw: unknown, from: string, code: RejectCode, detail?: string) => void;
  readonly take: (taken: readonly Taken[]) => Promise<void>;
}

/** Events on their way in. */
export class Intake {
  readonly #ports: IntakePorts;
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | undefined;
  #stopped = false;

  constructor(ports: IntakePorts) {
    this.#ports = ports;
  }

  /** Takes raw events in; resolves when they are verified and kept, or refused. */
  async add(raws: readonly unknown[], from: string): Promise<void> {
    await Promise.all(
      raws.map(
        (raw) =>
          new Promise<void>((done) => {
            this.#waiting.push({ raw, from, done });
            this.#schedule();
          }),
      ),
    );
  }

  /** Leaves aside what is still on its way in. */
  stop(): void {
    this.#stopped = true;
  }

  /** Resolves when nothing is on its way in. */
  async settled(): Promise<void> {
    while (this.#flushing) await this.#flushing;
  }

  #schedule(): void {
    this.#flushing ??= new Promise((done) => {
      this.#ports.clock.after(FLUSH_MS, () => {
        void this.#flush().then(done);
      });
    });
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      // Callers are told all the same: nobody waits for an intake that has stopped.
      const left = this.#stopped ? [] : batch;
      const fresh = left.filter(({ raw, from }) => !this.#ports.isKnown(raw, from));
      try {
        await this.#judge(fresh);
      } catch (error) {
        // The store is full or closed: the events stay usable in memory and on the relays.
        console.error(error);
      }
      for (const entry of batch) entry.done();
    }
    this.#flushing = undefined;
  }

  async #judge(batch: readonly Waiting[]): Promise<void> {
    if (batch.length === 0) return;
    const answers = await this.#ports.verifier.readBatch(batch.map((entry) => entry.raw));
    const taken: Taken[] = [];
    for (const [index, answer] of answers.entries()) {
      const entry = batch[index];
      if (!entry) continue;
      const { raw, from } = entry;
      if (answer.ok) taken.push({ events: answer.value, from });
      else this.#ports.refuse(raw, from, answer.code, answer.detail);
    }
    await this.#ports.take(taken);
  }
}
