/** Periods of a statement: by the days that stand in it, none lost between two of them. */
import { expect, it } from 'vitest';
import { isWithin, periodsOf } from './periods.ts';

const at = (text: string): number => Date.parse(text) / 1_000;
const TIMES = [
  '2026-12-31T23:59:59Z',
  '2027-01-01T00:00:00Z',
  '2027-01-31T23:59:59Z',
  '2027-10-01T12:00:00Z',
].map(at);

it('offers what there are payments in, newest first', () => {
  const values = periodsOf(TIMES).map(({ value }) => value);
  expect(values).toEqual(['all', '2027', '2026', '2027-10', '2027-01', '2026-12']);
});

it('has every payment in one year and in one month', () => {
  const counts = Object.fromEntries(
    periodsOf(TIMES).map(({ value }) => [value, TIMES.filter((each) => isWithin(value, each))]),
  );
  expect(counts['all']).toEqual(TIMES);
  expect(counts['2026']).toEqual(TIMES.slice(0, 1));
  expect(counts['2027']).toEqual(TIMES.slice(1));
  expect(counts['2027-01']).toEqual(TIMES.slice(1, 3));
  // October is no beginning of January.
  expect(counts['2027-10']).toEqual(TIMES.slice(3));
});
