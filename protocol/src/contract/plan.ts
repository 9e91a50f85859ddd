/** Due dates of repayment plans. Spec: specs/plans.md, "Due dates". */
import { anchoredDay, civilOf, monthIndexOf } from '../civil.ts';
import { dayOf, endOfDaySec } from '../interest.ts';
import type { ContractDue, ContractPlan, OfferDue, OfferPlan } from '../kinds/plan.ts';

interface Planned {
  readonly plan: ContractPlan;
  readonly daySec: number;
}

function* counted(count: number): Generator<number> {
  for (let k = 0; k < count; k += 1) yield k;
}

/** Due date of instalment k of a rule that counts its instalments, Unix seconds. */
function dueAt(due: Exclude<ContractDue, { rule: 'list' }>, daySec: number, k: number): number {
  // PL-1: "By `days`, instalment k, counted from 0, is due at `firstAtSec` + k × `everyDays` ×
  // `daySec`."
  if (due.rule === 'days') return due.firstAtSec + k * due.everyDays * daySec;
  // PL-2: "By `months`, instalment k, counted from 0, is due k × `everyMonths` calendar months
  // (UTC) after the month of `firstAtSec`, on the `anchorDay` of that month or, where the month has
  // no such day, on its last day."
  const month = monthIndexOf(dayOf(due.firstAtSec, daySec)) + k * due.everyMonths;
  return endOfDaySec(anchoredDay(month, due.anchorDay), daySec);
}

/** Due dates of a contract's instalments in order, Unix seconds; each is its day's last second. */
export function dueDates({ plan: { due }, daySec }: Planned): number[] {
  if (due.rule === 'list') return [...due.atSec];
  return [...counted(due.count)].map((k) => dueAt(due, daySec, k));
}

/** How many instalments a plan has. */
export function instalmentCount({ due }: ContractPlan | OfferPlan): number {
  if (due.rule !== 'list') return due.count;
  return ('atSec' in due ? due.atSec : due.days).length;
}

/** When a contract's first instalment is due, Unix seconds. */
export function firstDueAtSec({ plan: { due } }: Pick<Planned, 'plan'>): number {
  return due.rule === 'list' ? (due.atSec[0] ?? 0) : due.firstAtSec;
}

/** When a contract's last instalment is due, Unix seconds. */
export function lastDueAtSec({ plan: { due }, daySec }: Planned): number {
  return due.rule === 'list' ? (due.atSec.at(-1) ?? 0) : dueAt(due, daySec, due.count - 1);
}

/** Calendar months from the month of the start to that of an offer's last due date. */
export function termMonthsOf({ due }: OfferPlan): number | undefined {
  return due.rule === 'months' ? due.firstMonth + (due.count - 1) * due.everyMonths : undefined;
}

/**
 * Contract days from the start of a contract under an offer to its last due date; of calendar
 * months about as many as they have on average.
 */
export function termDaysOf(plan: OfferPlan): number {
  const { due } = plan;
  if (due.rule === 'list') return due.days.at(-1) ?? 0;
  if (due.rule === 'days') return due.firstDay + (due.count - 1) * due.everyDays;
  return Math.floor(((termMonthsOf(plan) ?? 0) * 1_461) / 48);
}

/** The least number of days that term can have, whenever the contract starts. */
export function leastTermDaysOf(plan: OfferPlan): number {
  if (plan.due.rule !== 'months') return termDaysOf(plan);
  // PL-9: "…`months` count as floor(months × 1461 / 48) − 2 days, with an `anchorDay` as 30 fewer."
  const least = termDaysOf(plan) - 2;
  return plan.due.anchorDay === undefined ? least : least - 30;
}

function buildDue(due: OfferDue, startDay: number, daySec: number): ContractDue {
  const at = (day: number): number => endOfDaySec(day, daySec);
  // PL-3: "A writer MUST count an offer's days from the day of the start…"
  if (due.rule === 'list')
    return { rule: 'list', atSec: due.days.map((day) => at(startDay + day)) };
  if (due.rule === 'days') {
    const { everyDays, count } = due;
    return { rule: 'days', firstAtSec: at(startDay + due.firstDay), everyDays, count };
  }
  const { everyMonths, count } = due;
  const anchorDay = due.anchorDay ?? civilOf(startDay).day;
  const first = anchoredDay(monthIndexOf(startDay) + due.firstMonth, anchorDay);
  return { rule: 'months', firstAtSec: at(first), everyMonths, anchorDay, count };
}

/** An offer's plan with the dates it gets in a contract that starts on a day. */
export function buildPlan(plan: OfferPlan, startDay: number, daySec: number): ContractPlan {
  return { ...plan, due: buildDue(plan.due, startDay, daySec) };
}
