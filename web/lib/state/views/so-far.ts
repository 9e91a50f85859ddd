/** What was paid under a contract so far, and what is still to pay: as agreed, and by new terms. */
import {
  dayOf,
  dueDates,
  ledgerOf,
  scheduleOf,
  type ContractDocument,
  type ContractState,
  type PartyRole,
} from '@realyield/protocol';
import { amountOf, amountText } from '../../amount.ts';
import { formatDue, formatPlural } from '../../format.ts';
import type { Fact } from '../../ui/facts.ts';
import type { ContractNow } from './contract.ts';
import { calendarOf } from './notices.ts';
import { effectSec } from './term-changes.ts';

/** Instalments that are not paid: what they come to, how many they are, when the last is due. */
interface Ahead {
  readonly units: bigint;
  readonly count: number;
  readonly lastAtSec: number;
}

function aheadOf(state: ContractState, nowSec: number): Ahead {
  const { instalments } = ledgerOf(state, nowSec);
  const open = scheduleOf(state, nowSec).flatMap(({ totalUnits, dueAtSec }, index) => {
    const entry = instalments[index];
    const paidUnits = entry ? entry.paidPrincipalUnits + entry.paidInterestUnits : 0n;
    return totalUnits > paidUnits ? [{ units: totalUnits - paidUnits, dueAtSec }] : [];
  });
  return {
    units: open.reduce((sum, { units }) => sum + units, 0n),
    count: open.length,
    lastAtSec: Math.max(0, ...open.map(({ dueAtSec }) => dueAtSec)),
  };
}

/** A contract as it would stand if all three had signed other terms now. */
function withTerms(state: ContractState, document: ContractDocument, nowSec: number) {
  const { daySec } = document;
  const dueSec = effectSec(state, nowSec);
  // V-5: "…where none is left, or its own terms have none due after that day, after the day of the
  // last signature."
  const dueDay = dueSec === undefined ? Infinity : dayOf(dueSec, daySec);
  const isFollowed = dueDates(document).some((atSec) => dayOf(atSec, daySec) > dueDay);
  const begunDay = state.versions.at(-1)?.fromDay ?? 0;
  const fromDay = Math.max(begunDay, isFollowed ? dueDay : dayOf(nowSec, daySec));
  const version = { id: 'f'.repeat(64), document, effectiveAtSec: nowSec, fromDay };
  return { ...state, versions: [...state.versions, version] };
}

function aheadFact(label: string, ahead: Ahead, state: ContractState): Fact {
  const { denomination } = state.contract.document;
  const last = formatDue(ahead.lastAtSec, calendarOf(state));
  return {
    label,
    amount: amountOf(ahead.units, denomination),
    ...(ahead.count > 0
      ? { note: `in ${formatPlural(ahead.count, 'instalment')}, the last due ${last}` }
      : {}),
  };
}

const LABELS = {
  investor: { out: 'You paid out so far', back: 'You got back so far' },
  business: { out: 'You received so far', back: 'You paid back so far' },
  bank: { out: 'Paid out so far', back: 'Paid back so far' },
} as const;

/** Paid in and out so far, and still to pay before and after other terms count. */
export function soFarFacts(
  { state, ledger, nowSec }: ContractNow,
  terms: ContractDocument,
  role: PartyRole | undefined,
): Fact[] {
  const { denomination } = state.contract.document;
  const labels = LABELS[role ?? 'bank'];
  const text = (units: bigint): string => amountText(units, denomination, true);
  const interestUnits = ledger.instalments.reduce((sum, each) => sum + each.paidInterestUnits, 0n);
  const lateNote =
    terms.arrears === 'fold' ? 'goes into the new instalments' : 'stays due as it is';
  return [
    {
      label: labels.out,
      amount: amountOf(ledger.disbursedUnits, denomination),
      ...(ledger.undisbursedUnits > 0n
        ? { note: `${text(ledger.undisbursedUnits)} has not left the investor` }
        : {}),
    },
    {
      label: labels.back,
      amount: amountOf(ledger.repaidUnits, denomination),
      ...(interestUnits > 0n ? { note: `${text(interestUnits)} of it interest` } : {}),
    },
    { label: 'Lent and outstanding', amount: amountOf(ledger.outstandingUnits, denomination) },
    ...(ledger.dueNowUnits > 0n
      ? [
          {
            label: 'Due by now and unpaid',
            amount: amountOf(ledger.dueNowUnits, denomination),
            note: lateNote,
          },
        ]
      : []),
    aheadFact('Still to pay as agreed so far', aheadOf(state, nowSec), state),
    aheadFact(
      'Still to pay by these terms',
      aheadOf(withTerms(state, terms, nowSec), nowSec),
      state,
    ),
  ];
}
