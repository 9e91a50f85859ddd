/** Usual loans to start from: what they set can all be changed. */
import { emptyTranche, type OfferForm } from './offer-fields.ts';
import { emptyPlanForm, type PlanForm } from './plan-fields.ts';

/** A usual loan. */
export interface OfferTemplate {
  readonly key: string;
  readonly label: string;
  /** What it is good for. */
  readonly note: string;
  /** What it sets; where days are not as long as a calendar's, months are 30 of them. */
  readonly fields: (hasMonths: boolean) => Pick<OfferForm, 'plan' | 'tranches' | 'ratePercent'>;
}

function due(hasMonths: boolean, months: number, count: number): Partial<PlanForm> {
  return hasMonths
    ? { rule: 'months', first: `${months}`, every: '1', count: `${count}` }
    : { rule: 'days', first: `${months * 30}`, every: '30', count: `${count}` };
}

const once = (streamDays: string, ticks: string): OfferForm['tranches'] => [
  { ...emptyTranche(), sharePercent: '100', startDay: '0', streamDays, ticks },
];

/** The usual loans of a community bank. */
export const OFFER_TEMPLATES: readonly OfferTemplate[] = [
  {
    key: 'stock',
    label: 'Stock',
    note: 'Four months, repaid at once when the goods are sold.',
    fields: (hasMonths) => ({
      plan: { ...emptyPlanForm(), type: 'bullet', ...due(hasMonths, 4, 1) },
      tranches: once('7', '7'),
      ratePercent: '12',
    }),
  },
  {
    key: 'equipment',
    label: 'Equipment',
    note: 'Two years, the same amount every month.',
    fields: (hasMonths) => ({
      plan: {
        ...emptyPlanForm(),
        type: 'annuity',
        ...due(hasMonths, 1, 24),
        prepayment: 'shorten',
        graceDays: '7',
      },
      tranches: once('14', '14'),
      ratePercent: '11',
    }),
  },
  {
    key: 'shop',
    label: 'A shop’s sales',
    note: 'A share of sales every month, until 1.3 times the loan is repaid.',
    fields: (hasMonths) => ({
      plan: { ...emptyPlanForm(), type: 'revenueShare', ...due(hasMonths, 1, 36) },
      tranches: once('14', '14'),
      ratePercent: '0',
    }),
  },
];
