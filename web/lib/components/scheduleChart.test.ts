/** Geometry of the schedule chart: bars fill the box, paid parts lie at the base. */
import { describe, expect, it } from 'vitest';
import type { InstalmentView } from './models.ts';
import { chartBars } from './scheduleChart.ts';

const BOX = { width: 300, top: 20, base: 120 };

function instalment(number: number, change: Partial<InstalmentView> = {}): InstalmentView {
  return {
    number,
    dueAtSec: number * 86_400,
    principalUnits: 80n,
    interestUnits: 20n,
    feesUnits: 0n,
    totalUnits: 100n,
    paidUnits: 0n,
    state: 'upcoming',
    ...change,
  };
}

describe('chartBars', () => {
  it('scales to the largest and leaves out parts nobody owes', () => {
    const half = { principalUnits: 40n, interestUnits: 10n, totalUnits: 50n };
    const chart = chartBars([instalment(1), instalment(2, half)], BOX);
    expect(chart.parts).toEqual(['principal', 'interest']);
    expect(chart.bars.map((bar) => bar.top)).toEqual([20, 70]);
    expect(chart.label?.amountUnits).toBe(100n);
  });

  it('splits a part where the paid amount ends', () => {
    const chart = chartBars([instalment(1, { paidUnits: 90n })], BOX);
    expect(chart.bars[0]?.pieces.map(({ part, paid }) => `${part} ${paid}`)).toEqual([
      'principal true',
      'interest true',
      'interest false',
    ]);
  });

  it('draws nothing impossible for none, for nought and for very many', () => {
    expect(chartBars([], BOX)).toEqual({ bars: [], parts: [], label: undefined });
    const nought = { principalUnits: 0n, interestUnits: 0n, totalUnits: 0n };
    expect(chartBars([instalment(1, nought)], BOX).bars[0]?.pieces).toEqual([]);
    const many = chartBars(
      Array.from({ length: 1000 }, (_, index) => instalment(index)),
      BOX,
    );
    expect(many.bars.every((bar) => bar.width >= 1)).toBe(true);
  });
});
