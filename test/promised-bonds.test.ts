/** What a bank promises of a bond more than once, computed and in words. requires: BD-36 */
import {
  buildBond,
  buildOffer,
  computeBondPromises,
  payableShareMsat,
  readEvent,
  type ContractDocument,
  type ParsedOffer,
  type PinnedBond,
  type PledgeDocument,
} from '@realyield/protocol';
import { describe, expect, it } from 'vitest';
import { PledgeBook, type ParsedPledge } from '../web/lib/engine/bonds/pledge-book.ts';
import type { BondsKnown } from '../web/lib/state/views/bond-cards.ts';
import { bankBonds } from '../web/lib/state/views/bonds.ts';
import { offerBonds } from '../web/lib/state/views/loan-bonds.ts';
import { previewContract } from '../web/lib/state/views/offers.ts';
import {
  offerPromiseWords,
  promisesOf,
  promiseWords,
  type PromiseDraft,
} from '../web/lib/state/views/promised.ts';
import { pledgeOf } from './fixtures/bonds.ts';
import { Loan, publicOf, signAs } from './fixtures/loan.ts';

const NOW_SEC = 1_800_000_000;
const BANK = publicOf('bank');
const loan = new Loan();
const { document: terms } = loan.offer;
const OVEN = terms.identifier;
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');
const aside = (...each: readonly (readonly [string, number])[]) =>
  each
    .map(([offer, sat]) => ({ offer, valueSat: String(sat) }))
    .sort((a, b) => (a.offer < b.offer ? -1 : 1));

function pledge(allocations: PledgeDocument['allocations'], of: Partial<PledgeDocument> = {}) {
  const read = readEvent(signAs('bank', buildBond(pledgeOf({ allocations, ...of }), NOW_SEC)));
  const parsed = read.ok ? read.value.at(-1) : undefined;
  if (parsed?.name !== 'bond') throw new Error('a pledge does not read');
  return parsed as ParsedPledge;
}

/** A version of the offer: what it seeks, in thousands of satoshis, and what it pins. */
function offerOf(sought: number, bond: PinnedBond | undefined, identifier = OVEN): ParsedOffer {
  const { tranches, ...rest } = terms;
  const amountSoughtUnits = String(sought * 1_000_000);
  const document = {
    ...rest,
    ...{ tranches, identifier, amountSoughtUnits, expiresAtSec: NOW_SEC + 1_000_000 },
    ...(bond ? { bond } : {}),
  };
  const event = { ...buildOffer(document, NOW_SEC), ...loan.offer.event, id: `${sought}` };
  return { name: 'offer', event, document };
}

/** A loan of so many thousand satoshis under an offer. */
function loanOf(offer: ParsedOffer, lent: number): ContractDocument {
  const { document } = offer;
  const contract = previewContract(loan.offer, BigInt(terms.minimumTicketUnits), NOW_SEC);
  if (!contract) throw new Error('no contract can be made of the offer');
  const event = { ...offer.event, content: { ...document } };
  return {
    ...contract,
    principalUnits: String(lent * 1_000_000),
    bases: [{ as: 'offer', event }],
    ...(document.bond ? { bond: document.bond } : {}),
  } as unknown as ContractDocument;
}

interface Market {
  readonly pledges: readonly ParsedPledge[];
  readonly offers?: readonly ParsedOffer[];
  readonly loans?: readonly ContractDocument[];
}

/** What is known where a bank has signed all that. */
function knownOf({ pledges, offers = [], loans = [] }: Market): BondsKnown {
  const book = new PledgeBook();
  for (const each of pledges) book.add(each);
  const viewOf = (document: ContractDocument, index: number) => ({
    root: `${index}`,
    fold: { state: { status: 'effective', effectiveAtSec: NOW_SEC, contract: { document } } },
  });
  const views = loans.map(viewOf);
  const catalog = {
    listings: { pledges: book, arbiter: () => undefined, offerOfBusiness: () => undefined },
    bankProfile: () => undefined,
    offers: () => offers,
    offer: (address: string) => offers.find((each) => address.endsWith(each.document.identifier)),
    contractsOf: ({ document }: ParsedOffer) =>
      views.filter(({ fold }) => {
        const [base] = fold.state.contract.document.bases;
        return base?.event.content['identifier'] === document.identifier;
      }),
    rootsOfBank: () => views.map(({ root }) => root),
    contract: (root: string) => views[Number(root)],
    cases: { ofContract: () => [] },
  };
  const names = { catalog, world: undefined, own: new Set() } as unknown as BondsKnown['names'];
  const standing = { state: 'live', height: 500, confirmedAtSec: NOW_SEC } as const;
  const check = { standing, checkedAtSec: NOW_SEC, sources: [], isAsking: false };
  return { names, check: () => check, isOnline: true, nowSec: NOW_SEC };
}

function said(market: Market, of: ParsedPledge, draft: PromiseDraft = {}): string[] {
  const known = knownOf(market);
  return promiseWords(known, BANK, promisesOf(known, of, draft)).map(plain);
}

const first = pledge(aside([OVEN, 600_000], ['mill', 400_000]));
const pinned = { pledge: first.event.id, allocationSat: '600000' };
const oven = offerOf(3_000, pinned);

describe('what is promised of a bond', () => {
  it('is what its pledge sets aside, while nothing else was signed', () => {
    expect(said({ pledges: [first] }, first)).toEqual([]);
    const lent = [loanOf(oven, 1_000), loanOf(oven, 2_000)];
    expect(said({ pledges: [first], offers: [oven], loans: lent }, first)).toEqual([]);
    const half = { pledges: [first], offers: [oven], loans: lent.slice(1) };
    expect(said(half, first)).toEqual([]);
  });

  it('is more than there is where a later pledge sets aside what contracts pin', () => {
    const next = pledge(aside(['mill', 1_000_000]), { replaces: first.event.id });
    const market = { offers: [oven], loans: [loanOf(oven, 1_500), loanOf(oven, 1_500)] };
    const words = [
      'The bank has promised 1 600 000 sat of this bond, 600 000 sat more than it holds. ' +
        'Who is ruled on first is paid first.',
      `Loans under “${terms.title}” are promised 600 000 sat of it, and nothing is set aside for ` +
        'them.',
    ];
    expect(said({ ...market, pledges: [first, next] }, next)).toEqual(words);
    // Before it is signed, the desk says the same.
    const draft = { allocations: next.document.allocations };
    expect(said({ ...market, pledges: [first] }, first, draft)).toEqual(words);
  });

  it('is more than there is where an output is pledged twice by one bank', () => {
    const twice = pledge(aside(['mill', 1_000_000]));
    const [words] = said({ pledges: [first, twice] }, first);
    expect(words).toContain('has promised 1 600 000 sat of this bond, 600 000 sat more');
    const known = knownOf({ pledges: [first, twice] });
    const shown = bankBonds(known, BANK, [], 3).bonds.flatMap(({ warnings }) => warnings);
    expect(shown[0]).toContain('is also pledged by the same bank, twice');
    expect(shown.map(plain)).toContain(words);
    // The same, said twice, is promised once.
    const same = pledge(first.document.allocations, { lockTimeSec: first.document.lockTimeSec });
    expect(said({ pledges: [first, same] }, first)).toEqual([]);
  });

  it('is more than is set aside where a new version of an offer seeks as much again', () => {
    const loans = [loanOf(oven, 3_000)];
    const again = offerOf(6_000, pinned);
    const words = [
      `Loans under “${terms.title}” are promised 900 000 sat of it, ` +
        'and 600 000 sat are set aside for them.',
    ];
    const all = 'The bank has promised 1 300 000 sat of this bond, 300 000 sat more than it holds.';
    const market = { pledges: [first], loans };
    const [total, ...each] = said({ ...market, offers: [again] }, first);
    expect([total?.slice(0, all.length), ...each]).toEqual([all, ...words]);
    // The desk says so before it is signed; and of a version that only mends a word, nothing.
    const offer = { identifier: OVEN, bond: pinned, soughtUnits: 6_000_000_000n };
    expect(said({ ...market, offers: [oven] }, first, { offer })).toEqual([total, ...each]);
    const mended = { ...offer, soughtUnits: 3_000_000_000n };
    expect(said({ ...market, offers: [oven] }, first, { offer: mended })).toEqual([]);
  });

  it('is what terms name, also where their pledge sets less aside', () => {
    const more = offerOf(3_000, { ...pinned, allocationSat: '700000' });
    const [total, each] = said({ pledges: [first], offers: [more] }, first);
    expect(total).toContain('1 100 000 sat of this bond, 100 000 sat more than it holds');
    expect(each).toContain('are promised 700 000 sat of it, and 600 000 sat are set aside');
    const elsewhere = offerOf(3_000, { ...pinned, allocationSat: '1' }, 'shop');
    const [stray] = said({ pledges: [first], offers: [elsewhere] }, first).slice(1);
    expect(stray).toContain('are promised 1 sat of it, and nothing is set aside for them.');
  });

  it('ends with the offer, and with a contract that is closed', () => {
    const ended = { ...oven, document: { ...oven.document, expiresAtSec: NOW_SEC } };
    const more = offerOf(3_000, { ...pinned, allocationSat: '700000' });
    const closed = { ...more, document: { ...more.document, status: 'closed' as const } };
    for (const each of [ended, closed]) {
      expect(said({ pledges: [first], offers: [each] }, first)).toEqual([]);
    }
  });

  it('counts loans that pin none, and none in a currency', () => {
    const bare = offerOf(1_000, undefined);
    const loans = [1, 2, 3].map(() => loanOf(bare, 1_000));
    const [total] = said({ pledges: [first], offers: [bare], loans }, first);
    expect(total).toContain('2 200 000 sat of this bond, 1 200 000 sat more than it holds');
    const inDollars = loans.map((each) => ({ ...each, denomination: { type: 'fiat' } }));
    const market = { pledges: [first], loans: inDollars as unknown as ContractDocument[] };
    expect(said(market, first)).toEqual([]);
  });

  it('is the same whatever is given twice', () => {
    const bond = {
      ...{ valueSat: 1_000_000n, pledges: new Set([first.event.id]) },
      inForce: [{ signed: first.document.allocations, left: first.document.allocations }],
    };
    const one = { root: 'a', document: loanOf(oven, 3_000), takenSat: 100_000n };
    const promised = computeBondPromises(bond, [], [one, one]);
    expect(promised).toEqual(computeBondPromises(bond, [], [one]));
    expect(promised.offers.map(({ promisedSat }) => promisedSat)).toEqual([600_000n, 400_000n]);
  });
});

it('is said on the pages of bank and offer, and before an investor signs', () => {
  const next = pledge(aside(['mill', 1_000_000]), { replaces: first.event.id });
  const known = knownOf({ pledges: [first, next], offers: [oven], loans: [loanOf(oven, 3_000)] });
  const warnings = bankBonds(known, BANK, [], 3).bonds.flatMap((bond) => bond.warnings.map(plain));
  expect(warnings).toHaveLength(2);
  expect(warnings[0]).toContain('600 000 sat more than it holds');
  const contract = previewContract(loan.offer, BigInt(terms.minimumTicketUnits), NOW_SEC);
  const onOffer = offerBonds(known, oven, contract, 3).bonds.flatMap((bond) => bond.warnings);
  expect(onOffer.map(plain)).toEqual(warnings);
  expect(offerPromiseWords(known, oven).map(plain)).toEqual(warnings);
  expect(offerPromiseWords(known, offerOf(1_000, undefined, 'shop'))).toEqual([]);
});

it('pays no contract more than its pledge sets aside for its offer, requires: BD-37', () => {
  const share = (document: ContractDocument, of = first) => payableShareMsat(document, of);
  const third = loanOf(oven, 1_000);
  expect(share(third)).toBe(200_000_000n);
  const named = (allocationSat: string) =>
    share(loanOf(offerOf(3_000, { ...pinned, allocationSat }), 1_000));
  expect(named('300000')).toBe(100_000_000n);
  expect(named('6000000')).toBe(200_000_000n);
  expect(share(loanOf(offerOf(3_000, pinned, 'shop'), 1_000))).toBeUndefined();
  expect(share(third, pledge(first.document.allocations, { lockTimeSec: 1_893_456_001 }))).toBe(
    undefined,
  );
  const bare = offerOf(1_000, undefined);
  expect(share(loanOf(bare, 500))).toBe(300_000_000n);
  expect(share(loanOf(bare, 2_000))).toBe(600_000_000n);
  const event = { ...first.event, pubkey: publicOf('other bank') };
  expect(share(third, { ...first, event })).toBeUndefined();
  expect(share(loanOf(bare, 500), { ...first, event })).toBeUndefined();
  expect(share({ ...third, network: 'signet' })).toBeUndefined();
});
