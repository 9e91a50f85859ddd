/**
 * What a contract expects to be paid, by whom, when: all ticks, fees and instalments as planned.
 * Spec: specs/key-facts.md, "Flows".
 */
import { wholeOf } from '../denomination.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import type { Leg, PartyRole } from '../kinds/fields.ts';
import { isDisbursed, legOf } from '../contract/legs.ts';
import type { LedgerPayment } from '../contract/ledger.ts';
import { projectSchedule } from '../contract/schedule.ts';
import { countedServicing, shareDue, type DueShares } from '../contract/servicing.ts';
import { planFees, planTicks } from '../contract/ticks.ts';

/** One payment a contract expects. */
export interface ExpectedFlow {
  readonly leg: Leg;
  readonly payer: PartyRole;
  readonly payee: PartyRole;
  readonly atSec: number;
  readonly amountUnits: bigint;
}

/** All payments a contract expects, and what is interest in them. */
export interface Expected {
  readonly flows: readonly ExpectedFlow[];
  /** Interest of each instalment, msat. */
  readonly interestUnits: readonly bigint[];
}

interface Paid {
  readonly leg: Leg;
  readonly atSec: number;
  readonly amountUnits: bigint;
}

/** Ticks and origination fees at their planned times. */
function planned(document: ContractDocument): Paid[] {
  // K-2: "The flows are every tick and origination fee at its planned due time, also of a tranche
  // that waits for a milestone…"
  return [
    ...planTicks(document).map((tick) => ({ ...tick, leg: 'disbursement' as const })),
    ...planFees(document).map((fee) => ({ ...fee, leg: 'originationFee' as const })),
  ].map(({ leg, amountUnits, dueAtSec }) => ({ leg, amountUnits, atSec: dueAtSec }));
}

/** Everything that is disbursed if a contract goes as planned, for the ledger. */
export function plannedDisbursement(document: ContractDocument): LedgerPayment[] {
  return planned(document)
    .filter(({ leg }) => isDisbursed(document, leg))
    .map(({ leg, amountUnits, atSec }) => ({ leg, amountUnits, settledAtSec: atSec }));
}

/**
 * What is paid for each of some instalments, each when it is asked for: whole satoshis, so that
 * what is less than one is asked for with the next.
 */
export function payableInstalments(
  document: ContractDocument,
  instalments: readonly { readonly totalUnits: bigint }[],
): DueShares[] {
  const bps = document.fees.servicingBps;
  let askedUnits = 0n;
  let paid = { repaymentUnits: 0n, servicingUnits: 0n };
  return instalments.map((instalment) => {
    askedUnits += instalment.totalUnits;
    // K-3: "…of each instalment, at its due date, what is payable by FE-6 when all up to it are
    // asked for and those before it were paid so…"
    const owedUnits = askedUnits - paid.repaymentUnits - countedServicing(paid, bps);
    const share = shareDue(owedUnits, paid, bps, wholeOf(document.denomination));
    paid = {
      repaymentUnits: paid.repaymentUnits + share.repaymentUnits,
      servicingUnits: paid.servicingUnits + share.servicingUnits,
    };
    return share;
  });
}

/** Payments of a contract that goes as planned from its start. */
export function expectedFlows(document: ContractDocument): Expected {
  const schedule = projectSchedule(document, [], document.startAtSec);
  const shares = payableInstalments(document, schedule);
  const repaid = schedule.flatMap(({ dueAtSec: atSec }, place): Paid[] => [
    { leg: 'repayment', atSec, amountUnits: shares[place]?.repaymentUnits ?? 0n },
    { leg: 'servicing', atSec, amountUnits: shares[place]?.servicingUnits ?? 0n },
  ]);
  return {
    flows: [...planned(document), ...repaid]
      .filter(({ amountUnits }) => amountUnits > 0n)
      .map((flow) => {
        const { payer, payee } = legOf(document, flow.leg);
        return { ...flow, payer, payee };
      }),
    interestUnits: schedule.map((instalment) => instalment.interestUnits),
  };
}
