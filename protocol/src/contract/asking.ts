/**
 * What the next instalment asks for, from what was disbursed and still can be. Spec:
 * specs/money.md, "Instalments"; specs/plans.md, "Prepayment" and "Revenue share".
 */
import type { ContractDocument } from '../kinds/agreement.ts';
import type { ContractPlan } from '../kinds/plan.ts';
import { wholeOf } from '../denomination.ts';
import { floorToWhole, maximum, minimum } from '../money.ts';
import { BPS } from '../params.ts';
import type { CourseDue, ReportedSales } from './course.ts';
import { partOfOffer } from './part.ts';
import { weighedShare } from './weights.ts';

/** Principal and interest that all instalments up to and with one ask for. */
export interface AskedUpTo {
  readonly principalUpToUnits: bigint;
  readonly interestUpToUnits: bigint;
}

/** How the account stands when an instalment asks. */
export interface Standing {
  readonly disbursedUnits: bigint;
  /** Can still be disbursed. */
  readonly openUnits: bigint;
  readonly principalPaidUnits: bigint;
  /** Accrued so far, rounded down; of a revenue share the whole cost. */
  readonly interestUnits: bigint;
  /** Principal asked for when the terms in force began: 0 for the first. */
  readonly beforeTermsUnits: bigint;
  readonly sales: readonly ReportedSales[];
}

type RevenueShare = Extract<ContractPlan, { type: 'revenueShare' }>;

/** What a revenue share costs in all, msat. */
export function revenueCost(plan: RevenueShare, disbursedUnits: bigint): bigint {
  // PL-13: "The cost of a revenue share is disbursed × (`capBps` − 10,000) / 10,000, rounded down
  // to a millisatoshi, and owed from the day of disbursement on; nothing accrues…"
  return (disbursedUnits * (BigInt(plan.capBps) - BPS)) / BPS;
}

/** The part of an amount repaid under a revenue share that is its cost, msat. */
export function costWithin(plan: RevenueShare, totalUnits: bigint): bigint {
  // PL-14: "…of the sum T … floor(T × (`capBps` − 10,000) / `capBps`) is interest, the rest
  // principal…"
  return (totalUnits * (BigInt(plan.capBps) - BPS)) / BigInt(plan.capBps);
}

/** Sales reported after one due day and by the end of the next. */
function salesOf(afterDay: number, dueDay: number, sales: readonly ReportedSales[]): bigint {
  // PL-18: "Sales count for the instalment that falls due on the day they are reported or next
  // after it…"
  return sales
    .filter(({ reportedDay }) => reportedDay > afterDay && reportedDay <= dueDay)
    .reduce((sum, each) => sum + each.revenueUnits, 0n);
}

function askOfSales(
  plan: RevenueShare,
  terms: ContractDocument,
  revenueUnits: bigint,
  before: AskedUpTo,
  at: Standing,
): AskedUpTo {
  // PL-14: "An instalment of a revenue share asks for the greater of `floorBps` of what is
  // disbursed and, of `shareBps` of the sales that count for it, the part that its principal is of
  // the amount sought under its offer, rounded down to a whole satoshi…"
  const whole = wholeOf(terms.denomination);
  const { principalUnits, soughtUnits } = partOfOffer(terms);
  const leastUnits = at.disbursedUnits * BigInt(plan.floorBps);
  const sharedUnits = (revenueUnits * BigInt(plan.shareBps) * principalUnits) / soughtUnits;
  const askUnits = floorToWhole(maximum(leastUnits, sharedUnits) / BPS, whole);
  const totalUnits = minimum(
    before.principalUpToUnits + before.interestUpToUnits + askUnits,
    at.disbursedUnits + at.interestUnits,
  );
  const interestUpToUnits = costWithin(plan, totalUnits);
  return { principalUpToUnits: totalUnits - interestUpToUnits, interestUpToUnits };
}

function principalUpTo(due: CourseDue, plan: ContractPlan, beforeUnits: bigint, at: Standing) {
  const allUnits = at.disbursedUnits + at.openUnits;
  const prepayment = 'prepayment' in plan ? plan.prepayment : 'nextDue';
  // M-15: "The principal of an instalment is its weight's share (PL-5) of the weights of it and all
  // later instalments, rounded down to a whole satoshi, of what was disbursed or can still be
  // disbursed, less what earlier instalments ask for, but no more than was disbursed and is not
  // asked for by them…"
  // PL-10: "…By `shorten` the share of an instalment is its weight over the weights of all
  // instalments of its terms, of all that was disbursed or can still be…"
  const whole = wholeOf(due.terms.denomination);
  const shareUnits =
    prepayment === 'shorten'
      ? weighedShare(allUnits - at.beforeTermsUnits, { ...due, weightLeft: due.totalWeight }, whole)
      : weighedShare(allUnits - beforeUnits, due, whole);
  const upToUnits = minimum(beforeUnits + shareUnits, at.disbursedUnits);
  // PL-10: "…By `shorten` and `reduce` an instalment asks, on its due day, for what is paid ahead
  // of it beyond its own principal as well…"
  return prepayment === 'nextDue' ? upToUnits : maximum(upToUnits, at.principalPaidUnits);
}

/** What all instalments up to and with the next one ask for; one before fell due `afterDay`. */
export function askNext(
  due: CourseDue,
  afterDay: number,
  isLast: boolean,
  before: AskedUpTo,
  at: Standing,
): AskedUpTo {
  const { plan } = due.terms;
  // M-15: "…The last instalment asks for all that is left, whenever it is disbursed."
  if (isLast) return { principalUpToUnits: at.disbursedUnits, interestUpToUnits: at.interestUnits };
  if (plan.type === 'revenueShare') {
    const revenueUnits = salesOf(afterDay, due.dueDay, at.sales);
    return askOfSales(plan, due.terms, revenueUnits, before, at);
  }
  const principalUpToUnits = principalUpTo(due, plan, before.principalUpToUnits, at);
  // PL-8: "…interest accrues all the same and is charged to the first instalment after them."
  const isSpared = plan.type === 'equalPrincipal' && due.place < plan.interestMoratorium;
  const interestUpToUnits = isSpared ? before.interestUpToUnits : at.interestUnits;
  return { principalUpToUnits, interestUpToUnits };
}
