/** Search, filters, order and their address. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chipsOf, withoutFilters } from './chips.ts';
import { foldText, searchWords } from './fold-text.ts';
import { countFacets, findRows, orderRows, type OfferRow, type RecordRow } from './match.ts';
import {
  EMPTY_QUERY,
  OFFER_STAGES,
  PLAN_NAMES,
  SORT_NAMES,
  queryText,
  readQuery,
  type DiscoverQuery,
} from './query.ts';

const record = (onTimeCount: number, dueCount: number, par30 = 0n): RecordRow => ({
  dueCount,
  onTimeCount,
  risks: [{ outstandingUnits: 1_000n, par30Units: par30 }],
});

let made = 0;
function row(part: Partial<OfferRow> = {}): OfferRow {
  made += 1;
  return {
    address: `offer ${made}`,
    text: foldText('Panadería Luz\nSuchitoto\nEl Salvador'),
    country: 'SV',
    sector: 'food',
    plan: 'bullet',
    stage: 'open',
    rateBps: 1_000,
    termDays: 180,
    unit: 'bitcoin',
    leftUnits: 5_000_000n,
    publishedAtSec: made,
    record: undefined,
    ...part,
  };
}

const ask = (part: Partial<DiscoverQuery>): DiscoverQuery => ({ ...EMPTY_QUERY, ...part });
const found = (rows: readonly OfferRow[], part: Partial<DiscoverQuery>): string[] =>
  findRows(rows, ask(part)).map(({ address }) => address);

describe('search', () => {
  it('takes no notice of case, accents and ligatures', () => {
    expect(foldText('PANADERÍA Łódź Straße Ærø')).toBe('panaderia lodz strasse aero');
    expect(searchWords(' Panadería,  luz ')).toEqual(['panaderia', 'luz']);
    const rows = [row(), row({ text: foldText('Fornetto') })];
    expect(found(rows, { text: 'panaderia SUCHI' })).toEqual([rows[0]?.address]);
    expect(found(rows, { text: 'panaderia lisbon' })).toEqual([]);
  });
});

describe('filters', () => {
  it('combine, and both ends of a range belong to it', () => {
    const rows = [
      row({ country: 'PT', rateBps: 800, termDays: 90 }),
      row({ country: 'PT', rateBps: 1_200, termDays: 360 }),
      row({ country: 'SV', rateBps: 800, termDays: 90 }),
    ];
    const [first, second] = rows.map(({ address }) => address);
    expect(found(rows, { countries: ['PT'] })).toEqual([first, second]);
    expect(found(rows, { countries: ['PT'], rateBps: { from: 800, to: 800 } })).toEqual([first]);
    expect(found(rows, { countries: ['PT'], termDays: { from: 91 } })).toEqual([second]);
  });

  it('on a bank’s record pass only what is known and enough', () => {
    const rows = [
      row({ record: undefined }),
      row({ record: record(0, 0) }),
      row({ record: record(95, 100) }),
      row({ record: record(94, 100, 51n) }),
    ];
    const [, , good, poor] = rows.map(({ address }) => address);
    expect(found(rows, { hasRecord: true })).toEqual([good, poor]);
    expect(found(rows, { onTimeFromBps: 9_500 })).toEqual([good]);
    expect(found(rows, { par30ToBps: 510 })).toEqual([good, poor]);
    expect(found(rows, { par30ToBps: 500 })).toEqual([good]);
  });

  it('count each choice as it would find with all the others', () => {
    const rows = [
      row({ country: 'PT', sector: 'food' }),
      row({ country: 'SV', sector: 'food' }),
      row({ country: 'SV', sector: 'repair' }),
    ];
    const facets = countFacets(rows, ask({ countries: ['PT'], sectors: ['food'] }));
    expect(facets.countries).toEqual([
      { value: 'PT', count: 1 },
      { value: 'SV', count: 1 },
    ]);
    // What is chosen stays in sight although nothing is left of it.
    expect(countFacets(rows, ask({ countries: ['KE'] })).countries).toContainEqual({
      value: 'KE',
      count: 0,
    });
  });
});

describe('order', () => {
  it('by what was asked, ties newest first', () => {
    const rows = [
      row({ rateBps: 900, termDays: 30, record: record(9, 10) }),
      row({ rateBps: 1_200, termDays: 60, record: record(90, 100) }),
      row({ rateBps: 900, termDays: 60, record: undefined }),
    ];
    const [a, b, c] = rows.map(({ address }) => address);
    const order = (sort: DiscoverQuery['sort']) => orderRows(rows, sort).map((r) => r.address);
    expect(order('newest')).toEqual([c, b, a]);
    expect(order('yield')).toEqual([b, c, a]);
    expect(order('term')).toEqual([a, c, b]);
    // The same share of more instalments first; nothing known last.
    expect(order('ontime')).toEqual([b, a, c]);
  });
});

const ranges = <T>(value: fc.Arbitrary<T>) =>
  fc.record({
    from: fc.option(value, { nil: undefined }),
    to: fc.option(value, { nil: undefined }),
  });
const share = fc.option(fc.integer({ min: 0, max: 10_000 }), { nil: undefined });
const queries: fc.Arbitrary<DiscoverQuery> = fc.record({
  text: fc
    .string({ maxLength: 60, unit: 'grapheme' })
    .map((text) => text.trim().slice(0, 80).trim().toWellFormed()),
  countries: fc.uniqueArray(fc.constantFrom('SV', 'PT', 'NG'), { maxLength: 3 }),
  sectors: fc.uniqueArray(fc.constantFrom('food', 'crafts & arts', 'naïve'), { maxLength: 3 }),
  plans: fc.subarray([...PLAN_NAMES]),
  stages: fc.subarray([...OFFER_STAGES]),
  rateBps: ranges(fc.integer({ min: 0, max: 100_000 })),
  termDays: ranges(fc.integer({ min: 0, max: 99_999 })),
  units: fc.constantFrom([], ['bitcoin'], ['USD']),
  leftUnits: ranges(fc.integer({ min: 0, max: 1e9 }).map((sats) => BigInt(sats) * 1_000_000n)),
  hasRecord: fc.boolean(),
  onTimeFromBps: share,
  par30ToBps: share,
  sort: fc.constantFrom(...SORT_NAMES),
});

describe('amounts in several denominations', () => {
  const sat = row({ leftUnits: 5_000_000_000n });
  const dollar = row({ unit: 'USD', leftUnits: 900_000_000n });
  const yen = row({ unit: 'JPY', leftUnits: 7_000_000_000n });
  const rows = [yen, dollar, sat];

  it('are compared within one only', () => {
    const any = { from: 1n };
    expect(found(rows, { leftUnits: any })).toEqual([sat.address]);
    expect(found(rows, { units: ['USD'], leftUnits: any })).toEqual([dollar.address]);
    expect(found(rows, { units: ['USD', 'JPY'] })).toEqual([yen.address, dollar.address]);
    const order = orderRows(rows, 'left').map(({ unit }) => unit);
    expect(order).toEqual(['bitcoin', 'JPY', 'USD']);
    expect(countFacets(rows, EMPTY_QUERY).units).toHaveLength(3);
  });

  it('stand in an address as people write them', () => {
    const asked = readQuery(new URLSearchParams('in=USD&left=12.5-1000'));
    expect(asked.leftUnits).toEqual({ from: 1_250_000_000n, to: 100_000_000_000n });
    expect(queryText(asked)).toBe('?in=USD&left=12.50-1000.00');
    expect(readQuery(new URLSearchParams('in=usd,gold')).units).toEqual([]);
  });
});

describe('the address', () => {
  it('says a query so that it is read back the same', () => {
    fc.assert(
      fc.property(queries, (query) => {
        expect(readQuery(new URLSearchParams(queryText(query)))).toEqual(query);
      }),
    );
  });

  it('is empty where nothing is asked, and reading one never fails', () => {
    expect(queryText(EMPTY_QUERY)).toBe('');
    fc.assert(
      fc.property(fc.string(), (text) => {
        readQuery(new URLSearchParams(text));
      }),
    );
    expect(readQuery(new URLSearchParams('yield=x-9&left=-&term=5&sort=best&par30=999'))).toEqual({
      ...EMPTY_QUERY,
      rateBps: { from: undefined, to: 900 },
      units: [],
      leftUnits: { from: undefined, to: undefined },
      termDays: { from: 5, to: undefined },
    });
  });

  it('loses one filter with each chip, and all of them at once', () => {
    fc.assert(
      fc.property(queries, (query) => {
        const name = (sector: string): string => sector;
        for (const chip of chipsOf(query, name)) {
          expect(chipsOf(chip.without, name).map(({ key }) => key)).toEqual(
            chipsOf(query, name)
              .map(({ key }) => key)
              .filter((key) => key !== chip.key)
              // An amount in dollars asks for nothing once offers in dollars are not asked for.
              .filter((key) => key !== 'left' || chip.key !== 'unit USD'),
          );
        }
        expect(chipsOf(withoutFilters(query), name)).toEqual([]);
      }),
    );
  });
});
