/**
 * Bad terms are refused wherever they come up, each with its code: by who builds a contract of an
 * offer or writes terms by hand, by every reader, by a relay.
 * requires: C-29, C-4, C-5, L-2, L-6, PL-4, PL-7, PL-16, R-6
 */
import {
  buildContract,
  buildContractEvent,
  buildOffer,
  canonicalize,
  readEvent,
  refusalOfTerms,
  type ContractChoice,
  type ContractDocument,
  type OfferDocument,
  type ParsedOffer,
} from '@realyield/protocol';
import { describe, expect, it } from 'vitest';
import { decide, DEFAULT_RULES } from '../relay-rules/src/decide.ts';
import { createReader } from '../relay-rules/src/reader.ts';
import { hashOf, Loan, offerDocument, publicOf, sparedSigning } from './fixtures/loan.ts';
import { bulletPlan, equalPlan } from './fixtures/plans.ts';

const AT = 1_800_000_000;
type Code = 'CONTENT_TERMS' | 'CONTENT_SCHEMA';

/** What a reader and what a relay say to an event: a code, or `ok`. */
function answers(event: unknown): readonly [reader: string, relay: string] {
  const read = readEvent(event, () => true);
  const reader = createReader(() => true);
  const facts = { rules: DEFAULT_RULES, nowSec: AT + 60, isSignatureChecked: false, reader };
  const decision = decide(event, facts);
  return [read.ok ? 'ok' : read.code, decision.accept ? 'ok' : decision.code];
}

const CHOICE: ContractChoice = {
  principalUnits: 1_000_000_000n,
  investor: { pubkey: publicOf('investor'), relays: ['wss://relay.example'] },
  commitment: hashOf('commitment'),
  nonce: hashOf('nonce'),
  startAtSec: AT,
  expiresAtSec: AT + 86_400,
};

/** What a builder says to an offer nobody should have believed, and to an investor's choices. */
function builds(document: OfferDocument, choice: Partial<ContractChoice> = {}): string {
  const event = sparedSigning.sign('bank', buildOffer(document, AT - 1_000));
  const offer = { name: 'offer', event, document } as ParsedOffer;
  const built = buildContract(offer, { ...CHOICE, ...choice });
  return built.ok ? 'ok' : built.code;
}

/** The contract that somebody writes of such choices all the same. */
function writes(choice: Partial<ContractChoice>): ContractDocument {
  const { principalUnits, investor, bases: _, livesIn: __, ...others } = { ...CHOICE, ...choice };
  const [first] = document.tranches;
  const amountUnits = principalUnits.toString();
  return {
    ...document,
    ...others,
    principalUnits: amountUnits,
    parties: { ...document.parties, investor: { ...document.parties.investor, ...investor } },
    tranches: first ? [{ ...first, amountUnits }] : [],
  } as ContractDocument;
}

function party(pubkey: string, relays = ['wss://relay.example']): ContractChoice['investor'] {
  return { pubkey, relays };
}

const plan = equalPlan(3, 30, 30);
const usual = offerDocument();
const [stream] = usual.tranches;
const { document } = new Loan({ signing: sparedSigning, offer: { plan } }).contract;
const [tranche] = document.tranches;
if (!stream || !tranche) throw new Error('the fixture has a tranche');
const { investor, business, bank } = document.parties;
const due = document.plan.due;
if (due.rule !== 'days') throw new Error('the fixture counts days');
const backwards = { ...tranche, toSec: tranche.fromSec - 1 };
const pledge = 'a'.repeat(64);
const half = { ...stream, shareBps: 5_000 };

/** Changes that are wrong in an offer; every place says the same code. */
const offers: readonly (readonly [string, Code, object])[] = [
  ['overlapping tranches', 'CONTENT_TERMS', { tranches: [half, { ...half, startDay: 1 }] }],
  ['shares that do not add up', 'CONTENT_TERMS', { tranches: [half] }],
  ['a window beyond the term', 'CONTENT_TERMS', { tranches: [{ ...stream, windowDays: 91 }] }],
  ['a bullet of three', 'CONTENT_TERMS', { plan: { ...bulletPlan(90), due: plan.due } }],
  [
    'a moratorium as long as the plan',
    'CONTENT_TERMS',
    { plan: { ...plan, principalMoratorium: 3 } },
  ],
  ['30E/360 on short days', 'CONTENT_TERMS', { dayCount: '30E/360' }],
  [
    'a late fee without a cap',
    'CONTENT_TERMS',
    {
      plan: { ...plan, lateFee: { flatUnits: '1000', rateBps: 0, capBps: 0 } },
    },
  ],
  ['a term beyond forty years', 'CONTENT_TERMS', { plan: equalPlan(600, 30, 25) }],
  ['short days on mainnet', 'CONTENT_TERMS', { network: 'mainnet' }],
  ['a guarantee by no bond', 'CONTENT_TERMS', { guarantee: { type: 'bond', payDays: 30 } }],
  ['a bond that stands for nothing', 'CONTENT_TERMS', { bond: { pledge, allocationSat: '0' } }],
];

/** What an investor may not choose. */
const choices: readonly (readonly [string, Code, Partial<ContractChoice>])[] = [
  ['nothing lent', 'CONTENT_TERMS', { principalUnits: 0n }],
  ['half a satoshi', 'CONTENT_TERMS', { principalUnits: 999_999_500n }],
  ['the business as investor', 'CONTENT_TERMS', { investor: party(publicOf('business')) }],
  ['the bank as investor', 'CONTENT_TERMS', { investor: party(publicOf('bank')) }],
  [
    'a party’s key as recovery key',
    'CONTENT_TERMS',
    { investor: { ...party(publicOf('investor')), recovery: publicOf('bank') } },
  ],
  ['a proposal over before the start', 'CONTENT_TERMS', { expiresAtSec: AT - 1 }],
  ['a negative principal', 'CONTENT_SCHEMA', { principalUnits: -1_000n }],
  ['a negative start', 'CONTENT_SCHEMA', { startAtSec: -1 }],
  ['no key at all', 'CONTENT_SCHEMA', { investor: party('') }],
  ['nowhere to be reached', 'CONTENT_SCHEMA', { investor: party(publicOf('investor'), []) }],
  ['a nonce that is none', 'CONTENT_SCHEMA', { nonce: 'nonce' }],
  ['a commitment that is none', 'CONTENT_SCHEMA', { commitment: '' }],
];

/** Changes of a shape the schemas refuse. */
const shapes: readonly (readonly [string, object])[] = [
  ['a rate out of bounds', { rateBps: 100_001 }],
  ['a negative rate', { rateBps: -1 }],
  ['an unknown plan', { plan: { ...plan, type: 'balloon' } }],
  ['an unknown day count', { dayCount: 'ACT/ACT' }],
  ['no tranches', { tranches: [] }],
  ['grace beyond a year', { plan: { ...plan, graceDays: 366 } }],
  ['a bond by no pledge', { bond: { pledge: 'the bank’s', allocationSat: '1000' } }],
  ['a bond of less than nothing', { bond: { pledge, allocationSat: '-1' } }],
];

/** Changes that are wrong in a contract alone: its dates, parties and amounts are absolute. */
const contracts: readonly (readonly [string, Code, object])[] = [
  ['a start after its first tranche', 'CONTENT_TERMS', { startAtSec: tranche.fromSec + 1 }],
  ['a negative start', 'CONTENT_SCHEMA', { startAtSec: -1 }],
  ['a negative principal', 'CONTENT_SCHEMA', { principalUnits: '-1000' }],
  ['a tranche that ends before it begins', 'CONTENT_TERMS', { tranches: [backwards] }],
  [
    'a negative due date',
    'CONTENT_SCHEMA',
    {
      plan: { ...document.plan, due: { ...due, firstAtSec: -1 } },
    },
  ],
  [
    'due dates that fall back',
    'CONTENT_SCHEMA',
    {
      plan: { ...document.plan, due: { rule: 'list', atSec: [due.firstAtSec, AT] } },
    },
  ],
  [
    'a due date on the day of the start',
    'CONTENT_TERMS',
    {
      plan: { ...document.plan, due: { ...due, firstAtSec: due.firstAtSec - 1_800 } },
    },
  ],
  [
    'a tranche that ends before it begins',
    'CONTENT_TERMS',
    {
      tranches: [{ ...tranche, toSec: tranche.fromSec }],
    },
  ],
  [
    'a tranche that lapses before it ends',
    'CONTENT_TERMS',
    {
      tranches: [{ ...tranche, lapsesAtSec: tranche.toSec - 1 }],
    },
  ],
  [
    'overlapping tranches',
    'CONTENT_TERMS',
    {
      principalUnits: '2000000000',
      tranches: [tranche, { ...tranche, fromSec: tranche.toSec - 1 }],
    },
  ],
  ['tranches that do not add up', 'CONTENT_TERMS', { principalUnits: '1000001000' }],
  ['half a satoshi', 'CONTENT_TERMS', { principalUnits: '1000000500' }],
  ['nothing lent', 'CONTENT_TERMS', { principalUnits: '0' }],
  ['one key as two parties', 'CONTENT_TERMS', { parties: { investor: business, business, bank } }],
  [
    'a bank that did not sign the offer',
    'CONTENT_TERMS',
    {
      parties: { investor, business, bank: { ...bank, pubkey: hashOf('x') } },
    },
  ],
  ['the offer twice', 'CONTENT_TERMS', { bases: [...document.bases, ...document.bases] }],
];

const offered = (change: object): OfferDocument => ({ ...usual, plan, ...change });
const agreed = (change: object): ContractDocument => ({ ...document, ...change });
const signedOffer = (terms: OfferDocument) => sparedSigning.sign('bank', buildOffer(terms, AT));
const signed = (terms: ContractDocument) =>
  sparedSigning.sign('investor', buildContractEvent(terms, AT));

describe('good terms', () => {
  it('are built, read and relayed', () => {
    expect(builds(offered({}))).toBe('ok');
    expect(answers(signedOffer(offered({})))).toEqual(['ok', 'ok']);
    expect(refusalOfTerms(document)).toBeUndefined();
    expect(answers(signed(document))).toEqual(['ok', 'ok']);
  });
});

describe('bad terms', () => {
  it.each(offers)('of an offer, %s: %s when built, read and relayed', (_, code, change) => {
    expect(builds(offered(change))).toBe(code);
    expect(answers(signedOffer(offered(change)))).toEqual([code, code]);
  });

  it.each(choices)('of an investor, %s: %s when built, read and relayed', (_, code, choice) => {
    expect(builds(offered({}), choice)).toBe(code);
    expect(answers(signed(writes(choice)))).toEqual([code, code]);
  });

  it('of an investor, a start within a second: cannot even be written', () => {
    expect(builds(offered({}), { startAtSec: AT + 0.5 })).toBe('CONTENT_SCHEMA');
  });

  it.each(shapes)('of a shape no document has, %s: built, read and relayed', (_, change) => {
    const refused = ['CONTENT_SCHEMA', 'CONTENT_SCHEMA'];
    expect(builds(offered(change))).toBe('CONTENT_SCHEMA');
    expect(answers(signedOffer(offered(change)))).toEqual(refused);
    expect(refusalOfTerms(agreed(change))?.code).toBe('CONTENT_SCHEMA');
    expect(answers(signed(agreed(change)))).toEqual(refused);
  });

  it.each([{}, { investor, business }, { ...document.parties, lender: investor }])(
    'of a contract, zero parties, one short or one too many',
    (parties) => {
      const content = canonicalize({ ...document, parties });
      const template = { ...buildContractEvent(document, AT), content };
      const refused = ['CONTENT_SCHEMA', 'CONTENT_SCHEMA'];
      expect(refusalOfTerms({ ...document, parties } as ContractDocument)?.code).toBe(refused[0]);
      expect(answers(sparedSigning.sign('investor', template))).toEqual(refused);
    },
  );

  it.each(contracts)('of a contract, %s: %s when written, read and relayed', (_, code, change) => {
    expect(refusalOfTerms(agreed(change))?.code).toBe(code);
    expect(answers(signed(agreed(change)))).toEqual([code, code]);
  });
});
