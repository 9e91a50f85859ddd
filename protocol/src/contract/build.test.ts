/** From an offer and an investor's choices to one contract, and back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hashOf,
  legalTerms,
  Loan,
  offerDocument,
  publicOf,
  sparedSigning,
} from '../testing/loan.ts';
import type { ParsedContract, ParsedOffer } from '../events.ts';
import { buildContractEvent, buildOffer } from '../publish.ts';
import {
  buildContract,
  checkAgainstOffer,
  computeCommitment,
  type ContractChoice,
} from './build.ts';
import { headsOf } from './graph.ts';
import { dueDates } from './plan.ts';

const START = 1_800_000_000;

function offerWith(overrides = {}): ParsedOffer {
  const event = sparedSigning.sign('bank', buildOffer(offerDocument(overrides), START - 10));
  return sparedSigning.read(event)[0] as ParsedOffer;
}

const choice: ContractChoice = {
  principalUnits: 1_000_000_000n,
  investor: { pubkey: publicOf('investor'), relays: ['wss://relay.example'] },
  commitment: computeCommitment(publicOf('main'), hashOf('salt')),
  nonce: hashOf('nonce'),
  expiresAtSec: 1_900_000_000,
  startAtSec: START + 7,
};

describe('building', () => {
  it('hides the main key in a commitment that its salt opens', () => {
    // SHA-256 of "realyield:commitment:" + 64 zeros + ":" + 64 ones.
    const commitment = computeCommitment('0'.repeat(64), '1'.repeat(64));
    expect(commitment).toBe(hashOf(`realyield:commitment:${'0'.repeat(64)}:${'1'.repeat(64)}`));
    expect(commitment).not.toBe(computeCommitment('0'.repeat(64), '2'.repeat(64)));
  });

  it('counts days from the day of the start and tranches from the start itself', () => {
    const built = buildContract(offerWith(), choice);
    if (!built.ok) throw new Error(built.code);
    expect(dueDates(built.value)).toEqual([START + 91 * 60 - 1]);
    expect(built.value.tranches[0]).toMatchObject({
      fromSec: START + 7,
      toSec: START + 7 + 600,
      lapsesAtSec: START + 7 + 1_800,
    });
  });

  it.each([
    ['status', { status: 'closed' }, {}],
    ['expiresAtSec', { expiresAtSec: START }, {}],
    ['minimum', {}, { principalUnits: 99_999_000n }],
    ['maximum', {}, { principalUnits: 3_000_001_000n }],
    ['principalUnits', {}, { principalUnits: 1_000_000_001n }],
    [
      'parties',
      {},
      { investor: { pubkey: publicOf('business'), relays: ['wss://relay.example'] } },
    ],
  ])('refuses for its %s', (detail, offer, chosen) => {
    const built = buildContract(offerWith(offer), { ...choice, ...chosen });
    expect(built).toEqual({ ok: false, code: 'CONTENT_TERMS', detail });
  });

  it('shares any principal without loss, and every part agrees with it', () => {
    const principal = fc
      .integer({ min: 100_000, max: 3_000_000 })
      .map((sat) => BigInt(sat) * 1_000n);
    const shares = fc.integer({ min: 1, max: 9_999 });
    const base = offerDocument().tranches[0];
    if (!base) throw new Error('the fixture has a tranche');
    fc.assert(
      fc.property(principal, shares, (principalUnits, shareBps) => {
        const tranches = [
          { ...base, ticks: 1, streamDays: 3, shareBps },
          { ...base, ticks: 1, startDay: 3, shareBps: 10_000 - shareBps },
        ];
        const built = buildContract(offerWith({ tranches }), { ...choice, principalUnits });
        if (!built.ok) throw new Error(`${built.code} ${built.detail ?? ''}`);
        const amounts = built.value.tranches.map((tranche) => BigInt(tranche.amountUnits));
        expect(amounts.reduce((a, b) => a + b, 0n)).toBe(principalUnits);
        expect(amounts.every((amount) => amount % 1_000n === 0n)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('comparing', () => {
  const loan = new Loan({ signing: sparedSigning });
  const changed = (change: object): ParsedContract => {
    const document = { ...loan.contract.document, ...change };
    const event = sparedSigning.sign('investor', buildContractEvent(document, START));
    return sparedSigning.read(event).at(-1) as ParsedContract;
  };

  it('finds the contract the offer makes', () => {
    expect(checkAgainstOffer(loan.contract, loan.offer).ok).toBe(true);
    expect(checkAgainstOffer(changed({ nonce: hashOf('other') }), loan.offer).ok).toBe(true);
  });

  it.each([
    [{ rateBps: 1 }],
    [{ legal: legalTerms({ law: 'Law of the sea' }) }],
    [{ coolingOffDays: 1 }],
    [{ plan: { ...loan.contract.document.plan, graceDays: 6 } }],
    [{ principalUnits: '99999000', tranches: [] }],
  ])('finds the difference: %o', (change) => {
    const contract = { ...loan.contract, document: { ...loan.contract.document, ...change } };
    expect(checkAgainstOffer(contract, loan.offer)).toMatchObject({ code: 'OFFER_MISMATCH' });
  });

  it('is about the offer version the contract embeds', () => {
    expect(checkAgainstOffer(loan.contract, offerWith())).toMatchObject({
      code: 'OFFER_MISMATCH',
      detail: 'offer',
    });
  });
});

describe('heads', () => {
  it('are one’s own events that none of one’s own names', () => {
    const loan = new Loan({ signing: sparedSigning });
    expect(loan.heads('investor')).toEqual([loan.root]);
    const signed = loan.sign('investor', START + 1);
    expect(loan.heads('investor')).toEqual([signed.id]);
    expect(loan.heads('business')).toEqual([]);
    const fork = loan.sign('investor', START + 2, undefined, []);
    expect(loan.heads('investor')).toEqual([signed.id, fork.id].sort());
    const merge = loan.withdraw('investor', START + 3);
    expect(loan.heads('investor')).toEqual([merge.id]);
    expect(headsOf([publicOf('investor')], [])).toEqual([]);
  });
});
