/** Active filters as words, each with the query that lacks it. */
import { amountText } from '../../amount.ts';
import { formatBps, formatCount } from '../../format.ts';
import { amountUnitOf, EMPTY_QUERY, withUnits, type DiscoverQuery, type Range } from './query.ts';
import { countryName, PLAN_WORDS, STAGE_WORDS, unitWords } from './words.ts';

/** One active filter. */
export interface Chip {
  readonly key: string;
  readonly text: string;
  /** The query without it. */
  readonly without: DiscoverQuery;
}

function rangeWords<T>(range: Range<T>, write: (value: T) => string): string {
  if (range.from === undefined) return range.to === undefined ? '' : `up to ${write(range.to)}`;
  return range.to === undefined
    ? `from ${write(range.from)}`
    : `${write(range.from)} to ${write(range.to)}`;
}

function listChips<T extends string>(
  name: string,
  values: readonly T[],
  write: (value: T) => string,
  without: (rest: readonly T[]) => DiscoverQuery,
): Chip[] {
  return values.map((value) => ({
    key: `${name} ${value}`,
    text: write(value),
    without: without(values.filter((entry) => entry !== value)),
  }));
}

/** The chips of a query; `sectorName` gives a folded sector as it is written. */
export function chipsOf(query: DiscoverQuery, sectorName: (sector: string) => string): Chip[] {
  const rate = rangeWords(query.rateBps, formatBps);
  const term = rangeWords(query.termDays, (days) => `${formatCount(days)} days`);
  const left = rangeWords(query.leftUnits, (units) => amountText(units, amountUnitOf(query), true));
  const one = (key: string, text: string, change: Partial<DiscoverQuery>): Chip => ({
    key,
    text,
    without: { ...query, ...change },
  });
  const { onTimeFromBps, par30ToBps } = query;
  return [
    ...(query.text.trim() === '' ? [] : [one('text', `“${query.text.trim()}”`, { text: '' })]),
    ...listChips('country', query.countries, countryName, (countries) => ({ ...query, countries })),
    ...listChips('sector', query.sectors, sectorName, (sectors) => ({ ...query, sectors })),
    ...listChips(
      'plan',
      query.plans,
      (plan) => PLAN_WORDS[plan],
      (plans) => ({ ...query, plans }),
    ),
    ...listChips('unit', query.units, unitWords, (units) => withUnits(query, units)),
    ...listChips(
      'stage',
      query.stages,
      (stage) => STAGE_WORDS[stage],
      (stages) => ({ ...query, stages }),
    ),
    ...(rate === '' ? [] : [one('rate', `yield ${rate}`, { rateBps: {} })]),
    ...(term === '' ? [] : [one('term', `term ${term}`, { termDays: {} })]),
    ...(left === '' ? [] : [one('left', `${left} left`, { leftUnits: {} })]),
    ...(query.hasRecord ? [one('record', 'bank has a record', { hasRecord: false })] : []),
    ...(onTimeFromBps === undefined
      ? []
      : [one('ontime', `on time from ${formatBps(onTimeFromBps)}`, { onTimeFromBps: undefined })]),
    ...(par30ToBps === undefined
      ? []
      : [
          one('par30', `over 30 days late up to ${formatBps(par30ToBps)}`, {
            par30ToBps: undefined,
          }),
        ]),
  ];
}

/** The query with every filter gone; the order stays. */
export function withoutFilters(query: DiscoverQuery): DiscoverQuery {
  return { ...EMPTY_QUERY, sort: query.sort };
}
