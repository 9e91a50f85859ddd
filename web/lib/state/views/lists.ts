/** Contracts as rows of a list, the next step first. */
import {
  guaranteeOf,
  lastDueAtSec,
  permittedActs,
  recoveriesOf,
  type PartyRole,
} from '@realyield/protocol';
import type { DeskRow } from '../../components/models.ts';
import type { ContractView } from '../../engine/catalog.ts';
import {
  awaitedFunding,
  isCooling,
  isUnread,
  nextInstalment,
  statusView,
} from './contract-sentence.ts';
import { contractNow, titleOf, type ContractNow } from './contract.ts';
import { isHeldBack } from './milestones.ts';
import { missingOthers } from './proposals.ts';

/** After a default, which asks for nothing while nothing is late and no loss is to be made good. */
function nextInDefault({ state, ledger, nowSec }: ContractNow, role: PartyRole): DeskRow['next'] {
  const isLate = ledger.daysPastDue > 0;
  if (role === 'business') {
    if (isLate) return { text: 'repay', tone: 'problem', order: 1 };
    return ledger.dueNowUnits > 0n
      ? { text: 'repay', tone: 'waiting', order: 2 }
      : { text: 'nothing due yet', tone: 'plain', order: 6 };
  }
  const owedUnits =
    (guaranteeOf(state, nowSec)?.unpaidUnits ?? 0n) + recoveriesOf(state, nowSec).unpaidUnits;
  return isLate || owedUnits > 0n
    ? { text: 'see the default', tone: 'problem', order: 4 }
    : { text: 'wait for repayment', tone: 'plain', order: 6 };
}

/** The next step of a role in a contract; lower `order` is more pressing. */
function nextStep(now: ContractNow, role: PartyRole): DeskRow['next'] {
  const { state, ledger } = now;
  if (isUnread(now)) return { text: 'wait a moment', tone: 'plain', order: 7 };
  if (state.status === 'proposed') {
    const isExpired = now.nowSec > state.contract.document.expiresAtSec;
    if (isExpired) return { text: 'nothing to do', tone: 'done', order: 9 };
    const isOwnTurn =
      state.signatures[role] === undefined &&
      (role !== 'bank' || missingOthers(state, role).length === 0);
    const isChanged = state.contract.document.counters !== undefined;
    return isOwnTurn
      ? { text: isChanged ? 'see changed terms' : 'countersign', tone: 'waiting', order: 0 }
      : { text: 'wait for signatures', tone: 'plain', order: 5 };
  }
  if (state.status === 'defaulted' && !ledger.repaid) return nextInDefault(now, role);
  if (state.status !== 'effective' && state.status !== 'defaulted') {
    return { text: 'nothing to do', tone: 'done', order: 9 };
  }
  const acts = permittedActs(state, role);
  if (acts.includes('approval')) {
    return { text: 'decide on the milestone', tone: 'waiting', order: 0 };
  }
  if (role === 'bank' && ledger.repaid) return { text: 'close', tone: 'waiting', order: 1 };
  if (ledger.daysPastDue > 0) {
    const text = role === 'business' ? 'repay' : 'see why it is late';
    return { text, tone: 'problem', order: 1 };
  }
  if (role === 'business' && ledger.dueNowUnits > 0n) {
    return { text: 'repay', tone: 'waiting', order: 2 };
  }
  if (isHeldBack(now)) {
    return acts.includes('claim')
      ? { text: 'claim the milestone', tone: 'waiting', order: 2 }
      : { text: 'wait for the milestone', tone: 'plain', order: 5 };
  }
  if (isCooling(now)) {
    const text = role === 'investor' ? 'wait, or withdraw' : 'wait: it may be withdrawn';
    return { text, tone: 'waiting', order: 4 };
  }
  const funding = awaitedFunding(now);
  if (funding === 'open') return { text: 'wait for investors', tone: 'waiting', order: 4 };
  if (ledger.undisbursedUnits > 0n && funding === undefined) {
    const text = role === 'investor' ? 'watch it stream' : 'watch it arrive';
    return { text, tone: 'active', order: 3 };
  }
  if (ledger.disbursedUnits === 0n || ledger.repaid) {
    return { text: 'nothing to do', tone: 'plain', order: 8 };
  }
  const text = role === 'business' ? 'nothing due yet' : 'wait for repayment';
  return { text, tone: 'plain', order: 6 };
}

/** One contract as a row; `isRead`: a relay has sent all it had of it. */
export function contractRow(
  view: ContractView,
  role: PartyRole,
  nowSec: number,
  isRead = true,
): DeskRow {
  const now = contractNow(view, nowSec, isRead);
  const { document } = now.state.contract;
  const { denomination } = document;
  const calendar = { startSec: document.startAtSec, daySec: document.daySec };
  return {
    id: view.root,
    href: `/contracts/${view.root}`,
    next: nextStep(now, role),
    cells: {
      title: { kind: 'text', text: titleOf(now.state) },
      principal: { kind: 'money', amountUnits: BigInt(document.principalUnits), denomination },
      out: { kind: 'money', amountUnits: now.ledger.disbursedUnits, denomination },
      back: { kind: 'money', amountUnits: now.ledger.repaidUnits, denomination },
      owed: { kind: 'money', amountUnits: now.ledger.payoffUnits, denomination },
      ...(now.state.status === 'closed'
        ? {}
        : {
            due: {
              kind: 'date',
              atSec: nextInstalment(now)?.dueAtSec ?? lastDueAtSec(document),
              calendar,
            } as const,
          }),
      status: { kind: 'status', status: statusView(now) },
    },
  };
}
