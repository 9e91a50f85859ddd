/** What a payer may do, as its session tells it. */

/** What a payer is told by its session. */
export interface PayerOrders {
  /** Whether it may pay now. */
  readonly holds: () => 'run' | 'paused' | 'elsewhere';
  /** Since when nobody else paid for this person, ms. */
  readonly heldSinceMs: () => number;
}
