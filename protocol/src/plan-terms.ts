/**
 * Contradictions within a repayment plan, in an offer and in a contract alike. Spec:
 * specs/plans.md. Each function names the first field that does not fit, or returns undefined.
 */
import { anchoredDay, monthIndexOf } from './civil.ts';
import {
  dueDates,
  instalmentCount,
  lastDueAtSec,
  termDaysOf,
  termMonthsOf,
} from './contract/plan.ts';
import { wholeOf } from './denomination.ts';
import { dayOf } from './interest.ts';
import type { ContractDocument } from './kinds/agreement.ts';
import type { OfferDocument } from './kinds/listings.ts';
import type { LateFee } from './kinds/plan.ts';
import { DAY_SEC, MAX_SEC, MAX_TERM_DAYS, MAX_TERM_MONTHS } from './params.ts';

type Terms = Pick<
  OfferDocument | ContractDocument,
  'plan' | 'dayCount' | 'daySec' | 'rateBps' | 'fees' | 'denomination'
>;

function badLateFee({ flatUnits, rateBps, capBps }: LateFee, whole: bigint): boolean {
  // PL-15: "…whose late fee has a `flatUnits` that is not whole satoshis, or a flat amount or a
  // rate but no cap, or a cap but neither…"
  const isFree = flatUnits === '0' && rateBps === 0;
  return BigInt(flatUnits) % whole !== 0n || isFree !== (capBps === 0);
}

function badCount({ plan }: Terms): string | undefined {
  const count = instalmentCount(plan);
  // PL-16: "…a bullet plan with more than one instalment, an interest-only plan with one, a
  // moratorium as long as the plan…"
  if (plan.type === 'bullet' && count !== 1) return 'due';
  if (plan.type === 'interestOnly' && count < 2) return 'due';
  if ('principalMoratorium' in plan && plan.principalMoratorium >= count) {
    return 'principalMoratorium';
  }
  const isLong = 'interestMoratorium' in plan && plan.interestMoratorium >= count;
  return isLong ? 'interestMoratorium' : undefined;
}

/** What contradicts itself in a plan or the fees wherever they stand. */
function badPlan(terms: Terms): string | undefined {
  const { plan, dayCount, daySec, rateBps, fees, denomination } = terms;
  // FE-8: "A reader MUST refuse an offer or contract with `onTop` but no `originationBps`…"
  if (fees.origination === 'onTop' && fees.originationBps === 0) return 'fees';
  // PL-4: "A reader MUST refuse an offer or contract with a `months` rule or the day count
  // `30E/360` whose `daySec` is not 86,400…"
  if (daySec !== DAY_SEC && plan.due.rule === 'months') return 'due';
  if (daySec !== DAY_SEC && dayCount === '30E/360') return 'dayCount';
  if (badLateFee(plan.lateFee, wholeOf(denomination))) return 'lateFee';
  // PL-17: "…a revenue share whose `rateBps` is not 0…"
  if (plan.type === 'revenueShare' && rateBps !== 0) return 'rateBps';
  return badCount(terms);
}

/** What contradicts itself in an offer's plan. */
export function badOfferPlan(document: OfferDocument): string | undefined {
  const { plan } = document;
  // L-6: "…whose last instalment falls due more than 14,610 days, or in a month more than 480
  // months, after the start…"
  const months = termMonthsOf(plan);
  const isLong = months === undefined ? termDaysOf(plan) > MAX_TERM_DAYS : months > MAX_TERM_MONTHS;
  return isLong ? 'plan' : badPlan(document);
}

function badDates({ plan, daySec }: ContractDocument): boolean {
  const { due } = plan;
  // PL-7: "…a due date that is not the last second of its day, or a first one by `months` that is
  // not on the anchor day…"
  if (due.rule === 'list') return due.atSec.some((atSec) => (atSec + 1) % daySec !== 0);
  if ((due.firstAtSec + 1) % daySec !== 0) return true;
  if (due.rule === 'days') return false;
  const day = dayOf(due.firstAtSec, daySec);
  return anchoredDay(monthIndexOf(day), due.anchorDay) !== day;
}

/** What contradicts itself in a contract's plan. */
export function badContractPlan(document: ContractDocument): string | undefined {
  const wrong = badPlan(document);
  if (wrong !== undefined) return wrong;
  if (badDates(document)) return 'due';
  // C-29: "…whose first due date is not on a later day than its start, whose last one is more than
  // 14,610 days after that day or beyond what a `sec` may be…"
  const dayAt = (atSec: number): number => dayOf(atSec, document.daySec);
  const startDay = dayAt(document.startAtSec);
  const lastSec = lastDueAtSec(document);
  if (dayAt(dueDates(document)[0] ?? 0) <= startDay || lastSec > MAX_SEC) return 'plan';
  return dayAt(lastSec) - startDay > MAX_TERM_DAYS ? 'plan' : undefined;
}
