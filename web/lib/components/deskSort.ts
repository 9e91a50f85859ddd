/**
 * Order of desk rows: by the value behind a cell, never by how it is written, and always the
 * same for the same rows (ties keep the order of the next step, then of the id).
 */
import { unitKey } from '../currencies.ts';
import type { DeskCell, DeskRow } from './models.ts';

/** Which column orders the list; `next` is the first column. */
export interface DeskOrder {
  readonly key: string;
  readonly descending: boolean;
}

/** Cells that are figures stand on the right. */
export function isFigure(cell: DeskCell): boolean {
  return cell.kind === 'money' || cell.kind === 'count' || cell.kind === 'rate';
}

function valueOf(cell: DeskCell): bigint | number | string {
  switch (cell.kind) {
    case 'money':
      return cell.amountUnits;
    case 'count':
      return cell.count;
    case 'rate':
      return cell.bps;
    case 'date':
      return cell.atSec;
    case 'person':
      return (cell.person.name ?? cell.person.publicKey).toLowerCase();
    case 'status':
      return cell.status.text;
    case 'text':
      return cell.text.toLowerCase();
  }
}

function compareCells(a: DeskCell, b: DeskCell): number {
  // Amounts are compared within a denomination: bitcoin stands before currencies by their codes.
  if (a.kind === 'money' && b.kind === 'money') {
    const [left, right] = [unitKey(a.denomination), unitKey(b.denomination)];
    if (left !== right) return left === 'bitcoin' || (right !== 'bitcoin' && left < right) ? -1 : 1;
  }
  const left = valueOf(a);
  const right = valueOf(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Rows in the order asked for, gaps last either way; the input is left as it is. */
export function sortRows(rows: readonly DeskRow[], order: DeskOrder): DeskRow[] {
  const sign = order.descending ? -1 : 1;
  const byNext = (a: DeskRow, b: DeskRow): number => a.next.order - b.next.order;
  const byId = (a: DeskRow, b: DeskRow): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
  return [...rows].sort((a, b) => {
    if (order.key === 'next') return sign * byNext(a, b) || byId(a, b);
    const left = a.cells[order.key];
    const right = b.cells[order.key];
    if (left !== undefined && right !== undefined) {
      return sign * compareCells(left, right) || byNext(a, b) || byId(a, b);
    }
    if (left === undefined && right === undefined) return byNext(a, b) || byId(a, b);
    return left === undefined ? 1 : -1;
  });
}
