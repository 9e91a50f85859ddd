/** What pages say of bonds: never more than two sources prove. */
import { buildBond, readEvent, type ParsedOffer, type PledgeDocument } from '@realyield/protocol';
import { expect, it } from 'vitest';
import type { BondCheck, SeenStanding } from '../web/lib/engine/bonds/bond-watch.ts';
import { isPledge, PledgeBook } from '../web/lib/engine/bonds/pledge-book.ts';
import { bondWords, isBonded, type BondsKnown } from '../web/lib/state/views/bond-cards.ts';
import { offerBonds } from '../web/lib/state/views/bonds.ts';
import { previewContract } from '../web/lib/state/views/offers.ts';
import { pledgeOf } from './fixtures/bonds.ts';
import { Loan, publicOf, signAs } from './fixtures/loan.ts';

const offer: ParsedOffer = new Loan().offer;
const { identifier } = offer.document;
const NOW_SEC = 1_800_000_000;
const LIVE: SeenStanding = { state: 'live', height: 500, confirmedAtSec: NOW_SEC };

/** What is known where the bank has made one pledge, which stands so. */
function knownOf(changes: Partial<PledgeDocument> | undefined, standing: SeenStanding): BondsKnown {
  const pledges = new PledgeBook();
  if (changes) {
    const read = readEvent(signAs('bank', buildBond(pledgeOf(changes), NOW_SEC)));
    for (const parsed of read.ok ? read.value : []) if (isPledge(parsed)) pledges.add(parsed);
  }
  const catalog = {
    listings: { pledges, arbiter: () => undefined, offerOfBusiness: () => undefined },
    bankProfile: () => undefined,
    offer: () => offer,
    contractsOf: () => [],
  };
  const names = { catalog, world: undefined, own: new Set() } as unknown as BondsKnown['names'];
  const check: BondCheck = { standing, checkedAtSec: NOW_SEC, sources: [], isAsking: false };
  return { names, check: () => check, isOnline: true };
}

const forOffer = { allocations: [{ offer: identifier, valueSat: '250000' }] };
const forOther = { allocations: [{ offer: 'elsewhere', valueSat: '250000' }] };
const locked = { holders: undefined, allocations: [] };
const disagree: SeenStanding = { state: 'unverified', reason: 'disagree' };
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

it.each([
  ['no bond', undefined, LIVE],
  ['250 000 sat set aside', forOffer, LIVE],
  ['250 000 sat set aside, not verified', forOffer, disagree],
  ['250 000 sat set aside, not confirmed', forOffer, { state: 'unconfirmed' }],
  ['none: what was pledged is spent', forOffer, { state: 'spent' }],
  ['none: what was pledged is not there', forOffer, { state: 'notThere' }],
  ['none for this offer', forOther, LIVE],
  ['1 000 000 sat time-locked, covers no loss', locked, LIVE],
] as const)('a card says “%s”', (words, changes, standing) => {
  expect(plain(bondWords(knownOf(changes, standing), offer))).toBe(words);
});

it('a spent bond is none, a bond that is not verified is neither', () => {
  expect(isBonded(knownOf(forOffer, { state: 'spent' }), offer)).toBe(false);
  expect(isBonded(knownOf(forOffer, disagree), offer)).toBe(true);
  expect(isBonded(knownOf(locked, LIVE), offer)).toBe(false);
});

function factsOf(changes: Partial<PledgeDocument>, standing: SeenStanding) {
  const lent = BigInt(offer.document.minimumTicketUnits);
  const contract = previewContract(offer, lent, NOW_SEC);
  const { bonds } = offerBonds(knownOf(changes, standing), offer, contract, 3);
  return bonds[0]?.facts.map(({ label, text, note }) => plain(`${label}: ${text ?? note ?? ''}`));
}

it('shows what is covered before anybody signs, and only while live, requires: BD-19', () => {
  expect(offer.event.pubkey).toBe(publicOf('bank'));
  const live = factsOf(forOffer, LIVE) ?? [];
  expect(live.some((fact) => fact.startsWith('Covers of what is sought'))).toBe(true);
  expect(live).toContain('Covers until the end of the loan: Yes');
  for (const standing of [{ state: 'spent' } as const, disagree]) {
    const facts = factsOf(forOffer, standing) ?? [];
    expect(facts.some((fact) => fact.startsWith('Covers'))).toBe(false);
  }
  const early = { ...forOffer, lockTimeSec: NOW_SEC + 86_400 };
  const late = factsOf(early, LIVE) ?? [];
  expect(late).toContain('Covers until the end of the loan: No, so it does not count');
  expect(late.some((fact) => fact.startsWith('Covers of what is sought'))).toBe(false);
});
