/**
 * The only place where amounts, rates and times become text, with `amount.ts` for amounts that may
 * be in a currency. Amounts here are bigint msat, rates basis points, times unix seconds; a
 * contract's own calendar may run faster than the world's (`daySec`), so days are always counted by
 * its calendar.
 */
import { bech32 } from '@scure/base';

/** Thin no-break space: between groups of digits, and between a number and its unit. */
const THIN = '\u202f';

/** In which unit amounts are shown. */
export type MoneyUnit = 'sat' | 'btc' | 'local';

/** A price of bitcoin, for display only: `minorPerBtc` in the currency's smallest unit. */
export interface LocalRate {
  /** ISO 4217. */
  readonly currency: string;
  readonly minorPerBtc: bigint;
  readonly asOfSec: number;
}

/** A contract's calendar: when its day 0 began and how many seconds a day lasts. */
export interface Calendar {
  readonly startSec: number;
  /** 86,400 everywhere except the local world. */
  readonly daySec: number;
}

/** An amount as text: the number and its unit apart, so that the unit can be set smaller. */
export interface MoneyText {
  readonly number: string;
  readonly unit: string;
}

const DAY_SEC = 86_400;
const MSAT_PER_BTC = 100_000_000_000n;

function groupThousands(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, THIN);
}

function absolute(amount: bigint): { sign: string; size: bigint } {
  return amount < 0n ? { sign: '\u2212', size: -amount } : { sign: '', size: amount };
}

/**
 * Sats with thin spaces; fractions of a sat only where there are any, unless `whole` asks for
 * whole sats (rounded towards zero).
 */
export function formatSat(amountMsat: bigint, whole = false): MoneyText {
  const { sign, size } = absolute(amountMsat);
  const rest = whole ? 0n : size % 1000n;
  const fraction = rest === 0n ? '' : `.${rest.toString().padStart(3, '0').replace(/0+$/, '')}`;
  return { number: `${sign}${groupThousands((size / 1000n).toString())}${fraction}`, unit: 'sat' };
}

/** Bitcoin with eight decimals in groups of two, three and three; msat only where there are any. */
export function formatBtc(amountMsat: bigint, whole = false): MoneyText {
  const { sign, size } = absolute(amountMsat);
  const decimals = (size % MSAT_PER_BTC).toString().padStart(11, '0');
  const sats = [decimals.slice(0, 2), decimals.slice(2, 5), decimals.slice(5, 8)].join(THIN);
  const rest = whole || decimals.endsWith('000') ? '' : `${THIN}${decimals.slice(8)}`;
  const coins = groupThousands((size / MSAT_PER_BTC).toString());
  return { number: `${sign}${coins}.${sats}${rest}`, unit: 'BTC' };
}

function minorDigits(currency: string): number {
  try {
    const format = new Intl.NumberFormat('en-GB', { style: 'currency', currency });
    return format.resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

/** An amount in local currency at a display price, rounded half away from zero to minor units. */
export function formatLocal(amountMsat: bigint, rate: LocalRate): MoneyText {
  const { sign, size } = absolute(amountMsat);
  const minor = (size * rate.minorPerBtc + MSAT_PER_BTC / 2n) / MSAT_PER_BTC;
  const digits = minorDigits(rate.currency);
  const text = minor.toString().padStart(digits + 1, '0');
  const units = groupThousands(text.slice(0, text.length - digits));
  const rest = digits === 0 ? '' : `.${text.slice(text.length - digits)}`;
  return { number: `${sign}${units}${rest}`, unit: rate.currency };
}

/** Number and unit as one string: `41 200 sat`. */
export function moneyText({ number, unit }: MoneyText): string {
  return `${number}${THIN}${unit}`;
}

/** An amount in sats as one string, for titles, labels and exports: `41 200 sat`. */
export function satText(amountMsat: bigint, whole = false): string {
  return moneyText(formatSat(amountMsat, whole));
}

/** Reads sats as people type them (spaces, commas or underscores between thousands) into msat. */
export function parseSat(text: string): bigint | undefined {
  const digits = text.replace(/[\s_,'\u2019]/g, '');
  return /^\d{1,16}$/.test(digits) ? BigInt(digits) * 1000n : undefined;
}

/** Reads BTC as people type them (up to eight decimals, grouped or not) into msat. */
export function parseBtc(text: string): bigint | undefined {
  const match = /^(\d{1,8})(?:[.,](\d{0,8}))?$/.exec(text.replace(/[\s_'\u2019]/g, ''));
  const [, coins, decimals = ''] = match ?? [];
  if (coins === undefined) return undefined;
  return BigInt(coins) * MSAT_PER_BTC + BigInt(decimals.padEnd(8, '0')) * 1000n;
}

/** Basis points as per cent: 950 is `9.5 %`. */
export function formatBps(bps: number): string {
  const sign = bps < 0 ? '\u2212' : '';
  const size = Math.abs(Math.round(bps));
  const rest = size % 100;
  const fraction = rest === 0 ? '' : `.${String(rest).padStart(2, '0').replace(/0$/, '')}`;
  return `${sign}${groupThousands(String(Math.floor(size / 100)))}${fraction}${THIN}%`;
}

/** A multiple in basis points as text: `1.3 times`. */
export function formatTimes(bps: number): string {
  const hundredths = Math.round(bps / 100);
  const text = `${Math.floor(hundredths / 100)}.${`${hundredths % 100}`.padStart(2, '0')}`;
  return `${text.replace(/\.?0+$/, '')} times`;
}

/** A share as whole per cent, rounded down so that 99.9 % never reads as all: `96 %`. */
export function formatShare(part: bigint | number, whole: bigint | number): string {
  const total = BigInt(whole);
  if (total <= 0n) return 'none due';
  return `${(BigInt(part) * 100n) / total}${THIN}%`;
}

/** A whole number with thin spaces. */
export function formatCount(count: number): string {
  return groupThousands(String(Math.trunc(count)));
}

/** A count with its noun: `1 loan`, `3 loans`. */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** The UTC day: `3 Mar 2026`; an impossible time says so. */
export function formatDate(atSec: number): string {
  const date = new Date(atSec * 1000);
  if (Number.isNaN(date.getTime())) return 'no date';
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()}`;
}

/** The UTC month: `Mar 2026`; an impossible time says so. */
export function formatMonth(atSec: number): string {
  const text = formatDate(atSec);
  return /^\d/.test(text) ? text.slice(text.indexOf(' ') + 1) : text;
}

/** The UTC day and time: `3 Mar 2026, 14:05 UTC`. */
export function formatDateTime(atSec: number): string {
  const date = new Date(atSec * 1000);
  if (Number.isNaN(date.getTime())) return 'no date';
  return `${formatDate(atSec)}, ${date.toISOString().slice(-13, -8)} UTC`;
}

/** Day and time where the reader is, with the zone's name: `3 Mar 2026, 09:05 GMT-6`. */
export function formatLocalTime(atSec: number, timeZone?: string): string {
  const date = new Date(atSec * 1000);
  if (Number.isNaN(date.getTime())) return 'no date';
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...({ year: 'numeric', month: 'numeric', day: 'numeric', hourCycle: 'h23' } as const),
    ...({ hour: '2-digit', minute: '2-digit', timeZoneName: 'short', timeZone } as const),
  }).formatToParts(date);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '';
  const day = `${part('day')} ${MONTHS[Number(part('month')) - 1] ?? ''} ${part('year')}`;
  return `${day}, ${part('hour')}:${part('minute')} ${part('timeZoneName')}`;
}

/** The UTC time of day: `14:05 UTC`. */
export function formatTime(atSec: number): string {
  const text = formatDateTime(atSec);
  return text.slice(text.indexOf(',') + 1).trim();
}

/** A length of time in its largest one or two units: `3 days`, `2 min 5 s`, `40 s`. */
export function formatDuration(seconds: number): string {
  const size = Math.max(0, Math.round(seconds));
  if (size < 60) return `${size} s`;
  if (size < 3600) return withRest(Math.floor(size / 60), 'min', size % 60, 's');
  if (size < 2 * DAY_SEC)
    return withRest(Math.floor(size / 3600), 'h', Math.floor((size % 3600) / 60), 'min');
  return formatPlural(Math.floor(size / DAY_SEC), 'day');
}

function withRest(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** Which day of a contract a moment falls on; its first day is day 0. */
function contractDay(atSec: number, calendar: Calendar): number {
  return Math.floor((atSec - calendar.startSec) / calendar.daySec);
}

/** When something is due: a date, or in a calendar that runs faster the contract's day. */
export function formatDue(atSec: number, calendar: Calendar): string {
  return calendar.daySec === DAY_SEC ? formatDate(atSec) : `day ${contractDay(atSec, calendar)}`;
}

/** A term in days; a year and more also in months of 30 days: `360 days, about 12 months`. */
export function formatTerm(days: number): string {
  if (days < 60) return formatPlural(days, 'day');
  return `${formatPlural(days, 'day')}, about ${formatPlural(Math.round(days / 30), 'month')}`;
}

/** The NIP-19 form of a 32-byte hex public key, or undefined where it is not one. */
export function npubOf(publicKey: string): string | undefined {
  if (!/^[0-9a-f]{64}$/.test(publicKey)) return undefined;
  const bytes = Uint8Array.from(publicKey.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return bech32.encode('npub', bech32.toWords(bytes), 200);
}

/** A public key short enough to read: `npub1q2w3…8x9y`. */
export function shortNpub(publicKey: string): string {
  const npub = npubOf(publicKey);
  return npub === undefined ? 'no valid key' : `${npub.slice(0, 9)}…${npub.slice(-4)}`;
}

/** An id or hash short enough to read: first eight and last four characters. */
export function shortId(id: string): string {
  return id.length <= 14 ? id : `${id.slice(0, 8)}…${id.slice(-4)}`;
}

/** A size in words: `256 kB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_024) return formatPlural(bytes, 'byte');
  const kilobytes = Math.round(bytes / 1_024);
  if (kilobytes < 1_024) return `${formatCount(kilobytes)}\u202fkB`;
  return `${formatCount(Math.round(kilobytes / 1_024))}\u202fMB`;
}
