/** Cases as a catalog keeps them: each beside the others on its contracts, and whose they are. */
import { describe, expect, it } from 'vitest';
import { caseRecord } from '@realyield/protocol';
import { OPEN_DAY, TestCase, unpaidLoan } from '../protocol/src/testing/disputes.ts';
import { CaseBook } from '../web/lib/engine/cases/case-book.ts';
import type { Catalog } from '../web/lib/engine/catalog.ts';
import { caseIds, judgedCases, rootsToRead } from '../web/lib/engine/cases/records.ts';
import { casesSentence } from '../web/lib/state/views/case-lists.ts';
import { publicOf } from './fixtures/loan.ts';

const CLAIM = 1_020_000_000n;

/** Two cases ruled on one loan, of which one payment pays the first. */
function twoCases() {
  const loan = unpaidLoan();
  const made = (['notRepaid', 'misrepresentation'] as const).map((reason, index) => {
    const one = new TestCase(loan);
    one.open(CLAIM, OPEN_DAY, reason);
    one.respond();
    one.rule(one.take(), [one.award(300_000_000n, 'repayment')], OPEN_DAY + 20 + index);
    return one;
  });
  loan.pay('repayment', [{ n: 0, amountUnits: 400_000_000n }], loan.startAtSec + 130 * 60);
  const view = { root: loan.root, fold: loan.fold(), stateHash: '' };
  const contract = (root: string) => (root === loan.root ? view : undefined);
  const book = new CaseBook({ clock: { nowSec: () => 4_000_000_000 }, contract });
  for (const one of made) for (const parsed of one.parsed) book.add(parsed);
  const catalog = { cases: book, contract } as unknown as Catalog;
  return { loan, book, catalog, ids: made.map(({ id }) => id) };
}

describe('a book of cases', () => {
  it('lets a payment comply with one of two rulings, requires: DI-23', () => {
    const { book, ids, loan } = twoCases();
    const [first = '', second = ''] = ids;
    expect(book.find(first)?.fold.status).toBe('complied');
    const other = book.find(second);
    expect(other?.fold).toMatchObject({ status: 'ruled' });
    expect(other?.fold.outcome?.outstandingUnits).toBe(200_000_000n);
    expect(book.find(second)).toBe(other);
    expect(book.others(second, [loan.root])).toHaveLength(1);
  });

  it('knows the cases of an arbiter, a bank and an offer, requires: F-41, F-44', () => {
    const { catalog, loan, ids } = twoCases();
    const offer = `32811:${loan.offer.event.pubkey}:${loan.offer.document.identifier}`;
    for (const of of [
      { as: 'arbiter', key: publicOf('arbiter') },
      { as: 'arbiter', key: publicOf('fallback arbiter') },
      { as: 'bank', key: publicOf('bank') },
      { as: 'offer', key: offer },
    ] as const) {
      expect([...caseIds(catalog, of)].sort()).toEqual([...ids].sort());
      expect(judgedCases(catalog, ids, of)).toHaveLength(2);
    }
    expect(caseIds(catalog, { as: 'bank', key: publicOf('arbiter') })).toEqual([]);
    expect(rootsToRead(catalog, ids)).toEqual([loan.root]);
    const judged = judgedCases(catalog, ids, { as: 'bank', key: publicOf('bank') });
    const record = caseRecord(judged, loan.startAtSec + 200 * 60);
    expect(record.compliance).toMatchObject({ numerator: 1, denominator: 2 });
    expect(casesSentence(record)).toBe(
      '2 cases: 2 ruled on. In 1 of them money is owed though the time to pay it is over.',
    );
  });
});
