/** Vectors of repayment plans, many cases to a file: specs/README.md, "Vectors of plans". */
import {
  computeLedger,
  dueDates,
  projectSchedule,
  type ContractDocument,
  type Instalment,
  type LedgerPayment,
  type ReportedSales,
} from '@realyield/protocol';
import type { Named } from './vector.ts';

/** The terms of a contract that the ledger rests on. */
export type PlanTerms = Pick<
  ContractDocument,
  | 'daySec'
  | 'startAtSec'
  | 'denomination'
  | 'principalUnits'
  | 'rateBps'
  | 'dayCount'
  | 'plan'
  | 'tranches'
  | 'fees'
>;

/** One case: terms that differ from the file's, payments and times by days after the start. */
export interface PlanCase {
  readonly name: string;
  readonly terms?: Partial<Omit<PlanTerms, 'plan'>> & { readonly plan?: object };
  /** `DAY LEG MSAT`, the leg being `disbursement` or `repayment`. */
  readonly payments: readonly string[];
  readonly asOfDays: readonly number[];
  /** `DAY MSAT`: reported sales of a revenue share. */
  readonly sales?: readonly string[];
}

/** All cases of one plan. */
export interface PlanVector extends Named {
  readonly base: PlanTerms;
  readonly cases: readonly PlanCase[];
}

/** A payment of a case; a tick's number keeps the schedule from expecting it again. */
export type CasePayment = LedgerPayment & { readonly n: number };

/** Terms, payments, times and sales of a case in full. */
export interface PlanInput {
  readonly terms: PlanTerms;
  readonly payments: readonly CasePayment[];
  readonly asOfSecs: readonly number[];
  readonly sales: readonly ReportedSales[];
}

/** A case put together with the terms its file is about. */
export function inputOf({ base }: PlanVector, each: PlanCase): PlanInput {
  const plan = { ...base.plan, ...each.terms?.plan };
  const terms: PlanTerms = { ...base, ...each.terms, plan };
  const endOf = (day: number): number => terms.startAtSec + (day + 1) * terms.daySec - 1;
  let ticks = 0;
  const payments = each.payments.map((text) => {
    const [day = '', leg, msat = ''] = text.split(' ');
    const paid = { amountUnits: BigInt(msat), settledAtSec: endOf(Number(day)) };
    if (leg !== 'disbursement') return { n: 0, leg: 'repayment' as const, ...paid };
    return { n: ticks++, leg: 'disbursement' as const, ...paid };
  });
  const sales = (each.sales ?? []).map((text) => {
    const [day, units = ''] = text.split(' ');
    const reportedDay = Math.floor(endOf(Number(day)) / terms.daySec);
    return { reportedDay, revenueUnits: BigInt(units) };
  });
  return { terms, payments, asOfSecs: each.asOfDays.map(endOf), sales };
}

function rowOf(each: Instalment): string {
  const asked = [each.principalUnits, each.interestUnits, each.lateFeeUnits, each.unpaidUnits];
  return [...asked, each.state, each.daysPastDue, each.paidWhen ?? '-'].join(' ');
}

/** Figures that are not nothing, amounts as decimal strings. */
function figuresOf(ledger: object): Record<string, string | number | true> {
  const kept: [string, string | number | true][] = [];
  for (const [name, value] of Object.entries(ledger) as [string, unknown][]) {
    if (typeof value === 'bigint' && value !== 0n) kept.push([name, value.toString()]);
    if (name === 'daysPastDue' && typeof value === 'number' && value > 0) kept.push([name, value]);
    if (value === true) kept.push([name, true]);
  }
  return Object.fromEntries(kept);
}

/** What the implementation makes of a case. */
function answerOf(vector: PlanVector, each: PlanCase): object {
  const { terms, payments, asOfSecs, sales } = inputOf(vector, each);
  const document = { ...terms, bases: [] as unknown } as ContractDocument;
  const course = { sales };
  const [startSec] = inputOf(vector, { ...each, asOfDays: [0] }).asOfSecs;
  const known = payments.filter(({ settledAtSec }) => settledAtSec <= (startSec ?? 0));
  const schedule = projectSchedule(document, known, startSec ?? 0, { course });
  return {
    dueAtSec: dueDates(document).join(' '),
    schedule: schedule.map((row) => `${row.principalUnits} ${row.interestUnits}`),
    ledgers: asOfSecs.map((atSec) => {
      const ledger = computeLedger(document, payments, atSec, course);
      return { ...figuresOf(ledger), instalments: ledger.instalments.map(rowOf) };
    }),
  };
}

/** What a file of plans expects, case by case. */
export function answersOf(vector: PlanVector): object {
  return vector.cases.map((each) => answerOf(vector, each));
}
