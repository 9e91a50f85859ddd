/** The principal a contract had out, day by day. Spec: specs/figures.md, "Portfolio". */
import type { PaidBy } from '../contract/accounts.ts';
import { isDisbursed } from '../contract/legs.ts';
import type { LedgerPayment } from '../contract/ledger.ts';
import { wholeOf } from '../denomination.ts';
import { dayOf } from '../interest.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import { minimum } from '../money.ts';

/** Contract days to add up: after one, up to and with another. */
export interface DaySpan {
  readonly afterDay: number;
  readonly toDay: number;
}

/** Sum of the principal that bears interest on each day of a span, msat × days. */
export function sumPrincipalDays(
  document: ContractDocument,
  daily: readonly LedgerPayment[],
  repaid: readonly PaidBy[],
  { afterDay, toDay }: DaySpan,
): bigint {
  const whole = wholeOf(document.denomination);
  const capUnits = BigInt(document.principalUnits);
  const repaidOn = new Map(repaid.map(({ day, principalUnits }) => [day, principalUnits]));
  let [sum, disbursedUnits, repaidUnits, lastDay] = [0n, 0n, 0n, 0];
  const advance = (day: number): void => {
    const outstandingUnits = minimum(disbursedUnits, capUnits) - repaidUnits;
    const days = Math.min(day, toDay) - Math.max(lastDay, afterDay);
    // F-31: "…the sum has for each day the principal that bears interest on it (M-4)."
    if (outstandingUnits >= whole && days > 0) sum += outstandingUnits * BigInt(days);
    lastDay = day;
  };
  for (const { leg, amountUnits, settledAtSec } of daily) {
    const day = dayOf(settledAtSec, document.daySec);
    advance(day);
    if (isDisbursed(document, leg)) disbursedUnits += amountUnits;
    repaidUnits = repaidOn.get(day) ?? repaidUnits;
  }
  advance(Math.max(toDay, lastDay));
  return sum;
}
