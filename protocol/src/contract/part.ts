/** What part of an offer a contract is. Spec: specs/plans.md, "Revenue share". */
import type { ContractDocument } from '../kinds/agreement.ts';

/** A contract's principal, and all that is sought under its offer; of one without, itself. */
export interface PartOfOffer {
  readonly principalUnits: bigint;
  readonly soughtUnits: bigint;
}

const known = new WeakMap<ContractDocument, PartOfOffer>();

/** The part of its offer that a contract lends. */
export function partOfOffer(document: ContractDocument): PartOfOffer {
  const before = known.get(document);
  if (before) return before;
  const principalUnits = BigInt(document.principalUnits);
  const offer = document.bases.find(({ as }) => as === 'offer')?.event.content;
  const sought = offer?.['amountSoughtUnits'];
  const soughtUnits = typeof sought === 'string' ? BigInt(sought) : principalUnits;
  const part = { principalUnits, soughtUnits };
  known.set(document, part);
  return part;
}
