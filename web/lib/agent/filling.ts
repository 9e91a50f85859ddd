/**
 * Keeps books filled, so that investors go on paying while the agent is away: a book that ends
 * within a week, or died with its key, is filled again. Spec: specs/payments.md, "Books".
 */
import type { Clock } from '../engine/ports.ts';
import type { Session } from '../engine/session.ts';
import type { AgentLog } from './log.ts';
import { Rounds } from './rounds.ts';

/** A book that reaches less far is filled, contract days. */
const LEAST_DAYS = 7;
/** What could not be filled is tried again after this long. */
const TRY_AGAIN_MS = 600_000;

/** What filling needs of a session. */
type Filled = Pick<Session, 'changed' | 'contracts' | 'isRunning'> & {
  readonly pauses: Pick<Session['pauses'], 'isPaused'>;
  readonly books: Pick<Session['books'], 'reach' | 'fill'>;
};

/** Fills the books of all contracts in which the agent's owner is paid in ticks. */
export function startFilling(
  session: Filled,
  clock: Pick<Clock, 'nowMs' | 'nowSec' | 'after'>,
  log: Pick<AgentLog, 'info' | 'problem'>,
): Rounds {
  const triedAtMs = new Map<string, number>();
  const look = async (isOver: () => boolean): Promise<void> => {
    for (const { view } of session.contracts()) {
      if (isOver() || !session.isRunning) return;
      const { root, fold } = view;
      const { contract, status } = fold.state;
      const nowMs = clock.nowMs();
      if (status !== 'effective' || session.pauses.isPaused(root)) continue;
      if (nowMs - (triedAtMs.get(root) ?? -TRY_AGAIN_MS) < TRY_AGAIN_MS) continue;
      const { untilSec: endsAtSec = Infinity } = (await session.books.reach(root)) ?? {};
      const isFar = endsAtSec > clock.nowSec() + LEAST_DAYS * contract.document.daySec;
      if (isFar) continue;
      triedAtMs.set(root, nowMs);
      const filled = await session.books.fill(root);
      if (!filled.ok || filled.value.added === 0) continue;
      const { added, untilSec } = filled.value;
      log.info('book filled', { contract: root, added, untilSec });
    }
  };
  return new Rounds({ session, clock, log, name: 'filling books', look });
}
