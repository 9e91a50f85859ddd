/** Shapes of vectors of guarantees and recoveries, and the implementation's answers. */
import {
  guaranteeStanding,
  shareRecovery,
  type ContractState,
  type GuaranteeClaim,
  type GuaranteeFlows,
  type GuaranteeStanding,
  type GuaranteeTerms,
} from '@realyield/protocol';
import type { Named } from './vector.ts';

/** What a bank guaranteed, what was lacking at a default and what moved since, msat. */
export interface GuaranteeVector extends Named {
  readonly guarantee: GuaranteeTerms;
  readonly claim: Readonly<Record<keyof GuaranteeClaim, string>>;
  readonly flows: Readonly<Record<keyof GuaranteeFlows, string>>;
}

/** What is left of a recovery and what each contract of the offer owes, msat. */
export interface ShareVector extends Named {
  readonly netMsat: string;
  readonly stakes: readonly { readonly contract: string; readonly outstandingMsat: string }[];
}

/** How a guarantee stands. */
export function standingOf({ guarantee, claim, flows }: GuaranteeVector): GuaranteeStanding {
  return guaranteeStanding(
    guarantee,
    {
      disbursedMsat: BigInt(claim.disbursedMsat),
      outstandingMsat: BigInt(claim.outstandingMsat),
      interestOwedMsat: BigInt(claim.interestOwedMsat),
    },
    {
      receivedMsat: BigInt(flows.receivedMsat),
      paidMsat: BigInt(flows.paidMsat),
      handedOnMsat: BigInt(flows.handedOnMsat),
    },
  );
}

/** How a recovery is shared. */
export function sharesOf({ netMsat, stakes }: ShareVector): object {
  const owed = stakes.map(({ contract, outstandingMsat }) => ({
    contract,
    outstandingMsat: BigInt(outstandingMsat),
  }));
  return { shares: shareRecovery(BigInt(netMsat), owed) };
}

/** What followed a default, where anything did. */
export function lossesOf({ acceleratedAtSec, writtenOffAtSec, recoveries }: ContractState): object {
  return {
    ...(acceleratedAtSec === undefined ? {} : { acceleratedAtSec }),
    ...(writtenOffAtSec === undefined ? {} : { writtenOffAtSec }),
    ...(recoveries.length === 0 ? {} : { recoveries }),
  };
}
