/**
 * Geometry of the schedule chart: instalments to rectangles in pixels. Amounts become numbers
 * only here, for drawing.
 */
import type { InstalmentView } from './models.ts';

/** What a piece of a bar stands for. */
export type ChartPart = 'principal' | 'interest' | 'fees';

/** One bar: stacked pieces from the base line up. */
export interface ChartBar {
  readonly instalment: InstalmentView;
  readonly x: number;
  readonly width: number;
  /** Upper edge of the whole bar. */
  readonly top: number;
  readonly pieces: readonly {
    readonly part: ChartPart;
    readonly y: number;
    readonly height: number;
  }[];
  /** Whether its amount is written above it: the tallest, the first of them. */
  readonly labelled: boolean;
  readonly labelX: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

/** The bars and which parts occur at all, in stacking order. */
export interface Chart {
  readonly bars: readonly ChartBar[];
  readonly parts: readonly ChartPart[];
}

const PARTS: readonly ChartPart[] = ['principal', 'interest', 'fees'];
const WIDEST_BAR = 48;
/** Room a label needs beside the edge before it is anchored there. */
const LABEL_HALF = 52;

function partMsat(instalment: InstalmentView, part: ChartPart): bigint {
  if (part === 'principal') return instalment.principalMsat;
  return part === 'interest' ? instalment.interestMsat : instalment.feesMsat;
}

/** Lays the bars out between `top` and `base` (pixels from above) across `width` pixels. */
export function chartBars(
  instalments: readonly InstalmentView[],
  width: number,
  base: number,
  top: number,
): Chart {
  const parts = PARTS.filter((part) => instalments.some((each) => partMsat(each, part) > 0n));
  const largest = instalments.reduce(
    (max, each) => (each.totalMsat > max ? each.totalMsat : max),
    0n,
  );
  const tallestIndex = instalments.findIndex((each) => each.totalMsat === largest);
  const slot = width / Math.max(instalments.length, 1);
  const gap = slot < 6 ? 1 : Math.min(6, slot * 0.2);
  const barWidth = Math.max(1, Math.min(WIDEST_BAR, slot - gap));
  const scale = largest === 0n ? 0 : (base - top) / Number(largest);
  const bars = instalments.map((instalment, index): ChartBar => {
    const x = index * slot + (slot - barWidth) / 2;
    let y = base;
    const pieces = parts.map((part) => {
      const height = Number(partMsat(instalment, part)) * scale;
      y -= height;
      return { part, y, height };
    });
    const middle = x + barWidth / 2;
    const anchor = middle < LABEL_HALF ? 'start' : middle > width - LABEL_HALF ? 'end' : 'middle';
    const labelX = anchor === 'start' ? x : anchor === 'end' ? x + barWidth : middle;
    const labelled = index === tallestIndex;
    return { instalment, x, width: barWidth, top: y, pieces, labelled, labelX, anchor };
  });
  return { bars, parts };
}
