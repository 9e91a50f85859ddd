/** Currencies by ISO 4217: their names in the reader's language and their minor units. */
import { BITCOIN, type AmountUnit } from './amount.ts';

/**
 * Decimal places where they are not two. Not taken from the browser: what browsers show differs
 * from the standard and between versions, and an offer must mean one thing.
 */
const MINOR_DIGITS: Readonly<Record<string, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

/** Units of account, metals and test codes nobody lends in. */
const NOT_MONEY = /^X(?!AF|CD|CG|OF|PF)/;

/** Decimal places of a currency's minor unit: 2 of the dollar, 0 of the yen, 3 of the dinar. */
export function minorDigitsOf(currency: string): number {
  const known = Object.entries(MINOR_DIGITS).find(([, codes]) =>
    codes.split(' ').includes(currency),
  );
  return known ? Number(known[0]) : 2;
}

/**
 * One word for all denominations whose amounts can be added: `bitcoin`, `USD`, and `USD-4` where an
 * offer counts another number of minor digits than the standard.
 */
export function unitKey(unit: AmountUnit): string {
  if (unit.type === 'msat') return 'bitcoin';
  const { currency, minorDigits } = unit;
  return minorDigits === minorDigitsOf(currency) ? currency : `${currency}-${minorDigits}`;
}

/** The unit a key names, as it may stand in an address; undefined where it names none. */
export function unitOfKey(key: string): AmountUnit | undefined {
  if (key === 'bitcoin') return BITCOIN;
  const [, currency, digits] = /^([A-Z]{3})(?:-([0-4]))?$/.exec(key) ?? [];
  if (currency === undefined) return undefined;
  const minorDigits = digits === undefined ? minorDigitsOf(currency) : Number(digits);
  return { type: 'fiat', currency, minorDigits };
}

/** What a currency is called in the reader's language; its code where that has no name for it. */
export function currencyName(currency: string): string {
  try {
    return new Intl.DisplayNames(undefined, { type: 'currency' }).of(currency) ?? currency;
  } catch {
    return currency;
  }
}

/** Currencies to choose from, by code: those this browser knows, with their names. */
export function currencyChoices(): { readonly code: string; readonly name: string }[] {
  return Intl.supportedValuesOf('currency')
    .filter((code) => !NOT_MONEY.test(code))
    .map((code) => ({ code, name: currencyName(code) }));
}
