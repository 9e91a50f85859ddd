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
