/** Whether a contract pins the bond that its offer pins. Spec: specs/bonds.md, "Pinned". */
import { canonicalize } from '../canonical.ts';
import { isSameUnit } from '../denomination.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import { denominationSchema } from '../kinds/denomination.ts';
import { WIRE_AMOUNT } from '../money.ts';
import { reject, type Reject } from '../result.ts';
import { readDocument } from '../schema.ts';
import { offerIn } from './bond-share.ts';

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
