/** Cases as a catalog keeps them: each beside the others on its contracts, and whose they are. */
import { describe, expect, it } from 'vitest';
import { caseRecord, type ParsedDispute, type SignedEvent } from '@realyield/protocol';
import { OPEN_DAY, TestCase, unpaidLoan } from '../protocol/src/testing/disputes.ts';
import { sparedSigning } from '../protocol/src/testing/keys.ts';
import { CaseBook } from '../web/lib/engine/cases/case-book.ts';
import type { Catalog } from '../web/lib/engine/catalog.ts';
import { caseHeads } from '../web/lib/engine/cases/publishing.ts';
import { caseIds, judgedCases, rootsToRead } from '../web/lib/engine/cases/records.ts';
import { casesSentence } from '../web/lib/state/views/case-lists.ts';
import { hashOf, Loan, publicOf } from './fixtures/loan.ts';

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

  it('sets aside a step whose block is years ahead, requires: DI-46', () => {
    const loan = unpaidLoan();
    const made = new TestCase(loan);
    made.open(CLAIM);
    const ahead = { blockDay: OPEN_DAY + 1_000_000 };
    const taken = made.step('arbiter', { type: 'taken', admitted: [] }, OPEN_DAY + 1, ahead);
    const view = { root: loan.root, fold: loan.fold(), stateHash: '' };
    let nowSec = made.at(OPEN_DAY + 5);
    const book = new CaseBook({ clock: { nowSec: () => nowSec }, contract: () => view });
    for (const parsed of made.parsed) book.add(parsed);
    expect(book.find(made.id)?.fold).toMatchObject({ status: 'open', taken: undefined });
    nowSec = made.at(OPEN_DAY + 1_000_000);
    expect(book.find(made.id)?.fold.taken).toBe(taken.id);
  });
});

describe('what is read of a case', () => {
  /** A case that strangers and the bank say very much in before an investor joins it. */
  function crowdedCase() {
    const loans = ['investor', 'second investor', 'third investor'].map((name) =>
      unpaidLoan(name, { signing: sparedSigning }),
    );
    const [loan, second, third] = loans as [Loan, Loan, Loan];
    const made = new TestCase(...loans);
    const opened = made.open(CLAIM);
    const join = (name: string, joining: Pick<Loan, 'root' | 'signing' | 'nameOf'>) =>
      made.step(name, { type: 'join', claimUnits: '1000', statement: 'Mine too.' }, OPEN_DAY + 1, {
        loan: joining as Loan,
        prev: [opened],
      });
    const nameOf = (name: string): string => name;
    for (let index = 0; index < 150; index += 1) {
      join('stranger', { root: hashOf(`none ${index}`), signing: sparedSigning, nameOf });
    }
    const known = new Map(loans.map((each) => [each.root, each]));
    const lent = Array.from({ length: 120 }, (_, index) => hashOf(`lent ${index}`));
    for (const root of lent) join('bank', { root, signing: sparedSigning, nameOf });
    join('investor', second);
    join('investor', third);
    const contract = (root: string) => {
      const its = known.get(root) ?? (lent.includes(root) ? third : undefined);
      return its && { root, fold: its.fold(), stateHash: '' };
    };
    return { made, loan, second, third, known, contract };
  }

  it('is who may claim before strangers, and nobody’s second before another’s first', () => {
    const { made, loan, second, third, known, contract } = crowdedCase();
    const book = new CaseBook({ clock: { nowSec: () => 4_000_000_000 }, contract });
    for (const parsed of made.parsed) book.add(parsed);
    const whole = book.claimedOn(made.id);
    expect(whole.slice(0, 3)).toEqual([loan.root, second.root, third.root]);
    expect(whole).toHaveLength(100);
    // Not read yet: the stranger's first comes before it, and none of its others.
    known.delete(second.root);
    expect(book.claimedOn(made.id).indexOf(second.root)).toBe(3);
    const catalog = { cases: book, contract } as unknown as Catalog;
    expect(rootsToRead(catalog, [made.id]).slice(0, 2)).toEqual([loan.root, third.root]);
  });
});

describe('places of a case', () => {
  const NOW = { nowSec: () => 4_000_000_000 };
  const claim = { type: 'join', claimUnits: '1000', statement: 'Mine too.' } as const;

  /** A case that so many strangers join, each by a key of their own, before a second investor. */
  function crowded(strangers: number, contractOf: (index: number) => Loan | undefined) {
    const [loan, second] = ['investor', 'second investor'].map((name) =>
      unpaidLoan(name, { signing: sparedSigning }),
    ) as [Loan, Loan];
    const made = new TestCase(loan, second);
    const prev = [made.open(CLAIM)];
    const own = new Map<string, Loan>();
    for (let index = 0; index < strangers; index += 1) {
      const key = `stranger ${index}`;
      const theirs = contractOf(index);
      const root = hashOf(`theirs ${index}`);
      if (theirs) own.set(root, theirs);
      const name = theirs ? theirs.nameOf('investor') : key;
      const of = { root, signing: sparedSigning, nameOf: () => name } as unknown as Loan;
      made.step('investor', claim, OPEN_DAY + 1, { loan: of, prev });
    }
    made.step('investor', claim, OPEN_DAY + 2, { loan: second, prev });
    return { made, loan, second, own };
  }

  const viewIn = (loans: ReadonlyMap<string, Loan>) => (root: string) => {
    const its = loans.get(root);
    return its && { root, fold: its.fold(), stateHash: '' };
  };

  it('go to who is not read yet once strangers’ contracts were asked for in vain', () => {
    const { made, loan, second } = crowded(250, () => undefined);
    const known = new Map([[loan.root, loan]]);
    const asked = new Set<string>();
    const wasAsked = (root: string): boolean => asked.has(root);
    const book = new CaseBook({ clock: NOW, contract: viewIn(known), wasAsked });
    for (const parsed of made.parsed) book.add(parsed);
    let rounds = 0;
    while (!known.has(second.root) && rounds < 10) {
      rounds += 1;
      for (const root of book.claimedOn(made.id)) {
        asked.add(root);
        if (root === second.root) known.set(root, second);
      }
    }
    expect(rounds).toBe(3);
    expect(book.find(made.id)?.fold.contracts).toEqual([loan.root, second.root]);
    expect(book.claimedOn(made.id).slice(0, 2)).toEqual([loan.root, second.root]);
  });

  it('are not taken by contracts that strangers wrote for themselves', () => {
    const other = unpaidLoan('third investor', {
      ...{ signing: sparedSigning, offer: { identifier: 'another-offer' } },
    });
    const bare = new Loan({ signing: sparedSigning, seed: 'not signed by the bank' });
    const contracts = [other, bare];
    const { made, loan, second, own } = crowded(130, (index) => contracts[index % 2]);
    const loans = new Map([...own, [loan.root, loan], [second.root, second]]);
    const book = new CaseBook({ clock: NOW, contract: viewIn(loans) });
    for (const parsed of made.parsed) book.add(parsed);
    expect(book.claimedOn(made.id).slice(0, 2)).toEqual([loan.root, second.root]);
  });

  it('in a bank’s record are not taken by cases that strangers open', () => {
    const loan = unpaidLoan('investor', { signing: sparedSigning });
    const known = viewIn(new Map([[loan.root, loan]]));
    const book = new CaseBook({ clock: NOW, contract: known });
    for (let index = 0; index < 250; index += 1) {
      const root = hashOf(`none ${index}`);
      const theirs = { ...{ root, signing: sparedSigning, nameOf: () => `stranger ${index}` } };
      const fake = new TestCase({ ...theirs, startAtSec: loan.startAtSec } as unknown as Loan);
      fake.open(CLAIM);
      fake.step('investor', claim, OPEN_DAY + 1, { loan });
      for (const parsed of fake.parsed) book.add(parsed);
    }
    const made = new TestCase(loan);
    made.open(CLAIM);
    for (const parsed of made.parsed) book.add(parsed);
    const catalog = { cases: book, contract: known } as unknown as Catalog;
    const ids = caseIds(catalog, { as: 'bank', key: publicOf('bank') });
    expect(ids).toEqual([made.id]);
    expect(rootsToRead(catalog, ids)).toEqual([loan.root]);
  });
});

describe('what the next step of a case names', () => {
  it('is what decides it, however much anybody says, requires: DI-9', () => {
    const made = new TestCase(unpaidLoan('investor', { signing: sparedSigning }));
    const opened = made.open(CLAIM);
    const call = made.step('investor', { type: 'fallback' }, OPEN_DAY + 29);
    const evidence = (statement: string, prev: readonly SignedEvent[]) =>
      made.step('bank', { type: 'evidence', statement, documents: [], events: [] }, OPEN_DAY + 30, {
        prev,
      });
    // The call is no head, and what names it is one of very many.
    evidence('I know of the call.', [call]);
    for (let index = 0; index < 200; index += 1) evidence(`No ${index}`, [opened]);
    const steps = made.parsed as ParsedDispute[];
    const heads = caseHeads({ steps });
    expect(heads).toContain(call.id);
    expect(heads).toHaveLength(64);
    expect(heads).toEqual([...heads].sort());
    const prev = made.steps.filter(({ id }) => heads.includes(id));
    const taken = made.step('fallback arbiter', { type: 'taken', admitted: [] }, OPEN_DAY + 31, {
      prev,
    });
    expect(made.fold()).toMatchObject({ governing: 'fallbackArbiter', taken: taken.id });
  });
});
