/** Amounts by date, for charts. */
import type { ExpectedRow, HistoryRow, Period } from '@realyield/protocol';
import { leastUnits, type AmountUnit } from '../../amount.ts';
import type { StackView } from '../../components/figure-models.ts';
import { formatDate, formatDateTime, formatMonth, formatPlural } from '../../format.ts';

const DAY_SEC = 86_400;

function dateOf({ fromSec, toSec }: Period): string {
  return toSec - fromSec > DAY_SEC ? formatMonth(fromSec) : formatDate(toSec);
}

/**
 * Periods in as few words as tell each from the others: days or months and, where contract days are
 * shorter than real ones and several fall on a date, times of day.
 */
function periodTexts(rows: readonly Period[], daySec: number): string[] {
  const dates = rows.map(dateOf);
  if (daySec >= DAY_SEC) return dates;
  const isOneDate = rows.length > 1 && new Set(dates).size === 1;
  return rows.map((row, at) => {
    const date = dates[at] ?? '';
    const time = formatDateTime(row.toSec).replace(/ UTC$/, '');
    if (isOneDate) return time.replace(/^.*, /, '');
    return dates.filter((each) => each === date).length > 1 ? time : date;
  });
}

/**
 * The parts of a row's bar. Less than a satoshi of an instalment is neither late nor unpaid (M-11),
 * so what only such remainders add up to is shown as the rest of it came: in time.
 */
function historyParts(row: HistoryRow, denomination: AmountUnit): Record<string, bigint> {
  const mostDust = BigInt(row.instalments) * leastUnits(denomination);
  const isDust = (units: bigint): boolean => units < mostDust;
  const lateDust = isDust(row.paidLateUnits) ? row.paidLateUnits : 0n;
  const unpaidDust = isDust(row.unpaidUnits) ? row.unpaidUnits : 0n;
  return {
    onTime: row.paidInTimeUnits + lateDust + unpaidDust,
    paidLate: row.paidLateUnits - lateDust,
    inGrace: row.inGraceUnits,
    unpaid: row.unpaidUnits - unpaidDust,
  };
}

/** Was it repaid: what fell due and how it was paid. */
export function historyStack(
  history: readonly HistoryRow[],
  daySec: number,
  denomination: AmountUnit,
): StackView {
  const texts = periodTexts(history, daySec);
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
    bars: history.map((row, at) => ({
      key: `${row.fromSec} ${row.toSec}`,
      label: texts[at] ?? '',
      note: formatPlural(row.instalments, 'instalment'),
      parts: historyParts(row, denomination),
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
  const rows = expected.filter(isPayable);
  const texts = periodTexts(rows, daySec);
  return {
    denomination,
    label: 'What is expected to come back, by month: principal and interest',
    parts: [
      { part: 'principal', label: 'Principal' },
      { part: 'interest', label: 'Interest' },
    ],
    bars: rows.map((row, at) => ({
      key: `${row.fromSec} ${row.toSec}`,
      label: texts[at] ?? '',
      parts: { principal: row.principalUnits, interest: row.interestUnits },
    })),
  };
}
