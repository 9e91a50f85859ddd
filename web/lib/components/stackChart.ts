/**
 * Geometry of stacked bars over time: amounts to rectangles in pixels. Amounts become numbers only
 * here, for drawing.
 */
import { leastUnits } from '../amount.ts';
import type { StackBar, StackPart, StackView } from './figure-models.ts';

/** A rectangle of a bar. */
export interface StackPiece {
  readonly part: StackPart;
  readonly y: number;
  readonly height: number;
}

/** One bar, its pieces from the base line up. */
export interface StackColumn {
  readonly bar: StackBar;
  readonly x: number;
  readonly width: number;
  readonly middle: number;
  readonly top: number;
  readonly totalUnits: bigint;
  readonly pieces: readonly StackPiece[];
}

/** The columns, the one whose amount is written above it, and those whose date stands below. */
export interface StackGeometry {
  readonly columns: readonly StackColumn[];
  readonly tallest: StackColumn | undefined;
  readonly dated: readonly StackColumn[];
}

/** The rectangle to draw in, in pixels from above. */
export interface StackBox {
  readonly width: number;
  readonly top: number;
  readonly base: number;
}

const WIDEST_BAR = 44;
/** A sliver is still to be seen. */
const LEAST_HEIGHT = 1.5;
/** Room a date needs below the bars. */
const DATE_WIDTH = 84;

/** All of a bar, in the chart's denomination. */
export function totalOf(bar: StackBar): bigint {
  return Object.values(bar.parts).reduce((sum, amount) => sum + amount, 0n);
}

function piecesOf(
  bar: StackBar,
  { parts, denomination }: StackView,
  base: number,
  scale: number,
): StackPiece[] {
  let y = base;
  return parts.flatMap(({ part }) => {
    const amount = bar.parts[part] ?? 0n;
    // Less than a sat or a cent is nothing anybody could pay.
    if (amount < leastUnits(denomination)) return [];
    const height = Math.max(LEAST_HEIGHT, Number(amount) * scale);
    y -= height;
    return [{ part, y, height }];
  });
}

/** Columns whose dates fit: the first, the last, and evenly some between. */
function datedOf(columns: readonly StackColumn[], width: number): StackColumn[] {
  const room = Math.max(1, Math.floor(width / DATE_WIDTH));
  const last = columns.length - 1;
  if (columns.length <= room) return [...columns];
  if (room < 2) return columns.slice(0, 1);
  const picked = Array.from({ length: room }, (_, at) => Math.round((at * last) / (room - 1)));
  return columns.filter((_, index) => picked.includes(index));
}

/** Lays the bars out in a box. */
export function stackColumns(view: StackView, box: StackBox): StackGeometry {
  const totals = view.bars.map(totalOf);
  const largest = totals.reduce((most, total) => (total > most ? total : most), 0n);
  const slot = box.width / Math.max(view.bars.length, 1);
  const gap = slot < 6 ? 1 : Math.min(8, slot * 0.25);
  const width = Math.max(1, Math.min(WIDEST_BAR, slot - gap));
  const scale = largest === 0n ? 0 : (box.base - box.top) / Number(largest);
  const columns = view.bars.map((bar, index): StackColumn => {
    const x = index * slot + (slot - width) / 2;
    const pieces = piecesOf(bar, view, box.base, scale);
    const top = pieces.at(-1)?.y ?? box.base;
    const totalUnits = totals[index] ?? 0n;
    return { bar, x, width, middle: x + width / 2, top, totalUnits, pieces };
  });
  const tallest = columns.find(({ totalUnits }) => totalUnits === largest && largest > 0n);
  return { columns, tallest, dated: datedOf(columns, box.width) };
}
