/** What a payer may do, as its session tells it. */

/** Whether a payer may pay, or what holds it. */
export type PayerHold = 'run' | 'paused' | 'elsewhere' | 'defaulted';

/** What a payer is told by its session. */
export interface PayerOrders {
  /** Whether it may pay now. */
  readonly holds: () => PayerHold;
  /** Since when nobody else paid for this person, ms. */
  readonly heldSinceMs: () => number;
}
