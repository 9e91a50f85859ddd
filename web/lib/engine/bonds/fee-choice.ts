/** The fee of a transaction that spends a bond, proposed and bounded. Spec: specs/bonds.md. */
import { PAYOUT_FEE_RATES } from '@realyield/protocol';

/** Why a rate is proposed. */
export type FeeBasis = 'sources' | 'differ' | 'oneSource' | 'none' | 'capped';

/** A rate that is put in, and what it rests on. */
export interface FeeProposal {
  /** Whole satoshis a virtual byte. */
  readonly satPerVirtualByte: number;
  readonly basis: FeeBasis;
  /** The lowest and the highest that a source said; undefined where none answered. */
  readonly said: { readonly least: number; readonly most: number } | undefined;
}

/** What is proposed at most, whatever all sources say. */
export const MOST_PROPOSED_RATE = 200;
/** What one source alone can make a client propose. */
export const MOST_RATE_OF_ONE = 50;
/** What is proposed where no source answers. */
export const RATE_WITHOUT_SOURCE = 3;
/** Estimates that lie further apart than by this factor are said to differ. */
const FAR_APART = 3;
/** The part of an amount that a fee takes without a question. */
const SHARE_WITHOUT_QUESTION = 10n;

/** The rate to propose, by what each source said; undefined is one that did not answer. */
export function proposeFee(estimates: readonly (number | undefined)[]): FeeProposal {
  const given = estimates.filter((rate) => rate !== undefined);
  // BD-34: "…of two sources' estimates the lowest, of one alone no more than 50, and 3 where none
  // answers…"
  if (given.length === 0) {
    return { satPerVirtualByte: RATE_WITHOUT_SOURCE, basis: 'none', said: undefined };
  }
  const [least, most] = [Math.min(...given), Math.max(...given)];
  const said = { least, most };
  const isOne = given.length === 1;
  const rate = Math.max(Math.ceil(least), PAYOUT_FEE_RATES.least);
  const cap = isOne ? MOST_RATE_OF_ONE : MOST_PROPOSED_RATE;
  if (rate > cap) return { satPerVirtualByte: cap, basis: 'capped', said };
  if (isOne) return { satPerVirtualByte: rate, basis: 'oneSource', said };
  const basis = most > FAR_APART * least && most > FAR_APART ? 'differ' : 'sources';
  return { satPerVirtualByte: rate, basis, said };
}

/** A rate as somebody typed it; undefined where it is none that may be signed. */
export function readFeeRate(typed: string): number | undefined {
  const rate = /^\d{1,3}$/.test(typed.trim()) ? Number(typed.trim()) : 0;
  const { least, most } = PAYOUT_FEE_RATES;
  return rate >= least && rate <= most ? rate : undefined;
}

/** Whether a fee takes so much of an amount that the person is asked first. */
export function isLargeFee(feeSat: bigint, amountSat: bigint): boolean {
  // BD-35: "…and MUST NOT sign one of more than a tenth of the amount unless the person has said
  // so."
  return feeSat * SHARE_WITHOUT_QUESTION > amountSat;
}
