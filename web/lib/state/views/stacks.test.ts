/** What the chart of repayments shows of remainders that nobody is asked for. */
import type { HistoryRow } from '@realyield/protocol';
import { expect, it } from 'vitest';
import { BITCOIN } from '../../amount.ts';
import { expectedStack, historyStack } from './stacks.ts';

const row = (paidInTime: bigint, paidLate: bigint, unpaid: bigint): HistoryRow => ({
  fromSec: 0,
  toSec: 0,
  instalments: 2,
  dueUnits: paidInTime + paidLate + unpaid,
  paidInTimeUnits: paidInTime,
  paidLateUnits: paidLate,
  inGraceUnits: 0n,
  unpaidUnits: unpaid,
});

const partsOf = (history: HistoryRow) => historyStack([history], 86_400, BITCOIN).bars[0]?.parts;

it('calls nothing late or unpaid that is less than a satoshi of each instalment', () => {
  const parts = { onTime: 101_399n, paidLate: 0n, inGrace: 0n, unpaid: 0n };
  expect(partsOf(row(100_000n, 999n, 400n))).toEqual(parts);
});

it('shows what is late or unpaid in full, and keeps the sum', () => {
  const parts = { onTime: 100_000n, paidLate: 2_000n, inGrace: 0n, unpaid: 5_001n };
  expect(partsOf(row(100_000n, 2_000n, 5_001n))).toEqual(parts);
});

it('names bars by date, and by the time of day only where dates are the same', () => {
  const at = (toSec: number) => ({
    fromSec: toSec,
    toSec,
    principalUnits: 5_000n,
    interestUnits: 0n,
  });
  const labels = (...rows: ReturnType<typeof at>[]) =>
    expectedStack(rows, 2, BITCOIN).bars.map(({ label }) => label);
  expect(labels(at(3_600))).toEqual(['1 Jan 1970']);
  expect(labels(at(3_600), at(7_200))).toEqual(['01:00', '02:00']);
  expect(labels(at(3_600), at(40 * 86_400))).toEqual(['1 Jan 1970', '10 Feb 1970']);
  expect(labels(at(3_600), at(7_200), at(40 * 86_400))).toEqual([
    '1 Jan 1970, 01:00',
    '1 Jan 1970, 02:00',
    '10 Feb 1970',
  ]);
});
