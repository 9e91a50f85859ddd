/** What the bank owes when a loan is not repaid, in words. */
import { bondShareOf, type ContractDocument } from '@realyield/protocol';
import { amountText, BITCOIN } from '../../amount.ts';
import { formatBps, formatPlural } from '../../format.ts';

/** What of an offer or contract is spoken of; of a contract its bases too. */
type Guaranteed = Pick<ContractDocument, 'guarantee' | 'bond'> &
  Partial<Pick<ContractDocument, 'bases' | 'principalUnits'>>;

/** How far a guarantee by the bond goes: a loan's own share, or that of each under an offer. */
function bondWords({ bases, bond, principalUnits }: Guaranteed): string {
  const text = (msat: bigint): string => amountText(msat, BITCOIN, true);
  const shareMsat =
    bases && principalUnits !== undefined && bond
      ? bondShareOf({ bases, bond, principalUnits })
      : undefined;
  return shareMsat === undefined
    ? `each loan’s share of ${text(BigInt(bond?.allocationSat ?? 0) * 1_000n)} of its bond`
    : `${text(shareMsat)}, this loan’s share of its bond`;
}

/** What the bank makes good, and how far; nothing without a guarantee. */
function promiseOf(terms: Guaranteed): string | undefined {
  const { guarantee } = terms;
  const upTo = (bps: number): string => `up to ${formatBps(bps)} of what was paid out`;
  switch (guarantee.type) {
    case 'none':
      return undefined;
    case 'firstLoss':
      return `the first losses of principal, ${upTo(guarantee.shareBps)}`;
    case 'full':
      return `principal and interest, ${upTo(guarantee.capBps)}`;
    case 'bond':
      return `principal and interest, up to ${bondWords(terms)}`;
  }
}

/** The guarantee in a few sentences, and whether a bond is set aside besides. */
export function guaranteeWords(terms: Guaranteed, isBonded = false): string {
  const { guarantee } = terms;
  const promised = promiseOf(terms);
  // What the terms name is not yet what is there: the bond's own section says how that stands.
  const how = 'how the bond it names stands is under “The bond”.';
  if (guarantee.type === 'none' || promised === undefined) {
    if (terms.bond) return `No guarantee covers it; ${how}`;
    return isBonded
      ? 'No guarantee covers it; what the bank has set aside for this offer is under “The bond”.'
      : 'No bond and no guarantee covers it.';
  }
  const days =
    guarantee.payDays === 0
      ? 'on the day of a default'
      : `within ${formatPlural(guarantee.payDays, 'day')} of a default`;
  const promise = `The bank makes good ${promised}, ${days}.`;
  if (terms.bond) return `${promise} That is its word; ${how}`;
  if (isBonded) {
    return `${promise} That is its word; what it has set aside for it is under “The bond”.`;
  }
  return `${promise} That is its word; no bond covers it.`;
}
