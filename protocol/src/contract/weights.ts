/**
 * What share of the principal each instalment of a plan asks for. Spec: specs/plans.md, "Weights".
 * Computed once for each document: an annuity is found by halving an interval.
 */
import { accrue, dayOf, daysBetween, interestOf } from '../interest.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import { wholeOf } from '../denomination.ts';
import { floorToWhole, minimum } from '../money.ts';
import { dueDates } from './plan.ts';

/** One instalment as planned. */
export interface PlannedDue {
  readonly dueAtSec: number;
  readonly dueDay: number;
  /** Its weight, and that of it and all later ones together. */
  readonly weight: bigint;
  readonly weightLeft: bigint;
}

/** What an annuity is planned on. */
interface AnnuityTerms {
  readonly principalUnits: bigint;
  /** What the level amount is a multiple of. */
  readonly whole: bigint;
  /** Interest numerator of one msat over each instalment's time. */
  readonly unitAccruals: readonly bigint[];
  /** First instalments without principal. */
  readonly moratorium: number;
}

/** Principal parts for a level amount, and what the last instalment comes to with its interest. */
function partsFor(terms: AnnuityTerms, levelUnits: bigint): { parts: bigint[]; lastUnits: bigint } {
  const { unitAccruals, moratorium } = terms;
  const parts: bigint[] = [];
  let leftUnits = terms.principalUnits;
  let numerator = 0n;
  let chargedUnits = 0n;
  let lastUnits = 0n;
  for (const [k, unit] of unitAccruals.entries()) {
    numerator += leftUnits * unit;
    const interestUnits = interestOf(numerator) - chargedUnits;
    chargedUnits += interestUnits;
    const isLast = k === unitAccruals.length - 1;
    const room = levelUnits > interestUnits ? levelUnits - interestUnits : 0n;
    const part = isLast ? leftUnits : k < moratorium ? 0n : minimum(room, leftUnits);
    parts.push(part);
    leftUnits -= part;
    lastUnits = part + interestUnits;
  }
  return { parts, lastUnits };
}

/** Principal parts of an annuity whose instalments are level. */
function annuityParts(terms: AnnuityTerms): bigint[] {
  // PL-6: "…The level amount A is the least whole number of satoshis for which, each instalment
  // after the moratorium asking for A less its interest (never less than nothing, never more than
  // is left) and the last one for all that is left, the last one's principal and interest are at
  // most A…"
  const mostInterest = terms.unitAccruals.reduce(
    (sum, unit) => sum + terms.principalUnits * unit,
    0n,
  );
  let tooLow = -1n;
  let enough = (terms.principalUnits + interestOf(mostInterest)) / terms.whole + 1n;
  while (enough - tooLow > 1n) {
    const middle = (enough + tooLow) / 2n;
    const isEnough = partsFor(terms, middle * terms.whole).lastUnits <= middle * terms.whole;
    if (isEnough) enough = middle;
    else tooLow = middle;
  }
  return partsFor(terms, enough * terms.whole).parts;
}

function weightsOf(document: ContractDocument, dueDays: readonly number[], fromDay: number) {
  const { plan, rateBps, dayCount } = document;
  const last = dueDays.length - 1;
  switch (plan.type) {
    // PL-5: "Weights are: `bullet` 1; `interestOnly` 0 and for the last 1; `equalPrincipal` 0 for
    // the first `principalMoratorium` instalments and 1 for the others…"
    case 'bullet':
    case 'interestOnly':
    case 'revenueShare':
      return dueDays.map((_, k) => (k === last ? 1n : 0n));
    case 'equalPrincipal':
      return dueDays.map((_, k) => (k < plan.principalMoratorium ? 0n : 1n));
    case 'annuity':
      return annuityParts({
        principalUnits: BigInt(document.principalUnits),
        whole: wholeOf(document.denomination),
        unitAccruals: dueDays.map((day, k) =>
          accrue(1n, rateBps, daysBetween(dueDays[k - 1] ?? fromDay, day, dayCount), dayCount),
        ),
        moratorium: plan.principalMoratorium,
      });
  }
}

function planFrom(document: ContractDocument, fromDay: number): readonly PlannedDue[] {
  const dues = dueDates(document)
    .map((dueAtSec) => ({ dueAtSec, dueDay: dayOf(dueAtSec, document.daySec) }))
    .filter(({ dueDay }) => dueDay > fromDay);
  const days = dues.map(({ dueDay }) => dueDay);
  const weights = weightsOf(document, days, fromDay);
  let weightLeft = weights.reduce((sum, weight) => sum + weight, 0n);
  return dues.map((due, k) => {
    const weight = weights[k] ?? 0n;
    const planned = { ...due, weight, weightLeft };
    weightLeft -= weight;
    return planned;
  });
}

const plans = new WeakMap<ContractDocument, Map<number, readonly PlannedDue[]>>();

/** Instalments due after a day with their weights, as of a loan paid out on that day; kept. */
export function plannedDues(document: ContractDocument, fromDay: number): readonly PlannedDue[] {
  const known = plans.get(document) ?? new Map<number, readonly PlannedDue[]>();
  plans.set(document, known);
  const planned = known.get(fromDay) ?? planFrom(document, fromDay);
  known.set(fromDay, planned);
  return planned;
}

/** What an instalment asks for of an amount that it and all later ones ask for; whole satoshis. */
export function weighedShare(
  baseUnits: bigint,
  { weight, weightLeft }: Pick<PlannedDue, 'weight' | 'weightLeft'>,
  whole: bigint,
): bigint {
  return weightLeft === 0n ? 0n : floorToWhole((baseUnits * weight) / weightLeft, whole);
}
