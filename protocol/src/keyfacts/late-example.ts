/** What a late instalment would cost, as an example. Spec: specs/key-facts.md, "Flows". */
import type { ContractDocument } from '../kinds/agreement.ts';
import { computeLedger } from '../contract/ledger.ts';
import { dueDates } from '../contract/plan.ts';
import { formatMsat } from '../money.ts';
import { wholeOf } from '../denomination.ts';
import { plannedDisbursement } from './flows.ts';

/** Days beyond the days of grace for which the example is computed. */
const EXAMPLE_DAYS = 30;

/** One instalment that is not paid, and the fee charged for it by then, msat as a string. */
export interface LateFeeExample {
  /** Counted from 1. */
  readonly instalment: number;
  readonly daysPastDue: number;
  readonly feeUnits: string;
}

/** The example of a contract's late fee; undefined where none is agreed. */
export function lateFeeExample(document: ContractDocument): LateFeeExample | undefined {
  const { plan, daySec } = document;
  if (plan.lateFee.capBps === 0) return undefined;
  const lent = plannedDisbursement(document);
  const daysPastDue = plan.graceDays + EXAMPLE_DAYS;
  // K-14: "The example of a late fee is the first instalment that asks for at least 1,000 msat, not
  // paid at all, 30 days after its days of grace with every tick paid as planned…"
  for (const [place, dueAtSec] of dueDates(document).entries()) {
    const asOfSec = dueAtSec + daysPastDue * daySec;
    const late = computeLedger(document, lent, asOfSec).instalments[place];
    if (!late || late.principalUnits + late.interestUnits < wholeOf(document.denomination))
      continue;
    return { instalment: place + 1, daysPastDue, feeUnits: formatMsat(late.lateFeeUnits) };
  }
  return undefined;
}
