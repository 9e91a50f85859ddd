/** What the bank owes when a loan is not repaid, in words. */
import type { ContractDocument } from '@realyield/protocol';
import { formatBps, formatPlural } from '../../format.ts';

/** What the bank makes good, and how far. */
function promiseOf(terms: Exclude<ContractDocument['guarantee'], { type: 'none' }>): string {
  const upTo = (bps: number): string => `up to ${formatBps(bps)} of what was paid out`;
  switch (terms.type) {
    case 'firstLoss':
      return `the first losses of principal, ${upTo(terms.shareBps)}`;
    case 'full':
      return `principal and interest, ${upTo(terms.capBps)}`;
    case 'bond':
      return 'principal and interest, up to what its bond sets aside for the loan';
  }
}

/** The guarantee in a few sentences, and whether a bond is set aside besides. */
export function guaranteeWords(
  { guarantee, bond }: Pick<ContractDocument, 'guarantee' | 'bond'>,
  isBonded = bond !== undefined,
): string {
  if (guarantee.type === 'none') {
    return isBonded
      ? 'No guarantee covers it; what the bank has set aside for this offer is under “The bond”.'
      : 'No bond and no guarantee covers it.';
  }
  const days =
    guarantee.payDays === 0
      ? 'on the day of a default'
      : `within ${formatPlural(guarantee.payDays, 'day')} of a default`;
  const promise = `The bank makes good ${promiseOf(guarantee)}, ${days}.`;
  return isBonded
    ? `${promise} That is its word; what it has set aside for it is under “The bond”.`
    : `${promise} That is its word; no bond covers it.`;
}
