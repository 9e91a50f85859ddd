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
    };

/** One of the reasons. */
export type WaitReason = Waiting['reason'];
