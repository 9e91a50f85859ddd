/**
 * Repays what a business owes by the end of each day, as the contract's plan says, the bank's share
 * with it, one order at a time; what is ordered is in the journal before anything else happens.
 */
import { ledgerOf, sentenceFor } from '@realyield/protocol';
import type { Clock } from '../engine/ports.ts';
import type { Session } from '../engine/session.ts';
import type { AgentLog } from './log.ts';
import { Rounds } from './rounds.ts';

/** Orders what is due in all contracts in which the agent's owner repays. */
export function startRepaying(session: Session, clock: Clock, log: AgentLog): Rounds {
  const look = async (isOver: () => boolean): Promise<void> => {
    for (const { view, own } of session.contracts()) {
      if (isOver() || !session.isRunning) return;
      const { state } = view.fold;
      if (own.role !== 'business' || session.isPaused(view.root)) continue;
      const { repayments } = session;
      if (state.effectiveAtSec === undefined || repayments.isOnItsWay(view.root)) continue;
      const { dueNowUnits } = ledgerOf(state, clock.nowSec());
      if (dueNowUnits === 0n) continue;
      const ordered = await repayments.repay(view.root, dueNowUnits);
      const contract = view.root;
      const amountUnits = dueNowUnits.toString();
      if (ordered.ok) log.info('repayment ordered', { contract, amountUnits });
      else {
        const sentence = sentenceFor(ordered.code);
        log.problem('repayment refused', { contract, code: ordered.code, sentence });
      }
    }
  };
  return new Rounds({ session, clock, log, name: 'repaying', look });
}
