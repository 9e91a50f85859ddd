/**
 * What the running account of a contract gives out: instalments with all before them, totals by
 * day, and what can still be disbursed. Spec: specs/money.md, "The ledger".
 */
import type { ContractDocument } from '../kinds/agreement.ts';
import { maximum, minimum } from '../money.ts';
import type { AskedUpTo } from './asking.ts';
import type { CoveredDays } from './late-fee.ts';

/** One instalment; all sums include all instalments before it. */
export interface Account extends AskedUpTo {
  readonly dueDay: number;
  readonly dueAtSec: number;
  readonly graceDays: number;
  readonly lateFeeUpToUnits: bigint;
  /** Days on which what is unpaid of it is tendered, in order. */
  readonly covered: readonly CoveredDays[];
}

/** How much was repaid by the end of a day. */
export interface PaidBy {
  readonly day: number;
  readonly principalUnits: bigint;
  readonly interestUnits: bigint;
  readonly lateFeeUnits: bigint;
}

/** At most what open tranches may still bring, and never more than the principal lacks. */
export function openDisbursement(
  document: ContractDocument,
  disbursedUnits: bigint,
  asOfSec: number,
): bigint {
  // M-10: "What can still be disbursed is at most the sum of the tranches that have not lapsed at
  // the as-of time, and at most what the principal lacks."
  const open = document.tranches
    .filter((tranche) => tranche.lapsesAtSec > asOfSec)
    .reduce((sum, tranche) => sum + BigInt(tranche.amountUnits), 0n);
  return minimum(open, maximum(BigInt(document.principalUnits) - disbursedUnits, 0n));
}
