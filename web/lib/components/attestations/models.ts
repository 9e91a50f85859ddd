/** View models of attestations. */
import type { PersonView, StatusView } from '../models.ts';

/** One check and what came of it. */
export interface CheckLine {
  readonly what: string;
  readonly status: StatusView;
}

/** What a bank checked for an offer. */
export interface CheckedView {
  readonly id: string;
  /** Who looked, when, and the grade. */
  readonly sentence: string;
  /** Why it is not what the offer names. */
  readonly warning?: string | undefined;
  readonly lines: readonly CheckLine[];
  /** What was not looked at. */
  readonly unchecked: readonly string[];
  readonly documents: readonly { readonly name: string; readonly sha256: string }[];
  readonly statement: string;
}

/** Somebody who vouches. */
export interface VouchView {
  readonly id: string;
  readonly who: PersonView;
  /** Reasons, in words; may be empty. */
  readonly why: string;
  readonly statement: string;
  readonly atSec: number;
}

/** Those who vouch, by what they are to the viewer. */
export interface VouchGroup {
  readonly key: 'own' | 'followed' | 'trusted' | 'banks' | 'strangers';
  readonly title: string;
  readonly vouches: readonly VouchView[];
}
