/**
 * Why a payer waits: one union, each reason with what belongs to it.
 * Spec: specs/payments.md, "Reasons for waiting".
 */

/** Reasons that say all there is to say by their name. */
type Bare =
  | 'notEffective'
  | 'proposalExpired'
  | 'withdrawn'
  | 'closed'
  | 'keyRevoked'
  | 'fundingFailed'
  | 'fundingDeadlinePassed'
  | 'defaulted'
  | 'inFlight'
  | 'price'
  | 'complete'
  | 'lapsed'
  | 'nothingDue';

/** Why nothing is paid now. Times are Unix seconds, keys and contracts hex. */
export type Waiting =
  | { readonly reason: Bare; readonly untilSec?: number }
  /** Until the bank says that enough came together, at most until the deadline. */
  | { readonly reason: 'fundingNotReached'; readonly by: string; readonly untilSec?: number }
  /** Until the time to withdraw is over. */
  | { readonly reason: 'coolingOff'; readonly untilSec: number }
  /** Until the first tick is due, or the next. */
  | { readonly reason: 'windowNotOpen' | 'nextTick'; readonly untilSec: number }
  /** Until the key decides on the milestone of a tranche, counted from 0; it lapses then. */
  | {
      readonly reason: 'milestoneNotApproved';
      readonly tranche: number;
      readonly by: string;
      readonly untilSec: number;
    }
  /** Until the payee asks for it: what is due was tendered, up to the end of a day. */
  | { readonly reason: 'tendered'; readonly tender: string; readonly untilSec: number }
  /**
   * Until these contracts of the cohort have caught up, at most until a time; without one, they
   * wait for their payee or their milestone, or too many of them have stopped.
   */
  | {
      readonly reason: 'cohortBehind';
      readonly behind: readonly string[];
      readonly untilSec?: number;
    }
  /** Until whoever paused it resumes. */
  | { readonly reason: 'paused'; readonly by: 'payer' | 'payee'; readonly untilSec?: undefined }
  /** Until a spending limit leaves room again, from a time on where that is known. */
  | ({ readonly reason: 'budget' } & MetLimit)
  /** Until who was asked in vain answers: the payee, or the bank that passes payments on. */
  | ({ readonly reason: 'payeeUnreachable' } & Silence);

/** A spending limit that leaves no room for the next part. */
export interface MetLimit {
  /** The person's for 24 hours or for the contract, or the wallet's own budget. */
  readonly limit: 'day' | 'contract' | 'wallet';
  readonly untilSec?: number | undefined;
}

/** Who does not answer, and since when, Unix seconds. */
export interface Silence {
  readonly whom: 'payee' | 'bank';
  readonly sinceSec: number;
  readonly untilSec?: undefined;
}

/** What no contract says of its payer's side: its client knows it. */
export interface PayerSide {
  readonly isPaused?: boolean;
  readonly limit?: MetLimit | undefined;
  readonly silence?: Silence | undefined;
}

/** What holds a payer that could pay: its own pause, then its limits, then who does not answer. */
export function payerHold({ isPaused, limit, silence }: PayerSide): Waiting | undefined {
  // P-33: "A payer's client pays nothing while its person has paused the contract, nothing beyond
  // a spending limit, and nothing that its payee has not asked for…"
  if (isPaused) return { reason: 'paused', by: 'payer' };
  if (limit) return { reason: 'budget', ...limit };
  return silence && { reason: 'payeeUnreachable', ...silence };
}

/** One of the reasons. */
export type WaitReason = Waiting['reason'];
