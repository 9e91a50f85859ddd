/**
 * What a bank owes an investor under its guarantee after a default, and what the investor hands on
 * once made whole. Spec: specs/losses.md, "Guarantee".
 */
import type { GuaranteeTerms } from '../kinds/default.ts';
import { floorToSat, minimum } from '../money.ts';
import { BPS } from '../params.ts';

/** What an investor had lent and lacked at the end of the day of a default, msat. */
export interface GuaranteeClaim {
  /** Principal disbursed, without excess. */
  readonly disbursedMsat: bigint;
  readonly outstandingMsat: bigint;
  readonly interestOwedMsat: bigint;
}

/** What has moved since the day of a default, msat. */
export interface GuaranteeFlows {
  /** Repayments and recoveries the investor received on later days, without what is owed back. */
  readonly receivedMsat: bigint;
  /** Paid by the bank under the guarantee. */
  readonly paidMsat: bigint;
  /** Handed on to the bank by the investor. */
  readonly handedOnMsat: bigint;
}

/** How a guarantee stands, msat. Never both unpaid and to be handed on. */
export interface GuaranteeStanding {
  /** Principal and interest the investor lacked at the default. */
  readonly claimMsat: bigint;
  /** At most this much is guaranteed of it. */
  readonly limitMsat: bigint;
  /** What the bank is bound to now, all payments together. */
  readonly obligationMsat: bigint;
  /** Of it not paid, in whole satoshis. */
  readonly unpaidMsat: bigint;
  /** What the investor has to hand on, in whole satoshis. */
  readonly handOnMsat: bigint;
}

const atLeastZero = (amount: bigint): bigint => (amount > 0n ? amount : 0n);

/** The most a bank owes for a claim, in whole satoshis; 0 without a guarantee. */
export function guaranteeLimit(terms: GuaranteeTerms, claim: GuaranteeClaim): bigint {
  // D-2: "The limit of a first loss is the principal outstanding, at most floor(principal
  // disbursed × `shareBps` / 10,000); of a full guarantee it is the claim, at most floor(principal
  // disbursed × `capBps` / 10,000); rounded down to a whole satoshi."
  const { disbursedMsat, outstandingMsat, interestOwedMsat } = claim;
  const capOf = (bps: number): bigint => (disbursedMsat * BigInt(bps)) / BPS;
  switch (terms.type) {
    case 'none':
      return 0n;
    case 'firstLoss':
      return floorToSat(minimum(outstandingMsat, capOf(terms.shareBps)));
    case 'full':
      return floorToSat(minimum(outstandingMsat + interestOwedMsat, capOf(terms.capBps)));
  }
}

/** How a guarantee stands by what was lacking at the default and what has moved since. */
export function guaranteeStanding(
  terms: GuaranteeTerms,
  claim: GuaranteeClaim,
  flows: GuaranteeFlows,
): GuaranteeStanding {
  const claimMsat = claim.outstandingMsat + claim.interestOwedMsat;
  const limitMsat = guaranteeLimit(terms, claim);
  // D-3: "The bank is bound to the limit, but never to more than what is left of the claim once
  // what the investor received since of repayments and recoveries is taken off…"
  const obligationMsat = minimum(limitMsat, atLeastZero(claimMsat - flows.receivedMsat));
  // D-4: "What the bank paid, less what was handed on to it, is held against what it is bound to:
  // what is lacking is unpaid, what goes beyond is for the investor to hand on, both rounded down
  // to a whole satoshi."
  const heldMsat = flows.paidMsat - flows.handedOnMsat;
  return {
    claimMsat,
    limitMsat,
    obligationMsat,
    unpaidMsat: floorToSat(atLeastZero(obligationMsat - heldMsat)),
    handOnMsat: floorToSat(atLeastZero(heldMsat - obligationMsat)),
  };
}
