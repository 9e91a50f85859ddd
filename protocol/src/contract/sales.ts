/**
 * Sales that a business reports: which reports count, what they come to day by day, and where
 * they contradict each other or leave something out. Spec: specs/till.md, "Reports".
 */
import type { ParsedEvent, ParsedSales } from '../events.ts';
import { dayOf } from '../interest.ts';
import type { Denomination } from '../kinds/denomination.ts';
import type { SalesReport } from '../kinds/sales.ts';
import { maximum } from '../money.ts';
import { reject, type Reject } from '../result.ts';
import type { ReportedSales } from './course.ts';
import type { Draft } from './draft.ts';
import type { CountedReport, Equivocation } from './state.ts';

/** What a report comes to in a contract's ledger; undefined where it is in something else. */
export function reportedUnits(
  { totalMsat, priced }: Pick<SalesReport, 'totalMsat' | 'priced'>,
  denomination: Denomination,
): bigint | undefined {
  if (denomination.type === 'msat') return BigInt(totalMsat);
  const { currency, minorDigits } = denomination;
  const isSame = priced?.currency === currency && priced.minorDigits === minorDigits;
  return isSame ? BigInt(priced.units) : undefined;
}

/** The business says what its till took. */
export function applySalesReport(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const { event, document } = parsed as ParsedSales;
  if (document.type !== 'salesReport') return reject('STATE_FORBIDS', document.type);
  // TL-16: "A report counts in each contract it names, there with its `totalMsat` or, where the
  // contract is kept in a currency, with its total in that currency; without one it is refused as
  // `DENOMINATION_MISMATCH`."
  const units = reportedUnits(document, draft.contract.document.denomination);
  if (units === undefined) return reject('DENOMINATION_MISMATCH', 'priced');
  const { till, fromSec, toSec, firstSerial, count, corrects } = document;
  const { id, pubkey: author, created_at: reportedAtSec } = event;
  const said = { till, fromSec, toSec, firstSerial, count, corrects };
  draft.reports.push({ id, author, ...said, units, reportedAtSec });
  return undefined;
}

const afterLast = ({ firstSerial, count }: CountedReport): number => firstSerial + count;

/** Reports of each till. */
function byTill(reports: readonly CountedReport[]): CountedReport[][] {
  const tills = new Map<string, CountedReport[]>();
  for (const each of reports) {
    const own = tills.get(each.till);
    if (own) own.push(each);
    else tills.set(each.till, [each]);
  }
  return [...tills.values()];
}

/** The most that reports of one till come to no two of which have a serial in common. */
function mostOf(reports: readonly CountedReport[]): bigint {
  const sorted = [...reports].sort((a, b) => afterLast(a) - afterLast(b));
  // The most of those of the first so many.
  const most = [0n];
  for (const [index, each] of sorted.entries()) {
    let low = 0;
    let high = index;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const before = sorted[middle - 1];
      if (before && afterLast(before) <= each.firstSerial) low = middle;
      else high = middle - 1;
    }
    most.push(maximum(most[index] ?? 0n, (most[low] ?? 0n) + each.units));
  }
  return most.at(-1) ?? 0n;
}

function isApart(reports: readonly CountedReport[]): boolean {
  const sorted = [...reports].sort((a, b) => a.firstSerial - b.firstSerial);
  return sorted.every((each, at) => {
    const before = sorted[at - 1];
    return before === undefined || afterLast(before) <= each.firstSerial;
  });
}

function reportedBy(reports: readonly CountedReport[], daySec: number): ReportedSales[] {
  const days = reports.map((each) => dayOf(each.reportedAtSec, daySec));
  if (isApart(reports)) {
    return reports.map(({ units }, at) => ({ reportedDay: days[at] ?? 0, revenueUnits: units }));
  }
  let before = 0n;
  return [...new Set(days)]
    .sort((a, b) => a - b)
    .map((reportedDay) => {
      const known = mostOf(reports.filter((_, at) => (days[at] ?? 0) <= reportedDay));
      const revenueUnits = known - before;
      before = known;
      return { reportedDay, revenueUnits };
    });
}

/** What is reported on each day, as a ledger takes it. */
export function reportedSales(
  reports: readonly CountedReport[],
  daySec: number,
): readonly ReportedSales[] {
  // TL-17: "Of reports of one till with a serial in common those count that together come to the
  // most, no two of them having one in common; what a correction or a rival adds counts on the day
  // it is reported, and what it would take away never."
  return byTill(reports).flatMap((own) => reportedBy(own, daySec));
}

/** A report with what corrects it. */
interface Family {
  readonly id: string;
  readonly author: string;
  firstSerial: number;
  nextSerial: number;
  fromSec: number;
  toSec: number;
}

/** Reports of one till, corrections with what they correct, first serial first. */
function familiesOf(reports: readonly CountedReport[]): Family[] {
  const known = new Map(reports.map((each) => [each.id, each]));
  const families = new Map<string, Family>();
  for (const each of reports) {
    let origin = each;
    for (let next = known.get(each.corrects ?? ''); next; next = known.get(next.corrects ?? '')) {
      origin = next;
    }
    const { id, author, firstSerial, fromSec, toSec } = origin;
    const nextSerial = afterLast(origin);
    const family = families.get(id) ?? { id, author, firstSerial, nextSerial, fromSec, toSec };
    family.firstSerial = Math.min(family.firstSerial, each.firstSerial);
    family.nextSerial = Math.max(family.nextSerial, afterLast(each));
    family.fromSec = Math.min(family.fromSec, each.fromSec);
    family.toSec = Math.max(family.toSec, each.toSec);
    families.set(id, family);
  }
  return [...families.values()].sort(
    (a, b) => a.firstSerial - b.firstSerial || a.fromSec - b.fromSec || (a.id < b.id ? -1 : 1),
  );
}

/** Each family with the one before it that reaches furthest, in what `from` and `to` take. */
function neighbours(
  families: readonly Family[],
  from: (family: Family) => number,
  to: (family: Family) => number,
): (readonly [before: Family, family: Family])[] {
  const sorted = [...families].sort((a, b) => from(a) - from(b) || (a.id < b.id ? -1 : 1));
  let furthest = sorted[0];
  return sorted.slice(1).flatMap((family) => {
    const before = furthest;
    if (!before || to(family) > to(before)) furthest = family;
    return before ? [[before, family] as const] : [];
  });
}

const SERIALS = [(each: Family) => each.firstSerial, (each: Family) => each.nextSerial] as const;
const TIMES = [(each: Family) => each.fromSec, (each: Family) => each.toSec] as const;

/** Reports that contradict each other: in a serial, or in a time that both speak of. */
export function rivalReports(reports: readonly CountedReport[]): Equivocation[] {
  // TL-18: "Reports of one till that have a serial or a time in common are reported as `rival
  // reports` unless one corrects the other, and so are two that correct the same one…"
  const found = new Map<string, Equivocation>();
  const add = (author: string, one: string, other: string): void => {
    const [least, most] = [one, other].sort() as [string, string];
    found.set(`${least}${most}`, { reason: 'rival reports', author, events: [least, most] });
  };
  for (const own of byTill(reports)) {
    const families = familiesOf(own);
    for (const [from, to] of [SERIALS, TIMES]) {
      for (const [before, family] of neighbours(families, from, to)) {
        if (from(family) < to(before)) add(family.author, before.id, family.id);
      }
    }
    const corrections = new Map<string, CountedReport>();
    for (const each of own.filter(({ corrects }) => corrects !== undefined)) {
      const before = corrections.get(each.corrects ?? '');
      if (before) add(each.author, before.id, each.id);
      corrections.set(each.corrects ?? '', each);
    }
  }
  return [...found.values()];
}

/** What a till's reports leave out between them. */
export interface ReportGap {
  readonly till: string;
  /** Serials without a report, from and to before; the same where none is left out. */
  readonly fromSerial: number;
  readonly toSerial: number;
  /** Time without a report, Unix seconds; the same where none is left out. */
  readonly fromSec: number;
  readonly toSec: number;
}

/** Serials and times that no report of a till speaks of, between those that do. */
export function reportGaps(reports: readonly CountedReport[]): ReportGap[] {
  // TL-19: "A client MUST show serials, from 1 on, and times that lie between two reports of one
  // till and in neither as not reported…"
  return byTill(reports).flatMap((own) => {
    const [first] = own;
    const families = familiesOf(own);
    let [serial, sec] = [1, families[0]?.fromSec ?? 0];
    return families.flatMap(({ firstSerial, nextSerial, fromSec, toSec }) => {
      const gap = {
        till: first?.till ?? '',
        ...{ fromSerial: serial, toSerial: Math.max(serial, firstSerial) },
        ...{ fromSec: sec, toSec: Math.max(sec, fromSec) },
      };
      [serial, sec] = [Math.max(serial, nextSerial), Math.max(sec, toSec)];
      return gap.toSerial > gap.fromSerial || gap.toSec > gap.fromSec ? [gap] : [];
    });
  });
}
