/**
 * Plans that contradict themselves are refused alike where they are read and where a contract is
 * built. requires: L-6, C-29, PL-4, PL-7, PL-15, PL-16, PL-17, FE-8
 */
import { describe, expect, it } from 'vitest';
import { buildContract } from './contract/build.ts';
import type { ParsedContract, ParsedOffer } from './events.ts';
import type { ContractDocument } from './kinds/agreement.ts';
import type { OfferDocument } from './kinds/listings.ts';
import { buildContractEvent, buildOffer } from './publish.ts';
import { contractContradiction, offerContradiction } from './terms.ts';
import { codeOf } from './testing/documents.ts';
import { hashOf, Loan, offerDocument, publicOf, sparedSigning } from './testing/loan.ts';
import { bulletPlan, equalPlan, NO_FEES, NO_LATE_FEE } from './testing/plans.ts';

const AT = 1_800_000_000;
const REAL = 86_400;
const real = { daySec: REAL } as const;
const equal = equalPlan(3, 30, 30);
const common = { graceDays: 0, lateFee: NO_LATE_FEE } as const;
const annuity = { type: 'annuity', ...common, prepayment: 'reduce' } as const;
const revenue = { type: 'revenueShare', due: equal.due, ...common } as const;
const shared = { ...revenue, shareBps: 500, capBps: 13_000, floorBps: 100 };
const monthly = { rule: 'months', firstMonth: 1, everyMonths: 1, count: 24 } as const;
const fee = { flatUnits: '5000', rateBps: 100, capBps: 500 };
const dear = { originationBps: 1_000, origination: 'withheld', servicingBps: 0 } as const;
const noCap = { ...fee, capBps: 0 };

/** What an offer's contradiction is about; the offer's changes. */
const offers: readonly (readonly [string | undefined, string, Partial<OfferDocument>])[] = [
  [undefined, 'monthly on real days', { ...real, plan: { ...equal, due: monthly } }],
  ['due', 'monthly on short days', { plan: { ...equal, due: monthly } }],
  ['dayCount', '30E/360 on short days', { dayCount: '30E/360' }],
  [undefined, '30E/360 on real days', { ...real, dayCount: '30E/360' }],
  ['due', 'a bullet of three instalments', { plan: { ...bulletPlan(90), due: equal.due } }],
  [
    'due',
    'interest-only with one date',
    { plan: { type: 'interestOnly', due: bulletPlan(90).due, ...common, prepayment: 'nextDue' } },
  ],
  ['principalMoratorium', 'no principal ever', { plan: { ...equal, principalMoratorium: 3 } }],
  ['interestMoratorium', 'no interest ever', { plan: { ...equal, interestMoratorium: 3 } }],
  [
    'principalMoratorium',
    'an annuity without principal',
    { plan: { ...annuity, due: equal.due, principalMoratorium: 3 } },
  ],
  ['lateFee', 'a late fee without a cap', { plan: { ...equal, lateFee: noCap } }],
  ['lateFee', 'a cap of nothing', { plan: { ...equal, lateFee: { ...NO_LATE_FEE, capBps: 1 } } }],
  ['lateFee', 'half a satoshi', { plan: { ...equal, lateFee: { ...fee, flatUnits: '500' } } }],
  [undefined, 'a late fee', { plan: { ...equal, lateFee: fee } }],
  ['fees', 'no fee on top', { fees: { ...NO_FEES, origination: 'onTop' } }],
  [undefined, 'a fee on top', { fees: { ...NO_FEES, origination: 'onTop', originationBps: 1 } }],
  ['ticks', 'a fee that leaves too little', { minimumTicketUnits: '10000', fees: dear }],
  ['rateBps', 'a revenue share with a rate', { plan: shared }],
  [undefined, 'a revenue share', { plan: shared, rateBps: 0 }],
  ['plan', 'too many days', { plan: equalPlan(600, 30, 25) }],
  [
    'plan',
    'too many months',
    { ...real, plan: { ...equal, due: { ...monthly, everyMonths: 20, count: 25 } } },
  ],
  [
    'windowDays',
    'a window that a short month may not have',
    { ...real, plan: { ...equal, due: { ...monthly, count: 1, firstMonth: 1, anchorDay: 1 } } },
  ],
];

describe('an offer with', () => {
  it.each(offers)('%s: %s', (detail, _, change) => {
    const document = offerDocument(change);
    const refused = { ok: false, code: 'CONTENT_TERMS', detail };
    expect(offerContradiction(document)).toEqual(detail === undefined ? undefined : refused);
    const code = codeOf('bank', buildOffer(document, AT));
    expect(code).toBe(detail === undefined ? 'ok' : 'CONTENT_TERMS');
  });
});

type Plan = ContractDocument['plan'];

const { document } = new Loan({ signing: sparedSigning, offer: { plan: equal } }).contract;
const { contract: yearly } = new Loan({
  signing: sparedSigning,
  startAtSec: AT,
  offer: { ...real, plan: { ...equal, due: monthly } },
}) as { contract: ParsedContract };
const due = document.plan.due as Extract<Plan['due'], { rule: 'days' }>;
const months = yearly.document.plan.due as Extract<Plan['due'], { rule: 'months' }>;
const dated = (changed: Plan['due']): Partial<ContractDocument> => ({
  plan: { ...document.plan, due: changed },
});
const inMonths = (changed: Partial<typeof months>): ContractDocument => ({
  ...yearly.document,
  plan: { ...yearly.document.plan, due: { ...months, ...changed } },
});

const contracts: readonly (readonly [string | undefined, string, ContractDocument])[] = [
  [undefined, 'what the offer makes', document],
  [undefined, 'months', yearly.document],
  [
    'due',
    'a second too early',
    { ...document, ...dated({ ...due, firstAtSec: due.firstAtSec - 1 }) },
  ],
  [
    'due',
    'one listed date within its day',
    { ...document, ...dated({ rule: 'list', atSec: [due.firstAtSec, due.firstAtSec + 61] }) },
  ],
  ['due', 'a first month off its anchor', inMonths({ anchorDay: months.anchorDay + 1 })],
  ['due', 'months on short days', { ...document, ...dated(months) }],
  [
    'plan',
    'a first date on the day of the start',
    { ...document, ...dated({ ...due, firstAtSec: due.firstAtSec - 30 * 60 }) },
  ],
  [
    'plan',
    'a term of forty years and a day',
    { ...document, ...dated({ ...due, everyDays: 7_291 }) },
  ],
  [
    'plan',
    'a time beyond all times',
    { ...yearly.document, ...dated({ ...due, firstAtSec: 99_999_964_799, everyDays: 1 }) },
  ],
  [
    'principalMoratorium',
    'no principal ever',
    { ...document, plan: { ...equal, due, principalMoratorium: 3 } },
  ],
];

describe('a contract with', () => {
  it.each(contracts)('%s: %s', (detail, _, terms) => {
    const refused = { ok: false, code: 'CONTENT_TERMS', detail };
    expect(contractContradiction(terms)).toEqual(detail === undefined ? undefined : refused);
    const code = codeOf('investor', buildContractEvent(terms, AT));
    expect(code).toBe(detail === undefined ? 'ok' : 'CONTENT_TERMS');
  });

  it.each(offers)('%s, built of an offer with %s', (detail, _, change) => {
    const event = sparedSigning.sign('bank', buildOffer(offerDocument(change), AT - 1_000));
    const offer = { name: 'offer', event, document: offerDocument(change) } as ParsedOffer;
    const built = buildContract(offer, {
      principalUnits: BigInt(offer.document.minimumTicketUnits),
      investor: { pubkey: publicOf('investor'), relays: ['wss://relay.example'] },
      commitment: hashOf('commitment'),
      nonce: hashOf('nonce'),
      startAtSec: AT,
      expiresAtSec: AT + 1,
    });
    expect(built.ok).toBe(detail === undefined);
  });

  it.each([
    [{ rule: 'list', atSec: [due.firstAtSec + 60, due.firstAtSec] }],
    [{ rule: 'list', atSec: [] }],
    [{ ...due, count: 0 }],
    [{ ...due, count: 601 }],
    [{ ...due, everyDays: 0 }],
    [{ ...due, firstAtSec: -1 }],
    [{ ...months, anchorDay: 32 }],
    [{ ...due, rule: 'moon' }],
  ])('due dates %o is not of the schema', (changed) => {
    const terms = { ...document, ...dated(changed as Plan['due']) };
    expect(codeOf('investor', buildContractEvent(terms, AT))).toBe('CONTENT_SCHEMA');
  });

  it.each([
    [{ type: 'balloon' }],
    [{ graceDays: 366 }],
    [{ prepayment: 'never' }],
    [{ principalMoratorium: -1 }],
    [{ lateFee: { ...fee, capBps: 10_001 } }],
    [{ lateFee: { ...fee, rateBps: 100_001 } }],
    [{ shareBps: 1 }],
    [{ ...shared, due, capBps: 9_999 }],
  ])('a plan with %o is not of the schema', (changed) => {
    const terms = { ...document, plan: { ...document.plan, ...changed } as Plan };
    expect(codeOf('investor', buildContractEvent(terms, AT))).toBe('CONTENT_SCHEMA');
  });
});
