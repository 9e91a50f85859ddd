/** What the bank owes when a loan is not repaid, in words. */
import type { ContractDocument } from '@realyield/protocol';
import { formatBps, formatPlural } from '../../format.ts';

/** The guarantee in a few sentences, and whether a bond is set aside besides. */
export function guaranteeWords(
  { guarantee }: Pick<ContractDocument, 'guarantee'>,
  isBonded = false,
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
  const isFirst = guarantee.type === 'firstLoss';
  const what = isFirst ? 'the first losses of principal' : 'principal and interest';
  const most = formatBps(isFirst ? guarantee.shareBps : guarantee.capBps);
  const promise = `The bank makes good ${what}, up to ${most} of what was paid out, ${days}.`;
  return isBonded
    ? `${promise} That is its word; what it has set aside for it is under “The bond”.`
    : `${promise} That is its word; no bond covers it.`;
}
