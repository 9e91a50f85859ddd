/**
 * What became of each instalment: paid in time, paid late, in grace or unpaid.
 * Spec: specs/figures.md, "Instalments".
 */
import { paidToward, type Share } from '../contract/instalments.ts';
import type { PaidBy } from '../contract/accounts.ts';
import type { Instalment } from '../contract/ledger.ts';
import { dayOf } from '../interest.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import { wholeOf } from '../denomination.ts';

/** How one instalment came out, at the as-of day. */
export interface InstalmentOutcome {
  readonly number: number;
  readonly dueAtSec: number;
  readonly dueDay: number;
  readonly principalUnits: bigint;
  readonly interestUnits: bigint;
  /** Principal and interest: paid in time + paid late + unpaid, exactly. */
  readonly dueUnits: bigint;
  /** Paid by the end of the last day of grace. */
  readonly paidInTimeUnits: bigint;
  readonly paidLateUnits: bigint;
  readonly unpaidUnits: bigint;
  readonly unpaidPrincipalUnits: bigint;
  /** Days past due when it was paid in full, or so far; 0 when it was not late. */
  readonly daysLate: number;
  /** `none`: nothing was asked; `ahead`: its due day is not over. */
  readonly outcome: 'none' | 'ahead' | 'inTime' | 'inGrace' | 'late' | 'unpaid';
}

function outcomeOf(
  instalment: Instalment,
  dueDay: number,
  asOfDay: number,
  graceDays: number,
  whole: bigint,
): InstalmentOutcome['outcome'] {
  if (instalment.principalUnits + instalment.interestUnits < whole) return 'none';
  if (asOfDay <= dueDay) return 'ahead';
  if (instalment.paidWhen !== undefined) {
    return instalment.paidWhen === 'afterGrace' ? 'late' : 'inTime';
  }
  return asOfDay <= dueDay + graceDays ? 'inGrace' : 'unpaid';
}

/** Outcomes of a contract's instalments, by what was repaid up to each day, at an as-of time. */
export function instalmentOutcomes(
  document: ContractDocument,
  repaid: readonly PaidBy[],
  instalments: readonly Instalment[],
  asOfSec: number,
): InstalmentOutcome[] {
  const { daySec, plan, denomination } = document;
  const asOfDay = dayOf(asOfSec, daySec);
  let [principalBeforeUnits, interestBeforeUnits] = [0n, 0n];
  let next = 0;
  return instalments.map((instalment) => {
    const { principalUnits, interestUnits, dueAtSec } = instalment;
    const share: Share = {
      principalUnits,
      interestUnits,
      principalBeforeUnits,
      interestBeforeUnits,
    };
    principalBeforeUnits += principalUnits;
    interestBeforeUnits += interestUnits;
    const dueDay = dayOf(dueAtSec, daySec);
    while ((repaid[next]?.day ?? Infinity) <= dueDay + plan.graceDays) next += 1;
    // F-6: "Of an instalment, paid in time is what repayments up to the last day of grace paid of
    // it, paid late what later ones did…"
    const byGrace = repaid[next - 1];
    const dueUnits = principalUnits + interestUnits;
    const paidUnits = instalment.paidPrincipalUnits + instalment.paidInterestUnits;
    const paidInTimeUnits = byGrace ? paidToward(share, byGrace) : 0n;
    return {
      number: instalment.number,
      dueAtSec,
      dueDay,
      principalUnits,
      interestUnits,
      dueUnits,
      paidInTimeUnits,
      paidLateUnits: paidUnits - paidInTimeUnits,
      unpaidUnits: dueUnits - paidUnits,
      unpaidPrincipalUnits: principalUnits - instalment.paidPrincipalUnits,
      daysLate: Math.max(instalment.daysPastDue, instalment.daysLate),
      outcome: outcomeOf(instalment, dueDay, asOfDay, plan.graceDays, wholeOf(denomination)),
    };
  });
}
