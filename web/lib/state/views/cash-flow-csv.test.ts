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
  denomination: { type: 'msat' },
  amountUnits: -1_234_567n,
  amountMsat: -1_234_567n,
  paymentHash: 'h',
  request: 'r',
  n: 7,
  isAcknowledged: true,
  interestUnits: 0n,
  taxEstimateUnits: 0n,
};

it('writes exact sats and takes no stranger’s name for a formula', () => {
  const back: CashFlow = {
    ...{ ...flow, leg: 'repayment', amountUnits: 5n, amountMsat: 5n, isAcknowledged: false },
    ...{ interestUnits: 4n, taxEstimateUnits: 1n },
  };
  const dollars: CashFlow = {
    ...back,
    denomination: { type: 'fiat', currency: 'USD', minorDigits: 2 },
    ...{ amountUnits: 123_456_000_000n, interestUnits: 7n, amountMsat: 1_234_500n },
    taxEstimateUnits: 0n,
  };
  const names: Record<string, string> = { b: '=HYPERLINK("x")', s: 'Luz, "the" baker\nand son' };
  const lines = cashFlowCsv([flow, back, dollars], (key) => names[key] ?? '').split('\r\n');
  expect(lines).toHaveLength(5);
  expect(lines[1]).toBe(
    '2027-01-15T08:00:00.000Z,lent,sat,-1234.567,0.000,0.000,-1234.567,' +
      '"Luz, ""the"" baker and son",' +
      '"\'=HYPERLINK(""x"")",c1,h,r,7,preimage and acknowledgement',
  );
  expect(lines[2]).toContain(',received,sat,0.005,0.004,0.001,0.005,');
  expect(lines[3]).toContain(',received,USD,1234.56,0.00000007,0.00,1234.500,');
  expect(lines[4]).toBe('');
});
