/** View models of bonds: what a bank has put at stake, and what became of it. */
import type { Amount } from '../amount.ts';
import type { Fact } from '../ui/facts.ts';
import type { PersonView, StatusView } from './models.ts';

/** One bond. */
export interface BondView {
  readonly id: string;
  /** `Collateral bond`. */
  readonly kind: string;
  readonly amount: Amount;
  readonly status: StatusView;
  /** Where it stands, in a sentence or two. */
  readonly sentence: string;
  /** What it can do and what it cannot; absent once it stands for nothing. */
  readonly abilities?: { readonly can: string; readonly cannot: string } | undefined;
  /** Who holds its keys, any two of whom can take it; none where nobody but the bank has one. */
  readonly holders: readonly PersonView[];
  readonly facts: readonly Fact[];
  /** What makes it worth less than it looks. */
  readonly warnings: readonly string[];
  /** When and with whom it was checked last. */
  readonly checked: string;
  readonly address: string;
  readonly outpoint: string;
}

/** How what is named in the terms of an offer or contract stands. */
export interface PinWords {
  readonly text: string;
  /** Whether less stands behind it than they say, or nobody knows. */
  readonly isWrong: boolean;
}

/** The bonds of a bank, as a page shows them. */
export interface BondsView {
  /** Said above them, where the terms name one. */
  readonly pin?: PinWords | undefined;
  readonly bonds: readonly BondView[];
  /** How many more there are. */
  readonly hidden: number;
  /** Hosts that would be asked; the person has not let them be yet. */
  readonly asleep: readonly string[] | undefined;
  /** Whether sources are being asked. */
  readonly isAsking: boolean;
}
