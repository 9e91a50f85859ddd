/** Amounts in currencies: exact to the last unit, in any locale, and read back as written. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  amountText,
  approximateSat,
  BITCOIN,
  formatCurrency,
  parseCurrency,
  plainDecimal,
  wholeUnits,
  wholeUnitsUp,
  type CurrencyUnit,
} from './amount.ts';
import { minorDigitsOf, unitKey, unitOfKey } from './currencies.ts';

const plain = (text: string): string => text.replace(/[\u202f\u00a0]/g, ' ');
const unitOf = (currency: string, minorDigits = minorDigitsOf(currency)): CurrencyUnit => ({
  type: 'fiat',
  currency,
  minorDigits,
});
const USD = unitOf('USD');
const inUsd = (units: bigint, whole = false, locale = 'en'): string =>
  formatCurrency(units, USD, whole, locale).number;

describe('an amount in a currency', () => {
  it('has the minor digits of the currency, and parts of them only where there are any', () => {
    expect(inUsd(123_450_000_000n)).toBe('1,234.50');
    expect(inUsd(1n)).toBe('0.00000001');
    expect(inUsd(999_999n, true)).toBe('0.00');
    expect(inUsd(-999_999n, true)).toBe('0.00');
    expect(inUsd(-1_000_000n, true)).toBe('\u22120.01');
    expect(formatCurrency(1_234_000_000n, unitOf('JPY'), false, 'en').number).toBe('1,234');
    expect(formatCurrency(1_500_000n, unitOf('JPY'), false, 'en').number).toBe('1.5');
    expect(formatCurrency(1_234_500_000n, unitOf('KWD'), false, 'en').number).toBe('1.2345');
  });

  it('is written as the reader writes numbers', () => {
    const units = 123_456_789_000_000n;
    expect(plain(formatCurrency(units, USD, false, 'de').number)).toBe('1.234.567,89');
    expect(plain(formatCurrency(units, USD, false, 'fr').number)).toBe('1 234 567,89');
    expect(formatCurrency(units, USD, false, 'en-IN').number).toBe('12,34,567.89');
    expect(formatCurrency(units, USD, false, 'ar-EG').number).toBe('١٬٢٣٤٬٥٦٧٫٨٩');
  });

  it('stays exact beyond what a floating number holds', () => {
    expect(inUsd(9_007_199_254_740_993_010_000_000n)).toBe('90,071,992,547,409,930.10');
    expect(inUsd(10n ** 30n + 1n)).toBe('10,000,000,000,000,000,000,000.00000001');
    expect(plainDecimal(-(10n ** 30n) - 1n, USD)).toBe('-10000000000000000000000.00000001');
    expect(plainDecimal(1_500_000n, unitOf('JPY'))).toBe('1.5');
    expect(plainDecimal(-1n, BITCOIN)).toBe('-0.001');
  });

  it('leaves bitcoin as it was: one msat is a thousandth of a sat', () => {
    expect(plain(amountText(1n, BITCOIN))).toBe('0.001 sat');
    expect(plain(amountText(1n, BITCOIN, true))).toBe('0 sat');
    expect(plain(amountText(1_234_567_000n, BITCOIN))).toBe('1 234 567 sat');
    expect(wholeUnits({ units: 1_999n, denomination: BITCOIN })).toBe(1_000n);
    expect(wholeUnits({ units: 1_999_999n, denomination: USD })).toBe(1_000_000n);
    expect(wholeUnitsUp({ units: 1_001n, denomination: BITCOIN })).toBe(2_000n);
    expect(wholeUnitsUp({ units: 1_000n, denomination: BITCOIN })).toBe(1_000n);
    expect(wholeUnitsUp({ units: 0n, denomination: USD })).toBe(0n);
  });

  it('is about so many sats at a price', () => {
    // $10.00 at 65,432.10 dollars for a bitcoin.
    expect(plain(approximateSat(1_000_000_000n, 6_543_210n).number)).toBe('15 283');
    expect(approximateSat(1_000_000_000n, 0n).number).toBe('0');
  });
});

describe('an amount somebody types', () => {
  const inEn = (text: string): bigint | undefined => parseCurrency(text, USD, 'en');
  const inDe = (text: string): bigint | undefined => parseCurrency(text, USD, 'de');

  it('is read as the locale writes it', () => {
    expect(inEn('1,234.50')).toBe(123_450_000_000n);
    expect(inDe('1.234,50')).toBe(123_450_000_000n);
    expect(inEn('1 234')).toBe(123_400_000_000n);
    expect(inEn('0.01')).toBe(1_000_000n);
    expect(parseCurrency('١٢٫٥', USD, 'ar-EG')).toBe(1_250_000_000n);
    expect(parseCurrency('12,34,567', USD, 'en-IN')).toBe(123_456_700_000_000n);
  });

  it('may use the other decimal separator where it can group nothing', () => {
    expect(inEn('12,5')).toBe(1_250_000_000n);
    expect(inDe('1234.50')).toBe(123_450_000_000n);
    expect(inDe('1.234')).toBe(123_400_000_000n);
    expect(inEn('1.234')).toBeUndefined();
  });

  it.each(['', '-1', '1e6', '1.2.3', '12,34,5', '1234,567', '0x10', '.5', '1.005', '1'.repeat(16)])(
    'is refused where it is doubtful: %s',
    (text) => expect(inEn(text)).toBeUndefined(),
  );

  it('is read back as it is shown, in every locale and currency', () => {
    const locales = ['en', 'de', 'fr', 'es', 'pt-BR', 'en-IN', 'ar-EG', 'de-CH', 'fa', 'sw'];
    const units = ['USD', 'JPY', 'KWD', 'CLF'].map((code) => unitOf(code));
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 13n }),
        fc.constantFrom(...locales),
        fc.constantFrom(...units),
        (minor, locale, unit) => {
          const shown = formatCurrency(minor * 1_000_000n, unit, true, locale).number;
          expect(parseCurrency(shown, unit, locale)).toBe(minor * 1_000_000n);
        },
      ),
    );
  });
});

describe('a denomination in an address', () => {
  it('is one word, with its digits only where they are not the standard', () => {
    for (const key of ['bitcoin', 'USD', 'JPY', 'USD-4']) {
      const unit = unitOfKey(key);
      expect(unit && unitKey(unit)).toBe(key);
    }
    expect(unitKey(unitOf('JPY', 2))).toBe('JPY-2');
    for (const key of ['', 'usd', 'USD-5', 'dollar']) expect(unitOfKey(key)).toBeUndefined();
  });
});
