/**
 * From receipts and acknowledgements to the set of proven payments.
 * Spec: specs/payments.md, "Proof". The result depends on the set, never on its order.
 */
import type { Draft } from './draft.ts';
import { forwardingMismatch } from './forwarding.ts';
import { PaymentIntake } from './intake.ts';
import type { PaidParts, SeenParts } from './paid.ts';
import { priceMismatch, unitsOf } from './prices.ts';
import type { RequestDocument } from '../kinds/money-events.ts';
import { planFees, tickAmounts } from './ticks.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import { reject, type Reject } from '../result.ts';

/** Whether a request asks for origination fees as they are. */
function feeMismatch(contract: ContractDocument, request: RequestDocument): Reject | undefined {
  const fees = planFees(contract);
  const units = unitsOf(request);
  for (const [index, n] of request.n.entries()) {
    const fee = fees.find((each) => each.n === n);
    // FE-4: "…each part is the place of a tranche that has a fee, counted from 0, and has the fee's
    // amount; otherwise the receipt is refused as `PART_UNKNOWN` or `PART_AMOUNT`…"
    if (!fee) return reject('PART_UNKNOWN', String(n));
    if (fee.amountUnits.toString() !== units[index]) return reject('PART_AMOUNT', String(n));
  }
  return undefined;
}

/** Whether a request asks for what the contract plans; the payer asks the same before paying. */
export function requestMismatch(
  contract: ContractDocument,
  request: RequestDocument,
): Reject | undefined {
  const mismatch = priceMismatch(contract, request) ?? forwardingMismatch(contract, request);
  if (mismatch) return mismatch;
  // TL-26: "A request on the leg `tillShare` or `takings` counts only in a contract the till share
  // of which has the bank run the till: otherwise its receipt is refused as `PART_UNKNOWN`…"
  const isOfTill = request.leg === 'tillShare' || request.leg === 'takings';
  if (isOfTill && contract.tillShare?.runBy !== 'bank') return reject('PART_UNKNOWN', request.leg);
  if (request.leg === 'originationFee') return feeMismatch(contract, request);
  if (request.leg !== 'disbursement') return undefined;
  // P-9: "A disbursement request counts only when each part is a tick of the contract and has the
  // tick's amount…"
  const amounts = tickAmounts(contract, request.n);
  const strange = amounts.indexOf(undefined);
  if (strange >= 0) return reject('PART_UNKNOWN', String(request.n[strange]));
  const units = unitsOf(request);
  const wrong = amounts.findIndex((amount, index) => amount !== units[index]);
  return wrong < 0 ? undefined : reject('PART_AMOUNT', String(request.n[wrong]));
}

/** What resolving needs of a draft; a closure is judged on a part of its receipts and answers. */
export type Evidence = Pick<
  Draft,
  'contract' | 'keys' | 'stands' | 'receipts' | 'chainPaid' | 'acknowledgements'
>;

/** The proven payments, one per leg and payment hash. */
export function resolvePayments(evidence: Evidence): PaidParts {
  const intake = new PaymentIntake(evidence);
  for (const entry of evidence.receipts) intake.addReceipt(entry);
  for (const answer of evidence.acknowledgements) intake.addAnswer(answer);
  return intake.paid;
}

/** Parts proven by receipts on which a final event rests; undefined where there is none. */
export function partsSeen(draft: Pick<Draft, 'finals' | 'receipts'>): SeenParts {
  if (draft.finals.length === 0) return undefined;
  const seen = new Map<string, Set<number>>();
  for (const { receipt, request } of draft.receipts) {
    if (!draft.finals.some((final) => final.counted.has(receipt.event.id))) continue;
    const parts = seen.get(request.event.id) ?? new Set<number>();
    for (const n of receipt.document.n) parts.add(n);
    seen.set(request.event.id, parts);
  }
  return seen;
}
