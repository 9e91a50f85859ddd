/**
 * An investor's payments as CSV (RFC 4180), for a tax office or a spreadsheet. Amounts are exact,
 * in the unit beside them (sat or a currency's code); what went over Lightning for them is in sats
 * with three decimals. A minus is what the investor paid. Tax is an estimate by the
 * contract's own rule (F-39), never what was withheld.
 */
import type { CashFlow } from '@realyield/protocol';
import { BITCOIN, plainDecimal } from '../../amount.ts';
import { csvText, textCell } from './csv.ts';

const HEAD = [
  'settled_at_utc',
  'kind',
  'unit',
  'amount',
  'interest',
  'estimated_tax',
  'over_lightning_sat',
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
  tillShare: 'received, share of sales',
  takings: 'takings',
};

/** What proves a payment, in words. */
function proofOf({ isOnChain, isAcknowledged }: CashFlow): string {
  if (isOnChain) return 'bitcoin transaction';
  return isAcknowledged ? 'preimage and acknowledgement' : 'preimage';
}

/** The file's text; `nameOf` gives what a key is called here. */
export function cashFlowCsv(
  flows: readonly CashFlow[],
  nameOf: (publicKey: string) => string,
): string {
  const rows = flows.map((flow) => [
    new Date(flow.settledAtSec * 1_000).toISOString(),
    KINDS[flow.leg],
    flow.denomination.type === 'msat' ? 'sat' : flow.denomination.currency,
    plainDecimal(flow.amountUnits, flow.denomination),
    plainDecimal(flow.interestUnits, flow.denomination),
    plainDecimal(flow.taxEstimateUnits, flow.denomination),
    plainDecimal(flow.amountMsat, BITCOIN),
    textCell(nameOf(flow.business)),
    textCell(nameOf(flow.bank)),
    flow.contract,
    flow.paymentHash,
    flow.request,
    String(flow.n),
    proofOf(flow),
  ]);
  return csvText([HEAD, ...rows]);
}
