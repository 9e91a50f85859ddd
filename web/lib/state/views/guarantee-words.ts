/** What the bank owes when a loan is not repaid, in words. */
import type { ContractDocument } from '@realyield/protocol';
import { formatBps, formatPlural } from '../../format.ts';

/** The guarantee in one or two sentences, with what it does not do. */
export function guaranteeWords({ guarantee }: Pick<ContractDocument, 'guarantee'>): string {
  if (guarantee.type === 'none') return 'No bond and no guarantee covers it.';
  const days =
    guarantee.payDays === 0
      ? 'on the day of a default'
      : `within ${formatPlural(guarantee.payDays, 'day')} of a default`;
  const isFirst = guarantee.type === 'firstLoss';
  const what = isFirst ? 'the first losses of principal' : 'principal and interest';
  const most = formatBps(isFirst ? guarantee.shareBps : guarantee.capBps);
  const promise = `The bank makes good ${what}, up to ${most} of what was paid out, ${days}.`;
  return `${promise} That is its word; no bond covers it.`;
}
