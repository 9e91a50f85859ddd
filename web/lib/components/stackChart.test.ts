/** Bars over time: sums fit the box, slivers are seen, what nobody could pay is not drawn. */
import { expect, it } from 'vitest';
import type { StackView } from './figure-models.ts';
import { stackColumns } from './stackChart.ts';

const box = { width: 400, top: 20, base: 120 };
const view: StackView = {
  denomination: { type: 'msat' },
  label: '',
  parts: [
    { part: 'onTime', label: 'Paid on time' },
    { part: 'unpaid', label: 'Unpaid' },
  ],
  bars: [
    { key: 'a', label: 'a', parts: { onTime: 9_000_000_000n, unpaid: 1_000_000_000n } },
    { key: 'b', label: 'b', parts: { onTime: 5_000_000_000n, unpaid: 1_000n } },
    { key: 'c', label: 'c', parts: { onTime: 5_000_000_000n, unpaid: 999n } },
  ],
};

it('stacks parts from the base line to at most the top', () => {
  const { columns, tallest } = stackColumns(view, box);
  expect(columns[0]?.pieces.map(({ part, height }) => [part, height])).toEqual([
    ['onTime', 90],
    ['unpaid', 10],
  ]);
  expect(columns[0]?.top).toBe(box.top);
  expect(tallest?.bar.key).toBe('a');
  expect(columns[1]?.pieces[1]?.height).toBe(1.5);
  expect(columns[2]?.pieces).toHaveLength(1);
});

it('writes as many dates as there is room for, the first and the last among them', () => {
  const bars = Array.from({ length: 40 }, (_, at) => ({
    key: String(at),
    label: String(at),
    parts: { onTime: 1_000_000n },
  }));
  const { dated, columns } = stackColumns({ ...view, bars }, box);
  expect(dated).toHaveLength(4);
  expect([dated[0], dated.at(-1)]).toEqual([columns[0], columns.at(-1)]);
  expect(stackColumns({ ...view, bars: [] }, box).tallest).toBeUndefined();
});
