/** Which offers a query finds, in which order, and how many each choice would find. */
import { unitKey } from '../../currencies.ts';
import { searchWords } from './fold-text.ts';
import {
  amountUnitOf,
  type DiscoverQuery,
  type OfferStage,
  type PlanName,
  type Range,
  type SortName,
} from './query.ts';

/** What is known of how a bank was repaid, as far as lists need it. */
export interface RecordRow {
  /** Instalments that have fallen due, and those of them paid on time. */
  readonly dueCount: number;
  readonly onTimeCount: number;
  /**
   * Principal outstanding, and that of contracts more than 30 days past due: apart for every
   * denomination, as such amounts are never added.
   */
  readonly risks: readonly { readonly outstandingUnits: bigint; readonly par30Units: bigint }[];
}

/** An offer as the list sees it. */
export interface OfferRow {
  /** Its address; unique. */
  readonly address: string;
  /** Folded: business, place, purpose, title, sector and bank. */
  readonly text: string;
  readonly country: string;
  /** Folded. */
  readonly sector: string;
  readonly plan: PlanName;
  readonly stage: OfferStage;
  readonly rateBps: number;
  readonly termDays: number;
  /** Key of its denomination: amounts are compared within one only. */
  readonly unit: string;
  readonly leftUnits: bigint;
  readonly publishedAtSec: number;
  /** Undefined while the bank's receipts are still being read. */
  readonly record: RecordRow | undefined;
}

/** The parts of a query that choose, by name. */
export type FilterName =
  | 'text'
  | 'countries'
  | 'sectors'
  | 'plans'
  | 'stages'
  | 'rate'
  | 'term'
  | 'units'
  | 'left'
  | 'record';

function isWithin<T extends number | bigint>(value: T, range: Range<T>): boolean {
  if (range.from !== undefined && value < range.from) return false;
  return range.to === undefined || value <= range.to;
}

function isAmong<T>(value: T, list: readonly T[]): boolean {
  return list.length === 0 || list.includes(value);
}

function hasRecord(row: OfferRow, query: DiscoverQuery): boolean {
  const { onTimeFromBps, par30ToBps } = query;
  if (!query.hasRecord && onTimeFromBps === undefined && par30ToBps === undefined) return true;
  const { record } = row;
  // What is not known does not pass: a figure that was asked for has to be there.
  if (record === undefined || record.dueCount === 0) return false;
  if (onTimeFromBps !== undefined) {
    if (record.onTimeCount * 10_000 < onTimeFromBps * record.dueCount) return false;
  }
  if (par30ToBps === undefined) return true;
  return record.risks.every(
    ({ par30Units, outstandingUnits }) =>
      par30Units * 10_000n <= BigInt(par30ToBps) * outstandingUnits,
  );
}

function isLeft(row: OfferRow, query: DiscoverQuery): boolean {
  const { from, to } = query.leftUnits;
  if (from === undefined && to === undefined) return true;
  return row.unit === unitKey(amountUnitOf(query)) && isWithin(row.leftUnits, query.leftUnits);
}

type Test = (row: OfferRow) => boolean;

function testsOf(query: DiscoverQuery): Readonly<Record<FilterName, Test>> {
  const words = searchWords(query.text);
  return {
    text: (row) => words.every((word) => row.text.includes(word)),
    countries: (row) => isAmong(row.country, query.countries),
    sectors: (row) => isAmong(row.sector, query.sectors),
    plans: (row) => isAmong(row.plan, query.plans),
    stages: (row) => isAmong(row.stage, query.stages),
    rate: (row) => isWithin(row.rateBps, query.rateBps),
    term: (row) => isWithin(row.termDays, query.termDays),
    units: (row) => isAmong(row.unit, query.units),
    left: (row) => isLeft(row, query),
    record: (row) => hasRecord(row, query),
  };
}

/** Rows a query finds, all filters but those named applied. */
export function findRows<Row extends OfferRow>(
  rows: readonly Row[],
  query: DiscoverQuery,
  without: readonly FilterName[] = [],
): Row[] {
  const tests = Object.entries(testsOf(query))
    .filter(([name]) => !without.includes(name as FilterName))
    .map(([, test]) => test);
  return rows.filter((row) => tests.every((test) => test(row)));
}

type Compare = (a: OfferRow, b: OfferRow) => number;

function compare<T extends number | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Higher share first, more instalments first among equals, nothing known last. */
function compareOnTime(a: OfferRow, b: OfferRow): number {
  const left = a.record?.dueCount ?? 0;
  const right = b.record?.dueCount ?? 0;
  if (left === 0 || right === 0) return right - left;
  const cross = (b.record?.onTimeCount ?? 0) * left - (a.record?.onTimeCount ?? 0) * right;
  return cross === 0 ? right - left : cross;
}

/** Bitcoin first, then currencies by their codes. */
function compareUnits(a: string, b: string): number {
  if (a === b) return 0;
  if (a === 'bitcoin' || b === 'bitcoin') return a === 'bitcoin' ? -1 : 1;
  return a < b ? -1 : 1;
}

const ORDERS: Readonly<Record<SortName, Compare>> = {
  newest: (a, b) => compare(b.publishedAtSec, a.publishedAtSec),
  yield: (a, b) => compare(b.rateBps, a.rateBps),
  term: (a, b) => compare(a.termDays, b.termDays),
  left: (a, b) => compareUnits(a.unit, b.unit) || compare(b.leftUnits, a.leftUnits),
  ontime: compareOnTime,
};

/** Rows in an order, ties newest first, then by address; the input is left as it is. */
export function orderRows<Row extends OfferRow>(rows: readonly Row[], sort: SortName): Row[] {
  const order = ORDERS[sort];
  return [...rows].sort(
    (a, b) => order(a, b) || ORDERS.newest(a, b) || (a.address < b.address ? -1 : 1),
  );
}

/** A choice of a filter with how many offers it would find. */
export interface Facet<T extends string = string> {
  readonly value: T;
  readonly count: number;
}

function countBy<T extends string>(
  rows: readonly OfferRow[],
  pick: (row: OfferRow) => T,
  kept: readonly T[],
): Facet<T>[] {
  const counts = new Map<T, number>(kept.map((value) => [value, 0]));
  for (const row of rows) counts.set(pick(row), (counts.get(pick(row)) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

/** The choices of every list filter, each counted with all the other filters applied. */
export interface Facets {
  readonly countries: readonly Facet[];
  readonly sectors: readonly Facet[];
  readonly plans: readonly Facet<PlanName>[];
  readonly units: readonly Facet[];
  readonly stages: readonly Facet<OfferStage>[];
}

/** Counts the choices. */
export function countFacets(rows: readonly OfferRow[], query: DiscoverQuery): Facets {
  const by = <T extends string>(name: FilterName, pick: (row: OfferRow) => T, kept: readonly T[]) =>
    countBy(findRows(rows, query, [name]), pick, kept);
  return {
    countries: by('countries', (row) => row.country, query.countries),
    sectors: by('sectors', (row) => row.sector, query.sectors),
    plans: by('plans', (row) => row.plan, query.plans),
    units: by('units', (row) => row.unit, query.units),
    stages: by('stages', (row) => row.stage, query.stages),
  };
}
