/** Bonds in a few words, as cards and lists show them; asks nobody, and computes no address. */
import type { ParsedOffer } from '@realyield/protocol';
import { amountText, BITCOIN } from '../../amount.ts';
import type { BondCheck } from '../../engine/bonds/bond-watch.ts';
import type { ParsedPledge } from '../../engine/bonds/pledge-book.ts';
import { bondStatus, isBeingRead } from './bond-status.ts';
import type { Names } from './people.ts';

const SAT_MSAT = 1_000n;
/** Satoshis as msat. */
export const msat = (valueSat: string | bigint): bigint => BigInt(valueSat) * SAT_MSAT;
/** An amount in bitcoin as text. */
export const satText = (valueMsat: bigint): string => amountText(valueMsat, BITCOIN, true);

/** How bonds stand, as a page knows it. */
export interface BondsKnown {
  readonly names: Names;
  readonly check: (pledge: ParsedPledge) => BondCheck | undefined;
  readonly isOnline: boolean;
  /** When it was last looked at; what is open and what has ended changes with it. */
  readonly nowSec: number;
}

/** A bank's pledges in force, the largest first. */
export function pledgesOf(names: Names, bank: string): readonly ParsedPledge[] {
  return names.catalog.listings.pledges.ofBank(bank);
}

/** What a pledge sets aside for an offer, msat. */
export function allocationTo(pledge: ParsedPledge, identifier: string): bigint {
  const found = pledge.document.allocations.find(({ offer }) => offer === identifier);
  return found ? msat(found.valueSat) : 0n;
}

/** States in which a bond is known to stand for nothing. */
const GONE: ReadonlySet<string> = new Set(['spent', 'unlocked', 'uncertified', 'notThere']);

/** Whether a bond is known to stand for nothing. */
export function isGone(check: BondCheck | undefined): boolean {
  return check !== undefined && !isBeingRead(check) && GONE.has(check.standing.state);
}

/** What has to be said beside what a bond covers; nothing while it is live. */
export function doubtOf(check: BondCheck | undefined): string | undefined {
  const state = check?.standing.state ?? 'unverified';
  if (state === 'live') return undefined;
  if (isGone(check)) return 'stands for nothing now';
  return state === 'unconfirmed' ? 'not confirmed yet' : 'not verified';
}

/** Whether a bond that may still stand is set aside for an offer. */
export function isBonded(known: BondsKnown, { document, event }: ParsedOffer): boolean {
  return pledgesOf(known.names, event.pubkey).some(
    (pledge) => allocationTo(pledge, document.identifier) > 0n && !isGone(known.check(pledge)),
  );
}

/** Bond cover of an offer in a few words, for its card; asks nobody. */
export function bondWords(known: BondsKnown, offer: ParsedOffer): string {
  const { document, event } = offer;
  const pledges = pledgesOf(known.names, event.pubkey);
  const covering = pledges.find((pledge) => allocationTo(pledge, document.identifier) > 0n);
  const [first] = pledges;
  const named = document.bond;
  // BD-33: "A client MUST show what is pinned as unverified as long as it has not seen the pledge…"
  if (named && !covering && !known.names.catalog.listings.pledges.find(named.pledge)) {
    return `${satText(msat(named.allocationSat))} named, not verified`;
  }
  if (!first) return 'no bond';
  const pledge = covering ?? pledges.find((each) => !each.document.holders);
  if (!pledge) return 'none for this offer';
  const check = known.check(pledge);
  const isRead = check !== undefined && !isBeingRead(check);
  const state = isRead ? check.standing.state : 'unverified';
  const what = covering
    ? `${satText(allocationTo(covering, document.identifier))} set aside`
    : `${satText(msat(pledge.document.valueSat))} time-locked, covers no loss`;
  if (GONE.has(state)) {
    const { text } = bondStatus(check);
    if (state === 'unlocked') return `none: ${text}`;
    return `none: ${state === 'uncertified' ? 'it' : 'what was pledged'} is ${text}`;
  }
  return state === 'live'
    ? what
    : `${what}, ${state === 'unverified' ? 'not verified' : 'not confirmed'}`;
}
