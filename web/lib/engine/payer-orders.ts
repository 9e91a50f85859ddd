/** What a payer may do, as its session tells it. */

import type { WaitReason } from '@realyield/protocol';

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
export type PayerHold = 'run' | 'paused' | 'elsewhere' | StopReason;

/** What a payer is told by its session. */
export interface PayerOrders {
  /** Whether it may pay now. */
  readonly holds: () => PayerHold;
  /** Since when nobody else paid for this person, ms. */
  readonly heldSinceMs: () => number;
}
