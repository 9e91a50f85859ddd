/**
 * What a payer should do next: pure, from contract state, what the journal has in hand, and time.
 * Spec: specs/payments.md, "Planning".
 */
import { cohortHold, type CohortMember } from './cohort.ts';
import { attesterOf, hasEnded } from './contract/draft.ts';
import { legOf } from './contract/legs.ts';
import type { ContractState } from './contract/state.ts';
import { ticksOf, type Tick } from './contract/ticks.ts';
import type { Leg } from './kinds/fields.ts';
import { pacedAtSec, type Pace } from './pace.ts';
import { payableTicks, ticksWithin, tickTotal } from './stream.ts';
import { payerHold, type PayerSide, type Waiting } from './waiting.ts';

/** One part to pay. */
export interface PlannedPart {
  readonly leg: Leg;
  readonly n: number;
  readonly amountUnits: bigint;
}

/** The next action, or why there is none and when to look again. */
export type Plan =
  | { readonly action: 'pay'; readonly parts: readonly PlannedPart[] }
  | ({ readonly action: 'wait' } & Waiting);

/** How the disbursement stands, for views. */
export interface DisbursementProgress {
  readonly ticks: number;
  readonly paidTicks: number;
  readonly lapsedTicks: number;
  /** Neither paid nor lapsed, but waiting for the approval of a milestone. */
  readonly heldTicks: number;
  readonly paidUnits: bigint;
  readonly toGoUnits: bigint;
  /** The next tick that waits for nothing but its time. */
  readonly next: Tick | undefined;
}

/** Ticks paid, lapsed and to come. */
export function disbursementProgress(state: ContractState, asOfSec: number): DisbursementProgress {
  const ticks = ticksOf(state, asOfSec);
  const paid = state.paid.numbers('disbursement');
  const paidUnits = state.paid.totalUnits('disbursement');
  const open = ticks.filter((tick) => !paid.has(tick.n) && tick.lapsesAtSec > asOfSec);
  const payable = payableTicks(state, ticks, asOfSec);
  return {
    ticks: ticks.length,
    paidTicks: paid.size,
    lapsedTicks: ticks.length - paid.size - open.length,
    heldTicks: open.filter((tick) => tick.isHeld).length,
    paidUnits,
    toGoUnits: payable.reduce((sum, tick) => sum + tick.amountUnits, 0n),
    next: payable.find((tick) => !tick.isHeld),
  };
}

/** Why nothing is paid out before funding is reached; undefined where nothing is waited for. */
function fundingHold({ funding, contract }: ContractState, asOfSec: number): Waiting | undefined {
  if (funding === 'failed') return { reason: 'fundingFailed' };
  if (funding !== 'open') return undefined;
  const { deadlineAtSec } = contract.document.funding;
  const by = contract.document.parties.bank.pubkey;
  if (deadlineAtSec === undefined) return { reason: 'fundingNotReached', by };
  const isOver = asOfSec > deadlineAtSec;
  if (isOver) return { reason: 'fundingDeadlinePassed' };
  return { reason: 'fundingNotReached', by, untilSec: deadlineAtSec + 1 };
}

/** Why nothing is paid out under a contract at a time, whatever its ticks say. */
export function disbursementHold(state: ContractState, asOfSec: number): Waiting | undefined {
  const { status, withdrawnBy, coolingOffEndsAtSec = 0 } = state;
  // P-18: "An investor's client pays nothing unless the contract is effective, and nothing after
  // its own withdrawal, before funding that is required is reached, after it failed or its deadline
  // passed without it, or before the time to withdraw has ended."
  if (status === 'defaulted' || status === 'closed') return { reason: status };
  if (status === 'withdrawn' || withdrawnBy.includes('investor')) return { reason: 'withdrawn' };
  if (status === 'proposed') {
    const isExpired = asOfSec > state.contract.document.expiresAtSec;
    return { reason: isExpired ? 'proposalExpired' : 'notEffective' };
  }
  const unfunded = fundingHold(state, asOfSec);
  if (unfunded) return unfunded;
  const isCooling = asOfSec < coolingOffEndsAtSec;
  return isCooling ? { reason: 'coolingOff', untilSec: coolingOffEndsAtSec } : undefined;
}

/** Whether a payer's key was replaced or revoked, so that what it proves would not count. */
export function payerKeyHold(
  state: ContractState,
  leg: Leg,
  key: string,
  asOfSec: number,
): Waiting | undefined {
  // P-21: "A payer's client pays nothing by a key that has ended: its receipts would not count."
  const isEnded = hasEnded(state, key, legOf(state.contract.document, leg).payer, asOfSec);
  return isEnded ? { reason: 'keyRevoked' } : undefined;
}

/** A plan as its payer's side lets it be carried out. */
export function heldByPayer(plan: Plan, side: PayerSide): Plan {
  if (plan.action === 'wait') return plan;
  const hold = payerHold(side);
  return hold ? { action: 'wait', ...hold } : plan;
}

/** How a plan is made beside its usual way. */
export interface PlanOptions {
  readonly aheadSec?: number;
  readonly others?: readonly CohortMember[];
  /** How much slower than agreed the payer chose to pay. */
  readonly pace?: Pace | undefined;
}

/** The same ticks, due when the payer pays them at its pace. */
export function pacedTicks<T extends Tick>(
  state: ContractState,
  ticks: readonly T[],
  pace: Pace | undefined,
): readonly T[] {
  if (!pace) return ticks;
  const isShared = (state.cohort?.contracts.length ?? 0) > 1;
  const daySec = isShared ? state.contract.document.daySec : undefined;
  return ticks.map((tick) => ({ ...tick, dueAtSec: pacedAtSec(tick, pace, daySec) }));
}

/** Of ticks that are due those no other contract holds back, or why there are none. */
function inStep(
  state: ContractState,
  others: readonly CohortMember[],
  ticks: readonly Tick[],
  asOfSec: number,
): readonly Tick[] | Waiting {
  const holds = ticks.map((tick) => cohortHold(state, others, tick, asOfSec));
  const first = holds.findIndex((hold) => hold !== undefined);
  return first === 0 && holds[0] ? holds[0] : ticks.slice(0, first < 0 ? undefined : first);
}

/** What holds ticks back that wait for a milestone; undefined where none does. */
export function milestoneHold(
  { contract: { document } }: ContractState,
  held: readonly Pick<Tick, 'tranche' | 'lapsesAtSec'>[],
): Waiting | undefined {
  const [first] = held;
  if (!first) return undefined;
  const { tranche, lapsesAtSec: untilSec } = first;
  return { reason: 'milestoneNotApproved', tranche, by: attesterOf(document), untilSec };
}

/**
 * The investor's next step in streaming out. `inHand` are tick numbers the journal is already
 * busy with: they are neither paid again nor waited out. `aheadSec` lets a runner ask for parts
 * before they are due, so that one request serves several ticks. `others` are the other contracts
 * of the cohort: with them nothing is paid ahead of them.
 */
export function planDisbursement(
  state: ContractState,
  inHand: ReadonlySet<number>,
  asOfSec: number,
  mostParts: number,
  { aheadSec = 0, others = [], pace }: PlanOptions = {},
): Plan {
  const hold = disbursementHold(state, asOfSec);
  if (hold) return { action: 'wait', ...hold };
  const { document } = state.contract;
  const paid = state.paid.numbers('disbursement');
  const unpaid = ticksOf(state, asOfSec).filter((tick) => !paid.has(tick.n));
  const busy = unpaid.filter((tick) => inHand.has(tick.n));
  const busyUnits = busy.reduce((sum, tick) => sum + tick.amountUnits, 0n);
  // P-17: "A payer pays ticks in order, none before it is due, none that lapsed or is in hand, and
  // never beyond the principal: what was paid twice fills later ticks…"
  const roomUnits = tickTotal(document) - state.paid.totalUnits('disbursement') - busyUnits;
  const open = unpaid.filter((tick) => tick.lapsesAtSec > asOfSec);
  // P-20: "A payer pays no tick of a tranche that waits for a milestone; later tranches do not wait
  // with it."
  const free = open.filter((tick) => !inHand.has(tick.n) && !tick.isHeld);
  const payable = pacedTicks(state, ticksWithin(free, roomUnits), pace);
  const ripe = payable.filter((tick) => tick.dueAtSec <= asOfSec + aheadSec).slice(0, mostParts);
  const due = inStep(state, others, ripe, asOfSec);
  if ('reason' in due) return { action: 'wait', ...due };
  if (due.length > 0) {
    const leg = 'disbursement' as const;
    return { action: 'pay', parts: due.map(({ n, amountUnits }) => ({ leg, n, amountUnits })) };
  }
  const next = payable[0];
  if (next) {
    const reason = next.n === 0 ? 'windowNotOpen' : 'nextTick';
    return { action: 'wait', reason, untilSec: next.dueAtSec - aheadSec };
  }
  if (open.some((tick) => inHand.has(tick.n))) return { action: 'wait', reason: 'inFlight' };
  const held = open.filter((tick) => tick.isHeld);
  const milestone = milestoneHold(state, ticksWithin(held, roomUnits));
  if (milestone) return { action: 'wait', ...milestone };
  const isLapsed = unpaid.length > 0 && open.length === 0;
  return { action: 'wait', reason: isLapsed ? 'lapsed' : 'complete' };
}
