/** The bank's form: what it makes of what is typed, and where it says that something is wrong. */
import { describe, expect, it } from 'vitest';
import { emptyLegalForm, type LegalForm } from './legal-fields.ts';
import { emptyOfferForm, emptyTranche, type OfferForm } from './offer-fields.ts';
import { readOfferForm, type OfferFormResult } from './offer-form.ts';
import { OFFER_TEMPLATES } from './offer-templates.ts';
import { emptyPlanForm, type PlanForm } from './plan-fields.ts';
import { previewTerms } from './offers.ts';
import { termsView } from './terms.ts';

const BANK = 'b'.repeat(64);
const BUSINESS = 'c'.repeat(64);
const NPUB = 'npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w6';
const NPUB_HEX = '3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d';

function filled(changes: Partial<OfferForm> = {}): OfferForm {
  const [tranche] = emptyOfferForm().tranches;
  return {
    ...emptyOfferForm(),
    title: 'A second oven',
    purpose: 'An oven',
    story: 'Bread.',
    businessKey: BUSINESS,
    businessName: 'Panadería Luz',
    sector: 'Food',
    country: 'sv',
    locality: 'Suchitoto',
    amountSought: '400 000',
    minimumTicket: '20 000',
    ratePercent: '12',
    plan: { ...emptyPlanForm(), first: '120' },
    tranches: [{ ...emptyTranche(), ...tranche, streamDays: '10', ticks: '10' }],
    recovery: 'The bank visits.',
    legal: { ...emptyLegalForm(), law: 'Law of El Salvador', complaints: 'The bank.' },
    ...changes,
  };
}

const oven = {
  ...emptyTranche(),
  sharePercent: '40',
  startDay: '30',
  streamDays: '10',
  ticks: '5',
  hasMilestone: true,
  milestoneTitle: 'The oven is installed',
};
const firstPart = { ...emptyTranche(), sharePercent: '60', streamDays: '10', ticks: '10' };

/** A plan of twelve instalments, but for what is said. */
const planOf = (changes: Partial<PlanForm> = {}): PlanForm => ({
  ...emptyPlanForm(),
  ...{ type: 'equalPrincipal', first: '60', every: '30', count: '12' },
  ...changes,
});

const inTwelve: Partial<OfferForm> = { plan: planOf(), tranches: [firstPart, oven] };

const readForm = (form: OfferForm): OfferFormResult =>
  readOfferForm(form, {
    network: 'mainnet',
    daySec: 86_400,
    relays: ['wss://relay.example'],
    nowSec: 1_780_000_000,
    bankKey: BANK,
  });

function mistakesOf(changes: Partial<OfferForm>): Readonly<Record<string, string>> {
  const read = readForm(filled(changes));
  return read.ok ? {} : read.mistakes;
}

function documentOf(changes: Partial<OfferForm> = {}) {
  const read = readForm(filled(changes));
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes));
  return read.document;
}

describe('a filled form', () => {
  it('makes a loan that is repaid at the end; unpaid parts lapse on the last due day', () => {
    expect(documentOf()).toMatchObject({
      plan: { type: 'bullet', due: { firstDay: 120, count: 1 }, graceDays: 5 },
      tranches: [{ shareBps: 10_000, startDay: 0, streamDays: 10, windowDays: 120, ticks: 10 }],
      business: { place: { country: 'SV' } },
      amountSoughtUnits: '400000000',
    });
  });

  it('makes equal instalments, tranches with milestones, and somebody who confirms them', () => {
    const document = documentOf({ ...inTwelve, attester: 'other', attesterKey: NPUB });
    expect(document).toMatchObject({
      plan: { type: 'equalPrincipal', due: { firstDay: 60, everyDays: 30, count: 12 } },
      tranches: [
        { shareBps: 6_000, windowDays: 390 },
        { shareBps: 4_000, windowDays: 360, milestone: { title: 'The oven is installed' } },
      ],
      attester: NPUB_HEX,
    });
  });

  it('names nobody who confirms where there is nothing to confirm, or the bank does', () => {
    expect(documentOf({ attester: 'other', attesterKey: NPUB })).not.toHaveProperty('attester');
    expect(documentOf(inTwelve)).not.toHaveProperty('attester');
    const self = documentOf({ ...inTwelve, attester: 'other', attesterKey: BANK });
    expect(self).not.toHaveProperty('attester');
  });
});

describe('plans', () => {
  const due = (changes: Partial<PlanForm>) => documentOf({ plan: planOf(changes) }).plan.due;

  it('fall due by days, weeks, months with a day of the month, or on days of their own', () => {
    expect(due({ rule: 'weeks', first: '2', every: '1' })).toEqual({
      ...{ rule: 'days', firstDay: 14, everyDays: 7, count: 12 },
    });
    expect(due({ rule: 'months', first: '2', every: '1', anchorDay: '31' })).toEqual({
      ...{ rule: 'months', firstMonth: 2, everyMonths: 1, anchorDay: 31, count: 12 },
    });
    expect(due({ rule: 'list', list: '90, 180\n300' })).toEqual({
      ...{ rule: 'list', days: [90, 180, 300] },
    });
  });

  it('carry late fees, moratoria, prepayment; a share of sales bears no interest', () => {
    const fees = { lateFlat: '100', latePercent: '5', lateCapPercent: '10' };
    const slow = { principalMoratorium: '3', prepayment: 'reduce' } as const;
    const document = documentOf({
      plan: planOf({ type: 'annuity', dayCount: '30E/360', ...fees, ...slow }),
    });
    expect(document).toMatchObject({
      dayCount: '30E/360',
      plan: {
        type: 'annuity',
        lateFee: { flatUnits: '100000', rateBps: 500, capBps: 1_000 },
        ...{ principalMoratorium: 3, prepayment: 'reduce' },
      },
    });
    expect(
      documentOf({ plan: planOf({ type: 'revenueShare', capMultiple: '1,4' }) }),
    ).toMatchObject({
      rateBps: 0,
      plan: { type: 'revenueShare', shareBps: 500, capBps: 14_000, floorBps: 200 },
    });
  });

  it('guarantee and charge what is typed, within bounds', () => {
    const full = { guarantee: 'full', guaranteePercent: '120', guaranteeDays: '0' } as const;
    expect(documentOf(full).guarantee).toEqual({ type: 'full', capBps: 12_000, payDays: 0 });
    const none = { originationBps: 0, origination: 'withheld', servicingBps: 0 };
    expect(documentOf({ origination: 'onTop' }).fees).toEqual(none);
    const typed = { originationPercent: '1,5', servicingPercent: '2' };
    expect(documentOf(typed).fees).toMatchObject({ originationBps: 150, servicingBps: 200 });
    const wrong = { guaranteePercent: '101', originationPercent: '-1', servicingPercent: '51' };
    const paths = Object.keys(mistakesOf({ guarantee: 'firstLoss', ...wrong }));
    expect(paths.sort()).toEqual(Object.keys(wrong).sort());
  });

  it('of the usual loans fit as they are, whatever a day is', () => {
    for (const { key, fields } of OFFER_TEMPLATES) {
      for (const hasMonths of [true, false]) {
        const { plan } = documentOf(fields(hasMonths));
        expect(plan.due.rule, key).toBe(hasMonths ? 'months' : 'days');
      }
    }
  });
});

const legalOf = (changes: Partial<LegalForm>): Partial<OfferForm> => ({
  legal: { ...emptyLegalForm(), law: 'Law of El Salvador', complaints: 'The bank.', ...changes },
});

describe('real-life terms', () => {
  it('are read with countries in order, and no cost cap where nothing may be enforced', () => {
    const typed = legalOf({ countries: 'sv, KE de sv', enforce: false, taxPercent: '10' });
    const rule = { ...typed.legal, taxRule: 'Income tax law' } as LegalForm;
    expect(documentOf({ legal: rule })).toMatchObject({
      legal: {
        countries: ['DE', 'KE', 'SV'],
        mandate: { enforce: false, costCapBps: 0 },
        withholdingTax: { bps: 1_000, rule: 'Income tax law' },
        prevails: 'contract',
      },
      coolingOffDays: 14,
    });
  });

  it('are refused beside the field that does not fit', () => {
    expect(mistakesOf(legalOf({ countries: 'SV UK' }))).toEqual({
      'legal.countries': '“UK” is not a country’s two letters.',
    });
    expect(Object.keys(mistakesOf(legalOf({ taxPercent: '5', hasText: true })))).toEqual([
      'legal.textName',
      'legal.textHash',
      'legal.taxRule',
    ]);
    expect(
      Object.keys(
        mistakesOf({
          ...legalOf({ coolingOffDays: '90' }),
          plan: { ...emptyPlanForm(), first: '90' },
        }),
      ),
    ).toEqual(['tranches.0.windowDays']);
  });
});

describe('what does not fit', () => {
  it('is said beside every field at once', () => {
    const read = readForm(emptyOfferForm());
    expect(read.ok ? [] : Object.keys(read.mistakes)).toEqual(
      expect.arrayContaining(['title', 'businessKey', 'amountSought', 'plan.first', 'legal.law']),
    );
    expect(mistakesOf({ plan: planOf({ graceDays: '-1' }), cureDays: 'x' })).toEqual({
      'plan.graceDays': 'Write the days of grace, 0 to 365.',
      cureDays: 'Write how many days the business has after an arrears notice, 0 to 365.',
    });
  });

  it.each([
    ['minimumTicket', { minimumTicket: '500 000' }, 'more than the amount sought'],
    ['plan.every', { plan: planOf({ every: '10000', count: '3' }) }, 'day 20 060'],
    ['plan.lateCapPercent', { plan: planOf({ lateFlat: '100' }) }, 'may cost'],
    ['plan.principalMoratorium', { plan: planOf({ principalMoratorium: '12' }) }, 'fewer'],
    ['plan.list', { plan: planOf({ rule: 'list', list: '30 30' }) }, 'each later'],
    ['plan.capMultiple', { plan: planOf({ type: 'revenueShare', capMultiple: '6' }) }, '1 to 5'],
    ['minimumTotal', { minimumTotal: '500 000' }, 'more than the amount sought'],
    ['tranches.1.startDay', { tranches: [firstPart, { ...oven, startDay: '9' }] }, 'above it'],
    ['tranches.0.windowDays', { tranches: [{ ...firstPart, windowDays: '121' }, oven] }, 'day 120'],
    [
      'tranches.1.streamDays',
      { tranches: [firstPart, { ...oven, streamDays: '50', windowDays: '40' }] },
      'before it lapses',
    ],
    [
      'tranches.1.ticks',
      { tranches: [firstPart, { ...oven, ticks: '9000' }], minimumTicket: '20000' },
      'less than one sat',
    ],
    [
      'tranches.1.sharePercent',
      { tranches: [firstPart, { ...oven, sharePercent: '30' }] },
      'make 90 %',
    ],
    [
      'attesterKey',
      { ...inTwelve, attester: 'other', attesterKey: BUSINESS },
      'cannot confirm its own',
    ],
  ] satisfies [string, Partial<OfferForm>, string][])(
    'by the protocol’s own rules stands beside %s',
    (path, changes, words) => {
      const mistakes = mistakesOf(changes);
      expect(Object.keys(mistakes)).toEqual([path]);
      expect(mistakes[path]?.replaceAll('\u202f', ' ')).toContain(words);
    },
  );
});

describe('terms in plain words', () => {
  const wordsOf = (changes: Partial<OfferForm> = {}) => {
    const contract = previewTerms(documentOf(changes), BANK, 1_780_000_000);
    if (!contract) throw new Error('the terms fit');
    const terms = termsView(contract, 'Bank Solidaria');
    return JSON.parse(
      JSON.stringify(terms, (_, value: unknown) =>
        typeof value === 'bigint' ? value.toString() : value,
      ).replaceAll('\u202f', ' '),
    ) as Record<string, string & readonly string[]>;
  };

  it('say what a milestone holds back, and who lets it go', () => {
    const { paySteps, notProven } = wordsOf(inTwelve);
    expect(paySteps?.[1]).toBe(
      '40 %, 160 000 sat: leaves your wallet only after Bank Solidaria has confirmed “The oven ' +
        'is installed”; from 27 Jun 2026 in 5 payments over 10 days, one every 2 days at the ' +
        'earliest.',
    );
    expect(notProven?.join()).toContain('Bank Solidaria says so');
    expect(wordsOf().paySteps).toEqual([]);
  });

  it('say how instalments fall, and about what size they have where they are alike', () => {
    expect(wordsOf(inTwelve).backHow).toMatch(
      /^in 12 instalments: the first [\d ]+ sat, the last [\d ]+ sat, one every 30 days; earlier/,
    );
    expect(wordsOf({ ...inTwelve, ratePercent: '0.1' }).backHow).toMatch(
      /^in 12 instalments of about 33 \d{3} sat, one every 30 days/,
    );
    expect(wordsOf(inTwelve).when).toBe('from 27 Jul 2026 to 22 Jun 2027');
    expect(wordsOf().backHow).toMatch(/^principal and interest at the end/);
  });

  it('say when lateness becomes default', () => {
    expect(wordsOf({ afterDays: '40', cureDays: '10' }).ifNot?.join(' ')).toContain(
      '40 days past due, and 10 days after an arrears notice, you or the bank may declare default.',
    );
  });
});
