/** What pages say of bonds: never more than two sources prove. */
import { buildBond, readEvent, type ParsedOffer, type PledgeDocument } from '@realyield/protocol';
import { expect, it } from 'vitest';
import type { BondCheck, SeenStanding } from '../web/lib/engine/bonds/bond-watch.ts';
import { isPledge, PledgeBook } from '../web/lib/engine/bonds/pledge-book.ts';
import { bondWords, isBonded, type BondsKnown } from '../web/lib/state/views/bond-cards.ts';
import { guaranteeWords } from '../web/lib/state/views/guarantee-words.ts';
import { contractBond, offerBonds } from '../web/lib/state/views/loan-bonds.ts';
import { previewContract } from '../web/lib/state/views/offers.ts';
import { pledgeOf } from './fixtures/bonds.ts';
import { Loan, publicOf, signAs } from './fixtures/loan.ts';

const offer: ParsedOffer = new Loan().offer;
const { identifier } = offer.document;
const NOW_SEC = 1_800_000_000;
const LIVE: SeenStanding = { state: 'live', height: 500, confirmedAtSec: NOW_SEC };

/** What is known where the bank has made one pledge, which stands so. */
function knownOf(
  changes: Partial<PledgeDocument> | undefined,
  standing: SeenStanding,
  pledges = new PledgeBook(),
): BondsKnown {
  if (changes) {
    const read = readEvent(signAs('bank', buildBond(pledgeOf(changes), NOW_SEC)));
    for (const parsed of read.ok ? read.value : []) if (isPledge(parsed)) pledges.add(parsed);
  }
  const catalog = {
    listings: { pledges, arbiter: () => undefined, offerOfBusiness: () => undefined },
    bankProfile: () => undefined,
    offer: () => offer,
    contractsOf: () => [],
    offers: () => [],
    rootsOfBank: () => [],
  };
  const names = { catalog, world: undefined, own: new Set() } as unknown as BondsKnown['names'];
  const check: BondCheck = { standing, checkedAtSec: NOW_SEC, sources: [], isAsking: false };
  return { names, check: () => check, isOnline: true, nowSec: NOW_SEC };
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
  ['none: its time is over', forOffer, { state: 'unlocked' }],
  ['none: it is no longer the bank’s', forOffer, { state: 'uncertified' }],
  ['none for this offer', forOther, LIVE],
  ['1 000 000 sat time-locked, covers no loss', locked, LIVE],
] as const)('a card says “%s”', (words, changes, standing) => {
  expect(plain(bondWords(knownOf(changes, standing), offer))).toBe(words);
});

it.each(['spent', 'unlocked', 'uncertified', 'notThere'] as const)(
  'a bond that is %s stands for nothing on any offer it covered, at once',
  (state) => {
    const known = knownOf(forOffer, { state });
    expect(isBonded(known, offer)).toBe(false);
    const [bond] = offerBonds(known, offer, undefined, 3).bonds;
    expect(bond?.status.tone).toBe('problem');
    const notes = bond?.facts.map(({ note }) => note) ?? [];
    expect(notes).toContain('stands for nothing now');
    // What it once could do is not said of it any more.
    expect(bond?.abilities).toBeUndefined();
    expect(bond?.warnings).toEqual([]);
  },
);

it('a spent bond is none, a bond that is not verified is neither', () => {
  expect(isBonded(knownOf(forOffer, { state: 'spent' }), offer)).toBe(false);
  expect(isBonded(knownOf(forOffer, disagree), offer)).toBe(true);
  expect(isBonded(knownOf(locked, LIVE), offer)).toBe(false);
});

/** The same offer with a bond that its pledge sets aside for it. */
const byBond = { type: 'bond', payDays: 30 } as const;

function pinningOffer(known: BondsKnown, allocationSat: string): ParsedOffer {
  const [pledge] = known.names.catalog.listings.pledges.ofBank(publicOf('bank'));
  const bond = { pledge: pledge?.event.id ?? 'f'.repeat(64), allocationSat };
  return new Loan({ offer: { bond, guarantee: byBond } }).offer;
}

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

it('says how what the terms name stands, and never that all is well, requires: BD-33', () => {
  const pinOf = (known: BondsKnown, pinned: ParsedOffer) => {
    const { bonds, pin } = offerBonds(known, pinned, undefined, 3);
    const labels = bonds.flatMap(({ facts }) => facts.map(({ label }) => label));
    return { ...pin, text: plain(pin?.text ?? ''), isNamed: labels.includes('Named in the terms') };
  };
  const known = knownOf(forOffer, LIVE);
  const kept = pinOf(known, pinningOffer(known, '250000'));
  expect(kept).toMatchObject({ isWrong: false, isNamed: true });
  expect(kept.text).toContain('names a bond of the bank and 250 000 sat of it. The pledge it');
  const less = pinOf(known, pinningOffer(known, '250001'));
  expect(less).toMatchObject({ isWrong: true });
  expect(less.text).toContain('that pledge sets only 250 000 sat aside for it');
  const unseen = pinOf(knownOf(undefined, LIVE), pinningOffer(known, '250000'));
  expect(unseen).toMatchObject({ isWrong: true, isNamed: false });
  expect(unseen.text).toContain('no relay here has the pledge: it is not verified');
});

it('says the same of an unseen pledge on the card, in the terms and in its section: BD-33', () => {
  const pinned = pinningOffer(knownOf(forOffer, LIVE), '250000');
  const words = '250 000 sat named, not verified';
  expect(plain(bondWords(knownOf(undefined, LIVE), pinned))).toBe(words);
  expect(plain(bondWords(knownOf(locked, LIVE), pinned))).toBe(words);
  expect(plain(bondWords(knownOf(forOffer, LIVE), pinned))).toBe('250 000 sat set aside');
  for (const isBonded of [true, false]) {
    const { document } = pinned;
    expect(guaranteeWords(document, isBonded)).toContain('how the bond it names stands is under');
    const bare = { ...document, guarantee: { type: 'none' } as const };
    expect(guaranteeWords(bare, isBonded)).toContain('how the bond it names stands is under');
  }
});

it('on a contract’s page shows its share, and when the pledge was replaced', () => {
  const pledges = new PledgeBook();
  const known = knownOf(forOffer, LIVE, pledges);
  const pinned = pinningOffer(known, '250000');
  const lent = BigInt(pinned.document.minimumTicketUnits);
  const contract = previewContract(pinned, lent, NOW_SEC);
  if (!contract) throw new Error('no contract can be made of the offer');
  expect(contractBond(known, offerContract())).toBeUndefined();
  const view = contractBond(known, contract);
  // 250,000 sat × 100,000 / 3,000,000.
  expect(view?.bonds[0]?.facts.some(({ amount }) => amount?.units === 8_333_333n)).toBe(true);
  expect(view?.pin?.isWrong).toBe(false);
  const [before] = pledges.ofBank(publicOf('bank'));
  const next = pledgeOf({ ...forOther, replaces: before?.event.id ?? '' });
  const read = readEvent(signAs('bank', buildBond(next, NOW_SEC + 1)));
  for (const parsed of read.ok ? read.value : []) pledges.add(parsed);
  const after = contractBond(known, contract);
  expect(plain(after?.pin?.text ?? '')).toMatch(/replaced .* sets nothing aside for it, which is/);
  expect(after?.pin?.isWrong).toBe(true);
  expect(guaranteeWords(contract).replaceAll('\u202f', ' ')).toContain(
    'principal and interest, up to 8 333 sat, this loan’s share of its bond',
  );
});

function offerContract() {
  const contract = previewContract(offer, BigInt(offer.document.minimumTicketUnits), NOW_SEC);
  if (!contract) throw new Error('no contract can be made of the offer');
  return contract;
}
