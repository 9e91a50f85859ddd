/** What the chart of repayments shows of remainders that nobody is asked for. */
import type { HistoryRow } from '@realyield/protocol';
import { expect, it } from 'vitest';
import { BITCOIN } from '../../amount.ts';
import { historyStack } from './stacks.ts';

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
