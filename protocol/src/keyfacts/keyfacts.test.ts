/** The key-facts sheet: totals, rates against published examples and another method, its hash. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalize } from '../canonical.ts';
import { computeXirr } from '../statistics/xirr.ts';
import {
  hashOf,
  inThree,
  legalTerms,
  Loan,
  offerDocument,
  publicOf,
  sparedSigning,
} from '../testing/loan.ts';
import type { OfferDocument } from '../kinds/listings.ts';
import { yearlyRateBps, type RateFlow } from './rate.ts';
import { buildKeyFacts, keyFactsHash } from './sheet.ts';

const loanOf = (offer: Partial<OfferDocument> = {}): Loan =>
  new Loan({ signing: sparedSigning, offer });
const factsOf = (offer: Partial<OfferDocument> = {}) =>
  buildKeyFacts(loanOf(offer).contract.document);

const sats = (day: number, amount: number): RateFlow => ({
  day,
  amountUnits: BigInt(Math.round(amount)) * 1_000n,
});

describe('the yearly rate', () => {
  // Directive 98/7/EC, annex III: the third example; the first and second with 547 of 547.5 days.
  it.each([
    ['third example', 1_307, [sats(0, -100_000), sats(365, 60_000), sats(730, 60_000)]],
    ['first example', 1_294, [sats(0, -100_000), sats(547, 120_000)]],
    ['second example', 1_687, [sats(0, -95_000), sats(547, 120_000)]],
    ['nothing gained', 0, [sats(0, -100_000), sats(500, 100_000)]],
  ])('is that of the %s of the directive', (_name, rateBps, flows) => {
    expect(yearlyRateBps(flows)).toBe(rateBps);
  });

  it('is the internal rate of return by another method, to a basis point', () => {
    const flow = fc.record({
      day: fc.integer({ min: 1, max: 14_610 }),
      amount: fc.integer({ min: 1, max: 1_000_000 }),
    });
    fc.assert(
      fc.property(fc.array(flow, { minLength: 1, maxLength: 40 }), (back) => {
        const total = back.reduce((sum, { amount }) => sum + amount, 0);
        const flows = [sats(0, -total * 0.8), ...back.map((each) => sats(each.day, each.amount))];
        const found = yearlyRateBps(flows);
        const xirr = computeXirr(
          flows.map(({ day, amountUnits }) => ({ years: -day / 365, amountUnits })),
        );
        if (found === undefined) return;
        expect(Math.abs(found - (xirr ?? NaN) * 10_000)).toBeLessThan(1);
      }),
      { numRuns: 60 },
    );
  });

  it('is the same in whatever order and pieces flows come', () => {
    const flows = [sats(0, -1_000), sats(0, 50), sats(30, 500), sats(60, 500)];
    expect(yearlyRateBps([...flows].reverse())).toBe(yearlyRateBps(flows));
    const pieces = [sats(0, -500), sats(0, -450), sats(30, 200), sats(30, 300), sats(60, 500)];
    expect(yearlyRateBps(pieces)).toBe(yearlyRateBps(flows));
  });
});

describe('the sheet', () => {
  it('adds up: what one pays another receives, and the cost is the interest in whole sats', () => {
    const { investor, business, bank, costUnits, interestUnits } = factsOf(inThree);
    expect(investor.pays).toEqual(business.receives);
    expect(investor.receives).toEqual(business.pays);
    expect(business.pays).toMatchObject({ count: 3, totalUnits: '1018246000' });
    expect([costUnits, interestUnits]).toEqual(['18246000', '18246599']);
    expect(investor.rateBps).toBe(business.rateBps);
    expect(bank).toEqual({});
  });

  it.each(['withheld', 'onTop'] as const)(
    'counts fees %s, so that nothing is lost',
    (origination) => {
      const fees = { originationBps: 250, origination, servicingBps: 500 };
      const facts = factsOf({ ...inThree, fees });
      const { investor, business, bank } = facts;
      const total = (paid: { readonly totalUnits: string } | undefined): bigint =>
        BigInt(paid?.totalUnits ?? 0);
      const parties = [investor, business, bank];
      const sumOf = (way: 'pays' | 'receives'): bigint =>
        parties.reduce((sum, party) => sum + total(party[way]), 0n);
      expect(sumOf('pays')).toBe(sumOf('receives'));
      expect(facts.originationUnits).toBe('25000000');
      expect(total(bank.receives)).toBe(25_000_000n + BigInt(facts.servicingUnits));
      expect(total(business.receives)).toBe(origination === 'withheld' ? 975_000_000n : 10n ** 9n);
      expect(total(investor.pays)).toBe(10n ** 9n);
      // What the bank takes makes it dearer for the business and thinner for the investor.
      const plain = factsOf(inThree);
      expect(business.rateBps).toBeGreaterThan(plain.business.rateBps ?? NaN);
      expect(investor.rateBps).toBeLessThan(plain.investor.rateBps ?? NaN);
    },
  );

  it('knows dates and sizes of what is paid', () => {
    const { investor } = factsOf();
    expect(investor.pays).toEqual({
      totalUnits: '1000000000',
      count: 10,
      firstAtSec: 1_800_000_000,
      lastAtSec: 1_800_000_540,
      leastUnits: '100000000',
      mostUnits: '100000000',
    });
    expect(investor.receives).toMatchObject({ count: 1, firstAtSec: 1_800_005_459 });
  });

  it('estimates the tax instalment by instalment', () => {
    const legal = legalTerms({ withholdingTax: { bps: 1_000, rule: 'Income tax' } });
    // A tenth of 8,383,561, 6,575,351 and 3,287,687 msat, each rounded down.
    expect(factsOf({ ...inThree, legal }).taxUnits).toBe('1824659');
    expect(factsOf(inThree).taxUnits).toBe('0');
  });

  it('says of each alternative one', () => {
    const plain = factsOf();
    const other = factsOf({
      coolingOffDays: 14,
      legal: legalTerms({
        security: 'The oven.',
        mandate: { enforce: false, costCapBps: 0 },
        publishDefault: false,
      }),
    });
    expect(plain.ifNotPaid).toEqual(expect.arrayContaining(['bankEnforces', 'defaultPublished']));
    expect(plain.notCovered).toContain('noSecurity');
    expect(other.ifNotPaid).toEqual(
      expect.arrayContaining(['nobodyEnforces', 'defaultNotNamed', 'securityPledged']),
    );
    expect(other.notCovered).not.toContain('noSecurity');
    expect([plain.rights.includes('coolingOff'), other.rights.includes('coolingOff')]).toEqual([
      false,
      true,
    ]);
  });

  it('shows what the first instalment costs 30 days after its grace', () => {
    const { plan } = offerDocument(inThree);
    const lateFee = { flatUnits: '500000', rateBps: 0, capBps: 5_000 };
    const charged = factsOf({ plan: { ...plan, lateFee } });
    expect(charged.lateFee).toEqual({ instalment: 1, daysPastDue: 35, feeUnits: '500000' });
    expect(charged.ifNotPaid).toContain('lateFee');
    expect(factsOf(inThree).ifNotPaid).toContain('noLateFee');
    expect(factsOf(inThree)).not.toHaveProperty('lateFee');
  });

  it('is plain data, the same whoever the investor is, another for other terms', () => {
    const { document } = loanOf().contract;
    expect(() => canonicalize(buildKeyFacts(document))).not.toThrow();
    const investor = { ...document.parties.investor, pubkey: publicOf('somebody else') };
    const parties = { ...document.parties, investor };
    expect(keyFactsHash({ ...document, parties, nonce: hashOf('x') })).toBe(keyFactsHash(document));
    const changes = [{ rateBps: 1_201 }, { coolingOffDays: 1 }, { startAtSec: 1_800_000_060 }];
    const hashes = changes.map((change) => keyFactsHash({ ...document, ...change }));
    expect(new Set([keyFactsHash(document), ...hashes]).size).toBe(4);
  });
});

describe('signing', () => {
  it('counts only with the hash of the very sheet', () => {
    const loan = loanOf();
    loan.signAll();
    expect(loan.fold().rejects).toEqual([]);
    expect(loan.fold().state.status).toBe('effective');
  });
});
