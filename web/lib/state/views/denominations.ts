/** What denominations are called, who prices them, and what that means. */
import type { Denomination, FiatDenomination } from '@realyield/protocol';
import { formatCurrency, type AmountUnit } from '../../amount.ts';
import { currencyName, unitKey } from '../../currencies.ts';
import { formatPlural, moneyText } from '../../format.ts';
import type { Fact } from '../../ui/facts.ts';
import { nameOf, type Names } from './people.ts';

const UNITS_PER_MINOR = 1_000_000n;

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

/** `2 of 3 oracles`, `its one oracle`. */
export function quorumWords({ oracles, quorum }: FiatDenomination): string {
  return oracles.length === 1
    ? 'its one oracle'
    : `${quorum} of ${formatPlural(oracles.length, 'oracle')}`;
}

/** A price, minor units for one bitcoin: `65,432.10 USD`. */
export function priceText(price: bigint, unit: Extract<AmountUnit, { type: 'fiat' }>): string {
  return moneyText(formatCurrency(price * UNITS_PER_MINOR, unit, true));
}

/** What a loan is owed in, and who says what that comes to in bitcoin. */
export function denominationFacts(names: Names, denomination: Denomination): Fact[] {
  if (denomination.type === 'msat') return [{ label: 'Owed in', text: 'Bitcoin' }];
  const { currency, oracles } = denomination;
  return [
    {
      label: 'Owed in',
      text: `${currencyName(currency)} (${currency})`,
      note: 'paid in bitcoin, at the price of the minute in which a payment is asked for',
    },
    {
      label: 'Price signed by',
      text: oracles.map((key) => nameOf(names, key)).join(', '),
      note:
        `${quorumWords(denomination)} must give one; the middle one counts. Without them ` +
        'payments wait, and days late count on',
    },
  ];
}
