/**
 * Amounts of ledgers: nothing shows one without what it is counted in. Spec: specs/prices.md, PR-1.
 * An amount in bitcoin is shown as the reader likes bitcoin shown; one in a currency in that
 * currency, in the reader's own digits and separators, exact.
 */
import {
  formatBtc,
  formatLocal,
  formatSat,
  moneyText,
  parseSat,
  type LocalRate,
  type MoneyText,
  type MoneyUnit,
} from './format.ts';

/** A currency as a ledger keeps it: units are millionths of its minor unit. */
export interface CurrencyUnit {
  readonly type: 'fiat';
  /** ISO 4217. */
  readonly currency: string;
  readonly minorDigits: number;
}

/** What an amount is counted in: msat or a currency. A contract's denomination is one. */
export type AmountUnit = { readonly type: 'msat' } | CurrencyUnit;

/** An amount with what it is counted in. */
export interface Amount {
  readonly units: bigint;
  readonly denomination: AmountUnit;
}

/** Bitcoin, counted in msat: what ledgers in bitcoin and everything on Lightning is in. */
export const BITCOIN: AmountUnit = { type: 'msat' };

const UNITS_PER_MINOR = 1_000_000n;
const MSAT_PER_BTC = 100_000_000_000n;
const FRACTION_DIGITS = 6;

/** An amount of units of a ledger. */
export function amountOf(units: bigint, denomination: AmountUnit): Amount {
  return { units, denomination };
}

/** An amount on Lightning: paid, held or spent, msat. */
export function amountOfMsat(msat: bigint): Amount {
  return { units: msat, denomination: BITCOIN };
}

/** The least amount that is shown and asked for: a satoshi or a minor unit, in ledger units. */
export function leastUnits(unit: AmountUnit): bigint {
  return unit.type === 'msat' ? 1_000n : UNITS_PER_MINOR;
}

/** Rounded towards zero to what is shown. */
export function wholeUnits({ units, denomination }: Amount): bigint {
  return units - (units % leastUnits(denomination));
}

/**
 * Rounded up to what is shown: principal that came back, of which less than the least amount is
 * not asked for (M-12), so that it and what is outstanding add up to what was paid out.
 */
export function wholeUnitsUp({ units, denomination }: Amount): bigint {
  const whole = wholeUnits({ units, denomination });
  return whole < units ? whole + leastUnits(denomination) : whole;
}

interface Numerals {
  readonly integers: Intl.NumberFormat;
  readonly decimal: string;
  readonly group: string;
  readonly digits: readonly string[];
}

const known = new Map<string, Numerals>();

function numeralsOf(locale: string | undefined): Numerals {
  const before = known.get(locale ?? '');
  if (before) return before;
  const integers = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const parts = new Intl.NumberFormat(locale).formatToParts(12_345_678.9);
  const one = new Intl.NumberFormat(locale, { useGrouping: false });
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '';
  const numerals = {
    integers,
    decimal: part('decimal') || '.',
    group: part('group'),
    digits: Array.from({ length: 10 }, (_, digit) => one.format(digit)),
  };
  known.set(locale ?? '', numerals);
  return numerals;
}

/**
 * An amount in a currency, in the reader's locale unless another is given. Parts of a minor unit
 * stand only where there are any, unless `whole` cuts them off (rounded towards zero).
 */
export function formatCurrency(
  units: bigint,
  { currency, minorDigits }: CurrencyUnit,
  whole = false,
  locale?: string,
): MoneyText {
  const { integers, decimal, digits } = numeralsOf(locale);
  const size = units < 0n ? -units : units;
  const perMajor = UNITS_PER_MINOR * 10n ** BigInt(minorDigits);
  const places = minorDigits + FRACTION_DIGITS;
  const all = (size % perMajor).toString().padStart(places, '0');
  const parts = whole ? '' : all.slice(minorDigits).replace(/0+$/, '');
  const fraction = `${all.slice(0, minorDigits)}${parts}`;
  const shown = fraction.replace(/\d/g, (digit) => digits[Number(digit)] ?? digit);
  const isNothing = size / perMajor === 0n && /^0*$/.test(fraction);
  const sign = units < 0n && !isNothing ? '\u2212' : '';
  const number = `${sign}${integers.format(size / perMajor)}`;
  return { number: shown === '' ? number : `${number}${decimal}${shown}`, unit: currency };
}

/**
 * Reads an amount of a currency as people type it in this locale into ledger units; undefined
 * where it could be read in two ways or is finer than the minor unit.
 */
export function parseCurrency(
  text: string,
  { minorDigits }: CurrencyUnit,
  locale?: string,
): bigint | undefined {
  const { decimal, group, digits } = numeralsOf(locale);
  const latin = text.trim().replace(/\p{Nd}/gu, (each) => {
    const digit = digits.indexOf(each);
    return digit < 0 ? each : String(digit);
  });
  const other = decimal === ',' ? '.' : ',';
  const grouping = [',', '.'].includes(group) ? group : other;
  const written = latin.replaceAll(group === '' ? grouping : group, grouping);
  const plain = written.replace(/[\s_'\u2019]/g, '');
  // A separator that is not this locale's decimal one, with one or two digits after it, can group
  // nothing: it is a decimal one all the same.
  const lenient = /^\d+[.,]\d{1,2}$/.test(plain) ? plain.replace(/[.,]/, decimal) : plain;
  const [whole = '', fraction = '', ...more] = lenient.split(decimal);
  if (more.length > 0 || fraction.length > minorDigits || !/^\d*$/.test(fraction)) return undefined;
  const groups = whole.split(grouping);
  // India groups in twos before the last three.
  const isGrouped =
    groups.at(-1)?.length === 3 &&
    groups.slice(1, -1).every(({ length }) => /2|3/.test(`${length}`));
  if (groups.length > 1 && (!isGrouped || (groups[0] ?? '').length > 3)) return undefined;
  const integer = groups.join('');
  if (!/^\d{1,15}$/.test(integer)) return undefined;
  const minor = BigInt(`${integer}${fraction.padEnd(minorDigits, '0')}`);
  return minor * UNITS_PER_MINOR;
}

/**
 * An amount as a plain decimal for files, the same in every locale: sats with three places, a
 * currency with its minor digits and, where there are parts of a minor unit, all of them.
 */
export function plainDecimal(units: bigint, denomination: AmountUnit): string {
  const size = units < 0n ? -units : units;
  const least = denomination.type === 'msat' ? 3 : denomination.minorDigits;
  const places = denomination.type === 'msat' ? 3 : least + FRACTION_DIGITS;
  const digits = size.toString().padStart(places + 1, '0');
  const at = digits.length - places;
  const fraction = digits.slice(at, at + least) + digits.slice(at + least).replace(/0+$/, '');
  const sign = units < 0n ? '-' : '';
  return `${sign}${digits.slice(0, at)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** About what units of a currency come to at a price (minor units for one bitcoin), msat. */
export function approximateMsat(units: bigint, price: bigint): bigint {
  return price <= 0n ? 0n : (units * MSAT_PER_BTC) / (price * UNITS_PER_MINOR);
}

/** The same in whole sats, as text. */
export function approximateSat(units: bigint, price: bigint): MoneyText {
  return formatSat(approximateMsat(units, price), true);
}

/** An amount with number and unit apart; bitcoin in the unit somebody chose. */
export function formatAmount(
  { units, denomination }: Amount,
  unit: MoneyUnit = 'sat',
  rate?: LocalRate,
  whole = false,
): MoneyText {
  if (denomination.type === 'fiat') return formatCurrency(units, denomination, whole);
  if (unit === 'btc') return formatBtc(units, whole);
  return unit === 'local' && rate !== undefined
    ? formatLocal(units, rate)
    : formatSat(units, whole);
}

/** Reads what people type in a denomination into its ledger units; undefined where unclear. */
export function parseAmount(text: string, unit: AmountUnit): bigint | undefined {
  return unit.type === 'fiat' ? parseCurrency(text, unit) : parseSat(text);
}

/** What amounts are typed in: `sats`, `USD`. */
export function unitWord(unit: AmountUnit): string {
  return unit.type === 'fiat' ? unit.currency : 'sats';
}

/** An amount of a ledger as one string: `41 200 sat`, `1,234.50 USD`. */
export function amountText(units: bigint, denomination: AmountUnit, whole = false): string {
  return moneyText(formatAmount({ units, denomination }, 'sat', undefined, whole));
}
