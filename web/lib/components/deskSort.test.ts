/** Desk lists sort by value, keep ties in the order of the next step, and put gaps last. */
import { describe, expect, it } from 'vitest';
import { sortRows } from './deskSort.ts';
import type { DeskRow } from './models.ts';

function row(id: string, order: number, amountUnits?: bigint): DeskRow {
  return {
    id,
    href: `#${id}`,
    next: { text: 'Look', tone: 'plain', order },
    cells:
      amountUnits === undefined
        ? {}
        : { amount: { kind: 'money', amountUnits, denomination: { type: 'msat' } } },
  };
}

const rows = [row('a', 2, 9n), row('b', 1, 10n), row('c', 0), row('d', 1, 9n)];
const ids = (sorted: readonly DeskRow[]): string => sorted.map((each) => each.id).join('');

describe('sortRows', () => {
  it('puts the most pressing next step first', () => {
    expect(ids(sortRows(rows, { key: 'next', descending: false }))).toBe('cbda');
  });

  it('compares amounts as amounts, not as text', () => {
    expect(ids(sortRows(rows, { key: 'amount', descending: false }))).toBe('dabc');
    expect(ids(sortRows(rows, { key: 'amount', descending: true }))).toBe('bdac');
  });

  it('leaves the input as it is', () => {
    sortRows(rows, { key: 'next', descending: false });
    expect(ids(rows)).toBe('abcd');
  });
});
