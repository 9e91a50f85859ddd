/**
 * Repayment plans: in an offer relative to the contract's start, in a contract with absolute
 * dates. Spec: specs/plans.md.
 */
import * as z from 'zod/mini';
import { MAX_LISTED_DATES, MAX_TERM_MONTHS } from '../params.ts';
import {
  bpsField,
  countField,
  instalmentsField,
  msatField,
  planDaysField,
  secField,
} from './fields.ts';

/** How days are counted for interest. */
export const dayCountField = z.enum(['ACT/365F', 'ACT/360', '30E/360']);

/** Months of a plan: at least one, at most forty years. */
const monthsField = countField(MAX_TERM_MONTHS).check(z.gte(1));

const anchorField = countField(31).check(z.gte(1));

const isRising = (list: readonly number[]): boolean =>
  list.every((value, index) => index === 0 || (list[index - 1] ?? value) < value);

const rising = (field: typeof secField) =>
  z.array(field).check(z.minLength(1), z.maxLength(MAX_LISTED_DATES), z.refine(isRising));

const offerDue = z.discriminatedUnion('rule', [
  z.strictObject({
    rule: z.literal('days'),
    /** Contract days from the day of the start to the first due day. */
    firstDay: planDaysField,
    /** Days from one due day to the next. */
    everyDays: planDaysField,
    count: instalmentsField,
  }),
  z.strictObject({
    rule: z.literal('months'),
    /** Calendar months from the month of the start to that of the first due day. */
    firstMonth: monthsField,
    everyMonths: monthsField,
    /** Day of the month, clamped to its end; the day of the start where nothing is said. */
    anchorDay: z.optional(anchorField),
    count: instalmentsField,
  }),
  z.strictObject({
    rule: z.literal('list'),
    /** Contract days from the day of the start, rising. */
    days: rising(planDaysField),
  }),
]);

const contractDue = z.discriminatedUnion('rule', [
  z.strictObject({
    rule: z.literal('days'),
    /** Last second of the first due day. */
    firstAtSec: secField,
    everyDays: planDaysField,
    count: instalmentsField,
  }),
  z.strictObject({
    rule: z.literal('months'),
    firstAtSec: secField,
    everyMonths: monthsField,
    anchorDay: anchorField,
    count: instalmentsField,
  }),
  z.strictObject({
    rule: z.literal('list'),
    /** Last second of each due day, rising. */
    atSec: rising(secField),
  }),
]);

const lateFeeField = z.strictObject({
  /** Once for each instalment, whole satoshis. */
  flatUnits: msatField,
  /** Yearly rate on what is unpaid of the instalment, by the contract's day count. */
  rateBps: bpsField,
  /** Both together are at most this share of what the instalment asks for. */
  capBps: bpsField.check(z.lte(10_000)),
});

/** What becomes of principal paid ahead of the running instalment. */
const prepaymentField = z.enum(['nextDue', 'shorten', 'reduce']);

const moratoriumField = countField(599);

function plansWith<T extends typeof offerDue | typeof contractDue>(due: T) {
  const common = {
    due,
    /** Days after a due day in which lateness has no consequence. */
    graceDays: countField(365),
    lateFee: lateFeeField,
  };
  return z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('bullet'), ...common }),
    z.strictObject({ type: z.literal('interestOnly'), ...common, prepayment: prepaymentField }),
    z.strictObject({
      type: z.literal('equalPrincipal'),
      ...common,
      prepayment: prepaymentField,
      /** First instalments that ask for no principal. */
      principalMoratorium: moratoriumField,
      /** First instalments that ask for no interest; it accrues all the same. */
      interestMoratorium: moratoriumField,
    }),
    z.strictObject({
      type: z.literal('annuity'),
      ...common,
      prepayment: prepaymentField,
      principalMoratorium: moratoriumField,
    }),
    z.strictObject({
      type: z.literal('revenueShare'),
      ...common,
      /** Of each period's reported sales. */
      shareBps: bpsField.check(z.lte(10_000)),
      /** All that is ever repaid, as a share of the principal disbursed. */
      capBps: bpsField.check(z.gte(10_000), z.lte(50_000)),
      /** Least amount of an instalment, as a share of the principal disbursed. */
      floorBps: bpsField.check(z.lte(10_000)),
    }),
  ]);
}

/** Repayment plan of an offer, relative to the contract's start. */
export const offerPlanSchema = plansWith(offerDue);

/** Repayment plan of a contract, with absolute dates. */
export const planSchema = plansWith(contractDue);

/** A repayment plan as an offer states it. */
export type OfferPlan = z.infer<typeof offerPlanSchema>;
/** A repayment plan with absolute dates. */
export type ContractPlan = z.infer<typeof planSchema>;
/** How an offer's due days follow from the day of the start. */
export type OfferDue = z.infer<typeof offerDue>;
/** A contract's due dates as the document states them. */
export type ContractDue = z.infer<typeof contractDue>;
/** A day count by name. */
export type DayCount = z.infer<typeof dayCountField>;
/** What a late instalment costs beside its interest. */
export type LateFee = z.infer<typeof lateFeeField>;
