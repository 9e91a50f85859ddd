/**
 * An investor's payments as CSV (RFC 4180), for a tax office or a spreadsheet. Amounts are exact
 * sats with three decimals; a minus is what the investor paid. Tax is an estimate by the
 * contract's own rule (F-39), never what was withheld.
 */
import type { CashFlow } from '@realyield/protocol';

const HEAD = [
  'settled_at_utc',
  'kind',
  'amount_sat',
  'interest_sat',
  'estimated_tax_sat',
  'business',
  'bank',
  'contract',
  'payment_hash',
  'request',
  'part',
  'proof',
];

/** What a payment was, as the investor sees it; the others never reach them. */
const KINDS: Readonly<Record<CashFlow['leg'], string>> = {
  disbursement: 'lent',
  originationFee: 'lent, withheld as fee',
  repayment: 'received',
  recovery: 'recovered by the bank',
  guarantee: 'received under a guarantee',
  handedOn: 'handed on to the bank',
  servicing: 'fee',
};

/** Exact sats: `-12.345`. */
function satDecimal(amountUnits: bigint): string {
  const size = amountUnits < 0n ? -amountUnits : amountUnits;
  const rest = (size % 1_000n).toString().padStart(3, '0');
  return `${amountUnits < 0n ? '-' : ''}${size / 1_000n}.${rest}`;
}

/** A stranger's name as text: a spreadsheet must not take it for a formula. */
function quoted(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${plain.replaceAll('"', '""').replace(/[\r\n]+/g, ' ')}"`;
}

/** The file's text; `nameOf` gives what a key is called here. */
export function cashFlowCsv(
  flows: readonly CashFlow[],
  nameOf: (publicKey: string) => string,
): string {
  const rows = flows.map((flow) => [
    new Date(flow.settledAtSec * 1_000).toISOString(),
    KINDS[flow.leg],
    satDecimal(flow.amountUnits),
    satDecimal(flow.interestUnits),
    satDecimal(flow.taxEstimateUnits),
    quoted(nameOf(flow.business)),
    quoted(nameOf(flow.bank)),
    flow.contract,
    flow.paymentHash,
    flow.request,
    String(flow.n),
    flow.isAcknowledged ? 'preimage and acknowledgement' : 'preimage',
  ]);
  return [HEAD, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}
