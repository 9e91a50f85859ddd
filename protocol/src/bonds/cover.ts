/**
 * How much of a loan a collateral bond covers, and until when: its keys must still hold when the
 * last instalment was not paid, a case was opened, taken and ruled on, and the ruling is paid.
 * Spec: specs/bonds.md, "Cover" and "Pinned".
 */
import { computeBondShare } from '../contract/bond-share.ts';
import { lastDueAtSec } from '../contract/plan.ts';
import { RULING_DAYS, TAKING_DAYS } from '../disputes/limit.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import type { PinnedBond } from '../kinds/bond.ts';
import { minimum } from '../money.ts';
import { DUST_MSAT } from '../params.ts';

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

/** A loan under an offer, in its ledger's units, and what of a bond they pin. */
export interface CoveredLoan {
  readonly principalUnits: bigint;
  readonly soughtUnits: bigint;
  readonly pinned?: PinnedBond | undefined;
}

/**
 * The most a bond covers of a loan, msat, by what its pledge in force allocates to the loan's
 * offer, and by what payouts have left of that. A loan that pins it has no more than it pinned, and
 * no other contract takes of that; of another loan it is so only where all that is sought is lent.
 */
export function bondCover(loan: CoveredLoan, allocatedSat: bigint, leftSat = allocatedSat): bigint {
  const { pinned, principalUnits, soughtUnits } = loan;
  const pinnedSat = pinned ? BigInt(pinned.allocationSat) : allocatedSat;
  const coveringSat = minimum(pinnedSat, allocatedSat);
  const shareMsat = computeBondShare(coveringSat.toString(), principalUnits, soughtUnits);
  return minimum(shareMsat, leftSat * DUST_MSAT);
}
