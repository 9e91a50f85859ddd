/** View models of milestones and notices: words, names and hashes; nothing here is fetched. */
import type { NoticeType } from '@realyield/protocol';
import type { AmountUnit } from '../../amount.ts';
import type { PersonView, StatusView } from '../models.ts';

/** A file the business names as evidence: it stays with the business, only its hash is public. */
export interface EvidenceView {
  readonly name: string;
  /** 32-byte hex. */
  readonly sha256: string;
}

/** What the attester said to a claim. */
export interface DecisionView {
  readonly id: string;
  readonly type: 'approval' | 'refusal';
  readonly statement: string;
  readonly atSec: number;
}

/** A claim with what was decided on it. */
export interface ClaimView {
  readonly id: string;
  readonly atSec: number;
  readonly statement: string;
  readonly evidence: readonly EvidenceView[];
  readonly decisions: readonly DecisionView[];
  /** It was both approved and refused, so it counts as refused. */
  readonly isContradicted: boolean;
}

/** The milestone of one tranche. */
export interface MilestoneView {
  /** The tranche's place in the contract, counted from 0. */
  readonly tranche: number;
  readonly title: string;
  /** What the business must show. */
  readonly description: string;
  /** What its amounts are counted in. */
  readonly denomination: AmountUnit;
  readonly amountUnits: bigint;
  readonly status: StatusView;
  /** Where it stands, in one sentence. */
  readonly sentence: string;
  readonly attester: PersonView;
  /** Newest first. */
  readonly claims: readonly ClaimView[];
  /** A claim that waits for a decision. */
  readonly openClaim: string | undefined;
  /** Whether the business may claim it now, by the protocol's table and before it lapses. */
  readonly isClaimable: boolean;
}

/** A notice of arrears, default, acceleration or write-off, as text. */
export interface NoticeView {
  readonly id: string;
  readonly type: NoticeType;
  readonly who: PersonView;
  readonly atSec: number;
  /** What it says and what it began. */
  readonly sentence: string;
  readonly statement: string;
  readonly isContested: boolean;
  /** What it says was late has been paid since. */
  readonly isCured: boolean;
}
