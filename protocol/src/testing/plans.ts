/** Plans in offers as tests and the local world write them. */
import type { OfferPlan } from '../index.ts';

type Of<Type extends OfferPlan['type']> = Extract<OfferPlan, { type: Type }>;

/** Nothing is charged for lateness but interest. */
export const NO_LATE_FEE = { flatUnits: '0', rateBps: 0, capBps: 0 } as const;

/** The bank charges nothing. */
export const NO_FEES = { originationBps: 0, origination: 'withheld', servicingBps: 0 } as const;

/** Everything on one day. */
export function bulletPlan(termDays: number, graceDays = 5): Of<'bullet'> {
  const due = { rule: 'days' as const, firstDay: termDays, everyDays: 1, count: 1 };
  return { type: 'bullet', due, graceDays, lateFee: NO_LATE_FEE };
}

/** Level instalments, one a month from the month after the start; needs days of 86,400 s. */
export function monthlyPlan(count: number, graceDays = 5): Of<'annuity'> {
  return {
    type: 'annuity',
    due: { rule: 'months', firstMonth: 1, everyMonths: 1, count },
    graceDays,
    lateFee: NO_LATE_FEE,
    prepayment: 'nextDue',
    principalMoratorium: 0,
  };
}

/** Equal parts of the principal, so many days apart. */
export function equalPlan(
  count: number,
  firstDay: number,
  everyDays: number,
  graceDays = 5,
): Of<'equalPrincipal'> {
  return {
    type: 'equalPrincipal',
    due: { rule: 'days', firstDay, everyDays, count },
    graceDays,
    lateFee: NO_LATE_FEE,
    prepayment: 'nextDue',
    principalMoratorium: 0,
    interestMoratorium: 0,
  };
}
