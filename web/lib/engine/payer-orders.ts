/** What a payer may do, as its session tells it. */

import { heldByPayer, payerHold } from '@realyield/protocol';
import type { MessageOf, MetLimit, Pace, PayerSide, Plan, WaitReason } from '@realyield/protocol';
import type { ActivityLog } from './activity.ts';
import type { JournalEntry } from './journal.ts';
import type { HeldRoom } from './limits.ts';
import { isStop } from './standstill.ts';
import { statusOf, waitingStatus, type PayerStatus } from './words.ts';

/** Why nothing more is paid, whatever was asked for before. */
export const STOPS = [
  'defaulted',
  'withdrawn',
  'fundingFailed',
  'fundingDeadlinePassed',
  'keyRevoked',
] as const satisfies readonly WaitReason[];

/** One of these reasons. */
export type StopReason = (typeof STOPS)[number];

/** Whether a payer may pay, or what holds it. */
export type PayerHold = 'run' | 'paused' | 'beginning' | 'elsewhere' | 'chain' | StopReason;

/** What a payer is told by its session. */
export interface PayerOrders {
  /** Whether it may pay now. */
  readonly holds: () => PayerHold;
  /** How much slower than agreed the person chose to pay. */
  readonly pace: () => Pace | undefined;
  /** Since when nobody else paid for this person, ms. */
  readonly heldSinceMs: () => number;
  /** When a relay was last reached again, ms. */
  readonly connectedAtMs: () => number;
  /** How a part stands that waits for parts of other investors. */
  readonly aheadOf: (entry: JournalEntry) => PayerStatus | undefined;
  /** Takes room for a payment within the person's spending limits, or says why there is none. */
  readonly holdRoom: (amountMsat: bigint) => HeldRoom | MetLimit;
  /** The spending limit that leaves no room for an amount now. */
  readonly limitOn: (amountMsat: bigint) => MetLimit | undefined;
}

/** How a payer stands that is held; undefined: it may go on. */
export function heldStatus(hold: PayerHold): PayerStatus | undefined {
  if (hold === 'run') return undefined;
  if (hold === 'paused') return sideStatus('paused', { isPaused: true });
  if (hold === 'beginning') return statusOf('waiting', 'BEGINNING');
  if (hold === 'chain') return statusOf('waiting', 'ON_CHAIN');
  return statusOf('waiting', hold === 'elsewhere' ? 'ELSEWHERE' : hold);
}

/** How a payer stands whose payee cannot serve. */
export function refusedStatus({ code, sentence }: MessageOf<'refusal'>): PayerStatus {
  if (code === 'noPrice') return statusOf('waiting', 'price');
  if (code === 'paused') return waitingStatus('waiting', { reason: 'paused', by: 'payee' });
  return statusOf('waiting', 'PAYEE_REFUSED', { detail: sentence || undefined });
}

/** How a payer stands that is held by its own side. */
export function sideStatus(level: PayerStatus['level'], side: PayerSide): PayerStatus {
  return waitingStatus(level, payerHold(side) ?? { reason: 'inFlight' });
}

/** A plan as far as a limit leaves room for its parts, or the limit that leaves none. */
export function withinLimits(plan: Plan, limitOn: PayerOrders['limitOn']): Plan {
  if (plan.action === 'wait') return plan;
  let sumMsat = 0n;
  const end = plan.parts.findIndex(({ amountUnits }) => {
    sumMsat += amountUnits;
    return limitOn(sumMsat) !== undefined;
  });
  if (end > 0) return { ...plan, parts: plan.parts.slice(0, end) };
  return end < 0 ? plan : heldByPayer(plan, { limit: limitOn(sumMsat) });
}

/** Whether the payee has said what it waits for: asked again it says so again. */
export function isAnswered({ code }: PayerStatus): boolean {
  return code === 'price' || code === 'PAYEE_REFUSED' || code.startsWith('PRICE_');
}

/** Notes what the person should find in the activity log: what stopped a stream, and its end. */
export function noteStatus(activity: ActivityLog, contract: string, status: PayerStatus): void {
  const { level, code, sentence } = status;
  if (level !== 'done' && !isStop(status)) return;
  activity.add({ contract, level: level === 'problem' ? 'problem' : 'info', code, sentence });
}
