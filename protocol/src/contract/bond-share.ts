/**
 * What of a bank's bond stands for one contract: a fixed share of what the bond it pins allocates
 * to its offer. Spec: specs/bonds.md, "Pinned".
 */
import type { ContractDocument } from '../kinds/agreement.ts';
import type { PinnedBond } from '../kinds/bond.ts';
import type { OfferDocument } from '../kinds/listings.ts';
import { divideFloor, WIRE_AMOUNT } from '../money.ts';
import { DUST_MSAT } from '../params.ts';

/** The share of a loan in an allocation, msat; both amounts in the ledger's units. */
export function computeBondShare(
  allocationSat: string,
  principalUnits: bigint,
  soughtUnits: bigint,
): bigint {
  // BD-31: "A contract's share of the bond it pins is floor(`allocationSat` × 1,000 × principal /
  // amount sought of the offer it embeds) msat."
  return divideFloor(BigInt(allocationSat) * DUST_MSAT * principalUnits, soughtUnits);
}

/** The content of the offer that a contract embeds; empty where it embeds none. */
export function offerIn({ bases }: Pick<ContractDocument, 'bases'>): Record<string, unknown> {
  return bases.find(({ as }) => as === 'offer')?.event.content ?? {};
}

/**
 * A contract's share of the bond it pins, msat: the most that is ever paid to it out of that bond.
 * Undefined where it pins none.
 */
export function bondShareOf(
  document: Pick<ContractDocument, 'bases' | 'bond' | 'principalUnits'>,
): bigint | undefined {
  const { bond, principalUnits } = document;
  const { amountSoughtUnits: sought } = offerIn(document);
  const isAmount = typeof sought === 'string' && WIRE_AMOUNT.test(sought) && sought !== '0';
  if (!bond || !isAmount) return undefined;
  return computeBondShare(bond.allocationSat, BigInt(principalUnits), BigInt(sought));
}

interface Pinning extends Pick<OfferDocument, 'guarantee' | 'denomination'> {
  readonly bond?: PinnedBond | undefined;
}

/** What contradicts in the bond of an offer or contract; the share is that of its least loan. */
export function badPinnedBond(
  { guarantee, bond, denomination }: Pinning,
  shareMsat: bigint | undefined,
): 'guarantee' | 'bond' | undefined {
  const isByBond = guarantee.type === 'bond';
  // D-13: "A reader MUST refuse an offer or contract as `CONTENT_TERMS` whose guarantee is by the
  // bond and which pins none, or whose amounts are in a currency."
  if (isByBond && (!bond || denomination.type !== 'msat')) return 'guarantee';
  // BD-30: "A reader MUST refuse an offer or contract as `CONTENT_TERMS` in which the share of the
  // smallest loan under it in the bond it pins is less than one satoshi."
  return bond && shareMsat !== undefined && shareMsat < DUST_MSAT ? 'bond' : undefined;
}
