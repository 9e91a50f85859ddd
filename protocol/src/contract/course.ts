/**
 * What happens to a contract's terms in its life, as the ledger needs it: versions that replace
 * one another, acceleration, reported sales. Spec: specs/money.md, "The course of a contract".
 */
import { dayOf, endOfDaySec } from '../interest.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import { lastDueAtSec } from './plan.ts';
import type { Tender } from './state.ts';
import { plannedDues, type PlannedDue } from './weights.ts';

/** Terms that replace earlier ones. */
export interface LedgerVersion {
  readonly document: ContractDocument;
  /** The last contract day of the terms before; rising from version to version. */
  readonly fromDay: number;
  /** Whether what is unpaid of instalments fallen due is asked for by the new ones instead. */
  readonly arrears: 'stay' | 'fold';
}

/** Sales the business reported; they count for the instalment that falls due next. */
export interface ReportedSales {
  /** The contract day on which it did. */
  readonly reportedDay: number;
  readonly revenueUnits: bigint;
}

/** What a debtor offered to pay while its payee did not ask. */
export interface LedgerTender {
  readonly leg: string;
  readonly units: bigint;
  /** Contract days it covers, the first and the last. */
  readonly fromDay: number;
  readonly toDay: number;
  /** It covers instalments due after this contract day only. */
  readonly dueAfterDay: number;
}

/** What a ledger takes beside the first terms, the payments and a time; all of it may be absent. */
export interface LedgerCourse {
  readonly versions?: readonly LedgerVersion[];
  /** Contract day on which everything outstanding falls due; nothing is disbursed after it. */
  readonly acceleratedDay?: number | undefined;
  readonly sales?: readonly ReportedSales[];
  /** By date, none of them void. */
  readonly tenders?: readonly LedgerTender[];
}

/** One instalment with the terms it falls due under. */
export interface CourseDue extends PlannedDue {
  readonly terms: ContractDocument;
  /** Its place among the instalments of its version, counted from 0. */
  readonly place: number;
  /** The weights of all instalments of its version together. */
  readonly totalWeight: bigint;
}

function withTerms(document: ContractDocument, fromDay: number): CourseDue[] {
  const planned = plannedDues(document, fromDay);
  const totalWeight = planned[0]?.weightLeft ?? 0n;
  return planned.map((due, place) => ({ ...due, terms: document, place, totalWeight }));
}

/** Every instalment in order, of all versions. */
export function courseDues(
  document: ContractDocument,
  { versions = [], acceleratedDay }: LedgerCourse = {},
): readonly CourseDue[] {
  const startDay = dayOf(document.startAtSec, document.daySec);
  let dues = withTerms(document, startDay);
  for (const version of versions) {
    // M-20: "…instalments due up to the day of the change stay those of the terms before; after it
    // come those of the new terms that are due later…"
    const before = dues.filter(({ dueDay }) => dueDay <= version.fromDay);
    dues = [...before, ...withTerms(version.document, version.fromDay)];
  }
  const at = dues.findIndex(({ dueDay }) => dueDay >= (acceleratedDay ?? Infinity));
  const next = dues[at];
  if (acceleratedDay === undefined || !next) return dues;
  // M-21: "…the instalment that is due next falls due on the day of acceleration and is the last…"
  const dueAtSec = endOfDaySec(acceleratedDay, document.daySec);
  return [...dues.slice(0, at), { ...next, dueAtSec, dueDay: acceleratedDay }];
}

/** What of a course is known and in force by the end of a day. */
export function courseBy(course: LedgerCourse, day: number): LedgerCourse {
  const { acceleratedDay, versions = [], sales = [], tenders = [] } = course;
  const isOver = acceleratedDay !== undefined && acceleratedDay <= day;
  // M-20: "…A version with no due date after its day of change changes nothing."
  const lasting = versions.filter(
    ({ document, fromDay }) => dayOf(lastDueAtSec(document), document.daySec) > fromDay,
  );
  return {
    versions: lasting,
    acceleratedDay: isOver ? acceleratedDay : undefined,
    sales: sales.filter(({ reportedDay }) => reportedDay <= day),
    tenders: tenders.filter(({ fromDay, toDay }) => fromDay <= Math.min(day, toDay)),
  };
}

/** Tenders as a ledger takes them. */
export function tendersOf(tenders: readonly Tender[]): readonly LedgerTender[] {
  return tenders.filter(({ isVoid }) => !isVoid);
}
