/**
 * What of each sale goes to whom: shares of a till's takings by contract, exact over any number of
 * sales in any order. Spec: specs/till.md, "Share".
 */
import { BPS, DUST_MSAT } from '../params.ts';
import { floorToWhole, minimum } from '../money.ts';

/** A contract that a till serves, with what applies to it now. */
export interface ServedContract {
  readonly contract: string;
  /** Contracts of one offer share one till share: its id. */
  readonly offer: string;
  /** Of each sale, for all that is sought under the offer: tillRate. */
  readonly shareBps: number;
  readonly principalUnits: bigint;
  readonly soughtUnits: bigint;
  /** When the contract took effect, Unix seconds. */
  readonly effectiveAtSec: number;
}

/** What one contract gets of each msat taken: a fraction. */
export interface SaleShare {
  readonly contract: string;
  readonly numerator: bigint;
  readonly denominator: bigint;
}

interface Group {
  readonly sinceSec: number;
  readonly offer: string;
  readonly contracts: readonly ServedContract[];
}

function groupsOf(served: readonly ServedContract[]): Group[] {
  const byOffer = new Map<string, ServedContract[]>();
  for (const each of served) byOffer.set(each.offer, [...(byOffer.get(each.offer) ?? []), each]);
  const groups = [...byOffer].map(([offer, contracts]) => {
    const sinceSec = Math.min(...contracts.map(({ effectiveAtSec }) => effectiveAtSec));
    return { sinceSec, offer, contracts };
  });
  return groups.sort((a, b) => a.sinceSec - b.sinceSec || (a.offer < b.offer ? -1 : 1));
}

/** What each contract gets of each sale; all together never more than the sale. */
export function saleShares(served: readonly ServedContract[]): SaleShare[] {
  // TL-22: "Offers come in the order of the earliest time of effect of their contracts, then of
  // their ids; each takes its till share, the highest of its contracts', at most what those before
  // it leave of 10,000."
  let leftBps = 10_000;
  return groupsOf(served).flatMap(({ contracts }) => {
    const most = Math.max(...contracts.map(({ shareBps }) => shareBps));
    const roomBps = Math.min(leftBps, most);
    leftBps -= roomBps;
    return contracts.map(({ contract, shareBps, principalUnits, soughtUnits }) => {
      // TL-21: "Of a sale a contract gets msat × `shareBps` × its principal / (10,000 × the amount
      // sought under its offer), added up exactly over all sales and rounded down to a millisatoshi
      // once…"
      const numerator = BigInt(Math.min(roomBps, shareBps)) * principalUnits;
      return { contract, numerator, denominator: BPS * soughtUnits };
    });
  });
}

/** What has come together for one contract at a till. */
export interface TillAccount {
  /** Of all sales: sum of msat × numerator; its denominator never changes. */
  readonly accrued: bigint;
  readonly denominator: bigint;
  /** Handed over to be paid, whether or not it has been yet. */
  readonly handedMsat: bigint;
}

/** An account for a contract of which nothing was sold yet. */
export function openAccount({ denominator }: SaleShare): TillAccount {
  return { accrued: 0n, denominator, handedMsat: 0n };
}

/** The account after one more sale. */
export function accrueSale(account: TillAccount, { numerator }: SaleShare, msat: bigint) {
  return { ...account, accrued: account.accrued + numerator * msat };
}

/** All that sales came to for a contract, whole msat. */
export function accruedMsat({ accrued, denominator }: TillAccount): bigint {
  // TL-21: "…so the order of sales, and how they are grouped, changes nothing, and nobody is ever
  // short of a millisatoshi."
  return accrued / denominator;
}

/** What is to be handed over now, whole satoshis; 0 while it is less than the threshold. */
export function payableMsat(
  account: TillAccount,
  { thresholdSat }: { readonly thresholdSat: number },
  owedMsat: bigint,
): bigint {
  // TL-23: "What has come together for a contract and was not handed over is handed over in whole
  // satoshis as soon as it comes to `thresholdSat` of them or to all that is owed; the rest waits.
  // Never more is handed over than is owed; what is beyond it is the merchant's."
  const waiting = accruedMsat(account) - account.handedMsat;
  const payable = floorToWhole(minimum(waiting, owedMsat), DUST_MSAT);
  const least = minimum(BigInt(thresholdSat) * DUST_MSAT, floorToWhole(owedMsat, DUST_MSAT));
  return payable >= least ? payable : 0n;
}

/** An account from which nothing more is handed over: what waits in it is the merchant's. */
export function releaseAccount(account: TillAccount): TillAccount {
  return { ...account, accrued: account.handedMsat * account.denominator };
}

/** What a till took, and what of it was ordered to be paid on to the merchant, msat. */
export interface Takings {
  readonly takenMsat: bigint;
  readonly handedMsat: bigint;
}

/** What of a till's takings is the merchant's, msat: all but what came together for others. */
export function merchantsMsat(takenMsat: bigint, accounts: Iterable<TillAccount>): bigint {
  let [numerator, denominator] = [0n, 1n];
  for (const { accrued, denominator: own } of accounts) {
    if (own === denominator) numerator += accrued;
    else [numerator, denominator] = [numerator * own + accrued * denominator, denominator * own];
  }
  // TL-28: "…less what came together for contracts, exactly, rounded down once…"
  const left = takenMsat * denominator - numerator;
  return left < 0n ? 0n : left / denominator;
}

/** What of the merchant's is to be paid on now, whole satoshis; 0 while it is too little. */
export function paidOnMsat(
  { takenMsat, handedMsat }: Takings,
  accounts: Iterable<TillAccount>,
  thresholdSat: number,
): bigint {
  // TL-28: "…as soon as it comes to the least `thresholdSat` of the contracts served, and all of it
  // once none is served any more…"
  const waiting = floorToWhole(merchantsMsat(takenMsat, accounts) - handedMsat, DUST_MSAT);
  return waiting > 0n && waiting >= BigInt(thresholdSat) * DUST_MSAT ? waiting : 0n;
}
