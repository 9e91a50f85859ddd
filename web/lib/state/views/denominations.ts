/** What denominations are called, for headings and choices. */
import type { AmountUnit } from '../../amount.ts';
import { currencyName, unitKey } from '../../currencies.ts';

/** What a book or a section is headed by: `In bitcoin`, `In US dollars`. */
export function denominationHeading(denomination: AmountUnit): string {
  return denomination.type === 'msat'
    ? 'In bitcoin'
    : `In ${currencyName(denomination.currency)} (${denomination.currency})`;
}

/** A denomination as a choice among several. */
export function denominationTab(denomination: AmountUnit): { id: string; label: string } {
  const label = denomination.type === 'msat' ? 'Bitcoin' : denomination.currency;
  return { id: unitKey(denomination), label };
}
