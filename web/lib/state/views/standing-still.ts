/**
 * Why a stream that should flow stands still, by the payer's own journal: seconds after it began
 * to, and not first when an engine's patience is over.
 */
import type { JournalEntry } from '../../engine/journal.ts';
import type { PayerStatus } from '../../engine/words.ts';
import { formatDuration } from '../../format.ts';

/** A payment often takes so long, and a look at everything too. */
const USUAL_MS = 5_000;

/** Statuses of a payer that takes the next step, or says that it is about to. */
const MOVING: ReadonlySet<PayerStatus['code']> = new Set<PayerStatus['code']>([
  'ASKING',
  'PAYING',
  'inFlight',
  'nextTick',
]);

/** The earliest of some times, ms; Infinity where there is none. */
function oldest(times: readonly (number | undefined)[]): number {
  return Math.min(...times.map((time) => (time === undefined || time <= 0 ? Infinity : time)));
}

const stepOf =
  (...steps: readonly JournalEntry['step'][]) =>
  ({ step }: JournalEntry): boolean =>
    steps.includes(step);

/**
 * What is waited for, and how long already; undefined while the payer says more itself, or all goes
 * its way. `dueAtSec`: when the next tick is due, Unix seconds.
 */
export function standingStill(
  entries: readonly JournalEntry[],
  { code }: PayerStatus,
  dueAtSec: number,
  nowSec: number,
): string | undefined {
  if (!MOVING.has(code)) return undefined;
  const nowMs = nowSec * 1_000;
  const isLong = (sinceMs: number): boolean => nowMs - sinceMs > USUAL_MS;
  const lasting = (sinceMs: number): string => formatDuration((nowMs - sinceMs) / 1_000);
  const told = oldest(entries.filter(stepOf('sending', 'unknown')).map((entry) => entry.sentAtMs));
  if (isLong(told)) {
    return code === 'inFlight'
      ? `The payment is on its way for ${lasting(told)}. Nothing more is paid until it is there.`
      : `Your wallet was told to pay ${lasting(told)} ago and has not answered yet. ` +
          'Nothing is paid a second time.';
  }
  if (told !== Infinity) return undefined;
  // Who catches up is behind, and moves.
  const moved = entries.filter(stepOf('paid', 'receipted')).map((entry) => entry.updatedAtMs);
  const still = Math.max(dueAtSec * 1_000, ...moved);
  const ready = oldest(entries.filter(stepOf('checked')).map((entry) => entry.updatedAtMs));
  const sinceMs = Math.max(still, ready);
  if (isLong(sinceMs)) {
    return (
      `Your wallet has been asked about the next payment for ${lasting(sinceMs)} ` +
      'and has not answered yet. Nothing is paid before it does.'
    );
  }
  const asked = oldest(entries.filter(stepOf('wanted')).map((entry) => entry.askedAtMs));
  if (ready !== Infinity || !isLong(still) || !isLong(asked)) return undefined;
  return `The business was asked for the next payment request ${lasting(asked)} ago.`;
}
