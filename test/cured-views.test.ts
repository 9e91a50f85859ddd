/** A bank's till in words: whose a sale is, what a default does there, and its cure. */
import { planTicks, type TillShare } from '@realyield/protocol';
import { describe, expect, it } from 'vitest';
import type { Catalog } from '../web/lib/engine/catalog.ts';
import { sentenceOfContract, statusView } from '../web/lib/state/views/contract-sentence.ts';
import { otherTitle, takerName } from '../web/lib/state/views/bank-till.ts';
import { contractNow, type ContractNow } from '../web/lib/state/views/contract.ts';
import { arrearsRows } from '../web/lib/state/views/desk.ts';
import { contractRow } from '../web/lib/state/views/lists.ts';
import { aftermathRefusal } from '../web/lib/state/views/losses.ts';
import { defaultEffects } from '../web/lib/state/views/notices.ts';
import type { Names } from '../web/lib/state/views/people.ts';
import { inThree, Loan, sparedSigning } from './fixtures/loan.ts';
import { give } from './fixtures/steps.ts';

const DAY = 60;
const tillShare: TillShare = { runBy: 'bank', shareBps: 500, recoveryBps: 4_000, thresholdSat: 10 };
const nobody = {
  bankProfile: (): unknown => undefined,
  listings: { arbiter: () => undefined, offerOfBusiness: () => undefined },
  cases: { ofContract: () => [] },
};
const namesIn = (catalog: object): Names => ({
  ...{ catalog: catalog as Catalog, world: undefined, own: new Set() },
});
const names = namesIn(nobody);
const plain = (text: string): string => text.replace(/[\u202f\u2009\u00a0]/g, ' ');

/** All paid out, nothing repaid, in default since day 60. */
function defaulted(more: object = { tillShare }): Loan {
  const offer = { ...inThree, ...more };
  const loan = new Loan({ offer, signing: sparedSigning });
  loan.signAll();
  loan.pay('disbursement', planTicks(loan.contract.document), loan.startAtSec + 20);
  give(loan, 'arrears', loan.startAtSec + 36 * DAY);
  give(loan, 'default', loan.startAtSec + 60 * DAY);
  return loan;
}

const viewOf = (loan: Loan) => ({ root: loan.root, fold: loan.fold(), stateHash: '' });
const at = (loan: Loan, day: number): ContractNow =>
  contractNow(viewOf(loan), loan.startAtSec + day * DAY);
const next = (loan: Loan, role: 'business' | 'bank' | 'investor', day: number) =>
  contractRow(viewOf(loan), role, at(loan, day).nowSec).next;

/** Pays what is late on a day. */
function cure(loan: Loan, day: number): Loan {
  const now = at(loan, day);
  loan.pay('repayment', [{ n: 0, amountUnits: now.ledger.dueNowUnits }], now.nowSec);
  return loan;
}

describe('a default that nothing is late under any more', () => {
  it('says so where the loan stands, and stays a default', () => {
    const loan = cure(defaulted(), 62);
    expect(plain(sentenceOfContract(at(loan, 61)))).toMatch(/^In default since day 60\. /);
    expect(plain(sentenceOfContract(at(loan, 63)))).toMatch(
      /^In default since day 60; nothing is late now\. [\d ]+ sat is owed\.$/,
    );
    expect(statusView(at(loan, 63)).text).toBe('in default');
    expect(plain(sentenceOfContract(at(loan, 95)))).toMatch(/^In default since day 60\. /);
  });

  it('asks nobody to repay before the next instalment is due', () => {
    const loan = cure(defaulted(), 62);
    expect(next(loan, 'business', 61)).toMatchObject({ text: 'repay', tone: 'problem' });
    expect(next(loan, 'business', 63)).toMatchObject({ text: 'nothing due yet', tone: 'plain' });
    expect(next(loan, 'business', 90)).toMatchObject({ text: 'repay', tone: 'waiting' });
    expect(next(loan, 'business', 95)).toMatchObject({ text: 'repay', tone: 'problem' });
    expect(next(loan, 'bank', 61).text).toBe('see the default');
    expect(next(loan, 'investor', 63).text).toBe('wait for repayment');
  });

  it('still sends the bank to the default while its guarantee is owed', () => {
    const guarantee = { type: 'firstLoss', shareBps: 2_000, payDays: 30 } as const;
    const loan = cure(defaulted({ guarantee }), 62);
    expect(next(loan, 'bank', 63).text).toBe('see the default');
  });

  it('says in plain words why it is not called in', () => {
    const refused = { ok: false, code: 'NOT_LATE' } as const;
    expect(aftermathRefusal({ when: 'now' })).toBeUndefined();
    expect(aftermathRefusal({ when: 'never', refused })).toBe('Nothing is late now.');
  });
});

describe('a default that something is late under', () => {
  it('stays in the list of who is late until that is paid', () => {
    const loan = defaulted();
    const rows = (day: number) => {
      const own = [{ view: viewOf(loan), own: { role: 'bank' } }] as never;
      const refused = { ok: false, code: 'TRANSITION' } as never;
      return arrearsRows(names, own, at(loan, day).nowSec, () => ({ when: 'never', refused }));
    };
    expect(rows(61)[0]).toMatchObject({
      next: { text: 'see the default', tone: 'problem' },
      cells: { days: { count: 31 }, notice: { text: 'default, day 60' } },
    });
    cure(loan, 62);
    expect(rows(63)).toEqual([]);
  });
});

describe('declaring a default', () => {
  it('says what then goes off each sale at a till of the bank, and of no other', () => {
    const { state } = at(defaulted(), 61);
    const till = (role: 'bank' | 'investor') =>
      defaultEffects(state, role)
        .filter((text) => text.includes('till'))
        .map(plain);
    expect(till('bank')).toEqual([
      'At the till you run, 40 % of each sale repays the loan instead of 5 %, ' +
        'until nothing is late.',
    ]);
    expect(till('investor')[0]).toMatch(/^At the till the bank runs, 40 % of each sale/);
    const own = { tillShare: { ...tillShare, runBy: 'business', recoveryBps: 500 } };
    expect(defaultEffects(at(defaulted(own), 61).state, 'bank')).toHaveLength(3);
    expect(defaultEffects(at(defaulted({}), 61).state, 'bank')).toHaveLength(3);
  });
});

describe('a sale that the bank took', () => {
  it('is called the bank’s, whose reports it must be in, also before its loan is read', () => {
    const loan = defaulted();
    const { pubkey } = loan.contract.document.parties.bank;
    const profile = { document: { name: 'Banco Comunal' } };
    const bankProfile = (key: string) => (key === pubkey ? profile : undefined);
    const known = namesIn({ ...nobody, bankProfile, contract: () => viewOf(loan) });
    const unread = namesIn({ ...nobody, contract: () => undefined });
    expect(takerName(known, { bank: loan.root })).toBe('Banco Comunal');
    expect(takerName(unread, { bank: loan.root })).toBe('the bank');
    expect(takerName(known, {})).toBeUndefined();
  });
});

describe('another device of the bank', () => {
  it.each([
    [6, false, 'Another device of yours took 6 sales here'],
    [0, false, 'Another device of yours took no sale here'],
    [1, true, 'Another device of yours took 1 sale here, and took over from a lost one'],
    [0, true, 'Another device of yours took over here from a lost one'],
  ])('that took %i sales, after a lost one: %s', (sales, hasTakenOver, title) => {
    expect(otherTitle({ sales, hasTakenOver })).toBe(title);
  });
});
