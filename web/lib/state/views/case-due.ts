/** What is owed for a claim, as who rules or proposes is shown it. Spec: specs/disputes.md. */
import { claimRoom, type DisputeClaim, type OtherOutcome } from '@realyield/protocol';
import type { CaseView } from '../../engine/cases/case-book.ts';

/** What the ledger gives for a claim now beside other cases: no more than was claimed. */
export function dueOf(
  view: CaseView,
  claim: DisputeClaim,
  nowSec: number,
  others: readonly OtherOutcome[],
): bigint {
  const state = view.states.get(claim.contract);
  const limit = state
    ? claimRoom(state, view.fold.reason, nowSec, others, claim.role).todayUnits
    : 0n;
  return claim.withdrawn ? 0n : limit < claim.claimUnits ? limit : claim.claimUnits;
}
