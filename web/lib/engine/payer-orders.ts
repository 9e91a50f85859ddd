/** What a payer may do, as its session tells it. */

import type { MessageOf, WaitReason } from '@realyield/protocol';
import type { JournalEntry } from './journal.ts';
import type { HeldRoom, LimitHit } from './limits.ts';
import { statusOf, type PayerStatus } from './words.ts';

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
export type PayerHold = 'run' | 'paused' | 'beginning' | 'elsewhere' | StopReason;

/** What a payer is told by its session. */
export interface PayerOrders {
  /** Whether it may pay now. */
  readonly holds: () => PayerHold;
  /** Since when nobody else paid for this person, ms. */
  readonly heldSinceMs: () => number;
  /** How a part stands that waits for parts of other investors. */
  readonly aheadOf: (entry: JournalEntry) => PayerStatus | undefined;
  /** Takes room for a payment within the person's spending limits, or says why there is none. */
  readonly holdRoom: (amountMsat: bigint) => HeldRoom | LimitHit;
}

/** How a payer stands that is held; undefined: it may go on. */
export function heldStatus(hold: PayerHold): PayerStatus | undefined {
  if (hold === 'run') return undefined;
  if (hold === 'paused') return statusOf('paused', 'PAUSED');
  if (hold === 'beginning') return statusOf('waiting', 'BEGINNING');
  return statusOf('waiting', hold === 'elsewhere' ? 'ELSEWHERE' : hold);
}

/** How a payer stands whose payee cannot serve. */
export function refusedStatus({ code, sentence }: MessageOf<'refusal'>): PayerStatus {
  if (code === 'noPrice') return statusOf('waiting', 'price');
  return statusOf('waiting', 'PAYEE_REFUSED', { detail: sentence || undefined });
}

/** How a payer stands that has met a spending limit. */
export function limitStatus({ code, untilSec }: LimitHit): PayerStatus {
  return statusOf('waiting', code, { untilSec });
}

/** Whether it waits for a price, or for a better one; asked again it says so again. */
export function isOfPrice({ code }: PayerStatus): boolean {
  return code === 'price' || code.startsWith('PRICE_');
}

/** Whether the person should find it in the activity log: what stopped a stream, and its end. */
export function isWorthNoting({ level, code }: PayerStatus): boolean {
  return level === 'problem' || level === 'done' || /_LIMIT$/.test(code);
}

/** The line that says so in the log. */
export function lineOf(contract: string, { level, code, sentence }: PayerStatus) {
  const kind = level === 'problem' ? ('problem' as const) : ('info' as const);
  return { contract, level: kind, code, sentence };
}
