/** What a plan says that is not in sight, in a few words. */
import { formatPlural } from '../../format.ts';
import type { PlanForm } from './plan-fields.ts';

const isSet = (typed: string): boolean => /[1-9]/.test(typed);

function feeWords(form: PlanForm, unit: string): string {
  const parts = [
    ...(isSet(form.lateFlat) ? [`${form.lateFlat} ${unit} once`] : []),
    ...(isSet(form.latePercent) ? [`${form.latePercent}\u202f% a year`] : []),
  ];
  return parts.length === 0 ? 'no late fee' : `late fee ${parts.join(' and ')}`;
}

const EARLY = {
  nextDue: 'paid ahead pays the next',
  shorten: 'paid ahead ends it sooner',
  reduce: 'paid ahead lowers the rest',
} as const;

/** Late and early payments, day count and moratoria as they stand. */
export function moreWords(
  form: PlanForm,
  unit: string,
): { readonly late: string; readonly count: string } {
  const days = /^\d{1,3}$/.test(form.graceDays) ? Number(form.graceDays) : 0;
  const grace = days === 0 ? 'no grace' : `${formatPlural(days, 'day')} of grace`;
  const hasEarly = form.type !== 'bullet' && form.type !== 'revenueShare';
  const early = hasEarly ? [EARLY[form.prepayment]] : [];
  const slow = isSet(form.principalMoratorium)
    ? [`${form.principalMoratorium} without principal`]
    : [];
  return {
    late: [grace, feeWords(form, unit), ...early].join(', '),
    count: [form.dayCount, ...slow].join(', '),
  };
}
