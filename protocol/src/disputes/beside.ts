/** What the ledger gives beside what earlier outcomes owe. Spec: specs/disputes.md, "Outcome". */
import type { ContractState } from '../contract/state.ts';
import type { DisputeReason } from '../kinds/dispute.ts';
import type { PartyRole } from '../kinds/fields.ts';
import { linesBefore, owedBefore, paysClaimant, type OtherOutcome } from './earlier.ts';
import { claimantOf, claimLimit, RULING_DAYS, TAKING_DAYS } from './limit.ts';

/** After any id, in the order of outcomes of one second. */
const AFTER_ALL = 'g';

/** What is left at a time of a limit of what a claim can be owed, beside other outcomes. */
export function limitBeside(
  state: ContractState,
  limit: bigint,
  atSec: number,
  lines: ReturnType<typeof linesBefore>,
  claimant: PartyRole,
): bigint {
  // DI-24: "…what outcomes before it owe at that time is taken off its limit."
  const others = owedBefore(state, claimant, atSec, lines);
  return limit > others ? limit - others : 0n;
}

/** What can be claimed on a day, in units of the contract's ledger. */
export interface ClaimRoom {
  /** Of what the ledger gives on that day. */
  readonly todayUnits: bigint;
  /** What earlier outcomes take of it. */
  readonly earlierUnits: bigint;
  /** Of what the ledger gives by the time both arbiters had to rule, if nothing more is paid. */
  readonly mostUnits: bigint;
}

/** What outcomes whose time to pay is over leave unpaid of a contract, to who claims. */
function unpaidUnits(
  { root }: ContractState,
  nowSec: number,
  others: readonly OtherOutcome[],
  claimant: PartyRole,
): bigint {
  let plainUnits = 0n;
  let mostUnits = 0n;
  for (const { outcome, reason } of others) {
    if (outcome.payBySec >= nowSec) continue;
    const openUnits = outcome.awards
      .filter(({ award }) => award.contract === root && paysClaimant(award, claimant))
      .reduce((sum, { outstandingUnits }) => sum + outstandingUnits, 0n);
    // What enforces an outcome is owed the same money, not more (DI-24).
    if (reason !== 'rulingNotComplied') plainUnits += openUnits;
    else if (openUnits > mostUnits) mostUnits = openUnits;
  }
  return plainUnits > mostUnits ? plainUnits : mostUnits;
}

/** What can still be claimed, given what other cases of the contract came to. */
export function claimRoom(
  state: ContractState,
  reason: DisputeReason,
  nowSec: number,
  others: readonly OtherOutcome[],
  claimant: PartyRole = claimantOf(reason),
): ClaimRoom {
  // DI-36: "A client MUST propose for `rulingNotComplied` what outcomes whose time to pay is over
  // leave unpaid of the contract to whoever claims…"
  if (reason === 'rulingNotComplied') {
    const limit = claimLimit(state, reason, nowSec, claimant);
    const unpaid = unpaidUnits(state, nowSec, others, claimant);
    const todayUnits = unpaid < limit ? unpaid : limit;
    return { todayUnits, earlierUnits: 0n, mostUnits: todayUnits };
  }
  const beside = (atSec: number): bigint => {
    const lines = linesBefore(others, reason, { id: AFTER_ALL, effectiveAtSec: atSec });
    const limit = claimLimit(state, reason, atSec, claimant);
    return limitBeside(state, limit, atSec, lines, claimant);
  };
  const { daySec } = state.contract.document;
  const latestSec = nowSec + 2 * (TAKING_DAYS + RULING_DAYS) * daySec;
  const todayUnits = beside(nowSec);
  const laterUnits = beside(latestSec);
  return {
    todayUnits,
    earlierUnits: claimLimit(state, reason, nowSec, claimant) - todayUnits,
    mostUnits: laterUnits > todayUnits ? laterUnits : todayUnits,
  };
}
