/** The statement for an accountant: exact, and harmless in a spreadsheet. */
import type { StatementRow } from '@realyield/protocol';
import { expect, it } from 'vitest';
import { textCell } from './csv.ts';
import { statementCsv } from './statement-csv.ts';

const row: StatementRow = {
  ...{ settledAtSec: 1_800_000_000, contract: 'c1', investor: 'i', bank: 'b' },
  ...{ leg: 'repayment', side: 'paid', denomination: { type: 'msat' } },
  ...{ amountUnits: 1_234_567n, walletMsat: 1_234_567n, costUnits: 34_567n },
  ...{ paymentHash: 'h', request: 'r', n: 7, receipt: 'p', isAcknowledged: true },
};
const dollars: StatementRow = {
  ...{ ...row, leg: 'disbursement', side: 'received', costUnits: 0n, isAcknowledged: false },
  denomination: { type: 'fiat', currency: 'USD', minorDigits: 2 },
  ...{ amountUnits: 123_456_000_000n, walletMsat: 1_234_500n },
};
const withheld: StatementRow = {
  ...{ ...row, leg: 'originationFee', side: 'withheld', walletMsat: 0n, costUnits: 0n },
};

it('has what came and what went apart, so that no cell begins with a sign', () => {
  const names: Record<string, string> = { i: '+Ana', b: '@SUM(A1)' };
  const csv = statementCsv([dollars, withheld, row], {
    nameOf: (key) => names[key] ?? '',
    loanOf: () => '=HYPERLINK("http://x")\noven',
  });
  const [, first, second, third, end] = csv.split('\r\n');
  const loan = '"\'=HYPERLINK(""http://x"") oven","\'+Ana","\'@SUM(A1)"';
  expect(first).toBe(
    '2027-01-15T08:00:00.000Z,"loan paid out",USD,1234.56,,0.00,1234500,,' + `${loan},c1,h,p,no`,
  );
  expect(second).toBe(
    '2027-01-15T08:00:00.000Z,"loan, withheld by the bank as its fee",sat,1234.567,,0.000,0,,' +
      `${loan},c1,h,p,yes`,
  );
  expect(third).toBe(
    '2027-01-15T08:00:00.000Z,"repaid to the lender",sat,,1234.567,34.567,,1234567,' +
      `${loan},c1,h,p,yes`,
  );
  expect(end).toBe('');
  expect(csv).not.toMatch(/(^|,|")[=+\-@]/m);
});

it('says in words what came from the till a bank runs', () => {
  const takings: StatementRow = { ...row, leg: 'takings', side: 'received', costUnits: 0n };
  const csv = statementCsv([takings], { nameOf: (key) => key, loanOf: () => 'Oven' });
  expect(csv).toContain('"sales at the till, paid on by the bank",sat,1234.567,,');
});

it.each(['=1', '+1', '-1', '@A', ' =1', '\t=1', '\r\n=1', '\u00a0+1', '\uff1d1', '|cmd'])(
  'makes %j harmless',
  (text) => {
    expect(textCell(text)).toMatch(/^"'/);
  },
);

it('leaves other words as they are', () => {
  expect(textCell('Luz, "the" baker')).toBe('"Luz, ""the"" baker"');
});
