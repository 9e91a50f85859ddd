/** The instalments of a contract as its page shows them. */
import {
  payableInstalments,
  scheduleOf,
  type ContractDocument,
  type Ledger,
} from '@realyield/protocol';
import type { InstalmentState, ScheduleView } from '../../components/models.ts';
import type { ContractNow } from './contract.ts';
import { costNameOf } from './terms-plan.ts';

function instalmentState(
  state: Ledger['instalments'][number],
  expectedUnits: bigint,
): InstalmentState {
  if (state.state === 'paid' && expectedUnits === 0n) return 'none';
  if (state.state !== 'planned') return state.state;
  if (expectedUnits === 0n) return 'none';
  const paidUnits = state.paidPrincipalUnits + state.paidInterestUnits;
  if (paidUnits === 0n) return 'upcoming';
  return paidUnits < expectedUnits ? 'partPaid' : 'ahead';
}

function paidLateOf(entry: Ledger['instalments'][number]) {
  return { days: entry.daysLate, isInGrace: entry.paidWhen === 'inGrace' };
}

/** What each instalment asks for, as the key facts have it: less than a sat comes with the next. */
export function payableUnits(
  document: ContractDocument,
  expected: Parameters<typeof payableInstalments>[1],
): bigint[] {
  return payableInstalments(document, expected).map(
    ({ repaymentUnits, servicingUnits }) => repaymentUnits + servicingUnits,
  );
}

/** The schedule: what was paid, and what is still expected. */
export function scheduleView({ state, ledger, nowSec }: ContractNow): ScheduleView {
  const { document } = state.contract;
  const expected = scheduleOf(state, nowSec);
  const payable = payableUnits(document, expected);
  const instalments = ledger.instalments.map((entry, index) => {
    const plan = expected[index];
    const interestUnits = plan?.interestUnits ?? entry.interestUnits;
    const principalUnits = plan?.principalUnits ?? entry.principalUnits;
    return {
      number: entry.number,
      dueAtSec: entry.dueAtSec,
      principalUnits,
      interestUnits,
      feesUnits: 0n,
      totalUnits: payable[index] ?? principalUnits + interestUnits,
      paidUnits: entry.paidPrincipalUnits + entry.paidInterestUnits,
      state: instalmentState(entry, principalUnits + interestUnits),
      ...(entry.daysPastDue > 0 ? { daysLate: entry.daysPastDue } : {}),
      ...(entry.daysLate > 0 ? { paidLate: paidLateOf(entry) } : {}),
    };
  });
  const calendar = { startSec: document.startAtSec, daySec: document.daySec };
  return { denomination: document.denomination, calendar, instalments, ...costNameOf(document) };
}

/** How many instalments are paid, those paid ahead too, of all that ask for something. */
export function paidInstalments({ instalments }: Pick<ScheduleView, 'instalments'>): {
  readonly paid: number;
  readonly asked: number;
} {
  return {
    paid: instalments.filter(({ state }) => state === 'paid' || state === 'ahead').length,
    asked: instalments.filter(({ state }) => state !== 'none').length,
  };
}
