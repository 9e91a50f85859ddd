/** What each plan says in plain words, of contracts as the preview builds them. */
import { describe, expect, it } from 'vitest';
import type { OfferDocument, OfferPlan } from '@realyield/protocol';
import { offerDocument } from './fixtures/loan.ts';
import { equalPlan } from './fixtures/plans.ts';
import { guaranteeWords } from '../web/lib/state/views/guarantee-words.ts';
import { keyFactsView } from '../web/lib/state/views/key-facts.ts';
import { plannedSchedule, previewTerms } from '../web/lib/state/views/offers.ts';
import { termsView } from '../web/lib/state/views/terms.ts';

function wordsOf(plan: OfferPlan, changes: Partial<OfferDocument> = {}) {
  const days = { network: 'mainnet', daySec: 86_400 } as const;
  const document = offerDocument({ ...days, plan, ...changes });
  const contract = previewTerms(document, 'b'.repeat(64), 1_780_000_000);
  if (!contract) throw new Error('the terms fit');
  const { backHow, backMore, ifNot } = termsView(contract, 'the bank');
  const plain = (text: string): string => text.replaceAll('\u202f', ' ');
  return { how: plain(backHow), more: backMore.map(plain).join(' '), late: plain(ifNot[0] ?? '') };
}

const { lateFee, graceDays } = equalPlan(1, 1, 1);
const monthly = { rule: 'months', firstMonth: 1, everyMonths: 1, count: 24 } as const;
const common = { due: monthly, graceDays, lateFee };

describe('how a loan comes back', () => {
  it('is one amount each month for an annuity, and what early payments do', () => {
    const slow = { prepayment: 'shorten', principalMoratorium: 2 } as const;
    const { how, more } = wordsOf({ type: 'annuity', ...common, ...slow, principalMoratorium: 0 });
    expect(how).toMatch(/^in 24 instalments of about 14\d \d{3} sat, one every month; earlier/);
    expect(more).toBe(
      'What is paid ahead makes the loan end sooner; instalments stay as they are.',
    );
    expect(wordsOf({ type: 'annuity', ...common, ...slow }).more).toContain(
      'The first 2 instalments ask for no principal.',
    );
  });

  it('is interest first where that is the plan, with an odd day count in words', () => {
    const plan = { type: 'interestOnly', ...common, prepayment: 'reduce' } as const;
    const { how, more } = wordsOf(plan, { dayCount: 'ACT/360' });
    expect(how).toMatch(
      /^in 24 instalments, one every month: only interest, about [\d ]+ sat, and/,
    );
    expect(more).toContain('over 360');
  });

  it('is a share of sales with its least, its end and no interest', () => {
    const due = { rule: 'days', firstDay: 7, everyDays: 7, count: 50 } as const;
    const shares = { shareBps: 500, capBps: 13_000, floorBps: 200 };
    const { how, more } = wordsOf(
      { type: 'revenueShare', ...common, due, ...shares },
      { rateBps: 0 },
    );
    expect(how).toBe(
      '5 % of the sales it reports, for the whole loan, every week, at least 60 000 sat each ' +
        'time, until 1.3 times ' +
        'what was paid out is repaid; what is left then is due with the last',
    );
    expect(more).toContain('no interest');
    const plan = { type: 'revenueShare', ...common, due, ...shares } as const;
    const document = offerDocument({ network: 'mainnet', daySec: 86_400, plan, rateBps: 0 });
    const contract = previewTerms(document, 'b'.repeat(64), 1_780_000_000);
    if (!contract) throw new Error('the terms fit');
    expect(plannedSchedule(contract).costName).toBe('Cost');
    const { facts: sheet } = keyFactsView(contract, { role: 'investor', effectiveAtSec: 0 });
    expect(sheet.find(({ label }) => label === 'Interest')).toBeUndefined();
    expect(sheet.find(({ label }) => label === 'Repaid in all')?.text).toMatch(/^1\.3 times/);
    expect(sheet.find(({ label }) => label === 'Effective rate')?.note).toMatch(/no sales/);
  });

  it('says what lateness costs and what the bank owes', () => {
    const fee = { flatUnits: '100000', rateBps: 500, capBps: 1_000 };
    const { late } = wordsOf({
      type: 'bullet',
      ...common,
      due: { ...monthly, firstMonth: 6, count: 1 },
      lateFee: fee,
    });
    expect(late).toContain('100 sat once and 5 % a year on what is late, at most 10 % of');
    const first = { type: 'firstLoss', shareBps: 1_000, payDays: 30 } as const;
    expect(guaranteeWords({ guarantee: first }).replaceAll('\u202f', ' ')).toContain(
      'first losses of principal, up to 10 % of what was paid out, within 30 days of a default',
    );
  });
});

describe('a share of each sale', () => {
  const till = { shareBps: 1_000, recoveryBps: 5_000, thresholdSat: 100, runBy: 'bank' } as const;
  const words = (tillShare: OfferDocument['tillShare']) => {
    const plan = {
      type: 'annuity',
      ...common,
      prepayment: 'nextDue',
      principalMoratorium: 0,
    } as const;
    const days = { network: 'mainnet', daySec: 86_400 } as const;
    const document = offerDocument({ ...days, plan, ...(tillShare ? { tillShare } : {}) });
    const contract = previewTerms(document, 'b'.repeat(64), 1_780_000_000);
    if (!contract) throw new Error('the terms fit');
    const { backMore, ifNot } = termsView(contract, 'the bank');
    const plain = (text: string): string => text.replaceAll('\u202f', ' ');
    return plain([...backMore, ...ifNot].join(' '));
  };

  it('stands in the terms in plain words, with what it takes after a default', () => {
    const text = words(till);
    expect(text).toContain('10 % of each sale at the till, which the bank runs, repays the loan');
    expect(text).toContain('After a default, until nothing is late, 50 % of each sale');
    expect(words({ ...till, recoveryBps: 1_000 })).not.toContain('After a default, until');
    expect(words({ ...till, recoveryBps: 1_000, runBy: 'business' })).toContain(
      'the business runs',
    );
    expect(words(undefined)).not.toContain('the till');
  });

  it('is about one size only where instalments hardly differ', () => {
    const due = { rule: 'days', firstDay: 30, everyDays: 30, count: 4 } as const;
    const slow = { principalMoratorium: 0, interestMoratorium: 0, prepayment: 'nextDue' } as const;
    const plan = { type: 'equalPrincipal', ...common, ...slow, due } as const;
    expect(wordsOf(plan, { rateBps: 1_200 }).how).toMatch(
      /^in 4 instalments: the first [\d ]+ sat, the last [\d ]+ sat, one every 30 days;/,
    );
    expect(wordsOf(plan, { rateBps: 10 }).how).toMatch(/^in 4 instalments of about [\d ]+ sat/);
  });
});
