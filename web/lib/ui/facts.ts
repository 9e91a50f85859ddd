import type { Amount } from '../amount.ts';

/** One line of a list of facts: either text or an amount, with an optional note under it. */
export interface Fact {
  readonly label: string;
  readonly text?: string | undefined;
  readonly amount?: Amount | undefined;
  readonly note?: string | undefined;
}
