/** The key-facts sheet in words: what each reader sees first, and nothing without a sentence. */
import { describe, expect, it } from 'vitest';
import { buildKeyFacts, KEY_FACT_SENTENCES } from '@realyield/protocol';
import { FORWARDING } from './fixtures/forwarding.ts';
import { NO_FEES } from './fixtures/plans.ts';
import { inThree, legalTerms, Loan, sparedSigning } from './fixtures/loan.ts';
import { dollars } from './fixtures/prices.ts';
import { currencyRisk } from '../web/lib/state/views/currency-risk.ts';
import { eligibility } from '../web/lib/state/views/eligibility.ts';
import { keyFactsView, legalFacts } from '../web/lib/state/views/key-facts.ts';
import { termsView } from '../web/lib/state/views/terms.ts';
import { sentencesInWords } from '../web/lib/state/views/key-facts-words.ts';

const AT = 1_800_000_000;
const legal = legalTerms({
  countries: ['KE', 'SV'],
  withholdingTax: { bps: 1_000, rule: 'Income tax law' },
});
const offer = { ...inThree, legal, coolingOffDays: 14 };
const { document } = new Loan({ signing: sparedSigning, offer }).contract;
const sheetFor = (role: 'investor' | 'business' | 'bank' | undefined) =>
  keyFactsView(document, { role, effectiveAtSec: AT });
const plain = (text: string): string => text.replaceAll('\u202f', ' ');

describe('the terms in plain words', () => {
  it('leave the bank’s fee out of what an investor gets back, as the sheet does', () => {
    const fees = { originationBps: 200, origination: 'withheld', servicingBps: 100 } as const;
    const charging = { ...offer, fees };
    const { document: charged } = new Loan({ signing: sparedSigning, offer: charging }).contract;
    const { receives, pays } = buildKeyFacts(charged).investor;
    const terms = termsView(charged, 'the bank');
    expect(String(terms.payUnits)).toBe(pays?.totalUnits);
    // What is shown is whole sats; nobody can be asked for less.
    expect(terms.backUnits / 1_000n).toBe(BigInt(receives?.totalUnits ?? 0) / 1_000n);
    expect(terms.paySteps.map(plain)).toEqual([
      '20 000 sat (2 %) of it is the bank’s fee; the business owes the whole.',
    ]);
    expect(plain(terms.backMore[0] ?? '')).toMatch(
      /^Of what the business repays, the bank keeps 10 \d{3} sat \(1 %\) as its fee/,
    );
    expect(termsView(document, 'the bank').paySteps).toEqual([]);
  });
});

describe('the sheet', () => {
  it('begins with what its reader puts in or gets, and when', () => {
    const labels = (role: Parameters<typeof sheetFor>[0]) =>
      sheetFor(role).figures.map(({ label }) => label);
    expect(labels('investor')).toEqual(['You put in', 'You get back']);
    expect(labels('business')).toEqual(['You receive', 'You pay']);
    expect(labels(undefined)).toEqual(['The investor puts in', 'The investor gets back']);
    const hows = sheetFor('investor').figures.map(({ how }) => plain(how));
    expect(hows).toEqual([
      'in 10 payments of 100 000 sat, from day 0 to day 9',
      'in 3 payments of 336 622 to 341 716 sat, from day 30 to day 90',
    ]);
  });

  it('says cost and rates to those they concern', () => {
    const facts = (role: Parameters<typeof sheetFor>[0]) =>
      sheetFor(role).facts.map(({ label, text, amount }) => [
        label,
        plain(text ?? String(amount?.units)),
      ]);
    expect(facts('business').slice(0, 2)).toEqual([
      ['What it costs you', '18246000'],
      ['Annual percentage rate', '12.69 % a year'],
    ]);
    expect(facts('investor').slice(0, 3)).toEqual([
      ['What you earn', '18246000'],
      ['Effective rate', '12.69 % a year'],
      ['Tax withheld, about', '1824659'],
    ]);
  });

  it('says what half as much, and half as much again, for a bitcoin would make of it', () => {
    const risk = (role: Parameters<typeof sheetFor>[0]) =>
      sheetFor(role)
        .facts.slice(-3)
        .map(({ text }) => text);
    // 1,018,246 sat back for 1,000,000.
    expect(risk('business')).toEqual([
      '50.9 back for each 100 received',
      '101.8 back for each 100 received',
      '152.7 back for each 100 received',
    ]);
    expect(risk('investor')[2]).toBe('152.7 back for each 100 put in');
    expect(risk('bank')[0]).toBe('50.9 back for each 100 received');
    const inDollars = buildKeyFacts({ ...document, denomination: dollars() });
    const texts = currencyRisk(inDollars, 'investor').map(({ text }) => text);
    expect(texts).toEqual([
      '203.6 sat back for each 100 sat put in',
      '101.8 sat back for each 100 sat put in',
      '67.9 sat back for each 100 sat put in',
    ]);
    expect(currencyRisk(inDollars, 'business')[2]?.note).toBe('in USD it stays the same');
  });

  it('is of one hash, whoever reads it', () => {
    const hashes = (['investor', 'business', 'bank', undefined] as const).map(
      (role) => sheetFor(role).hash,
    );
    expect(new Set(hashes).size).toBe(1);
  });

  it('has words for every sentence and every reader', () => {
    const ids = KEY_FACT_SENTENCES.map(({ id }) => id);
    const { fees, ...others } = buildKeyFacts(document);
    const facts = {
      ...others,
      fees: { ...fees, forwarding: FORWARDING },
      lateFee: { instalment: 1, daysPastDue: 35, feeUnits: '500000' },
      bond: { pledge: 'a'.repeat(64), shareMsat: '200000000' },
    };
    for (const role of ['investor', 'business', 'bank', undefined] as const) {
      const words = sentencesInWords(ids, { facts, role, coolingOffUntil: 'day 14' });
      const silent = ids.filter((id, at) => words[at] === '' && !id.startsWith('guarantee'));
      expect(silent).toEqual([]);
      expect(words.filter((text) => /undefined|NaN/.test(text))).toEqual([]);
    }
  });

  it('names the end of the cooling-off and the countries', () => {
    const { lists, words } = sheetFor('investor');
    expect(lists.flatMap(({ sentences }) => sentences).map(plain)).toContain(
      'After that you can still withdraw for 14 days: until day 14.',
    );
    expect(words).toContainEqual({ label: 'Investors may live in', text: 'El Salvador, Kenya' });
    const text = { name: 'Terms', sha256: 'a'.repeat(64) };
    const noteOf = (prevails: 'contract' | 'legalText') =>
      legalFacts({ legal: legalTerms({ text, prevails }), coolingOffDays: 0 }).find(
        ({ label }) => label === 'Legal text',
      )?.note;
    expect(noteOf('contract')).toMatch(/disagree, the contract holds$/);
    expect(noteOf('legalText')).toMatch(/disagree, the legal text holds$/);
  });
});

describe('a bank that passes payments on', () => {
  const fees = { ...NO_FEES, forwarding: FORWARDING };
  const own = new Loan({ signing: sparedSigning, offer: { ...offer, fees } }).contract.document;
  const facts = buildKeyFacts(own);

  it('has on the sheet what it keeps, and what its long absence means', () => {
    const said = (role: 'investor' | 'bank') => {
      const context = { facts, role, coolingOffUntil: undefined };
      return plain(sentencesInWords(['passedOn'], context)[0] ?? '');
    };
    expect(facts.notCovered).toContain('passedOn');
    expect(buildKeyFacts(document).notCovered).not.toContain('passedOn');
    expect(said('investor')).toBe(
      'The bank passes payments on, without owning them, for at most 1 % and 1 sat of each. ' +
        'While its client is away, a payment on its way is in nobody’s purse; after about a day ' +
        'and a half it goes back by itself. If the bank had passed it on by then, the loss is ' +
        'the bank’s.',
    );
    expect(said('bank')).toMatch(/^You pass payments on.* the loss is yours\.$/);
  });
});

describe('who may invest', () => {
  it('is asked only where it matters', () => {
    expect(eligibility({ countries: [] }, undefined)).toBe('eligible');
    expect(eligibility(legal, undefined)).toBe('unknown');
    expect(eligibility(legal, 'SV')).toBe('eligible');
    expect(eligibility(legal, 'US')).toBe('excluded');
  });
});
