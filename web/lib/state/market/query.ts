/**
 * What a reader asked of the list of offers, and how the address of the page says it, so that a
 * view can be shared and the back button works. Whatever an address says, reading it cannot fail:
 * what makes no sense is left out.
 */
import { MAX_MSAT } from '@realyield/protocol';
import { BITCOIN, parseCurrency, plainDecimal, type AmountUnit } from '../../amount.ts';
import { unitKey, unitOfKey } from '../../currencies.ts';

/** Repayment plans by name. */
export const PLAN_NAMES = [
  'bullet',
  'interestOnly',
  'equalPrincipal',
  'annuity',
  'revenueShare',
] as const;
/** A repayment plan's name. */
export type PlanName = (typeof PLAN_NAMES)[number];

/** Where an offer stands; only `open` ones take money. */
export const OFFER_STAGES = [
  'open',
  'funded',
  'repaying',
  'late',
  'repaid',
  'defaulted',
  'expired',
  'closed',
  'withdrawn',
] as const;
/** Where an offer stands. */
export type OfferStage = (typeof OFFER_STAGES)[number];

/** Orders of the list; the first is the usual one. */
export const SORT_NAMES = ['newest', 'yield', 'term', 'left', 'ontime'] as const;
/** An order of the list. */
export type SortName = (typeof SORT_NAMES)[number];

/** A range; either end may be open. */
export interface Range<T> {
  readonly from?: T | undefined;
  readonly to?: T | undefined;
}

/** Everything a reader can ask of the list. */
export interface DiscoverQuery {
  readonly text: string;
  /** ISO 3166-1 alpha-2 codes. */
  readonly countries: readonly string[];
  /** Folded sectors. */
  readonly sectors: readonly string[];
  readonly plans: readonly PlanName[];
  readonly stages: readonly OfferStage[];
  /** Yearly rate, basis points. */
  readonly rateBps: Range<number>;
  /** Contract days to the last due date. */
  readonly termDays: Range<number>;
  /** Keys of denominations: `bitcoin`, `USD`. */
  readonly units: readonly string[];
  /** Amount left to fund, in units of `amountUnitOf`; offers in others are not within it. */
  readonly leftUnits: Range<bigint>;
  /** Only banks of which at least one instalment has fallen due. */
  readonly hasRecord: boolean;
  /** Least share of instalments paid on time, basis points. */
  readonly onTimeFromBps: number | undefined;
  /** Most of the outstanding principal that may be over 30 days late, basis points. */
  readonly par30ToBps: number | undefined;
  readonly sort: SortName;
}

/** Nothing asked: all offers, newest first. */
export const EMPTY_QUERY: DiscoverQuery = {
  text: '',
  countries: [],
  sectors: [],
  plans: [],
  stages: [],
  rateBps: {},
  termDays: {},
  units: [],
  leftUnits: {},
  hasRecord: false,
  onTimeFromBps: undefined,
  par30ToBps: undefined,
  sort: 'newest',
};

const TEXT_MOST = 80;
const LIST_MOST = 50;
/** Highest yearly rate there is, basis points. */
export const RATE_MOST_BPS = 100_000;
/** Longest term that can be asked for, contract days. */
export const TERM_MOST_DAYS = 99_999;
const SHARE_MOST_BPS = 10_000;

function readList(params: URLSearchParams, name: string): string[] {
  const texts = (params.get(name) ?? '').split(',').map((text) => text.trim());
  return [...new Set(texts.filter((text) => text !== ''))].slice(0, LIST_MOST);
}

function readNames<T extends string>(
  params: URLSearchParams,
  name: string,
  known: readonly T[],
): T[] {
  const wanted = readList(params, name);
  return known.filter((entry) => wanted.includes(entry));
}

/** Per cent with up to two decimals as basis points. */
export function parsePercent(text: string, mostBps: number): number | undefined {
  const match = /^(\d{1,4})(?:[.,](\d{1,2}))?\s*%?$/.exec(text.trim());
  if (!match) return undefined;
  const bps = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  return bps <= mostBps ? bps : undefined;
}

/** Basis points as the address writes them: `9.5`. */
export function percentText(bps: number): string {
  return String(bps / 100);
}

/** A whole number in digits. */
export function parseCount(text: string, most: number): number | undefined {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : undefined;
  return count !== undefined && count <= most ? count : undefined;
}

/** In what amounts are asked for: the one denomination chosen, else bitcoin. */
export function amountUnitOf({ units }: Pick<DiscoverQuery, 'units'>): AmountUnit {
  const [only, other] = units;
  return (only !== undefined && other === undefined ? unitOfKey(only) : undefined) ?? BITCOIN;
}

/** A query for other denominations, without an amount that was asked for in one now left. */
export function withUnits(query: DiscoverQuery, units: readonly string[]): DiscoverQuery {
  const isSame = unitKey(amountUnitOf({ units })) === unitKey(amountUnitOf(query));
  return { ...query, units, leftUnits: isSame ? query.leftUnits : {} };
}

/** An amount as an address writes it: whole sats, or a currency in plain decimals. */
export function parseAmount(text: string, unit: AmountUnit): bigint | undefined {
  if (unit.type === 'fiat') return parseCurrency(text, unit, 'en');
  const msat = /^\d{1,16}$/.test(text) ? BigInt(text) * 1_000n : undefined;
  return msat !== undefined && msat <= MAX_MSAT ? msat : undefined;
}

/** The same the other way round. */
export function amountInAddress(units: bigint, unit: AmountUnit): string {
  return unit.type === 'fiat' ? plainDecimal(units, unit) : (units / 1_000n).toString();
}

function readRange<T>(
  params: URLSearchParams,
  name: string,
  parse: (text: string) => T | undefined,
): Range<T> {
  const [from = '', to = ''] = (params.get(name) ?? '').split('-');
  return { from: parse(from.trim()), to: parse(to.trim()) };
}

/** What an address asks for. */
export function readQuery(params: URLSearchParams): DiscoverQuery {
  const rate = (text: string): number | undefined => parsePercent(text, RATE_MOST_BPS);
  const share = (name: string): number | undefined =>
    parsePercent(params.get(name) ?? '', SHARE_MOST_BPS);
  const units = readList(params, 'in').filter((key) => unitOfKey(key) !== undefined);
  const unit = amountUnitOf({ units });
  return {
    text: (params.get('q') ?? '').slice(0, TEXT_MOST),
    countries: readList(params, 'country').filter((code) => /^[A-Z]{2}$/.test(code)),
    sectors: readList(params, 'sector'),
    plans: readNames(params, 'plan', PLAN_NAMES),
    stages: readNames(params, 'state', OFFER_STAGES),
    rateBps: readRange(params, 'yield', rate),
    termDays: readRange(params, 'term', (text) => parseCount(text, TERM_MOST_DAYS)),
    units,
    leftUnits: readRange(params, 'left', (text) => parseAmount(text, unit)),
    hasRecord: params.get('record') === 'yes',
    onTimeFromBps: share('ontime'),
    par30ToBps: share('par30'),
    sort: SORT_NAMES.find((name) => name === params.get('sort')) ?? 'newest',
  };
}

function rangeText<T>(range: Range<T>, write: (value: T) => string): string {
  if (range.from === undefined && range.to === undefined) return '';
  const from = range.from === undefined ? '' : write(range.from);
  return `${from}-${range.to === undefined ? '' : write(range.to)}`;
}

/** The query part of an address, with its question mark; empty where nothing is asked. */
export function queryText(query: DiscoverQuery): string {
  const share = (bps: number | undefined): string => (bps === undefined ? '' : percentText(bps));
  const entries: readonly (readonly [string, string])[] = [
    ['q', query.text.trim().slice(0, TEXT_MOST)],
    ['country', query.countries.join(',')],
    ['sector', query.sectors.join(',')],
    ['plan', query.plans.join(',')],
    ['state', query.stages.join(',')],
    ['yield', rangeText(query.rateBps, percentText)],
    ['term', rangeText(query.termDays, String)],
    ['in', query.units.join(',')],
    ['left', rangeText(query.leftUnits, (units) => amountInAddress(units, amountUnitOf(query)))],
    ['record', query.hasRecord ? 'yes' : ''],
    ['ontime', share(query.onTimeFromBps)],
    ['par30', share(query.par30ToBps)],
    ['sort', query.sort === 'newest' ? '' : query.sort],
  ];
  const params = new URLSearchParams(
    entries.filter(([, text]) => text !== '').map(([name, text]) => [name, text]),
  );
  const text = params.toString().replaceAll('%2C', ',');
  return text === '' ? '' : `?${text}`;
}
