/** The export of payments: exact, and harmless in a spreadsheet. */
import type { CashFlow } from '@realyield/protocol';
import { expect, it } from 'vitest';
import { cashFlowCsv } from './cash-flow-csv.ts';

const flow: CashFlow = {
  settledAtSec: 1_800_000_000,
  contract: 'c1',
  bank: 'b',
  business: 's',
  leg: 'disbursement',
  amountUnits: -1_234_567n,
  paymentHash: 'h',
  request: 'r',
  n: 7,
  isAcknowledged: true,
  interestUnits: 0n,
  taxEstimateUnits: 0n,
};

it('writes exact sats and takes no stranger’s name for a formula', () => {
  const back: CashFlow = {
    ...{ ...flow, leg: 'repayment', amountUnits: 5n, isAcknowledged: false },
    ...{ interestUnits: 4n, taxEstimateUnits: 1n },
  };
  const names: Record<string, string> = { b: '=HYPERLINK("x")', s: 'Luz, "the" baker\nand son' };
  const lines = cashFlowCsv([flow, back], (key) => names[key] ?? '').split('\r\n');
  expect(lines).toHaveLength(4);
  expect(lines[1]).toBe(
    '2027-01-15T08:00:00.000Z,lent,-1234.567,0.000,0.000,"Luz, ""the"" baker and son",' +
      '"\'=HYPERLINK(""x"")",c1,h,r,7,preimage and acknowledgement',
  );
  expect(lines[2]).toContain(',received,0.005,0.004,0.001,');
  expect(lines[3]).toBe('');
});
