/** Changing a contract's terms: what is not touched stays, what does not fit gets its sentence. */
import { describe, expect, it } from 'vitest';
import type { ContractDocument, OfferDocument, OfferPlan } from '@realyield/protocol';
import {
  contractTermsForm,
  readContractTerms,
  type ContractTermsForm,
} from '../web/lib/state/views/contract-terms.ts';
import { previewTerms } from '../web/lib/state/views/offers.ts';
import { offerDocument } from './fixtures/loan.ts';
import { bulletPlan, equalPlan } from './fixtures/plans.ts';

const calendar = { network: 'mainnet', daySec: 86_400 } as const;
const monthly = {
  rule: 'months',
  firstMonth: 1,
  everyMonths: 1,
  anchorDay: 31,
  count: 24,
} as const;
const { lateFee, graceDays } = bulletPlan(1);
const common = { due: monthly, graceDays, lateFee };

function contractOf(plan: OfferPlan, changes: Partial<OfferDocument> = {}): ContractDocument {
  const document = offerDocument({ ...calendar, plan, ...changes });
  const contract = previewTerms(document, 'b'.repeat(64), 1_780_000_000);
  if (!contract) throw new Error('the terms fit');
  return contract;
}

const annuity = contractOf({
  type: 'annuity',
  ...common,
  prepayment: 'shorten',
  principalMoratorium: 2,
});

function changed(document: ContractDocument, change: (form: ContractTermsForm) => void) {
  const form = contractTermsForm(document);
  change(form);
  return readContractTerms(document, form);
}

describe('the terms of a contract', () => {
  it('are read back as they are while nothing is changed, whatever the plan', () => {
    const fee = { flatUnits: '100000', rateBps: 525, capBps: 1_000 };
    const shares = { shareBps: 500, capBps: 13_500, floorBps: 200 };
    const short = { network: 'regtest', daySec: 2 } as const;
    const contracts = [
      annuity,
      contractOf(bulletPlan(90)),
      contractOf({ ...equalPlan(12, 60, 30), lateFee: fee, interestMoratorium: 1 }),
      contractOf({ ...equalPlan(3, 60, 30), due: { rule: 'list', days: [40, 90, 200] } }),
      contractOf({ type: 'interestOnly', ...common, prepayment: 'reduce' }),
      contractOf({ type: 'revenueShare', ...common, ...shares }, { rateBps: 0 }),
      contractOf({ ...equalPlan(3, 60, 30), due: { rule: 'list', days: [40, 90, 200] } }, short),
      contractOf(equalPlan(12, 60, 30), short),
    ];
    for (const document of contracts) {
      const read = changed(document, () => undefined);
      expect(read, document.plan.type).toEqual({ ok: true, document });
    }
  });

  it('change as typed, and only where typed', () => {
    const read = changed(annuity, (form) => {
      form.ratePercent = '9.5';
      Object.assign(form.plan, { rule: 'weeks', every: '2', firstDate: '2026-08-01', count: '50' });
    });
    const due = { rule: 'days', firstAtSec: Date.UTC(2026, 7, 2) / 1_000 - 1, everyDays: 14 };
    expect(read).toEqual({
      ok: true,
      document: {
        ...annuity,
        rateBps: 950,
        plan: { ...annuity.plan, due: { ...due, count: 50 } },
      },
    });
  });

  it.each([
    ['plan.firstDate', 'like 2026-08-26', { firstDate: '2026-02-30' }],
    ['plan.firstDate', 'day of the month', { firstDate: '2026-08-01' }],
    ['plan.list', 'each later', { rule: 'list', list: '2026-08-01 2026-07-01' }],
    ['plan.principalMoratorium', 'write fewer', { count: '2' }],
  ])('are refused beside %s', (path, words, change) => {
    const read = changed(annuity, (form) => Object.assign(form.plan, change));
    const mistakes = read.ok ? {} : read.mistakes;
    expect(Object.keys(mistakes)).toEqual([path]);
    expect(mistakes[path]).toContain(words);
  });
});
