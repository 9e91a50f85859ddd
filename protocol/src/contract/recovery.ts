/**
 * Recoveries: what the bank got from a business in default or its security, after costs, shared
 * among the investors of an offer. Spec: specs/losses.md, "Recovery".
 */
import type { ParsedEvent } from '../events.ts';
import { Kind } from '../kinds.ts';
import type { RecoveryDocument } from '../kinds/default.ts';
import { allocate } from '../money.ts';
import { BPS } from '../params.ts';
import { reject, type Reject } from '../result.ts';
import { offerAddress } from '../tags.ts';
import type { Draft } from './draft.ts';

/** What one contract of an offer has at stake in a recovery. */
export interface RecoveryStake {
  readonly contract: string;
  /** Its outstanding principal at the end of the contract day before the recovery. */
  readonly outstandingUnits: bigint;
}

/** One contract's part of a recovery. */
export interface RecoveryShare {
  readonly contract: string;
  readonly shareUnits: bigint;
}

/** The most that may be kept back of a recovery for costs, msat. */
export function recoveryCostCap(grossUnits: bigint, costCapBps: number): bigint {
  return (grossUnits * BigInt(costCapBps)) / BPS;
}

/**
 * Shares of a recovery after costs, in order of contract ids; contracts that owe nothing are left
 * out. Empty when none owes anything.
 */
export function shareRecovery(netUnits: bigint, stakes: readonly RecoveryStake[]): RecoveryShare[] {
  // D-8: "What is left after costs is shared among the contracts under the offer's address that owe
  // principal, by largest remainder (M-2) in proportion to the principal outstanding, in the order
  // of contract ids…"
  const owing = stakes
    .filter(({ outstandingUnits }) => outstandingUnits > 0n)
    .sort((a, b) => (a.contract < b.contract ? -1 : 1));
  if (owing.length === 0) return [];
  const shares = allocate(
    netUnits,
    owing.map(({ outstandingUnits }) => outstandingUnits),
  );
  return owing.map(({ contract }, index) => ({ contract, shareUnits: shares[index] ?? 0n }));
}

/** Whether a recovery is shared as the rules share it, by what the contracts of the offer owed. */
export function isSharedFairly(
  document: RecoveryDocument,
  stakes: readonly RecoveryStake[],
): boolean {
  const netUnits = BigInt(document.grossUnits) - BigInt(document.costsUnits);
  // D-9: "A client that knows the contracts of the offer MUST compare the shares with its own and
  // show a difference…"
  const fair = shareRecovery(netUnits, stakes).filter(({ shareUnits }) => shareUnits > 0n);
  const stated = document.contracts
    .map((contract, index) => ({ contract, shareUnits: BigInt(document.shareUnits[index] ?? '0') }))
    .filter(({ shareUnits }) => shareUnits > 0n);
  return (
    fair.length === stated.length &&
    fair.every((share, index) => {
      const other = stated[index];
      return share.contract === other?.contract && share.shareUnits === other.shareUnits;
    })
  );
}

/** The bank says what it got for the investors of an offer. */
export function applyRecovery(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const document = parsed.document as RecoveryDocument;
  const { bases, parties, legal } = draft.contract.document;
  const offer = bases.find(({ event }) => event.kind === Kind.offer)?.event;
  const address = offerAddress(parties.bank.pubkey, String(offer?.content['identifier']));
  // D-7: "A recovery counts for a contract in default that it names and that rests on a version of
  // the offer at its address, otherwise it is refused as `OFFER_MISMATCH`; and only when its costs
  // are at most floor(gross × `costCapBps` / 10,000) of the contract's mandate, otherwise it is
  // refused as `COSTS_ABOVE_CAP`."
  if (document.offer.address !== address) return reject('OFFER_MISMATCH', 'offer');
  const grossUnits = BigInt(document.grossUnits);
  const costsUnits = BigInt(document.costsUnits);
  const capUnits = recoveryCostCap(grossUnits, legal.mandate.costCapBps);
  if (costsUnits > capUnits) return reject('COSTS_ABOVE_CAP', capUnits.toString());
  draft.recoveries.push({
    id: parsed.event.id,
    recoveredAtSec: document.recoveredAtSec,
    statedAtSec: parsed.event.created_at,
    grossUnits,
    costsUnits,
    shareUnits: BigInt(document.shareUnits[document.contracts.indexOf(draft.root)] ?? '0'),
  });
  return undefined;
}
