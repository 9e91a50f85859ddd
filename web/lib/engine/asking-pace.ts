/** How often a payer asks for the same parts. Spec: specs/forwarding.md, "Payer and payee". */
import type { MessageOf } from '@realyield/protocol';
import type { JournalEntry } from './journal.ts';

/** The least time between two questions, ms. */
export const LEAST_PAUSE_MS = 6_000;
/** The most, where a bank has given a part back; so many fit a contract day at least. */
const MOST_MS = 600_000;
const A_DAY = 144;

/** What the pace of a contract's questions is made of. */
export interface PaceTerms {
  readonly daySec: number;
  /** From when on a part is asked for another way, ms; Infinity: never. */
  readonly turnsAtMs: (entry: JournalEntry) => number;
}

/** The pace of one leg's payer. */
export class AskingPace {
  #asks = 0;
  #givenBackAtMs: number | undefined;

  /** One more question; how many have had no answer. */
  ask(): number {
    this.#asks += 1;
    return this.#asks;
  }

  /** There was an answer, `isPayable`: by which something can be paid. */
  answered(isPayable: boolean): void {
    this.#asks = 0;
    if (isPayable) this.#givenBackAtMs = undefined;
  }

  /** There was a refusal: a bank declines what it has given back. */
  refused({ code }: Pick<MessageOf<'refusal'>, 'code'>, nowMs: number): void {
    if (code === 'declined') this.#givenBackAtMs ??= nowMs;
  }

  /** How long wanted parts wait until they are asked for again, ms; 0: not at all. */
  leftMs(wanted: readonly JournalEntry[], terms: PaceTerms, nowMs: number): number {
    const lastMs = Math.max(...wanted.map(({ askedAtMs }) => askedAtMs));
    // What was never asked for does not wait for what was given back.
    const isNew = wanted.some(({ askedAtMs }) => askedAtMs === 0);
    // FW-19: "…nor does the question to the payee itself, which is asked as soon as it may be
    // (FW-15), and then as often as any."
    const turns = wanted.map(terms.turnsAtMs);
    const isTurned = turns.every((turnMs) => turnMs <= lastMs);
    const sinceMs = isNew || isTurned ? 0 : lastMs - (this.#givenBackAtMs ?? lastMs);
    // FW-19: "A payer asks for a part that the bank gave back ever less often: after six seconds,
    // then after as long as it has asked in vain, at most after ten minutes or a 144th of a
    // contract day, whichever is less…"
    const mostMs = Math.max(LEAST_PAUSE_MS, Math.min(MOST_MS, (terms.daySec * 1_000) / A_DAY));
    const pauseMs = Math.min(mostMs, Math.max(LEAST_PAUSE_MS, sinceMs));
    const turnMs = Math.min(...turns.filter((atMs) => atMs > lastMs));
    const nextMs = Math.min(lastMs + pauseMs, Math.max(turnMs, lastMs + LEAST_PAUSE_MS));
    // A clock that was put back holds nothing up.
    return lastMs > nowMs ? 0 : Math.max(0, nextMs - nowMs);
  }
}
