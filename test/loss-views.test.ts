/** A defaulted loan in words: what the bank guarantees and recovered, called in, written off. */
import { planTicks } from '@realyield/protocol';
import { describe, expect, it } from 'vitest';
import { inThree, Loan, sparedSigning } from './fixtures/loan.ts';
import { give, recover } from './fixtures/steps.ts';
import type { Catalog } from '../web/lib/engine/catalog.ts';
import { contractNow, type ContractNow } from '../web/lib/state/views/contract.ts';
import { guaranteeSentence, recoverySentence } from '../web/lib/state/views/losses.ts';
import { noticeViews } from '../web/lib/state/views/notices.ts';
import { timelineView } from '../web/lib/state/views/timeline.ts';

const DAY = 60;
const guarantee = { type: 'firstLoss', shareBps: 2_000, payDays: 30 } as const;
const nobody = {
  bankProfile: () => undefined,
  listings: { arbiter: () => undefined, offerOfBusiness: () => undefined },
  cases: { ofContract: () => [] },
};
const names = { catalog: nobody as unknown as Catalog, world: undefined, own: new Set<string>() };
const plain = (text: string | undefined): string => (text ?? '').replace(/[\u202f\u2009]/g, ' ');

/** 1,000,000 sat lent, nothing repaid: in default since day 60. */
function defaulted(): Loan {
  const loan = new Loan({ offer: { ...inThree, guarantee }, signing: sparedSigning });
  loan.signAll();
  loan.pay('disbursement', planTicks(loan.contract.document), loan.startAtSec + 20);
  give(loan, 'arrears', loan.startAtSec + 36 * DAY);
  give(loan, 'default', loan.startAtSec + 60 * DAY);
  return loan;
}

function at(loan: Loan, day: number): ContractNow {
  const view = { root: loan.root, fold: loan.fold(), stateHash: '' };
  return contractNow(view, loan.startAtSec + day * DAY);
}

describe('a guarantee in words', () => {
  it('says what is owed and by when, how late it is, and what repayments leave of it', () => {
    const loan = defaulted();
    expect(guaranteeSentence(at(loan, 59))).toBeUndefined();
    expect(plain(guaranteeSentence(at(loan, 61)))).toMatch(
      /^The bank guarantees 200 000 sat of the .+ sat lacking at the default\. 200 000 sat is/,
    );
    expect(plain(guaranteeSentence(at(loan, 61)))).toMatch(/due by day 90\.$/);
    expect(plain(guaranteeSentence(at(loan, 95)))).toContain('200 000 sat was due day 90: 5 days');
    const amountUnits = 1_100_000_000n;
    loan.pay('repayment', [{ n: 0, amountUnits }], loan.startAtSec + 96 * DAY);
    expect(guaranteeSentence(at(loan, 97))).toContain('so nothing is owed');
  });
});

describe('what follows a default in words', () => {
  it('names recoveries, calling in and writing off', () => {
    const loan = defaulted();
    const shares = [{ contract: loan.root, shareUnits: 900_000n }];
    const got = { grossUnits: 1_000_000n, costsUnits: 100_000n, shares };
    const time = (day: number): number => loan.startAtSec + day * DAY;
    give(loan, 'acceleration', time(61));
    recover(loan, { ...got, recoveredAtSec: time(70) }, time(71));
    give(loan, 'writeOff', time(200));
    const now = at(loan, 201);
    expect(plain(recoverySentence(now))).toContain('is 900 sat. 0 sat of it is paid, 900 sat is');
    const said = noticeViews(names, now, loan.parsed).map(({ type }) => type);
    expect(said).toEqual(['writeOff', 'acceleration', 'default', 'arrears']);
    const view = { root: loan.root, fold: loan.fold(), stateHash: '' };
    const titles = timelineView(names, view, loan.parsed).map(({ title }) => plain(title));
    expect(titles).toContain('Recovered 1 000 sat, of which 100 sat costs');
    expect(titles).toContain('Called in');
    expect(titles[0]).toBe('Written off by the bank');
  });
});
