/** Due dates of repayment plans. Spec: specs/contract.md, "Due dates". */
import type { ContractPlan } from '../kinds/agreement.ts';
import type { OfferPlan } from '../kinds/listings.ts';
import { endOfDaySec } from '../interest.ts';

interface Planned {
  readonly plan: ContractPlan;
  readonly daySec: number;
}

/** Due dates of a contract's instalments in order, Unix seconds; each is its day's last second. */
export function dueDates({ plan, daySec }: Planned): number[] {
  if (plan.type === 'bullet') return [plan.dueAtSec];
  // C-27: "Instalment k of an equal principal plan, counted from 0, is due at `firstDueAtSec` + k ×
  // `everyDays` × `daySec`…"
  const stepSec = plan.everyDays * daySec;
  return Array.from({ length: plan.instalments }, (_, k) => plan.firstDueAtSec + k * stepSec);
}

/** When a contract's first instalment is due, Unix seconds. */
export function firstDueAtSec({ plan }: Pick<Planned, 'plan'>): number {
  return plan.type === 'bullet' ? plan.dueAtSec : plan.firstDueAtSec;
}

/** When a contract's last instalment is due, Unix seconds. */
export function lastDueAtSec({ plan, daySec }: Planned): number {
  if (plan.type === 'bullet') return plan.dueAtSec;
  return plan.firstDueAtSec + (plan.instalments - 1) * plan.everyDays * daySec;
}

/** Contract days from the start of a contract under an offer to its last due date. */
export function termDaysOf(plan: OfferPlan): number {
  if (plan.type === 'bullet') return plan.termDays;
  return plan.firstDueDay + (plan.instalments - 1) * plan.everyDays;
}

/** An offer's plan with the dates it gets in a contract that starts on a day. */
export function buildPlan(plan: OfferPlan, startDay: number, daySec: number): ContractPlan {
  const { graceDays } = plan;
  if (plan.type === 'bullet') {
    return { type: 'bullet', dueAtSec: endOfDaySec(startDay + plan.termDays, daySec), graceDays };
  }
  const { type, instalments, everyDays } = plan;
  const dueAtSec = endOfDaySec(startDay + plan.firstDueDay, daySec);
  return { type, instalments, firstDueAtSec: dueAtSec, everyDays, graceDays };
}
