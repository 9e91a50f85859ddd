/**
 * Geometry of the schedule chart: instalments to rectangles in pixels. Amounts become numbers
 * only here, for drawing.
 */
import type { InstalmentView } from './models.ts';

/** What a piece of a bar stands for. */
export type ChartPart = 'principal' | 'interest' | 'fees';

/** A rectangle of a bar: paid pieces are solid, the rest pale. */
export interface ChartPiece {
  readonly part: ChartPart;
  readonly paid: boolean;
  readonly y: number;
  readonly height: number;
}

/** One bar: stacked pieces from the base line up. */
export interface ChartBar {
  readonly instalment: InstalmentView;
  readonly x: number;
  readonly width: number;
  readonly middle: number;
  /** Upper edge of the whole bar. */
  readonly top: number;
  readonly pieces: readonly ChartPiece[];
}

/** An amount written above a bar. */
export interface ChartLabel {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly amountUnits: bigint;
}

/** The bars, which parts occur at all (in stacking order), and the label of the tallest bar. */
export interface Chart {
  readonly bars: readonly ChartBar[];
  readonly parts: readonly ChartPart[];
  readonly label: ChartLabel | undefined;
}

/** The rectangle to draw in, in pixels from above. */
export interface ChartBox {
  readonly width: number;
  readonly top: number;
  readonly base: number;
}

const PARTS: readonly ChartPart[] = ['principal', 'interest', 'fees'];
const WIDEST_BAR = 48;
/** Room a label needs beside the edge before it is anchored there. */
const LABEL_HALF = 52;

function partUnits(instalment: InstalmentView, part: ChartPart): bigint {
  if (part === 'principal') return instalment.principalUnits;
  return part === 'interest' ? instalment.interestUnits : instalment.feesUnits;
}

/** Splits each part where the paid amount ends, counted from the base line up. */
function piecesOf(
  instalment: InstalmentView,
  parts: readonly ChartPart[],
  base: number,
  scale: number,
): ChartPiece[] {
  let paidLeft = instalment.paidUnits;
  let y = base;
  const pieces: ChartPiece[] = [];
  for (const part of parts) {
    const amount = partUnits(instalment, part);
    const paid = paidLeft < amount ? paidLeft : amount;
    paidLeft -= paid;
    for (const [size, isPaid] of [
      [paid, true],
      [amount - paid, false],
    ] as const) {
      if (size <= 0n) continue;
      const height = Number(size) * scale;
      y -= height;
      pieces.push({ part, paid: isPaid, y, height });
    }
  }
  return pieces;
}

function labelFor(bar: ChartBar | undefined, width: number): ChartLabel | undefined {
  if (bar === undefined) return undefined;
  const amountUnits = bar.instalment.totalUnits;
  const y = bar.top - 8;
  if (bar.middle < LABEL_HALF) return { x: bar.x, y, anchor: 'start', amountUnits };
  if (bar.middle > width - LABEL_HALF) {
    return { x: bar.x + bar.width, y, anchor: 'end', amountUnits };
  }
  return { x: bar.middle, y, anchor: 'middle', amountUnits };
}

/** Lays the instalments out as bars in a box. */
export function chartBars(instalments: readonly InstalmentView[], box: ChartBox): Chart {
  const parts = PARTS.filter((part) => instalments.some((each) => partUnits(each, part) > 0n));
  const largest = instalments.reduce(
    (most, each) => (each.totalUnits > most ? each.totalUnits : most),
    0n,
  );
  const slot = box.width / Math.max(instalments.length, 1);
  const gap = slot < 6 ? 1 : Math.min(6, slot * 0.2);
  const width = Math.max(1, Math.min(WIDEST_BAR, slot - gap));
  const scale = largest === 0n ? 0 : (box.base - box.top) / Number(largest);
  const bars = instalments.map((instalment, index): ChartBar => {
    const x = index * slot + (slot - width) / 2;
    const pieces = piecesOf(instalment, parts, box.base, scale);
    const top = pieces.at(-1)?.y ?? box.base;
    return { instalment, x, width, middle: x + width / 2, top, pieces };
  });
  const tallest = bars.find((bar) => bar.instalment.totalUnits === largest);
  return { bars, parts, label: labelFor(tallest, box.width) };
}
