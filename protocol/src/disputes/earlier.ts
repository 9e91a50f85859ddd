/**
 * Outcomes of other cases that came first: what they take of payments, and of what can be owed.
 * Spec: specs/disputes.md, "Outcome".
 */
import { LEGS, type ContractState } from '../contract/state.ts';
import type { Award, DisputeReason } from '../kinds/dispute.ts';
import type { PartyRole } from '../kinds/fields.ts';
import type { DisputeOutcome } from './case.ts';

/** The outcome of another case on a contract of this one. */
export interface OtherOutcome {
  readonly reason: DisputeReason;
  readonly outcome: DisputeOutcome;
}

/** Outcomes that share payments with none of the other lines: each payment pays one of a line. */
type Line = readonly DisputeOutcome[];

interface Debt {
  readonly fromSec: number;
  leftUnits: bigint;
}

type Placed = Pick<DisputeOutcome, 'effectiveAtSec' | 'id'>;
type Payment = ContractState['payments'][number];

/** Whether an outcome comes before another. */
export function isEarlier(one: Placed, other: Placed): boolean {
  const [a, b] = [one.effectiveAtSec, other.effectiveAtSec];
  return a === b ? one.id < other.id : a < b;
}

/**
 * What came before an outcome, in lines. What enforces an earlier ruling is paid together with it,
 * so it stands in a line of its own and has none before it.
 */
export function linesBefore(
  others: readonly OtherOutcome[],
  reason: DisputeReason,
  decided: Placed,
): readonly Line[] {
  // DI-24: "The outcome of a case for `rulingNotComplied` enforces the outcomes before it: what
  // pays one of them pays it too…"
  if (reason === 'rulingNotComplied') return [];
  const before = others
    .filter(({ outcome }) => isEarlier(outcome, decided))
    .sort((a, b) => (isEarlier(a.outcome, b.outcome) ? -1 : 1));
  const isEnforcing = (each: OtherOutcome): boolean => each.reason === 'rulingNotComplied';
  const plain = before.filter((each) => !isEnforcing(each)).map(({ outcome }) => outcome);
  return [plain, ...before.filter(isEnforcing).map(({ outcome }) => [outcome])];
}

function debtsOf(line: Line, contract: string, leg: Award['leg']): Debt[] {
  return line.flatMap(({ awards, paidFromSec }) =>
    awards
      .filter(({ award }) => award.contract === contract && award.leg === leg)
      .map(({ owedUnits }) => ({ fromSec: paidFromSec, leftUnits: owedUnits })),
  );
}

/** Takes a payment off the first debts it can pay; what is left of it. */
function takeOff(debts: readonly Debt[], { amountUnits, settledAtSec }: Payment): bigint {
  let restUnits = amountUnits;
  for (const debt of debts) {
    if (settledAtSec < debt.fromSec) continue;
    const taken = restUnits < debt.leftUnits ? restUnits : debt.leftUnits;
    debt.leftUnits -= taken;
    restUnits -= taken;
  }
  return restUnits;
}

function paymentsOn(state: ContractState, leg: Award['leg']): Payment[] {
  return state.payments
    .filter((payment) => payment.leg === leg)
    .sort((a, b) => a.settledAtSec - b.settledAtSec);
}

/** What of the payments on an award's leg from a time on pays no outcome before it. */
export function paidBeside(
  state: ContractState,
  { leg }: Award,
  fromSec: number,
  lines: readonly Line[],
): bigint {
  const owing = lines.map((line) => debtsOf(line, state.root, leg));
  let paidUnits = 0n;
  for (const payment of paymentsOn(state, leg)) {
    // DI-23: "A payment pays one outcome only: of several on its leg that it can pay, the first in
    // order of time of effect, then of id; what it pays more than is owed goes to the next."
    const rests = owing.map((debts) => takeOff(debts, payment));
    const restUnits = rests.reduce((a, b) => (a < b ? a : b), payment.amountUnits);
    if (payment.settledAtSec >= fromSec) paidUnits += restUnits;
  }
  return paidUnits;
}

const AWARD_LEGS = ['disbursement', 'repayment', 'guarantee', 'recovery'] as const;

/** Whether what is awarded on a leg goes to the claimant. */
export function paysClaimant({ leg }: Pick<Award, 'leg'>, claimant: PartyRole): boolean {
  return LEGS[leg].payee === claimant;
}

/** What outcomes before a time still owed a contract then, of money to one side. */
export function owedBefore(
  state: ContractState,
  claimant: PartyRole,
  atSec: number,
  lines: readonly Line[],
): bigint {
  const legs = AWARD_LEGS.filter((leg) => paysClaimant({ leg }, claimant));
  const sums = lines.map((line) =>
    legs.reduce((sum, leg) => {
      const debts = debtsOf(line, state.root, leg);
      for (const payment of paymentsOn(state, leg)) {
        if (payment.settledAtSec < atSec) takeOff(debts, payment);
      }
      return sum + debts.reduce((total, { leftUnits }) => total + leftUnits, 0n);
    }, 0n),
  );
  return sums.reduce((a, b) => (a > b ? a : b), 0n);
}
