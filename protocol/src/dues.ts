/**
 * What is due on the legs beside disbursement, to whom, and as which parts: pure, from contract
 * state and time. Spec: specs/payments.md, "Planning".
 */
import { wholeOf } from './denomination.ts';
import { isWithheld, type SerialLeg } from './contract/legs.ts';
import { shareDue, type DueShares } from './contract/servicing.ts';
import { guaranteeOf, ledgerOf, recoveriesOf } from './contract/standing.ts';
import type { ContractState } from './contract/state.ts';
import { feesOf } from './contract/ticks.ts';
import type { Leg } from './kinds/fields.ts';
import { dayOf, endOfDaySec } from './interest.ts';
import { minimum } from './money.ts';
import type { Waiting } from './waiting.ts';
import {
  disbursementHold,
  milestoneHold,
  planDisbursement,
  type Plan,
  type PlannedPart,
  type PlanOptions,
} from './planner.ts';

/** Whether a leg counts its parts, so that any amount is a part of it. */
export function isSerial(leg: Leg): leg is SerialLeg {
  return leg !== 'disbursement' && leg !== 'originationFee';
}

/** Legs under which anything is, was or may yet be due by what is known of a contract. */
export function legsInUse(state: ContractState): readonly Leg[] {
  const { fees, tillShare } = state.contract.document;
  const isBanksTill = tillShare?.runBy === 'bank';
  const isGuaranteed = state.versions.some(({ document }) => document.guarantee.type !== 'none');
  const hasMoved = (leg: Leg): boolean => state.paid.totalUnits(leg) > 0n;
  const hasDefault = state.notices.some(({ type }) => type === 'default');
  const legs: Readonly<Record<Leg, boolean>> = {
    disbursement: true,
    repayment: true,
    originationFee: fees.originationBps > 0,
    servicing: fees.servicingBps > 0,
    guarantee: isGuaranteed && hasDefault,
    handedOn: hasMoved('guarantee'),
    recovery: state.recoveries.length > 0,
    tillShare: isBanksTill,
    takings: isBanksTill,
  };
  return (Object.keys(legs) as Leg[]).filter((leg) => legs[leg] || hasMoved(leg));
}

/** What is due of recoveries: less than the whole amount of the ledger is not. */
function recoveryDue(state: ContractState, asOfSec: number): bigint {
  const { unpaidUnits } = recoveriesOf(state, asOfSec);
  return unpaidUnits < wholeOf(state.contract.document.denomination) ? 0n : unpaidUnits;
}

/** What is due on a leg by the end of a time's day, in ledger units. */
export function dueOn(state: ContractState, leg: SerialLeg, asOfSec: number): bigint {
  switch (leg) {
    case 'repayment':
      return ledgerOf(state, asOfSec).dueNow.repaymentUnits;
    case 'servicing':
      return ledgerOf(state, asOfSec).dueNow.servicingUnits;
    case 'guarantee':
      return guaranteeOf(state, asOfSec)?.unpaidUnits ?? 0n;
    case 'handedOn':
      return guaranteeOf(state, asOfSec)?.handOnUnits ?? 0n;
    case 'recovery':
      return recoveryDue(state, asOfSec);
    // What came together at a till the bank knows, and no contract.
    case 'tillShare':
    case 'takings':
      return 0n;
  }
}

/**
 * The most that can be owed on a leg at a time: what is due, or what repays everything, msat. What
 * is owed of takings no contract says.
 */
export function owedOn(
  state: ContractState,
  leg: Exclude<SerialLeg, 'takings'>,
  asOfSec: number,
): bigint {
  if (leg === 'repayment') return ledgerOf(state, asOfSec).payoff.repaymentUnits;
  if (leg === 'servicing') return ledgerOf(state, asOfSec).payoff.servicingUnits;
  // TL-27: "All of a share at such a till is the investor's and repays the business's debt (FE-7)…"
  if (leg === 'tillShare') return ledgerOf(state, asOfSec).payoffUnits;
  return dueOn(state, leg, asOfSec);
}

/** The number the next part of a leg that counts its parts takes: above all that are known. */
export function nextPartNumber(
  state: ContractState,
  leg: SerialLeg,
  inHand: Iterable<number>,
): number {
  const taken = [...state.paid.numbers(leg), ...inHand];
  return taken.reduce((most, n) => Math.max(most, n + 1), 0);
}

/** Whether parts in hand wait for a payee that does not ask for them: they are tendered. */
export function tenderHold(
  state: ContractState,
  leg: Leg,
  inHand: ReadonlySet<number>,
  asOfSec: number,
): Waiting | undefined {
  const { daySec } = state.contract.document;
  const day = dayOf(asOfSec, daySec);
  const tender = state.tenders.findLast(
    (each) => each.leg === leg && !each.isVoid && each.fromDay <= day && day <= each.toDay,
  );
  const isWhole = tender && inHand.size > 0 && [...inHand].every((n) => tender.n.includes(n));
  if (!isWhole) return undefined;
  return { reason: 'tendered', tender: tender.id, untilSec: endOfDaySec(tender.toDay, daySec) };
}

/** What is due on a leg by the end of today, as one part. */
export function planDue(
  state: ContractState,
  leg: SerialLeg,
  inHand: ReadonlySet<number>,
  asOfSec: number,
): Plan {
  // P-19: "A business's client repays, in one part of each leg, the whole satoshis that fell due on
  // it by the end of the day, also under a closed or defaulted contract…"
  // P-23: "A bank's client pays what its guarantee and its recoveries owe, and an investor's hands
  // on what is too much of a guarantee, in one part of the leg, the number of which is one above
  // all it knows of."
  if (state.effectiveAtSec === undefined) return { action: 'wait', reason: 'notEffective' };
  if (inHand.size > 0) {
    const tendered = tenderHold(state, leg, inHand, asOfSec);
    return { action: 'wait', ...(tendered ?? { reason: 'inFlight' }) };
  }
  const amountUnits = dueOn(state, leg, asOfSec);
  if (amountUnits === 0n) {
    const isOver = ledgerOf(state, asOfSec).repaid;
    return { action: 'wait', reason: isOver ? 'complete' : 'nothingDue' };
  }
  return { action: 'pay', parts: [{ leg, n: nextPartNumber(state, leg, inHand), amountUnits }] };
}

/**
 * Origination fees to pay next, whoever pays them. `inHand` are numbers of parts the journal is
 * busy with; `aheadSec` is how long before they are due they may be asked for.
 */
export function planOrigination(
  state: ContractState,
  inHand: ReadonlySet<number>,
  asOfSec: number,
  aheadSec = 0,
): Plan {
  // P-22: "An origination fee is paid once, when its tranche begins to stream, on the conditions on
  // which ticks are paid (P-18, P-20); one of a tranche that lapsed is not."
  const hold = disbursementHold(state, asOfSec);
  if (hold) return { action: 'wait', ...hold };
  const paid = state.paid.numbers('originationFee');
  const open = feesOf(state, asOfSec).filter(
    ({ n, lapsesAtSec }) => !paid.has(n) && lapsesAtSec > asOfSec,
  );
  const free = open.filter(({ n, isHeld }) => !inHand.has(n) && !isHeld);
  const due = free.filter(({ dueAtSec }) => dueAtSec <= asOfSec + aheadSec);
  if (due.length > 0) {
    const parts = due.map(({ n, amountUnits }): PlannedPart => ({
      leg: 'originationFee',
      n,
      amountUnits,
    }));
    return { action: 'pay', parts };
  }
  const [next] = [...free].sort((a, b) => a.dueAtSec - b.dueAtSec);
  if (next) return { action: 'wait', reason: 'nothingDue', untilSec: next.dueAtSec - aheadSec };
  if (open.some(({ n }) => inHand.has(n))) return { action: 'wait', reason: 'inFlight' };
  const held = open.map(({ n, lapsesAtSec }) => ({ tranche: n, lapsesAtSec }));
  return { action: 'wait', ...(milestoneHold(state, held) ?? { reason: 'complete' }) };
}

/** How what a business pays of what it owes is shared between investor and bank (FE-6). */
export function shareRepayment(
  state: ContractState,
  amountUnits: bigint,
  asOfSec: number,
): DueShares {
  const { dueNow, dueNowUnits, payoff, payoffUnits } = ledgerOf(state, asOfSec);
  // What is due and what repays everything leave less than a satoshi; the ledger has both exactly.
  if (amountUnits === dueNowUnits) return dueNow;
  if (amountUnits >= payoffUnits) return payoff;
  const paid = {
    repaymentUnits: state.paid.totalUnits('repayment'),
    servicingUnits: state.paid.totalUnits('servicing'),
  };
  const { fees, denomination } = state.contract.document;
  const shares = shareDue(amountUnits, paid, fees.servicingBps, wholeOf(denomination));
  return {
    repaymentUnits: minimum(shares.repaymentUnits, payoff.repaymentUnits),
    servicingUnits: minimum(shares.servicingUnits, payoff.servicingUnits),
  };
}

/** The next step on a leg that is paid unasked; takes what planDisbursement takes. */
export function planStreamed(
  state: ContractState,
  leg: Leg,
  inHand: ReadonlySet<number>,
  asOfSec: number,
  mostParts: number,
  options: Pick<PlanOptions, 'aheadSec' | 'pace'> = {},
): Plan {
  if (leg !== 'disbursement') return planOrigination(state, inHand, asOfSec, options.aheadSec);
  return planDisbursement(state, inHand, asOfSec, mostParts, options);
}

/** Whether a leg is paid by its payer's client unasked, as what was agreed with the contract. */
export function isStreamed(state: Pick<ContractState, 'contract'>, leg: Leg): boolean {
  if (leg === 'disbursement') return true;
  return leg === 'originationFee' && isWithheld(state.contract.document.fees);
}
