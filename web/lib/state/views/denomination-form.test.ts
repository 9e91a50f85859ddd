/** An offer in a currency, as the bank types it. */
import { describe, expect, it } from 'vitest';
import type { ParsedOffer } from '@realyield/protocol';
import { oraclesNamed, type DenominationForm } from './denomination-form.ts';
import { emptyLegalForm } from './legal-fields.ts';
import { emptyOfferForm, type OfferForm } from './offer-fields.ts';
import { readOfferForm } from './offer-form.ts';
import { previewTerms } from './offers.ts';
import { emptyPlanForm } from './plan-fields.ts';
import { termsView } from './terms.ts';

const BANK = 'b'.repeat(64);
const NPUB = 'npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w6';
const NPUB_HEX = '3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d';
const oracles = [NPUB, 'd'.repeat(64), 'a'.repeat(64)].join('\n');

const inDollars = (changes: Partial<DenominationForm> = {}): Partial<OfferForm> => ({
  denomination: { currency: 'USD', oracles, quorum: '', ...changes },
});

function read(changes: Partial<OfferForm>) {
  const form = {
    ...emptyOfferForm(),
    ...{ title: 'A second oven', purpose: 'An oven', story: 'Bread.', recovery: 'It visits.' },
    ...{ businessKey: 'c'.repeat(64), businessName: 'Luz', sector: 'Food', country: 'SV' },
    ...{ locality: 'Suchitoto', amountSought: '1,234', minimumTicket: '20', ratePercent: '12' },
    plan: { ...emptyPlanForm(), first: '120', lateFlat: '0.50', lateCapPercent: '10' },
    legal: { ...emptyLegalForm(), law: 'Law of El Salvador', complaints: 'The bank.' },
    ...changes,
  };
  const [network, relays, nowSec] = ['mainnet' as const, ['wss://relay.example'], 1_780_000_000];
  return readOfferForm(form, { network, daySec: 86_400, relays, nowSec, bankKey: BANK });
}

describe('an offer in a currency', () => {
  it('has its amounts in it, its oracles rising, and more than half of them needed', () => {
    const amounts = { amountSought: '1,234.50', minimumTotal: '100.5' };
    const offer = read({ ...inDollars(), ...amounts });
    if (!offer.ok) throw new Error(JSON.stringify(offer.mistakes));
    const { denomination, plan, ...document } = offer.document;
    expect(denomination).toEqual({
      ...{ type: 'fiat', currency: 'USD', minorDigits: 2, quorum: 2 },
      oracles: [NPUB_HEX, 'a'.repeat(64), 'd'.repeat(64)],
    });
    expect(document.amountSoughtUnits).toBe('123450000000');
    expect(document.minimumTicketUnits).toBe('2000000000');
    expect(document.minimumTotalUnits).toBe('10050000000');
    expect(plan.lateFee.flatUnits).toBe('50000000');
    const preview = previewTerms(offer.document, BANK, 1_780_000_000);
    expect(preview && termsView(preview, 'the bank').denomination).toEqual(denomination);
  });

  it('counts in the currency’s own minor units', () => {
    const yen = read({
      ...inDollars({ currency: 'JPY' }),
      plan: { ...emptyPlanForm(), first: '120' },
    });
    expect(yen.ok && yen.document.denomination).toMatchObject({ currency: 'JPY', minorDigits: 0 });
    expect(yen.ok && yen.document.amountSoughtUnits).toBe('1234000000');
  });

  it.each([
    ['denomination.oracles', inDollars({ oracles: '' }), 'at least one'],
    ['denomination.oracles', inDollars({ oracles: `${NPUB} nobody` }), 'Key 2'],
    ['denomination.oracles', inDollars({ oracles: `${NPUB} ${NPUB_HEX}` }), 'once'],
    ['denomination.oracles', inDollars({ oracles: BANK }), 'Neither the bank'],
    ['denomination.quorum', inDollars({ quorum: '1' }), '2 to 3'],
    ['denomination.quorum', inDollars({ quorum: '4' }), '2 to 3'],
    ['amountSought', { ...inDollars(), amountSought: '1.005' }, 'in USD'],
    ['amountSought', { amountSought: '1.5' }, 'in sats'],
  ])('says what is wrong with %s', (path, changes, words) => {
    const result = read(changes);
    expect(result.ok ? undefined : result.mistakes[path]).toContain(words);
  });
});

describe('oracles to choose from', () => {
  const offer = (pubkey: string, currency: string, ...oracles: string[]): ParsedOffer => {
    const denomination = { type: 'fiat', currency, minorDigits: 2, oracles, quorum: 1 };
    return { event: { pubkey }, document: { denomination } } as unknown as ParsedOffer;
  };

  it('are those of offers in the currency, by how many banks name them', () => {
    const bitcoin = { event: { pubkey: BANK }, document: { denomination: { type: 'msat' } } };
    const offers = [
      bitcoin as unknown as ParsedOffer,
      offer('1', 'USD', 'b', 'c'),
      offer('1', 'USD', 'b'),
      offer('2', 'USD', 'c', 'a'),
      offer('3', 'KES', 'd'),
    ];
    expect(oraclesNamed(offers, 'USD')).toEqual([
      { publicKey: 'c', banks: 2 },
      { publicKey: 'a', banks: 1 },
      { publicKey: 'b', banks: 1 },
    ]);
    expect(oraclesNamed(offers, 'EUR')).toEqual([]);
  });
});
