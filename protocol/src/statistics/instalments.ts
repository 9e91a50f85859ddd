/**
 * What became of each instalment: paid in time, paid late, in grace or unpaid.
 * Spec: specs/figures.md, "Instalments".
 */
import { computeLedger, type Instalment, type LedgerPayment } from '../contract/ledger.ts';
import { dayOf, endOfDaySec } from '../interest.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import { minimum } from '../money.ts';
import { DUST_MSAT } from '../params.ts';

/** How one instalment came out, at the as-of day. */
export interface InstalmentOutcome {
  readonly number: number;
  readonly dueAtSec: number;
  readonly dueDay: number;
  readonly principalMsat: bigint;
  readonly interestMsat: bigint;
  /** Principal and interest: paid in time + paid late + unpaid, exactly. */
  readonly dueMsat: bigint;
  /** Paid by the end of the last day of grace. */
  readonly paidInTimeMsat: bigint;
  readonly paidLateMsat: bigint;
  readonly unpaidMsat: bigint;
  readonly unpaidPrincipalMsat: bigint;
  /** Most days past due so far: to the day it was paid in full, else to the as-of day. */
  readonly daysLate: number;
  /** `none`: nothing was ever owed; `ahead`: its due day is not over. */
  readonly outcome: 'none' | 'ahead' | 'inTime' | 'inGrace' | 'late' | 'unpaid';
}

/** The day an instalment was first paid in full after its due day, or undefined. */
type LedgerOf = (day: number) => readonly Instalment[];

const paidOf = (instalment: Instalment): bigint =>
  instalment.paidPrincipalMsat + instalment.paidInterestMsat;
const isPaid = (instalment: Instalment | undefined): boolean =>
  instalment !== undefined && instalment.unpaidMsat < DUST_MSAT;

function daysLateOf(
  instalment: Instalment,
  index: number,
  days: { readonly due: number; readonly asOf: number; readonly repaid: readonly number[] },
  ledgerOf: LedgerOf,
): number {
  if (instalment.daysPastDue > 0) return instalment.daysPastDue;
  if (days.asOf <= days.due || isPaid(ledgerOf(days.due)[index])) return 0;
  const paidDay = days.repaid.find((day) => day > days.due && isPaid(ledgerOf(day)[index]));
  return (paidDay ?? days.due) - days.due;
}

function outcomeOf(
  instalment: Instalment,
  days: { readonly due: number; readonly asOf: number; readonly grace: number },
  wasPaidInTime: boolean,
): InstalmentOutcome['outcome'] {
  if (instalment.principalMsat + instalment.interestMsat < DUST_MSAT) return 'none';
  if (days.asOf <= days.due) return 'ahead';
  if (isPaid(instalment)) return wasPaidInTime ? 'inTime' : 'late';
  return days.asOf <= days.due + days.grace ? 'inGrace' : 'unpaid';
}

/** Outcomes of all instalments at an as-of time, from payments settled by the end of that day. */
export function instalmentOutcomes(
  document: ContractDocument,
  payments: readonly LedgerPayment[],
  instalments: readonly Instalment[],
  asOfSec: number,
): InstalmentOutcome[] {
  const { daySec, plan } = document;
  const asOf = dayOf(asOfSec, daySec);
  const known = new Map<number, readonly Instalment[]>([[asOf, instalments]]);
  const ledgerOf: LedgerOf = (day) => {
    const made =
      known.get(day) ?? computeLedger(document, payments, endOfDaySec(day, daySec)).instalments;
    known.set(day, made);
    return made;
  };
  const repaid = payments
    .filter((payment) => payment.leg === 'repayment')
    .map((payment) => dayOf(payment.settledAtSec, daySec))
    .filter((day) => day <= asOf);
  const repaidDays = [...new Set(repaid)].sort((a, b) => a - b);
  return instalments.map((instalment, index) => {
    const due = dayOf(instalment.dueAtSec, daySec);
    const inTime = ledgerOf(Math.min(asOf, due + plan.graceDays))[index];
    const paidMsat = paidOf(instalment);
    const paidInTimeMsat = minimum(paidMsat, inTime ? paidOf(inTime) : 0n);
    return {
      number: instalment.number,
      dueAtSec: instalment.dueAtSec,
      dueDay: due,
      principalMsat: instalment.principalMsat,
      interestMsat: instalment.interestMsat,
      dueMsat: instalment.principalMsat + instalment.interestMsat,
      paidInTimeMsat,
      paidLateMsat: paidMsat - paidInTimeMsat,
      unpaidMsat: instalment.unpaidMsat,
      unpaidPrincipalMsat: instalment.principalMsat - instalment.paidPrincipalMsat,
      daysLate: daysLateOf(instalment, index, { due, asOf, repaid: repaidDays }, ledgerOf),
      outcome: outcomeOf(instalment, { due, asOf, grace: plan.graceDays }, isPaid(inTime)),
    };
  });
}
