/**
 * What a payer should do next: pure, from contract state, what the journal has in hand, and time.
 * Spec: specs/payments.md, "Planning".
 */
import { hasEnded } from './contract/draft.ts';
import { legOf, withheldFee } from './contract/legs.ts';
import type { ContractState } from './contract/state.ts';
import { ticksOf, type Tick } from './contract/ticks.ts';
import type { ContractDocument } from './kinds/agreement.ts';
import type { Leg } from './kinds/fields.ts';

/** Why a payer waits. */
export type WaitReason =
  | 'notEffective'
  | 'proposalExpired'
  | 'withdrawn'
  | 'closed'
  | 'keyRevoked'
  | 'fundingNotReached'
  | 'fundingFailed'
  | 'fundingDeadlinePassed'
  | 'coolingOff'
  | 'defaulted'
  | 'windowNotOpen'
  | 'nextTick'
  | 'inFlight'
  | 'milestoneNotApproved'
  | 'complete'
  | 'lapsed'
  | 'nothingDue';

/** One part to pay. */
export interface PlannedPart {
  readonly leg: Leg;
  readonly n: number;
  readonly amountUnits: bigint;
}

/** The next action, or why there is none and when to look again. */
export type Plan =
  | { readonly action: 'pay'; readonly parts: readonly PlannedPart[] }
  | { readonly action: 'wait'; readonly reason: WaitReason; readonly untilSec?: number };

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

/** Ticks from the first on, as long as the principal covers them. */
function ticksWithin(ticks: readonly Tick[], roomUnits: bigint): Tick[] {
  let leftUnits = roomUnits;
  const end = ticks.findIndex((tick) => {
    leftUnits -= tick.amountUnits;
    return leftUnits < 0n;
  });
  return end < 0 ? [...ticks] : ticks.slice(0, end);
}

/** What ticks may come to in all, msat. */
function tickTotal(document: ContractDocument): bigint {
  // P-17: "…Of the principal the fees withheld (FE-2) are left out."
  return document.tranches.reduce(
    (sum, { amountUnits }) => sum - withheldFee(BigInt(amountUnits), document),
    BigInt(document.principalUnits),
  );
}

/** Ticks paid, lapsed and to come. */
export function disbursementProgress(state: ContractState, asOfSec: number): DisbursementProgress {
  const { document } = state.contract;
  const ticks = ticksOf(state, asOfSec);
  const paid = state.paid.numbers('disbursement');
  const paidUnits = state.paid.totalUnits('disbursement');
  const open = ticks.filter((tick) => !paid.has(tick.n) && tick.lapsesAtSec > asOfSec);
  const payable = ticksWithin(open, tickTotal(document) - paidUnits);
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

interface Hold {
  readonly reason: WaitReason;
  readonly untilSec?: number;
}

/** Why nothing is paid out before funding is reached; undefined where nothing is waited for. */
function fundingHold({ funding, contract }: ContractState, asOfSec: number): Hold | undefined {
  if (funding === 'failed') return { reason: 'fundingFailed' };
  if (funding !== 'open') return undefined;
  const { deadlineAtSec } = contract.document.funding;
  if (deadlineAtSec === undefined) return { reason: 'fundingNotReached' };
  const isOver = asOfSec > deadlineAtSec;
  if (isOver) return { reason: 'fundingDeadlinePassed' };
  return { reason: 'fundingNotReached', untilSec: deadlineAtSec + 1 };
}

/** Why nothing is paid out under a contract at a time, whatever its ticks say. */
export function disbursementHold(state: ContractState, asOfSec: number): Hold | undefined {
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
): Hold | undefined {
  // P-21: "A payer's client pays nothing by a key that has ended: its receipts would not count."
  const isEnded = hasEnded(state, key, legOf(state.contract.document, leg).payer, asOfSec);
  return isEnded ? { reason: 'keyRevoked' } : undefined;
}

/**
 * The investor's next step in streaming out. `inHand` are tick numbers the journal is already
 * busy with: they are neither paid again nor waited out. `aheadSec` lets a runner ask for parts
 * before they are due, so that one request serves several ticks.
 */
export function planDisbursement(
  state: ContractState,
  inHand: ReadonlySet<number>,
  asOfSec: number,
  mostParts: number,
  aheadSec = 0,
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
  const payable = ticksWithin(free, roomUnits);
  const due = payable.filter((tick) => tick.dueAtSec <= asOfSec + aheadSec).slice(0, mostParts);
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
  if (ticksWithin(held, roomUnits).length > 0) {
    return { action: 'wait', reason: 'milestoneNotApproved' };
  }
  const isLapsed = unpaid.length > 0 && open.length === 0;
  return { action: 'wait', reason: isLapsed ? 'lapsed' : 'complete' };
}
