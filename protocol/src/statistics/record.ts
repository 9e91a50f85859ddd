/**
 * How the contracts of a book were repaid: at risk, late, on time, defaulted.
 * Spec: specs/figures.md, "Lateness", "Punctuality" and "Default".
 */
import { amountRate, countRate, sumOf, type AmountRate, type CountRate } from './rates.ts';
import type { ContractSummary, LatenessBucket } from './summary.ts';

/** Contracts of one class of lateness. */
export interface BucketTotal {
  readonly bucket: LatenessBucket;
  readonly contracts: number;
  readonly outstandingUnits: bigint;
}

/** Instalments fallen due and how they were paid. */
export interface Punctuality {
  /** Instalments whose due day is over: in time + late + unpaid + in grace. */
  readonly fallenDue: number;
  readonly paidInTime: number;
  readonly paidLate: number;
  readonly unpaid: number;
  /** Unpaid, but their days of grace are not over: in neither part of the rate. */
  readonly inGrace: number;
  readonly onTimeByCount: CountRate;
  readonly onTimeByAmount: AmountRate;
}

/** Defaults over both denominators. */
export interface Defaults {
  readonly contracts: number;
  /** Principal still outstanding under them. */
  readonly outstandingUnits: bigint;
  readonly byCountOfDisbursed: CountRate;
  readonly byCountOfEnded: CountRate;
  readonly byAmountOfDisbursed: AmountRate;
  readonly byAmountOfEnded: AmountRate;
  /** Share of the principal disbursed whose term is over: how much of the book was tested. */
  readonly maturity: AmountRate;
}

/** Classes of lateness in order. */
export const LATENESS_BUCKETS: readonly LatenessBucket[] = [
  'current',
  '1-30',
  '31-60',
  '61-90',
  '91-180',
  'over180',
  'defaulted',
  'writtenOff',
];

/** Restructured contracts are at risk as if they were more than this many days past due. */
const RESTRUCTURED_DAYS = 30;

/** Portfolio at risk: principal of contracts more than some days past due. */
export function atRisk(contracts: readonly ContractSummary[], days: number): AmountRate {
  // F-8: "PAR x is the whole outstanding principal of contracts more than x days past due, of those
  // with a default notice and, where x is at most 30, of those restructured (F-35), ÷ all
  // outstanding principal…"
  const risky = contracts.filter(
    ({ bucket, daysPastDue, isRestructured }) =>
      bucket === 'defaulted' ||
      bucket === 'writtenOff' ||
      daysPastDue > days ||
      (isRestructured && days <= RESTRUCTURED_DAYS),
  );
  const outstanding = sumOf(contracts, (each) => each.outstandingUnits);
  return amountRate(
    sumOf(risky, (each) => each.outstandingUnits),
    outstanding,
  );
}

/** Instalments fallen due under some contracts. */
export function describePunctuality(contracts: readonly ContractSummary[]): Punctuality {
  const all = contracts.flatMap(({ instalments }) => instalments);
  const of = (outcome: string) => all.filter((each) => each.outcome === outcome);
  const [inTime, late, unpaid, inGrace] = [of('inTime'), of('late'), of('unpaid'), of('inGrace')];
  const due = (list: typeof all): bigint => sumOf(list, ({ dueUnits }) => dueUnits);
  const judged = [...inTime, ...late, ...unpaid];
  return {
    fallenDue: judged.length + inGrace.length,
    paidInTime: inTime.length,
    paidLate: late.length,
    unpaid: unpaid.length,
    inGrace: inGrace.length,
    // F-7: "The on-time rate is instalments paid in full by the last day of grace ÷ instalments
    // fallen due, those unpaid in their days of grace left out of both…"
    onTimeByCount: countRate(inTime.length, judged.length),
    onTimeByAmount: amountRate(due(inTime), due(judged)),
  };
}

/** Defaults among some contracts. */
export function describeDefaults(contracts: readonly ContractSummary[]): Defaults {
  const disbursed = contracts.filter((each) => each.disbursedUnits > 0n);
  const ended = disbursed.filter((each) => each.isEnded);
  const defaulted = disbursed.filter((each) => each.isDefaulted);
  const over = disbursed.filter((each) => each.isTermOver);
  const principal = (list: readonly ContractSummary[]): bigint =>
    sumOf(list, (each) => each.disbursedUnits);
  const outstandingUnits = sumOf(defaulted, (each) => each.outstandingUnits);
  // F-12: "The default rate by count is defaulted contracts ÷ contracts with a disbursement; by
  // amount it is the principal outstanding under defaulted contracts ÷ principal disbursed. Both
  // are given a second time over ended contracts alone…"
  return {
    contracts: defaulted.length,
    outstandingUnits,
    byCountOfDisbursed: countRate(defaulted.length, disbursed.length),
    byCountOfEnded: countRate(defaulted.length, ended.length),
    byAmountOfDisbursed: amountRate(outstandingUnits, principal(disbursed)),
    byAmountOfEnded: amountRate(outstandingUnits, principal(ended)),
    // F-13: "Maturity is the principal disbursed of contracts whose last due day is over ÷ all
    // principal disbursed."
    maturity: amountRate(principal(over), principal(disbursed)),
  };
}

/** Contracts that owe something by days past due. */
export function describeBuckets(contracts: readonly ContractSummary[]): BucketTotal[] {
  return LATENESS_BUCKETS.map((bucket) => {
    const inBucket = contracts.filter((each) => each.bucket === bucket);
    const outstandingUnits = sumOf(inBucket, (each) => each.outstandingUnits);
    return { bucket, contracts: inBucket.length, outstandingUnits };
  });
}
