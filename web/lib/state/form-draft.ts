/** The draft of one form: kept on this device while it is written, forgotten once it is sent. */
import type { Drafts } from '../engine/drafts.ts';
import type { Clock } from '../engine/ports.ts';
import { browserClock } from './clock.ts';

/** Typing pauses for so long before it is kept, ms. */
const PAUSE_MS = 400;

/** Where drafts are kept. */
type Kept = Pick<Drafts, 'load' | 'save' | 'clear'>;

/** What is in one form, by the name of its draft. */
export class FormDraft {
  readonly #drafts: Kept;
  readonly #name: string;
  readonly #clock: Pick<Clock, 'after'>;
  #stopTimer: (() => void) | undefined;
  #waiting: { readonly value: unknown } | undefined;
  #written: string;
  #isDone = false;

  /** `empty` is the form as it begins, which is not worth keeping. */
  constructor(drafts: Kept, name: string, empty: unknown, clock: Pick<Clock, 'after'>) {
    this.#drafts = drafts;
    this.#name = name;
    this.#clock = clock;
    this.#written = JSON.stringify(empty);
  }

  /** What was being written; undefined where nothing was, or where it cannot be read. */
  async load(): Promise<unknown> {
    const kept = await this.#drafts.load(this.#name).catch(() => undefined);
    if (kept !== undefined) this.#written = JSON.stringify(kept);
    return kept;
  }

  /** Keeps what is in the form after a pause; call it whenever the form has changed. */
  keep(value: unknown): void {
    if (this.#isDone || JSON.stringify(value) === this.#written) return;
    this.#stopTimer?.();
    this.#waiting = { value };
    this.#stopTimer = this.#clock.after(PAUSE_MS, () => void this.leave());
  }

  /** Leaves the form: what is not kept yet is kept now. */
  async leave(): Promise<void> {
    this.#stopTimer?.();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (!waiting) return;
    this.#written = JSON.stringify(waiting.value);
    // A draft that cannot be kept is still in the form.
    await this.#drafts.save(this.#name, waiting.value).catch(() => undefined);
  }

  /** It is sent: nothing is left to be kept. */
  async done(): Promise<void> {
    this.#isDone = true;
    this.#stopTimer?.();
    this.#waiting = undefined;
    await this.#drafts.clear(this.#name).catch(() => undefined);
  }
}

/** The draft of a form on this page. */
export function formDraft(drafts: Drafts, name: string, empty: unknown): FormDraft {
  return new FormDraft(drafts, name, empty, browserClock);
}
