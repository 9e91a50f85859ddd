/** What the key-facts sheet shows: amounts first, then sentences, then the contract's own words. */
import type { AmountUnit } from '../../amount.ts';
import type { Fact } from '../../ui/facts.ts';

/** One of the large figures at the head of the sheet. */
export interface KeyFigure {
  readonly label: string;
  readonly amountUnits: bigint;
  /** How and when: `in 30 payments, 3 Mar 2026 to 2 Apr 2026`. */
  readonly how: string;
}

/** One list of sentences. */
export interface KeyList {
  readonly key: 'ifNotPaid' | 'rights' | 'notCovered';
  readonly title: string;
  readonly sentences: readonly string[];
}

/** The sheet as one reader sees it. */
export interface KeyFactsView {
  /** SHA-256 that the acceptances carry. */
  readonly hash: string;
  /** What its amounts are counted in. */
  readonly denomination: AmountUnit;
  readonly figures: readonly KeyFigure[];
  readonly facts: readonly Fact[];
  readonly lists: readonly KeyList[];
  /** Law, security, complaints: as the contract says it, in its own words. */
  readonly words: readonly Fact[];
}
