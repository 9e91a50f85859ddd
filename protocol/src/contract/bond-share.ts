/**
 * What of a bank's bond stands for one contract: a fixed share of what the bond it pins allocates
 * to its offer. Spec: specs/bonds.md, "Pinned".
 */
import { canonicalize } from '../canonical.ts';
import { isSameUnit } from '../denomination.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import type { PinnedBond } from '../kinds/bond.ts';
import { denominationSchema } from '../kinds/denomination.ts';
import type { OfferDocument } from '../kinds/listings.ts';
import { divideFloor, WIRE_AMOUNT } from '../money.ts';
import { DUST_MSAT } from '../params.ts';
import { reject, type Reject } from '../result.ts';
import { readDocument } from '../schema.ts';

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

function offerIn({ bases }: Pick<ContractDocument, 'bases'>): Record<string, unknown> {
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

/** Whether a contract pins what its offer does, and its share of it is a share. */
export function pinnedMismatch(document: ContractDocument): Reject | undefined {
  const offer = offerIn(document);
  const { bond, denomination, principalUnits } = document;
  const offered = offer['bond'];
  if (bond === undefined && offered === undefined) return undefined;
  const mismatch = reject('EMBEDDED_MISMATCH', 'bond');
  // BD-32: "A reader MUST refuse a contract as `EMBEDDED_MISMATCH` the `bond` of which is not that
  // of the offer it embeds…"
  if (bond === undefined || offered === undefined) return mismatch;
  if (canonicalize(offered) !== canonicalize(bond)) return mismatch;
  const read = readDocument(denominationSchema, offer['denomination']);
  if (!read.ok) return mismatch;
  // BD-32: "…or which pins one and has another ledger unit than that offer, or a principal above
  // the amount it seeks."
  const isOne = isSameUnit(read.document, denomination);
  const { amountSoughtUnits: sought } = offer;
  const isAmount = typeof sought === 'string' && WIRE_AMOUNT.test(sought);
  const isPart = isAmount && BigInt(principalUnits) <= BigInt(sought);
  return isOne && isPart ? undefined : mismatch;
}
