/**
 * The schedule as expected: what is paid so far plus what the contract still plans.
 * Spec: specs/money.md, "Schedule".
 */
import type { ContractDocument } from '../kinds/agreement.ts';
import type { Leg } from '../kinds/fields.ts';
import { expectInstalments, type LedgerCourse, type LedgerPayment } from './ledger.ts';
import { isDisbursed } from './legs.ts';
import { planFees, planTicks, type Decision, type FeePart, type Tick } from './ticks.ts';

/** One expected instalment. */
export interface ExpectedInstalment {
  readonly number: number;
  readonly dueAtSec: number;
  readonly principalUnits: bigint;
  readonly interestUnits: bigint;
  readonly totalUnits: bigint;
}

/** Payments so far plus every tick that can still be paid, at its due time or now. */
function withRemainingTicks(
  document: ContractDocument,
  payments: readonly (LedgerPayment & { readonly n: number })[],
  asOfSec: number,
  milestones: readonly Decision[],
  freeAtSec: number,
): LedgerPayment[] {
  const remaining = (leg: Leg, parts: readonly (Tick | FeePart)[]): LedgerPayment[] => {
    const own = payments.filter((payment) => payment.leg === leg);
    const paid = new Set(own.map((payment) => payment.n));
    return parts
      .filter((part) => !paid.has(part.n) && part.lapsesAtSec > asOfSec)
      .map(({ amountUnits, dueAtSec }) => ({
        ...{ leg, amountUnits, settledAtSec: Math.max(dueAtSec, asOfSec) },
      }));
  };
  const fees = isDisbursed(document, 'originationFee')
    ? planFees(document, milestones, freeAtSec)
    : [];
  return [
    ...payments,
    ...remaining('disbursement', planTicks(document, milestones, freeAtSec)),
    ...remaining('originationFee', fees),
  ];
}

/** What each instalment will come to if every remaining tick and nothing else is paid. */
export function projectSchedule(
  document: ContractDocument,
  payments: readonly (LedgerPayment & { readonly n: number })[],
  asOfSec: number,
  milestones: readonly Decision[] = [],
  course: LedgerCourse = {},
  freeAtSec = 0,
): ExpectedInstalment[] {
  // M-14: "The expected schedule is the ledger on the last due day, or at the as-of time if that
  // is later, if every tick that is neither paid nor lapsed is paid at its due time or now,
  // whichever is later, and whatever is due, in whole satoshis, on its due day or today…"
  const expected = withRemainingTicks(document, payments, asOfSec, milestones, freeAtSec);
  return expectInstalments(document, expected, asOfSec, course).map((instalment) => ({
    number: instalment.number,
    dueAtSec: instalment.dueAtSec,
    principalUnits: instalment.principalUnits,
    interestUnits: instalment.interestUnits,
    totalUnits: instalment.principalUnits + instalment.interestUnits,
  }));
}
