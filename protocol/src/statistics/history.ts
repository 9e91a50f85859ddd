/** "Was it repaid?": what fell due and how it was paid. Spec: specs/figures.md, "History". */
import { periodOf, type Period } from './calendar.ts';
import { distinct } from './distinct.ts';
import type { InstalmentOutcome } from './instalments.ts';
import type { ContractSummary } from './summary.ts';

/** What fell due in a period: due = paid in time + paid late + in grace + unpaid, exactly. */
export interface HistoryRow extends Period {
  readonly instalments: number;
  readonly dueUnits: bigint;
  readonly paidInTimeUnits: bigint;
  readonly paidLateUnits: bigint;
  /** Unpaid, its days of grace not over. */
  readonly inGraceUnits: bigint;
  readonly unpaidUnits: bigint;
}

/** Up to this many instalments are shown one by one. */
const FEW_INSTALMENTS = 24;

function isDue({ outcome }: InstalmentOutcome): boolean {
  return outcome !== 'none' && outcome !== 'ahead';
}

/**
 * Instalments that have fallen due, by period, earliest first; one row for each due date where
 * there are at most 24 of them and `grouping` is not `period`.
 */
export function repaymentHistory(
  summaries: Iterable<ContractSummary>,
  grouping: 'auto' | 'period' = 'auto',
): HistoryRow[] {
  const due = distinct(summaries).flatMap((summary) =>
    summary.instalments.filter(isDue).map((outcome) => ({ outcome, daySec: summary.daySec })),
  );
  const isFew = grouping === 'auto' && due.length <= FEW_INSTALMENTS;
  const rows = new Map<string, HistoryRow>();
  for (const { outcome, daySec } of due) {
    const { dueAtSec } = outcome;
    const { fromSec, toSec } = isFew
      ? { fromSec: dueAtSec, toSec: dueAtSec }
      : periodOf(dueAtSec, daySec);
    const key = `${fromSec} ${toSec}`;
    const known = rows.get(key);
    const inGraceUnits = outcome.outcome === 'inGrace' ? outcome.unpaidUnits : 0n;
    // F-26: "…due = paid in time + paid late + in grace + unpaid…"
    rows.set(key, {
      fromSec,
      toSec,
      instalments: (known?.instalments ?? 0) + 1,
      dueUnits: (known?.dueUnits ?? 0n) + outcome.dueUnits,
      paidInTimeUnits: (known?.paidInTimeUnits ?? 0n) + outcome.paidInTimeUnits,
      paidLateUnits: (known?.paidLateUnits ?? 0n) + outcome.paidLateUnits,
      inGraceUnits: (known?.inGraceUnits ?? 0n) + inGraceUnits,
      unpaidUnits: (known?.unpaidUnits ?? 0n) + outcome.unpaidUnits - inGraceUnits,
    });
  }
  return [...rows.values()].sort((a, b) => a.fromSec - b.fromSec || a.toSec - b.toSec);
}
