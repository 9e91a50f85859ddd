/**
 * How often a payer asks for the same parts. Spec: specs/conversation.md, "Messages", and
 * specs/forwarding.md, "Payer and payee".
 */
import type { MessageOf } from '@realyield/protocol';
import type { JournalEntry } from './journal.ts';

/** The least time between two questions, ms. */
export const LEAST_PAUSE_MS = 6_000;
/** The most, ms; so many fit a contract day at least. */
const MOST_MS = 600_000;
const A_DAY = 144;
/** The most where a question reached no relay, or the bank is to pass it on, ms. */
const MOST_ON_THE_WAY_MS = 60_000;
/** A payer that has not looked for so long was away itself, ms. */
const ABSENT_MS = 180_000;
const SILENT_AFTER_ASKS = 2;

/** What the pace of a contract's questions is made of. */
export interface PaceTerms {
  readonly daySec: number;
  /** From when on a part is asked for another way, ms; Infinity: never. */
  readonly turnsAtMs: (entry: JournalEntry) => number;
  /** When a relay was last reached again, ms. */
  readonly connectedAtMs: number;
  /** How many events of the payee's are known here. */
  readonly eventsSeen: () => number;
  /** How many of anybody but the payer are. */
  readonly othersSeen: () => number;
}

/** The longest time between two questions for the same part, ms. */
export function longestPauseMs(daySec: number): number {
  return Math.max(LEAST_PAUSE_MS, Math.min(MOST_MS, (daySec * 1_000) / A_DAY));
}

/** The pace of one leg's payer. */
export class AskingPace {
  #asks = 0;
  #inVainSinceMs: number | undefined;
  #givenBackAtMs: number | undefined;
  #refusedSinceMs: number | undefined;
  #lookedAtMs: number | undefined;
  #eventsSeen: number | undefined;
  #othersSeen: number | undefined;
  #isSent = true;

  /** Whether so many questions had no answer that nobody seems to be there. */
  get isSilent(): boolean {
    return this.#asks > SILENT_AFTER_ASKS;
  }

  /** One more question. */
  ask(nowMs: number): void {
    this.#asks += 1;
    this.#inVainSinceMs ??= nowMs;
  }

  /** Whether a relay took the last question. */
  sent(isSent: boolean): void {
    this.#isSent = isSent;
  }

  /** There was a word of the payee's. */
  heard(): void {
    this.#asks = 0;
    this.#inVainSinceMs = undefined;
  }

  /** There was an answer, `isPayable`: by which something can be paid. */
  answered(isPayable: boolean): void {
    this.heard();
    if (isPayable) this.tryAnew();
  }

  /** There was an answer, and everything in it was wrong. */
  answeredInVain(nowMs: number): void {
    this.heard();
    this.#refusedSinceMs ??= nowMs;
  }

  /** What was refused or given back may be served now. */
  tryAnew(): void {
    this.#givenBackAtMs = undefined;
    this.#refusedSinceMs = undefined;
  }

  /** There was a refusal, after a silence or not: a bank declines what it has given back. */
  refused({ code }: Pick<MessageOf<'refusal'>, 'code'>, nowMs: number): boolean {
    const wasSilent = this.isSilent;
    this.heard();
    if (code === 'declined') this.#givenBackAtMs ??= nowMs;
    else this.#refusedSinceMs ??= nowMs;
    return wasSilent;
  }

  /** How long wanted parts wait until they are asked for again, ms; 0: not at all. */
  leftMs(wanted: readonly JournalEntry[], terms: PaceTerms, nowMs: number): number {
    this.#look(terms, nowMs);
    const lastMs = Math.max(...wanted.map(({ askedAtMs }) => askedAtMs));
    const turns = wanted.map(terms.turnsAtMs);
    const pauseMs = this.#pauseMs(wanted, terms, { turns, lastMs });
    const turnMs = Math.min(...turns.filter((atMs) => atMs > lastMs));
    const nextMs = Math.min(lastMs + pauseMs, Math.max(turnMs, lastMs + LEAST_PAUSE_MS));
    // A clock that was put back holds nothing up.
    return lastMs > nowMs ? 0 : Math.max(0, nextMs - nowMs);
  }

  /** Notes who was away, or is there again. */
  #look({ eventsSeen, othersSeen }: PaceTerms, nowMs: number): void {
    // T-28: "…any word of the payee's, also an event of it that was not known, begins this anew, as
    // does an absence of the payer itself…"
    const wasAway = nowMs - (this.#lookedAtMs ?? nowMs) > ABSENT_MS;
    const seen = eventsSeen();
    if (wasAway || seen !== (this.#eventsSeen ?? seen)) this.heard();
    // T-34: "…An answer by which something can be paid begins this anew, as does an event of the
    // contract that was not known, unless it is the payer's own, an absence of the payer itself of
    // three minutes, or its person."
    const others = othersSeen();
    if (wasAway || others !== (this.#othersSeen ?? others)) this.#refusedSinceMs = undefined;
    this.#lookedAtMs = nowMs;
    this.#eventsSeen = seen;
    this.#othersSeen = others;
  }

  #pauseMs(
    wanted: readonly JournalEntry[],
    { daySec, connectedAtMs }: PaceTerms,
    { turns, lastMs }: { readonly turns: readonly number[]; readonly lastMs: number },
  ): number {
    // What was never asked for does not wait, nor does who is connected again.
    if (wanted.some(({ askedAtMs }) => askedAtMs === 0)) return LEAST_PAUSE_MS;
    const mostMs = longestPauseMs(daySec);
    // FW-19: "…nor does the question to the payee itself, which is asked as soon as it may be
    // (FW-15), and then as any payee is (T-28)."
    const isTurned = turns.every((turnMs) => turnMs <= lastMs);
    // FW-19: "A payer asks for a part that the bank gave back ever less often: after six seconds,
    // then after as long as it has asked in vain, at most after ten minutes or a 144th of a
    // contract day, whichever is less…"
    const backMs = isTurned ? 0 : lastMs - (this.#givenBackAtMs ?? lastMs);
    // T-28: "A payer asks a payee that is silent ever less often: after six seconds, then after as
    // long as it has asked in vain, at most after ten minutes or a 144th of a contract day,
    // whichever is less, and never more often than every six seconds…"
    const firstTurnMs = Math.min(...turns);
    const turnedMs = firstTurnMs <= lastMs ? firstTurnMs : -Infinity;
    const sinceMs = Math.max(this.#inVainSinceMs ?? lastMs, turnedMs);
    // T-34: "A payer asks a payee that refuses again and again, whatever its reasons, or whose
    // answers are wrong in all that was asked for, as seldom as one that is silent (T-28): after
    // six seconds, then after as long as it was refused…"
    const refusedMs = lastMs - Math.max(this.#refusedSinceMs ?? lastMs, turnedMs);
    const isOnTheWay = !this.#isSent || turns.some((atMs) => atMs > lastMs && atMs !== Infinity);
    const mostVainMs = isOnTheWay ? Math.min(mostMs, MOST_ON_THE_WAY_MS) : mostMs;
    const vainMs = connectedAtMs > lastMs ? 0 : Math.min(mostVainMs, lastMs - sinceMs);
    return Math.max(LEAST_PAUSE_MS, Math.min(mostMs, Math.max(backMs, refusedMs)), vainMs);
  }
}
