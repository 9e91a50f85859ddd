/** What can be claimed of a contract, and by whom. Spec: specs/disputes.md, "Claims". */
import type { Ledger } from '../contract/ledger.ts';
import { ledgerOf } from '../contract/standing.ts';
import type { ContractState } from '../contract/state.ts';
import { dayOf } from '../interest.ts';
import type { DisputeReason } from '../kinds/dispute.ts';
import type { PartyRole } from '../kinds/fields.ts';
import { maximum } from '../money.ts';

/** Days from the opening in which the other side responds; contract days. */
export const RESPONSE_DAYS = 14;
/** Days from the opening in which the arbiter takes the case; contract days. */
export const TAKING_DAYS = 28;
/** Days from the taking in which the arbiter rules; contract days. */
export const RULING_DAYS = 60;

/** Whose claim a reason makes; of what a ruling awarded either can be the opener's. */
export function claimantOf(reason: DisputeReason, opener?: PartyRole): PartyRole {
  // DI-5: "`notDisbursed` is the business's to claim, `rulingNotComplied` the business's or the
  // investor's, whose the case then is that opens it, everything else the investor's…"
  if (reason === 'rulingNotComplied' && opener === 'business') return 'business';
  return reason === 'notDisbursed' ? 'business' : 'investor';
}

/** What of the principal was never paid out, whether or not it still can be. */
function lackingUnits({ contract }: ContractState, disbursedUnits: bigint): bigint {
  const principalUnits = BigInt(contract.document.principalUnits);
  return disbursedUnits < principalUnits ? principalUnits - disbursedUnits : 0n;
}

/** What is still to be paid out of what could be when a claim took effect, lapsed since or not. */
function claimedBeforeUnits(state: ContractState, claimedAtSec: number, asOfSec: number): bigint {
  const { daySec } = state.contract.document;
  const { acceleratedAtSec = Infinity } = state;
  if (dayOf(asOfSec, daySec) >= dayOf(acceleratedAtSec, daySec)) return 0n;
  const at = (sec: number): Ledger => {
    const settled = state.payments.filter(({ settledAtSec }) => settledAtSec < sec);
    return ledgerOf(state, sec, settled);
  };
  const [then, now] = [at(claimedAtSec), at(asOfSec)];
  const paidUnits = now.disbursedUnits - then.disbursedUnits;
  return maximum(then.undisbursedUnits - paidUnits, 0n);
}

/**
 * The most that can be owed at a time for a claim that took effect earlier. Time alone takes
 * nothing off a claim of what was to be paid out.
 */
export function claimedLimit(
  state: ContractState,
  reason: DisputeReason,
  claimedAtSec: number,
  asOfSec: number,
  claimant: PartyRole = claimantOf(reason),
): bigint {
  const limit = claimLimit(state, reason, asOfSec, claimant);
  if (reason !== 'notDisbursed' || claimedAtSec >= asOfSec) return limit;
  // DI-50: "What lapses after a claim for `notDisbursed` took effect stays in its limit, without
  // what was disbursed since, unless the loan was called in…"
  return maximum(limit, claimedBeforeUnits(state, claimedAtSec, asOfSec));
}

/**
 * The most that can be claimed at a time, in units of the contract's ledger; 0 where there is
 * nothing to claim.
 */
export function claimLimit(
  state: ContractState,
  reason: DisputeReason,
  asOfSec: number,
  claimant: PartyRole = claimantOf(reason),
): bigint {
  if (state.effectiveAtSec === undefined || state.effectiveAtSec > asOfSec) return 0n;
  // DI-6: "…all by the ledger at the time the step takes effect, with what had settled before it."
  const settled = state.payments.filter(({ settledAtSec }) => settledAtSec < asOfSec);
  const ledger = ledgerOf(state, asOfSec, settled);
  // DI-6: "The limit of `notRepaid` is what is due to the investor once any of it is late…"
  switch (reason) {
    case 'notRepaid':
      return ledger.daysPastDue > 0 ? ledger.dueNow.repaymentUnits : 0n;
    case 'notDisbursed':
      return ledger.undisbursedUnits;
    case 'notAcknowledged':
      return settled
        .filter(({ leg, class: proof }) => leg === 'disbursement' && proof === 'preimage')
        .reduce((sum, { amountUnits }) => sum + amountUnits, 0n);
    case 'rulingNotComplied':
      // DI-6: "…of `rulingNotComplied` by the business what the principal lacks, lapsed or not…"
      return claimant === 'business'
        ? lackingUnits(state, ledger.disbursedUnits)
        : ledger.payoff.repaymentUnits;
    case 'milestoneFalse':
    case 'misrepresentation':
      return ledger.payoff.repaymentUnits;
  }
}
