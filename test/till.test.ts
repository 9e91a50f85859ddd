/**
 * Sales and reports: a second reader's tree, and what must hold for every list of sales.
 * requires: TL-7, TL-8, TL-9, TL-13, TL-17, TL-19
 */
import {
  isSerialTwice,
  leafOf,
  pathTo,
  reportGaps,
  reportedSales,
  totalsAlong,
  treeTotals,
  type CountedReport,
  type TreeNode,
} from '@realyield/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOf, publicOf } from './fixtures/loan.ts';
import { sell } from './fixtures/till.ts';
import { leafOf as secondLeaf, rootOf } from './independent-sales.mjs';
import { filesUnder } from './source.ts';

interface TreeFile {
  readonly name: string;
  readonly leaves?: readonly string[];
  readonly expect: { readonly root: string; readonly msat: string; readonly units: string };
}

const trees = filesUnder('specs/vectors/till', ['.json'])
  .map(({ text }) => JSON.parse(text) as TreeFile)
  .filter(({ leaves }) => leaves !== undefined);

const amount = fc.bigInt(0n, 2_100_000_000_000_000_000n / 64n);
const leaf = fc
  .record({ id: fc.nat(), serial: fc.nat(), msat: amount, units: amount })
  .map(({ id, ...sale }) => leafOf({ ...sale, id: hashOf(`sale ${id}`) }));
const leaves = fc.array(leaf, { minLength: 1, maxLength: 33 });

describe('the tree', () => {
  it.each(trees)('is a second reader’s too: $name', ({ leaves: lines = [], expect: answer }) => {
    const nodes = lines.map((line) => {
      const [id = '', serial, msat = '', units = ''] = line.split(' ');
      return secondLeaf({ id, serial: Number(serial), msat: BigInt(msat), units: BigInt(units) });
    });
    const { root, msat, units } = rootOf(nodes);
    const { root: said, msat: saidMsat, units: saidUnits } = answer;
    expect([root, `${msat}`, `${units}`]).toEqual([said, saidMsat, saidUnits]);
  });

  it('has a path for every sale, and none for another in its place', () => {
    const law = fc.property(leaves, leaf, fc.nat(), (list, other, pick) => {
      const totals = treeTotals(list);
      expect(rootOf(list)).toEqual({ msat: totals.msat, units: totals.units, root: totals.root });
      const place = pick % list.length;
      const path = pathTo(place, list);
      const along = (node: TreeNode, at: number, count = list.length) =>
        totalsAlong(node, at, count, path);
      expect(along(list[place] ?? other, place)).toEqual(totals);
      if (other.hash !== list[place]?.hash) {
        expect(along(other, place)?.root).not.toBe(totals.root);
      }
      const more = along(list[place] ?? other, place, list.length + 1);
      expect(more?.root).not.toBe(totals.root);
      const raised = { ...(list[place] ?? other), msat: (list[place]?.msat ?? 0n) + 1n };
      expect(along(raised, place)?.root).not.toBe(totals.root);
    });
    fc.assert(law, { numRuns: 60 });
  });

  it('is another for the same sales and the last one again', () => {
    const law = fc.property(leaves, (list) => {
      const doubled = [...list, ...list.slice(-1)];
      expect(treeTotals(doubled).root).not.toBe(treeTotals(list).root);
    });
    fc.assert(law, { numRuns: 40 });
  });

  it('takes no amounts that do not fit, and no path that is too long', () => {
    const node = { hash: hashOf('x'), msat: 2n ** 64n, units: 0n };
    const good = { ...node, msat: 1n };
    expect(totalsAlong(node, 0, 1, [])).toBeUndefined();
    expect(totalsAlong(good, 0, 2, [node])).toBeUndefined();
    expect(totalsAlong(good, 0, 2, [{ ...good, msat: 2n ** 64n - 1n }])).toBeUndefined();
    expect(totalsAlong({ ...good, msat: -1n }, 0, 1, [])).toBeUndefined();
    expect(totalsAlong({ ...good, hash: 'ff' }, 0, 1, [])).toBeUndefined();
    expect(totalsAlong(good, 1, 1, [])).toBeUndefined();
    expect(totalsAlong(good, 0, 1, [good])).toBeUndefined();
  });
});

it('a serial used twice shows in two sales', () => {
  const keys = [publicOf('business')];
  const one = sell({ serial: 3, msat: 1n, atSec: 10 });
  const other = sell({ serial: 3, msat: 2n, atSec: 10 });
  expect(isSerialTwice(one, other, keys)).toBe(true);
  expect(isSerialTwice(one, one, keys)).toBe(false);
  expect(isSerialTwice(one, sell({ serial: 4, msat: 2n, atSec: 10 }), keys)).toBe(false);
  expect(isSerialTwice(one, other, [publicOf('bank')])).toBe(false);
});

const DAY = 60;
const reported = (
  index: number,
  given: Partial<CountedReport> & Pick<CountedReport, 'firstSerial' | 'count'>,
): CountedReport => ({
  ...{ id: hashOf(`report ${index}`), author: publicOf('business'), till: 'a', units: 0n },
  ...{ fromSec: index * 10, toSec: index * 10 + 10, reportedAtSec: 0, corrects: undefined },
  ...given,
});

const reports = fc
  .array(
    fc.record({
      till: fc.constantFrom('a', 'b'),
      firstSerial: fc.integer({ min: 1, max: 12 }),
      count: fc.integer({ min: 0, max: 5 }),
      units: fc.bigInt(0n, 100n),
      reportedAtSec: fc.integer({ min: 0, max: 5 * DAY }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((list) =>
    list.map((each, index) => {
      // A report without sales comes to nothing (TL-5).
      return reported(index, { ...each, units: each.count === 0 ? 0n : each.units });
    }),
  );

/** All that a list of reports comes to by the end of a day. */
function sumBy(list: readonly CountedReport[], day: number): bigint {
  return reportedSales(list, DAY)
    .filter(({ reportedDay }) => reportedDay <= day)
    .reduce((sum, { revenueUnits }) => sum + revenueUnits, 0n);
}

/** The most that reports with no serial in common come to, by trying them all. */
function tried(list: readonly CountedReport[]): bigint {
  const [first, ...others] = list;
  if (!first) return 0n;
  const end = first.firstSerial + first.count;
  const apart = others.filter(
    (each) =>
      each.till !== first.till ||
      each.firstSerial >= end ||
      each.firstSerial + each.count <= first.firstSerial,
  );
  const [withIt, without] = [first.units + tried(apart), tried(others)];
  return withIt > without ? withIt : without;
}

describe('reported sales', () => {
  it('are the most that reports without a serial in common come to, day by day', () => {
    const law = fc.property(reports, fc.nat(5), (list, day) => {
      const known = list.filter(({ reportedAtSec }) => Math.floor(reportedAtSec / DAY) <= day);
      expect(sumBy(list, day)).toBe(tried(known));
    });
    fc.assert(law, { numRuns: 100 });
  });

  it('are never less for another report, whenever it is dated, nor by their order', () => {
    const law = fc.property(reports, fc.nat(5), (list, day) => {
      expect(sumBy(list, day) >= sumBy(list.slice(1), day)).toBe(true);
      expect(sumBy([...list].reverse(), day)).toBe(sumBy(list, day));
    });
    fc.assert(law, { numRuns: 100 });
  });
});

it('serials and times between reports show as not reported', () => {
  const list = [
    reported(1, { firstSerial: 3, count: 2 }),
    reported(4, { firstSerial: 9, count: 1 }),
    reported(5, { firstSerial: 10, count: 4 }),
  ];
  expect(reportGaps(list)).toEqual([
    { till: 'a', fromSerial: 1, toSerial: 3, fromSec: 10, toSec: 10 },
    { till: 'a', fromSerial: 5, toSerial: 9, fromSec: 20, toSec: 40 },
  ]);
  expect(reportGaps(list.slice(1, 1))).toEqual([]);
});
