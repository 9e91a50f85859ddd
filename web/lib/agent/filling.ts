/**
 * Keeps books filled, so that others go on paying while the agent is away: a book of ticks that
 * ends within a week, one of repayments that lacks one of the next weeks, or one that died with its
 * key, is filled again. Spec: specs/payments.md, "Books", "Books of repayments".
 */
import type { Clock } from '../engine/ports.ts';
import type { Session } from '../engine/session.ts';
import type { AgentLog } from './log.ts';
import { Rounds } from './rounds.ts';

/** A book that reaches less far is filled, contract days: of ticks, and of repayments. */
const LEAST_DAYS = 7;
const LEAST_REPAID_DAYS = 27;
/** A book is looked at so often at most. */
const LOOK_AGAIN_MS = 600_000;

/** What filling needs of a session. */
type Filled = Pick<Session, 'changed' | 'contracts' | 'isRunning'> & {
  readonly pauses: Pick<Session['pauses'], 'isPaused'>;
  readonly books: Pick<Session['books'], 'reach' | 'fill'>;
};

/** Fills the books of all contracts in which the agent's owner is paid in ticks, or repaid. */
export function startFilling(
  session: Filled,
  clock: Pick<Clock, 'nowMs' | 'nowSec' | 'after'>,
  log: Pick<AgentLog, 'info' | 'problem'>,
): Rounds {
  const lookedAtMs = new Map<string, number>();
  const look = async (isOver: () => boolean): Promise<void> => {
    for (const { view, own } of session.contracts()) {
      if (isOver() || !session.isRunning) return;
      const { root, fold } = view;
      const { contract, status } = fold.state;
      const nowMs = clock.nowMs();
      const isRepaid = own.role === 'investor';
      const isRunning = status === 'effective' || (isRepaid && status === 'defaulted');
      if (!isRunning || session.pauses.isPaused(root)) continue;
      if (nowMs - (lookedAtMs.get(root) ?? -LOOK_AGAIN_MS) < LOOK_AGAIN_MS) continue;
      lookedAtMs.set(root, nowMs);
      const { untilSec: endsAtSec = Infinity } = (await session.books.reach(root)) ?? {};
      const leastDays = isRepaid ? LEAST_REPAID_DAYS : LEAST_DAYS;
      const isFar = endsAtSec > clock.nowSec() + leastDays * contract.document.daySec;
      if (isFar) continue;
      const filled = await session.books.fill(root);
      if (!filled.ok || filled.value.added === 0) continue;
      const { added, untilSec } = filled.value;
      log.info('book filled', { contract: root, added, untilSec });
    }
  };
  return new Rounds({ session, clock, log, name: 'filling books', look });
}
