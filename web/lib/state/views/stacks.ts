/** Amounts by date, for charts. */
import type { ExpectedRow, HistoryRow, Period } from '@realyield/protocol';
import { leastUnits, type AmountUnit } from '../../amount.ts';
import type { StackView } from '../../components/figure-models.ts';
import { formatDate, formatDateTime, formatMonth, formatPlural } from '../../format.ts';

const DAY_SEC = 86_400;

/**
 * A period in as few words as tell it from its neighbours: a day, a month, or where contract days
 * are shorter than real ones a time of day.
 */
function periodText({ fromSec, toSec }: Period, isQuick: boolean): string {
  if (isQuick) return formatDateTime(toSec).replace(/^.*, | UTC$/g, '');
  return toSec - fromSec > DAY_SEC ? formatMonth(fromSec) : formatDate(toSec);
}

function isQuickCalendar(rows: readonly Period[], daySec: number): boolean {
  return rows.length > 0 && daySec < DAY_SEC;
}

/** Was it repaid: what fell due and how it was paid. */
export function historyStack(
  history: readonly HistoryRow[],
  daySec: number,
  denomination: AmountUnit,
): StackView {
  const isQuick = isQuickCalendar(history, daySec);
  const hasGrace = history.some((row) => row.inGraceUnits > 0n);
  return {
    denomination,
    label: 'What fell due, by date: paid on time, paid late, unpaid',
    parts: [
      { part: 'onTime', label: 'Paid on time' },
      { part: 'paidLate', label: 'Paid late' },
      ...(hasGrace ? [{ part: 'inGrace' as const, label: 'In days of grace' }] : []),
      { part: 'unpaid', label: 'Unpaid' },
    ],
    bars: history.map((row) => ({
      key: `${row.fromSec} ${row.toSec}`,
      label: periodText(row, isQuick),
      note: formatPlural(row.instalments, 'instalment'),
      parts: {
        onTime: row.paidInTimeUnits,
        paidLate: row.paidLateUnits,
        inGrace: row.inGraceUnits,
        unpaid: row.unpaidUnits,
      },
    })),
  };
}

/** What is expected to come back. */
export function expectedStack(
  expected: readonly ExpectedRow[],
  daySec: number,
  denomination: AmountUnit,
): StackView {
  // Less than a sat or a minor unit is never asked for and is nothing to expect.
  const isPayable = ({ principalUnits, interestUnits }: ExpectedRow): boolean =>
    principalUnits + interestUnits >= leastUnits(denomination);
  const isQuick = isQuickCalendar(expected, daySec);
  return {
    denomination,
    label: 'What is expected to come back, by month: principal and interest',
    parts: [
      { part: 'principal', label: 'Principal' },
      { part: 'interest', label: 'Interest' },
    ],
    bars: expected.filter(isPayable).map((row) => ({
      key: `${row.fromSec} ${row.toSec}`,
      label: periodText(row, isQuick),
      parts: { principal: row.principalUnits, interest: row.interestUnits },
    })),
  };
}
