/**
 * What a contract expects to be paid, by whom, when: all ticks and instalments as planned.
 * Spec: specs/key-facts.md, "Flows".
 */
import type { ContractDocument } from '../kinds/agreement.ts';
import type { PartyRole } from '../kinds/fields.ts';
import { projectSchedule } from '../contract/schedule.ts';
import { LEGS } from '../contract/state.ts';
import { planTicks } from '../contract/ticks.ts';
import { floorToSat } from '../money.ts';

/** One payment a contract expects. */
export interface ExpectedFlow {
  readonly payer: PartyRole;
  readonly payee: PartyRole;
  readonly atSec: number;
  readonly amountMsat: bigint;
}

/** All payments a contract expects, and what is interest in them. */
export interface Expected {
  readonly flows: readonly ExpectedFlow[];
  /** Interest of each instalment, msat. */
  readonly interestMsat: readonly bigint[];
}

/** Payments of a contract that goes as planned from its start. */
export function expectedFlows(document: ContractDocument): Expected {
  // K-2: "The flows are every tick at its planned due time, also of a tranche that waits for a
  // milestone…"
  const lent = planTicks(document).map((tick) => ({
    ...LEGS.disbursement,
    atSec: tick.dueAtSec,
    amountMsat: tick.amountMsat,
  }));
  const schedule = projectSchedule(document, [], document.startAtSec);
  let askedMsat = 0n;
  const repaid = schedule.map((instalment) => {
    const beforeMsat = floorToSat(askedMsat);
    askedMsat += instalment.totalMsat;
    // K-3: "…of each instalment what all up to it come to, rounded down to a whole satoshi, less
    // the same of those before it, at its due date…"
    const amountMsat = floorToSat(askedMsat) - beforeMsat;
    return { ...LEGS.repayment, atSec: instalment.dueAtSec, amountMsat };
  });
  return {
    flows: [...lent, ...repaid].filter(({ amountMsat }) => amountMsat > 0n),
    interestMsat: schedule.map((instalment) => instalment.interestMsat),
  };
}
