/**
 * What a bank owes an investor under its guarantee after a default, and what the investor hands on
 * once made whole. Spec: specs/losses.md, "Guarantee".
 */
import type { GuaranteeTerms } from '../kinds/default.ts';
import { floorToWhole, minimum } from '../money.ts';
import { BPS } from '../params.ts';

/** What an investor had lent and lacked at the end of the day of a default, msat. */
export interface GuaranteeClaim {
  /** Principal disbursed, without excess. */
  readonly disbursedUnits: bigint;
  readonly outstandingUnits: bigint;
  readonly interestOwedUnits: bigint;
  /** The contract's share of the bond it pins (BD-31); only a guarantee by a bond asks for it. */
  readonly bondShareUnits?: bigint;
}

/** What has moved since the day of a default, msat. */
export interface GuaranteeFlows {
  /** Repayments and recoveries the investor received on later days, without what is owed back. */
  readonly receivedUnits: bigint;
  /** Paid by the bank under the guarantee. */
  readonly paidUnits: bigint;
  /** Handed on to the bank by the investor. */
  readonly handedOnUnits: bigint;
}

/** How a guarantee stands, msat. Never both unpaid and to be handed on. */
export interface GuaranteeStanding {
  /** Principal and interest the investor lacked at the default. */
  readonly claimUnits: bigint;
  /** At most this much is guaranteed of it. */
  readonly limitUnits: bigint;
  /** What the bank is bound to now, all payments together. */
  readonly obligationUnits: bigint;
  /** Of it not paid, in whole satoshis. */
  readonly unpaidUnits: bigint;
  /** What the investor has to hand on, in whole satoshis. */
  readonly handOnUnits: bigint;
}

const atLeastZero = (amount: bigint): bigint => (amount > 0n ? amount : 0n);

/** The most a bank owes for a claim, in whole satoshis; 0 without a guarantee. */
export function guaranteeLimit(
  terms: GuaranteeTerms,
  claim: GuaranteeClaim,
  whole: bigint,
): bigint {
  // D-2: "The limit of a first loss is the principal outstanding, at most floor(principal
  // disbursed × `shareBps` / 10,000); of a full guarantee it is the claim, at most floor(principal
  // disbursed × `capBps` / 10,000); of a guarantee by the bond it is the claim, at most the
  // contract's share of that bond (BD-31); rounded down to a whole satoshi."
  const { disbursedUnits, outstandingUnits, interestOwedUnits, bondShareUnits = 0n } = claim;
  const capOf = (bps: number): bigint => (disbursedUnits * BigInt(bps)) / BPS;
  switch (terms.type) {
    case 'none':
      return 0n;
    case 'firstLoss':
      return floorToWhole(minimum(outstandingUnits, capOf(terms.shareBps)), whole);
    case 'full':
      return floorToWhole(
        minimum(outstandingUnits + interestOwedUnits, capOf(terms.capBps)),
        whole,
      );
    case 'bond':
      return floorToWhole(minimum(outstandingUnits + interestOwedUnits, bondShareUnits), whole);
  }
}

/** How a guarantee stands by what was lacking at the default and what has moved since. */
export function guaranteeStanding(
  terms: GuaranteeTerms,
  claim: GuaranteeClaim,
  flows: GuaranteeFlows,
  whole: bigint,
): GuaranteeStanding {
  const claimUnits = claim.outstandingUnits + claim.interestOwedUnits;
  const limitUnits = guaranteeLimit(terms, claim, whole);
  // D-3: "The bank is bound to the limit, but never to more than what is left of the claim once
  // what the investor received since of repayments and recoveries is taken off…"
  const obligationUnits = minimum(limitUnits, atLeastZero(claimUnits - flows.receivedUnits));
  // D-4: "What the bank paid, less what was handed on to it, is held against what it is bound to:
  // what is lacking is unpaid, what goes beyond is for the investor to hand on, both rounded down
  // to a whole satoshi."
  const heldUnits = flows.paidUnits - flows.handedOnUnits;
  return {
    claimUnits,
    limitUnits,
    obligationUnits,
    unpaidUnits: floorToWhole(atLeastZero(obligationUnits - heldUnits), whole),
    handOnUnits: floorToWhole(atLeastZero(heldUnits - obligationUnits), whole),
  };
}
