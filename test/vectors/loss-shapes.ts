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
  readonly claim: { readonly [Name in keyof GuaranteeClaim]: string };
  readonly flows: Readonly<Record<keyof GuaranteeFlows, string>>;
}

/** What is left of a recovery and what each contract of the offer owes, msat. */
export interface ShareVector extends Named {
  readonly netUnits: string;
  readonly stakes: readonly { readonly contract: string; readonly outstandingUnits: string }[];
}

/** How a guarantee stands. */
export function standingOf({ guarantee, claim, flows }: GuaranteeVector): GuaranteeStanding {
  return guaranteeStanding(
    guarantee,
    {
      disbursedUnits: BigInt(claim.disbursedUnits),
      outstandingUnits: BigInt(claim.outstandingUnits),
      interestOwedUnits: BigInt(claim.interestOwedUnits),
      bondShareUnits: BigInt(claim.bondShareUnits ?? 0),
    },
    {
      receivedUnits: BigInt(flows.receivedUnits),
      paidUnits: BigInt(flows.paidUnits),
      handedOnUnits: BigInt(flows.handedOnUnits),
    },
    1_000n,
  );
}

/** How a recovery is shared. */
export function sharesOf({ netUnits, stakes }: ShareVector): object {
  const owed = stakes.map(({ contract, outstandingUnits }) => ({
    contract,
    outstandingUnits: BigInt(outstandingUnits),
  }));
  return { shares: shareRecovery(BigInt(netUnits), owed) };
}

/** What followed a default, where anything did. */
export function lossesOf({ acceleratedAtSec, writtenOffAtSec, recoveries }: ContractState): object {
  return {
    ...(acceleratedAtSec === undefined ? {} : { acceleratedAtSec }),
    ...(writtenOffAtSec === undefined ? {} : { writtenOffAtSec }),
    ...(recoveries.length === 0 ? {} : { recoveries }),
  };
}
