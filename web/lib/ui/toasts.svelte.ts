/**
 * Short confirmations that float at the edge and go by themselves; problems stay until closed.
 * Anything a person must act on belongs in a Notice on the page, not here.
 */
import { getContext, setContext } from 'svelte';

/** Colour and lifetime of a toast. */
export type ToastTone = 'done' | 'waiting' | 'problem';

/** One toast on show. */
export interface ToastEntry {
  readonly id: number;
  readonly tone: ToastTone;
  readonly text: string;
}

const CONTEXT_KEY = Symbol('toasts');
const SHOWN_MS = 6000;
const MOST_AT_ONCE = 3;

/** The toasts of one page tree. */
export class Toasts {
  entries = $state<readonly ToastEntry[]>([]);
  #nextId = 1;

  /** Shows a sentence; `problem` stays until it is closed. */
  push(tone: ToastTone, text: string): void {
    const id = this.#nextId++;
    this.entries = [...this.entries, { id, tone, text }].slice(-MOST_AT_ONCE);
    if (tone !== 'problem') setTimeout(() => this.close(id), SHOWN_MS);
  }

  /** Takes one away. */
  close(id: number): void {
    this.entries = this.entries.filter((entry) => entry.id !== id);
  }
}

/** Makes the toasts of this page tree; for the layout (and tests). */
export function createToasts(): Toasts {
  return setContext(CONTEXT_KEY, new Toasts());
}

/** The toasts of this page tree. */
export function useToasts(): Toasts {
  return getContext<Toasts | undefined>(CONTEXT_KEY) ?? new Toasts();
}
