/**
 * The schedule as expected: what is paid so far plus what the contract still plans.
 * Spec: specs/money.md, "Schedule".
 */
import { dayOf } from '../interest.ts';
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

/** What is known of a contract at the time of its schedule, beside terms and payments. */
export interface Outlook {
  readonly milestones?: readonly Decision[];
  readonly course?: LedgerCourse;
  /** End of the time to withdraw, Unix seconds. */
  readonly freeAtSec?: number | undefined;
  /** The terms by which tranches lapse, where they are not the first ones. */
  readonly lapsing?: ContractDocument;
}

/** Payments so far plus every tick that can still be paid, at its due time or now. */
export function withRemainingTicks(
  document: ContractDocument,
  payments: readonly (LedgerPayment & { readonly n: number })[],
  asOfSec: number,
  { milestones = [], course = {}, freeAtSec = 0, lapsing = document }: Outlook,
): readonly LedgerPayment[] {
  // M-14: "…An approval that takes effect after the as-of time is not known yet. From the day of an
  // acceleration on no tick is expected…"
  const { acceleratedDay = Infinity } = course;
  if (acceleratedDay <= dayOf(asOfSec, document.daySec)) return payments;
  const decided = milestones.filter(({ decidedAtSec }) => (decidedAtSec ?? 0) <= asOfSec);
  const remaining = (leg: Leg, parts: readonly (Tick | FeePart)[]): LedgerPayment[] => {
    const own = payments.filter((payment) => payment.leg === leg);
    const paid = new Set(own.map((payment) => payment.n));
    return parts
      .filter((part) => !paid.has(part.n) && part.lapsesAtSec > asOfSec)
      .map(({ amountUnits, dueAtSec }) => ({
        ...{ leg, amountUnits, settledAtSec: Math.max(dueAtSec, asOfSec) },
      }));
  };
  const fees = isDisbursed(document, 'originationFee') ? planFees(lapsing, decided, freeAtSec) : [];
  return [
    ...payments,
    ...remaining('disbursement', planTicks(lapsing, decided, freeAtSec)),
    ...remaining('originationFee', fees),
  ];
}

/** What each instalment will come to if every remaining tick and nothing else is paid. */
export function projectSchedule(
  document: ContractDocument,
  payments: readonly (LedgerPayment & { readonly n: number })[],
  asOfSec: number,
  outlook: Outlook = {},
): ExpectedInstalment[] {
  // M-14: "The expected schedule is the ledger on the last due day, or at the as-of time if that
  // is later, if every tick that is neither paid nor lapsed is paid at its due time or now,
  // whichever is later, and whatever is due, in whole satoshis, on its due day or today…"
  const { course = {} } = outlook;
  const expected = withRemainingTicks(document, payments, asOfSec, outlook);
  return expectInstalments(document, expected, asOfSec, course).map((instalment) => ({
    number: instalment.number,
    dueAtSec: instalment.dueAtSec,
    principalUnits: instalment.principalUnits,
    interestUnits: instalment.interestUnits,
    totalUnits: instalment.principalUnits + instalment.interestUnits,
  }));
}
