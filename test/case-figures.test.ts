/**
 * Records of arbiters and of cases against code that knows only the raw events and the specs
 * (test/figures/cases.ts), over many cases drawn by dice.
 */
import { arbiterRecord, caseRecord, type JudgedCase } from '@realyield/protocol';
import { describe, expect, it } from 'vitest';
import { publicOf } from './fixtures/loan.ts';
import { drawCase, JUDGES } from './figures/case-market.ts';
import { plainArbiterRecord, plainCase, plainCaseRecord } from './figures/cases.ts';
import { readParts, storeEvents } from './figures/relay.ts';

const drawn = Array.from({ length: 150 }, (_, index) => drawCase(index));
const judged: JudgedCase[] = drawn.map((made) => ({
  fold: made.fold(),
  state: made.loan.fold().state,
}));
const plain = drawn.map((made) => {
  const terms = made.loan.contract.event.content;
  const parts = readParts(storeEvents(made.loan.events));
  return plainCase(made.id, made.steps, JSON.parse(terms) as never, parts);
});
const [first] = drawn;
const DAYS = [100, 125, 129, 160, 200, 260, 400];
const times = DAYS.map((day) => (first?.at(day) ?? 0) + 7);

describe('records of cases', () => {
  it('of arbiters are what the raw events say, requires: F-41, F-42, F-43', () => {
    for (const asOfSec of times) {
      for (const judge of JUDGES.map(publicOf)) {
        const record = arbiterRecord(judge, judged, asOfSec);
        expect(record).toEqual(plainArbiterRecord(judge, plain, asOfSec));
      }
    }
  });

  it('of banks and offers are what the raw events say, requires: F-44, F-45', () => {
    for (const asOfSec of times) {
      expect(caseRecord(judged, asOfSec)).toEqual(plainCaseRecord(plain, asOfSec));
      const half = judged.slice(0, 7);
      expect(caseRecord(half, asOfSec)).toEqual(plainCaseRecord(plain.slice(0, 7), asOfSec));
    }
  });

  it('hold every kind of case', () => {
    const lastSec = times.at(-1) ?? 0;
    const records = JUDGES.map((judge) => arbiterRecord(publicOf(judge), judged, lastSec));
    const { compliance, ...cases } = caseRecord(judged, lastSec);
    const sums = new Map<string, number>();
    for (const record of [...records, cases]) {
      for (const [name, value] of Object.entries(record)) {
        sums.set(name, (sums.get(name) ?? 0) + (value as number));
      }
    }
    const none = [...sums].filter(([, sum]) => sum === 0).map(([name]) => name);
    expect(none).toEqual([]);
    expect(compliance.bps).toBeGreaterThan(0);
    expect(compliance.bps).toBeLessThan(10_000);
    expect(records.some(({ ruled, ruledInTime }) => ruled > ruledInTime)).toBe(true);
  });

  it('are empty where nothing is known', () => {
    expect(arbiterRecord(publicOf('nobody'), judged, times[0] ?? 0)).toMatchObject({ cases: 0 });
    expect(caseRecord([], times[0] ?? 0).compliance.bps).toBeUndefined();
  });
});
