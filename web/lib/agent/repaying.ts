/**
 * Repays what a business owes by the end of each day, as the contract's plan says, the bank's share
 * with it, one order at a time; what is ordered is in the journal before anything else happens.
 * Where its owner allows it, what else is due is paid too: fees on top, guarantees, recoveries.
 */
import {
  dueOn,
  guaranteeOf,
  isSerial,
  isStreamed,
  ledgerOf,
  legsInUse,
  sentenceFor,
  type ContractState,
  type Leg,
  type Reject,
} from '@realyield/protocol';
import type { OwnContract } from '../engine/desk.ts';
import type { Clock } from '../engine/ports.ts';
import type { Session } from '../engine/session.ts';
import type { AgentLog } from './log.ts';
import { Rounds } from './rounds.ts';

/** What an agent pays without being asked. */
export interface Unasked {
  /** What a business owes by the end of the day. */
  readonly repays: boolean;
  /** Fees on top, guarantees, shares of recoveries, what is handed on. */
  readonly paysDues: boolean;
}

/** Legs beside repayments on which whoever pays them owes something now. */
export function duesOf(state: ContractState, pays: readonly Leg[], nowSec: number): Leg[] {
  return legsInUse(state).filter((leg) => {
    const isRepaying = leg === 'repayment' || leg === 'servicing';
    if (!pays.includes(leg) || isRepaying || isStreamed(state, leg)) return false;
    // Not before its day: what the business repays until then makes the guarantee smaller.
    const { dueAtSec = 0 } = (leg === 'guarantee' ? guaranteeOf(state, nowSec) : undefined) ?? {};
    const isTime = dueAtSec - nowSec < state.contract.document.daySec;
    return isTime && (!isSerial(leg) || dueOn(state, leg, nowSec) > 0n);
  });
}

/** What orders are given from. */
interface Orders {
  readonly session: Session;
  readonly clock: Clock;
  readonly log: AgentLog;
}

function refused(log: AgentLog, what: string, contract: string, { code }: Reject): void {
  log.problem(what, { contract, code, sentence: sentenceFor(code) });
}

async function repay({ session, clock, log }: Orders, state: ContractState): Promise<void> {
  const { repayments } = session;
  const contract = state.root;
  if (repayments.isOnItsWay(contract)) return;
  const { dueNowUnits } = ledgerOf(state, clock.nowSec());
  if (dueNowUnits === 0n) return;
  const ordered = await repayments.repay(contract, dueNowUnits);
  const amountUnits = dueNowUnits.toString();
  if (ordered.ok) log.info('repayment ordered', { contract, amountUnits });
  else refused(log, 'repayment refused', contract, ordered);
}

async function payDues({ session, clock, log }: Orders, contract: OwnContract): Promise<void> {
  const { view, own } = contract;
  const { root, fold } = view;
  for (const leg of duesOf(fold.state, own.pays, clock.nowSec())) {
    if (session.repayments.isOnItsWay(root, leg)) continue;
    const ordered = await session.repayments.payDue(root, leg);
    const amountUnits = ordered.ok ? ordered.value.toString() : '';
    if (ordered.ok) log.info('payment ordered', { contract: root, leg, amountUnits });
    // Fees on top fall due with each tranche: mostly there is nothing to pay.
    else if (ordered.code !== 'STATE_FORBIDS') refused(log, 'payment refused', root, ordered);
  }
}

/** Orders what is due in all contracts in which the agent's owner pays, as far as it may. */
export function startRepaying(
  session: Session,
  clock: Clock,
  log: AgentLog,
  { repays, paysDues }: Unasked,
): Rounds {
  const orders = { session, clock, log };
  const look = async (isOver: () => boolean): Promise<void> => {
    for (const contract of session.contracts()) {
      if (isOver() || !session.isRunning) return;
      const { state } = contract.view.fold;
      if (state.effectiveAtSec === undefined || session.pauses.isPaused(state.root)) continue;
      if (repays && contract.own.role === 'business') await repay(orders, state);
      if (paysDues) await payDues(orders, contract);
    }
  };
  return new Rounds({ session, clock, log, name: 'repaying', look });
}
