/**
 * A business's payments as CSV, for its accountant. What came and what went stand in columns of
 * their own, so that no figure begins with a sign; amounts are exact, in the unit beside them, and
 * what its wallet saw of them in msat.
 */
import type { StatementRow } from '@realyield/protocol';
import { plainDecimal } from '../../amount.ts';
import { csvText, textCell } from './csv.ts';

const HEAD = [
  'settled_at_utc',
  'what',
  'unit',
  'received',
  'paid',
  'of_which_interest_and_late_fees',
  'received_msat',
  'paid_msat',
  'loan',
  'lender',
  'bank',
  'contract',
  'payment_hash',
  'proof',
  'acknowledged',
];

const WHAT: Readonly<Partial<Record<StatementRow['leg'], string>>> = {
  disbursement: 'loan paid out',
  repayment: 'repaid to the lender',
  servicing: 'repaid to the bank as its share',
  takings: 'sales at the till, paid on by the bank',
};

function whatOf({ leg, side }: StatementRow): string {
  if (side === 'withheld') return 'loan, withheld by the bank as its fee';
  return WHAT[leg] ?? (leg === 'originationFee' ? 'fee to the bank' : leg);
}

/** What surrounds a statement: names of keys and of loans. */
export interface StatementWords {
  readonly nameOf: (publicKey: string) => string;
  readonly loanOf: (contract: string) => string;
}

/** The file's text. */
export function statementCsv(rows: readonly StatementRow[], words: StatementWords): string {
  const lines = rows.map((row) => {
    const amount = plainDecimal(row.amountUnits, row.denomination);
    const isPaid = row.side === 'paid';
    const msat = row.walletMsat.toString();
    return [
      new Date(row.settledAtSec * 1_000).toISOString(),
      textCell(whatOf(row)),
      row.denomination.type === 'msat' ? 'sat' : row.denomination.currency,
      ...(isPaid ? ['', amount] : [amount, '']),
      plainDecimal(row.costUnits, row.denomination),
      ...(isPaid ? ['', msat] : [msat, '']),
      textCell(words.loanOf(row.contract)),
      textCell(words.nameOf(row.investor)),
      textCell(words.nameOf(row.bank)),
      row.contract,
      row.paymentHash,
      row.receipt,
      row.isAcknowledged ? 'yes' : 'no',
    ];
  });
  return csvText([HEAD, ...lines]);
}
