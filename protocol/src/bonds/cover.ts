/**
 * Until when a collateral bond covers a loan: its keys must still hold when the last instalment
 * was not paid, a case was opened, taken and ruled on, and the ruling is paid. Spec:
 * specs/bonds.md, "Cover".
 */
import { lastDueAtSec } from '../contract/plan.ts';
import { RULING_DAYS, TAKING_DAYS } from '../disputes/limit.ts';
import type { ContractDocument } from '../kinds/agreement.ts';

/** Time for a ruling to be paid out, seconds. */
const PAYING_SEC = 30 * 86_400;

/** The latest a loan's last due day, with its days of grace, may be for a bond to cover it. */
export function coverEndsAtSec(lockTimeSec: number, daySec: number): number {
  return lockTimeSec - (TAKING_DAYS + RULING_DAYS) * daySec - PAYING_SEC;
}

/** Whether a bond's lock time lies late enough for a loan. */
export function isCoveredUntilEnd(
  lockTimeSec: number,
  contract: Pick<ContractDocument, 'plan' | 'daySec'>,
): boolean {
  const { daySec, plan } = contract;
  // BD-19: "A client MUST count a collateral bond as cover of a loan only where its lock time lies
  // at least 88 contract days, in which a case is taken and ruled on, and 30 days of 86,400 seconds
  // after the loan's last due day and its days of grace…"
  const endSec = lastDueAtSec(contract) + plan.graceDays * daySec;
  return endSec <= coverEndsAtSec(lockTimeSec, daySec);
}
