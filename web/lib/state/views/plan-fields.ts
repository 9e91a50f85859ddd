/** What is typed about repayment: the plan, its due days, and what most loans leave as it is. */
import type { DayCount, OfferPlan } from '@realyield/protocol';

/** How due days follow one another, as chosen. */
export type DueRule = 'days' | 'weeks' | 'months' | 'list';

/** A repayment plan, as typed. */
export interface PlanForm {
  type: OfferPlan['type'];
  rule: DueRule;
  /** Days, weeks or months from the start to the first due day; of a bullet, to the only one. */
  first: string;
  /** The first due day as a date, `2027-03-31`, in a contract instead. */
  firstDate: string;
  /** Days, weeks or months from one due day to the next. */
  every: string;
  count: string;
  /** Day of the month; empty: that of the start. */
  anchorDay: string;
  /** Contract days, or dates in a contract, apart by spaces or commas. */
  list: string;
  dayCount: DayCount;
  graceDays: string;
  principalMoratorium: string;
  interestMoratorium: string;
  prepayment: 'nextDue' | 'shorten' | 'reduce';
  lateFlat: string;
  latePercent: string;
  lateCapPercent: string;
  sharePercent: string;
  /** All that is repaid, as a multiple of what was paid out: `1.4`. */
  capMultiple: string;
  floorPercent: string;
}

/** The plans there are. */
export const PLAN_TYPES: readonly PlanForm['type'][] = [
  'bullet',
  'annuity',
  'equalPrincipal',
  'interestOnly',
  'revenueShare',
];
/** The rules there are. */
export const DUE_RULES: readonly DueRule[] = ['days', 'weeks', 'months', 'list'];
/** The day counts there are. */
export const DAY_COUNTS: readonly DayCount[] = ['ACT/365F', 'ACT/360', '30E/360'];
/** What can become of a payment ahead of time. */
export const PREPAYMENTS: readonly PlanForm['prepayment'][] = ['nextDue', 'shorten', 'reduce'];

/** Days of one step of a rule that counts days. */
export const DAYS_OF = { days: 1, weeks: 7 } as const;

/** A plan as the form begins it: all at the end, five days of grace, nothing for lateness. */
export function emptyPlanForm(): PlanForm {
  return {
    type: 'bullet',
    rule: 'days',
    first: '',
    firstDate: '',
    every: '30',
    count: '12',
    anchorDay: '',
    list: '',
    dayCount: 'ACT/365F',
    graceDays: '5',
    principalMoratorium: '0',
    interestMoratorium: '0',
    prepayment: 'nextDue',
    lateFlat: '0',
    latePercent: '0',
    lateCapPercent: '0',
    sharePercent: '5',
    capMultiple: '1.3',
    floorPercent: '2',
  };
}
