/**
 * What a payer should do next: pure, from contract state, what the journal has in hand, and time.
 * Spec: specs/payments.md, "Planning".
 */
import { computeLedger } from './contract/ledger.ts';
import type { ContractState } from './contract/state.ts';
import { planTicks, type Tick } from './contract/ticks.ts';
import type { Leg } from './kinds/fields.ts';

/** Why a payer waits. */
export type WaitReason =
  'notEffective' | 'windowNotOpen' | 'nextTick' | 'inFlight' | 'complete' | 'lapsed' | 'nothingDue';

/** One part to pay. */
export interface PlannedPart {
  readonly leg: Leg;
  readonly n: number;
  readonly amountMsat: bigint;
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
  readonly paidMsat: bigint;
  readonly toGoMsat: bigint;
  readonly next: Tick | undefined;
}

function paidNumbers(state: ContractState, leg: Leg): Set<number> {
  const paid = state.payments.filter((payment) => payment.leg === leg);
  return new Set(paid.map((payment) => payment.n));
}

/** Ticks paid, lapsed and to come. */
export function disbursementProgress(state: ContractState, asOfSec: number): DisbursementProgress {
  const ticks = planTicks(state.contract.document);
  const paid = paidNumbers(state, 'disbursement');
  const open = ticks.filter((tick) => !paid.has(tick.n) && tick.lapsesAtSec > asOfSec);
  const paidMsat = state.payments
    .filter((payment) => payment.leg === 'disbursement')
    .reduce((sum, payment) => sum + payment.amountMsat, 0n);
  return {
    ticks: ticks.length,
    paidTicks: paid.size,
    lapsedTicks: ticks.length - paid.size - open.length,
    paidMsat,
    toGoMsat: open.reduce((sum, tick) => sum + tick.amountMsat, 0n),
    next: open[0],
  };
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
  if (state.status !== 'effective') return { action: 'wait', reason: 'notEffective' };
  const ticks = planTicks(state.contract.document);
  const paid = paidNumbers(state, 'disbursement');
  const unpaid = ticks.filter((tick) => !paid.has(tick.n));
  if (unpaid.length === 0) return { action: 'wait', reason: 'complete' };
  const open = unpaid.filter((tick) => tick.lapsesAtSec > asOfSec);
  if (open.length === 0) return { action: 'wait', reason: 'lapsed' };
  const free = open.filter((tick) => !inHand.has(tick.n));
  const horizonSec = asOfSec + aheadSec;
  const due = free.filter((tick) => tick.dueAtSec <= horizonSec).slice(0, mostParts);
  if (due.length > 0) {
    const parts = due.map((tick) => ({
      leg: 'disbursement' as const,
      n: tick.n,
      amountMsat: tick.amountMsat,
    }));
    return { action: 'pay', parts };
  }
  const next = free[0];
  if (!next) return { action: 'wait', reason: 'inFlight' };
  const reason = next.n === 0 ? 'windowNotOpen' : 'nextTick';
  return { action: 'wait', reason, untilSec: next.dueAtSec - aheadSec };
}

/** The number the next repayment part takes: one above all that are known. */
export function nextRepaymentNumber(state: ContractState, inHand: Iterable<number>): number {
  const taken = [...paidNumbers(state, 'repayment'), ...inHand];
  return taken.reduce((most, n) => Math.max(most, n + 1), 0);
}

/** What the business owes by the end of today, in whole satoshis, as one part. */
export function planRepayment(
  state: ContractState,
  inHand: ReadonlySet<number>,
  asOfSec: number,
): Plan {
  if (state.status !== 'effective') return { action: 'wait', reason: 'notEffective' };
  if (inHand.size > 0) return { action: 'wait', reason: 'inFlight' };
  const ledger = computeLedger(state.contract.document, state.payments, asOfSec);
  if (ledger.dueNowMsat === 0n) {
    return { action: 'wait', reason: ledger.repaid ? 'complete' : 'nothingDue' };
  }
  const n = nextRepaymentNumber(state, inHand);
  return { action: 'pay', parts: [{ leg: 'repayment', n, amountMsat: ledger.dueNowMsat }] };
}
