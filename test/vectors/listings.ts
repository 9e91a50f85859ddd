/** Vectors of offers that contradict themselves: folder `listings`. */
import { buildOffer, type OfferDocument } from '@realyield/protocol';
import { legalTerms, offerDocument, publicOf, signAs } from '../fixtures/loan.ts';
import { finish, type Cases, type Vector } from './vector.ts';
import { equalPlan } from '../fixtures/plans.ts';

const AT = 1_800_000_000;

/** Folder `listings`. */
export function listingCases(): Cases {
  const [tranche] = offerDocument().tranches;
  if (!tranche) throw new Error('the fixture has a tranche');
  const refused = (name: string, requirement: string, change: Partial<OfferDocument>): Vector => {
    const event = signAs('bank', buildOffer(offerDocument(change), AT));
    return finish(['CONTENT_TERMS'], { name, requires: [requirement, 'E-14'], event });
  };
  const legal = (name: string, requirement: string, change: Parameters<typeof legalTerms>[0]) =>
    refused(name, requirement, { legal: legalTerms(change) });
  const half = { ...tranche, shareBps: 5_000 };
  return {
    'day-length': refused('A minute’s day on mainnet', 'L-1', { network: 'mainnet' }),
    'amount-fraction': refused('Half a satoshi sought', 'L-2', { amountSoughtUnits: '3000000500' }),
    'amount-nothing': refused('A minimum ticket of nothing', 'L-2', { minimumTicketUnits: '0' }),
    'minimum-above': refused('A minimum above what is sought', 'L-2', {
      minimumTotalUnits: '3000001000',
    }),
    shares: refused('Shares of 9,999', 'L-3', { tranches: [{ ...tranche, shareBps: 9_999 }] }),
    'tranche-overlap': refused('A tranche before the last one’s stream has ended', 'L-4', {
      tranches: [half, { ...half, startDay: 9 }],
    }),
    'stream-beyond-window': refused('A stream longer than its window', 'L-4', {
      tranches: [{ ...tranche, streamDays: 31 }],
    }),
    'window-beyond-term': refused('A window beyond the term', 'L-4', {
      tranches: [{ ...tranche, windowDays: 91 }],
    }),
    'tick-small': refused('Ticks below a satoshi at the minimum ticket', 'L-5', {
      minimumTicketUnits: '9000',
    }),
    'term-long': refused('A last instalment after forty years', 'L-6', {
      plan: equalPlan(600, 30, 25, 5),
    }),
    'attester-business': refused('A business that approves its own milestones', 'L-7', {
      attester: publicOf('business'),
    }),
    'countries-unsorted': legal('Countries out of order', 'J-1', { countries: ['SV', 'KE'] }),
    'countries-unknown': legal('A country there is not', 'J-1', { countries: ['UK'] }),
    'legal-text-none': legal('A legal text that prevails but is not there', 'J-2', {
      prevails: 'legalText',
    }),
    'mandate-cost': legal('Costs of a mandate that is not given', 'J-3', {
      mandate: { enforce: false, costCapBps: 1 },
    }),
    'tax-rule-none': legal('Tax withheld by no rule', 'J-4', {
      withholdingTax: { bps: 1_000, rule: '' },
    }),
    'cooling-off-long': refused('A tranche that lapses within the cooling-off', 'J-5', {
      coolingOffDays: 30,
    }),
    'ticks-many': refused('More than 100,000 ticks', 'L-5', {
      minimumTicketUnits: '3000000000',
      tranches: [
        { ...half, ticks: 60_000 },
        { ...half, startDay: 10, ticks: 60_000 },
      ],
    }),
  };
}
