/** Real-life terms: what contradicts itself, and who may invest. requires: J-6 */
import { describe, expect, it } from 'vitest';
import { COUNTRIES, isCountry } from './countries.ts';
import { legalContradiction, mayInvestFrom } from './legal.ts';
import { legalTerms } from './testing/offers.ts';

describe('countries', () => {
  it('are 249, rising, two letters each', () => {
    expect(COUNTRIES).toHaveLength(249);
    expect([...new Set(COUNTRIES)].sort()).toEqual(COUNTRIES);
    expect(COUNTRIES.every((code) => /^[A-Z]{2}$/.test(code))).toBe(true);
    expect(['SV', 'KE', 'GB'].every(isCountry)).toBe(true);
    expect(['UK', 'EU', 'XX', 'sv', ''].some(isCountry)).toBe(false);
  });
});

describe('real-life terms', () => {
  it.each([
    [undefined, {}],
    [undefined, { countries: ['KE', 'SV'] }],
    ['countries', { countries: ['KE', 'KE'] }],
    ['countries', { countries: ['SV', 'KE'] }],
    ['countries', { countries: ['EU'] }],
    ['prevails', { prevails: 'legalText' as const }],
    [undefined, { prevails: 'legalText' as const, text: { name: 'x', sha256: '0'.repeat(64) } }],
    ['mandate', { mandate: { enforce: false, costCapBps: 1 } }],
    [undefined, { mandate: { enforce: false, costCapBps: 0 } }],
    ['withholdingTax', { withholdingTax: { bps: 1, rule: '' } }],
  ])('name %s: %o', (found, change) => {
    expect(legalContradiction(legalTerms(change))).toBe(found);
  });

  it('let in everybody where no country is named, else who lives in one of them', () => {
    expect(mayInvestFrom(legalTerms(), 'US')).toBe(true);
    expect(mayInvestFrom(legalTerms({ countries: ['KE', 'SV'] }), 'SV')).toBe(true);
    expect(mayInvestFrom(legalTerms({ countries: ['KE', 'SV'] }), 'US')).toBe(false);
  });
});
