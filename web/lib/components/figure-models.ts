/** View models of figures and their charts: text already made, amounts still exact. */
import type { Amount, AmountUnit } from '../amount.ts';
import type { PersonView, StatusView } from './models.ts';

/** One figure with what it rests on; nothing is shown without. */
export interface FigureView {
  readonly key: string;
  readonly label: string;
  /** The figure as text, or the words that stand where there is none. */
  readonly value: string;
  /** What it rests on, in the same size of type. */
  readonly basis: string;
  /** How it is computed and what it does not prove. */
  readonly explains: string;
  /** A warning is marked by more than its colour. */
  readonly tone?: 'plain' | 'problem' | undefined;
}

/** One of the few figures that lead a page: an amount, or text. */
export interface SumView {
  readonly key: string;
  readonly label: string;
  readonly amount?: Amount | undefined;
  readonly text?: string | undefined;
  readonly basis: string;
  readonly tone?: 'plain' | 'problem' | undefined;
}

/** Figures under one heading. */
export interface FigureGroup {
  readonly title: string;
  readonly figures: readonly FigureView[];
}

/** What a piece of a bar stands for: one hue each in the whole product. */
export type StackPart =
  | 'onTime'
  | 'paidLate'
  | 'inGrace'
  | 'unpaid'
  | 'principal'
  | 'interest'
  | 'recovered'
  | 'guaranteed'
  | 'lacking';

/** A bar of a stacked chart. */
export interface StackBar {
  readonly key: string;
  /** Under the bar and in the table. */
  readonly label: string;
  readonly parts: Readonly<Partial<Record<StackPart, bigint>>>;
  /** A word for the table: `3 instalments`. */
  readonly note?: string | undefined;
}

/** A stacked chart over time, with the table behind it. */
export interface StackView {
  /** What it says in one sentence, for those who do not see it. */
  readonly label: string;
  /** What its amounts are counted in. */
  readonly denomination: AmountUnit;
  readonly bars: readonly StackBar[];
  /** Parts in stacking order, from the base line up. */
  readonly parts: readonly { readonly part: StackPart; readonly label: string }[];
}

/** Loans of one month and what has become of them. */
export interface VintageView {
  readonly key: string;
  readonly label: string;
  readonly loans: string;
  readonly age: string;
  /** What its amounts are counted in. */
  readonly denomination: AmountUnit;
  readonly disbursedUnits: bigint;
  readonly principalPaidUnits: bigint;
  /** Share in default, as text. */
  readonly defaulted: string;
  readonly isLossy: boolean;
}

/** Who a bank is, by its own words. */
export interface BankProfileView {
  readonly bank: PersonView;
  readonly about?: string | undefined;
  readonly place?: string | undefined;
  readonly charter?: string | undefined;
  readonly policy?: string | undefined;
  readonly website?: string | undefined;
  readonly relays: readonly string[];
}

/** A share of something, drawn as a line of a list. */
export interface ShareView {
  readonly who: PersonView;
  readonly href?: string | undefined;
  /** What its amounts are counted in. */
  readonly denomination: AmountUnit;
  readonly amountUnits: bigint;
  readonly bps: number;
  readonly note: string;
  readonly status?: StatusView | undefined;
}
