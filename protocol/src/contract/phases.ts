/** The order in which a contract's events are applied. Spec: specs/contract.md, "Fold". */
import type { ParsedEvent, ParsedKey } from '../events.ts';
import { ACTS, phaseOf } from './acts.ts';

/** An event with the phase in which it is applied. */
export interface Act {
  readonly parsed: ParsedEvent;
  readonly phase: number;
}

/** The order of application. */
export function compareForApplication(a: Act, b: Act): number {
  // C-15: "Events are applied in phases, within a phase by (`created_at`, id): acceptances, key
  // events, takeovers, amendments, receipts, withdrawals, funding, acknowledgements, tenders,
  // answers to tenders, sales reports, claims, decisions, arrears, defaults, accelerations,
  // write-offs, recoveries, closures…"
  if (a.phase !== b.phase) return a.phase < b.phase ? -1 : 1;
  return compareByTime(a.parsed, b.parsed);
}

function compareByTime({ event: one }: ParsedEvent, { event: other }: ParsedEvent): number {
  if (one.created_at !== other.created_at) return one.created_at - other.created_at;
  return one.id < other.id ? -1 : 1;
}

/** Phase of what is no act: after all others. */
const NO_PHASE = 19;

/** Acts in the order of application. */
export function inPhases(acts: readonly ParsedEvent[]) {
  const acceptances: ParsedEvent[] = [];
  const keyEvents: ParsedKey[] = [];
  const takeovers: ParsedEvent[] = [];
  const phases: ParsedEvent[][] = [];
  for (const parsed of acts) {
    const phase = phaseOf(parsed);
    if (parsed.name === 'key') keyEvents.push(parsed);
    else if (phase === ACTS.acceptance.phase) acceptances.push(parsed);
    else if (phase === ACTS.takeover.phase) takeovers.push(parsed);
    else (phases[Math.min(phase, NO_PHASE)] ??= []).push(parsed);
  }
  for (const each of [acceptances, keyEvents, takeovers]) each.sort(compareByTime);
  phases.forEach((each) => each.sort(compareByTime));
  return { acceptances, keyEvents, takeovers, others: phases.flat() };
}
