/**
 * What the local world's bank has published: its profile and four offers of the bakery. A
 * contract day lasts two seconds here, so a loan of 180 days is over in six minutes.
 */
import type {
  BankProfileDocument,
  Denomination,
  LegalTerms,
  OfferDocument,
} from '@realyield/protocol';
import { LEGAL } from './legal.ts';
import type { WorldCurrency } from './oracles.ts';
import type { PersonaProfile } from './personas.ts';
import { PROFILES } from './profiles.ts';
import { bulletPlan, NO_FEES } from '../fixtures/plans.ts';

/** Seconds of a contract day in what is made to be watched. */
export const WORLD_DAY_SEC = 2;
/** A year, in seconds. */
export const YEAR_SEC = 365 * 86_400;
const PLACE = { country: 'SV', locality: 'Suchitoto' };

/** Satoshis as msat text. */
export const sat = (amount: number): string => `${amount}000`;
/** Whole dollars or shillings in units of a ledger kept in them. */
export const whole = (amount: number): string => `${amount}00000000`;

/** The bank's profile. */
export function bankProfileDocument(relays: readonly string[]): BankProfileDocument {
  return {
    v: 1,
    name: 'Banco Comunal de Suchitoto',
    about:
      'We are a savings bank owned by its 2,300 members. We lend to shops within a day’s ride, ' +
      'and we present to investors elsewhere only what our members know at first hand.',
    place: PLACE,
    charter: 'Cooperative savings bank, registered 1987',
    policy:
      'Before a prospectus we visit the business three times and read two years of its books. ' +
      'After a missed payment we visit within ten days and publish what we found.',
    relays: [...relays],
    arbiters: [],
  };
}

/** What an offer is for and how it is lent and repaid. */
export type Terms = Pick<
  OfferDocument,
  | 'identifier'
  | 'title'
  | 'purpose'
  | 'story'
  | 'amountSoughtUnits'
  | 'minimumTicketUnits'
  | 'minimumTotalUnits'
  | 'rateBps'
  | 'plan'
  | 'tranches'
> &
  Partial<
    Pick<OfferDocument, 'fees' | 'coolingOffDays' | 'guarantee' | 'recovery' | 'tillShare'>
  > & {
    /** What it is kept in; bitcoin unless given. */
    readonly currency?: WorldCurrency;
  };

/** The offer visitors watch from beginning to end. */
export const OVEN: Terms = {
  identifier: 'second-oven',
  title: 'A second oven for Panadería Luz',
  purpose: 'A second deck oven, to bake for the two schools that asked.',
  story:
    'Luz Hernández has baked in Suchitoto since 2016. Her one oven is full by four in the ' +
    'morning. Two schools have asked for 600 rolls each school day and signed for a year. ' +
    'A used deck oven costs 2,600,000 sat with delivery; wiring and a chimney the rest. ' +
    'The schools alone would pay the loan back in five months. If they cancel, the oven ' +
    'serves the shop and the loan takes longer: the bakery made a profit in nineteen of its ' +
    'last twenty-four months.',
  amountSoughtUnits: sat(3_000_000),
  minimumTicketUnits: sat(60_000),
  minimumTotalUnits: sat(300_000),
  rateBps: 1_200,
  plan: bulletPlan(180, 10),
  tranches: [{ shareBps: 10_000, startDay: 5, streamDays: 30, windowDays: 175, ticks: 60 }],
};

const FLOUR: Terms = {
  identifier: 'december-flour',
  title: 'Flour and sugar for December',
  purpose: 'Stock for the busiest month, bought in October when it is cheap.',
  story:
    'In December the bakery sells twice what it sells in June. Flour costs a fifth less in ' +
    'October. Last year Luz bought on a supplier’s credit at four per cent a month; this year ' +
    'she would rather pay you. The stock is sold by Epiphany, and the loan ends before Easter.',
  amountSoughtUnits: sat(900_000),
  minimumTicketUnits: sat(30_000),
  minimumTotalUnits: sat(90_000),
  rateBps: 1_000,
  // A payment may be cut off twice, and the rest be paid late, before it lapses: see `STANDS_MS`.
  plan: bulletPlan(180, 5),
  tranches: [{ shareBps: 10_000, startDay: 5, streamDays: 15, windowDays: 175, ticks: 30 }],
};

/** The largest and least certain one. */
export const VAN: Terms = {
  identifier: 'delivery-van',
  title: 'A van, and a shop in Aguilares',
  purpose: 'A used delivery van and the first months’ rent of a second shop, 25 km away.',
  story:
    'Aguilares has 22,000 people and no bakery that opens before seven. The van carries bread ' +
    'there at five, and to the schools on the way back. This is the largest and least certain ' +
    'of the three loans: the second shop has no record yet. The van stays the bakery’s and is ' +
    'not pledged to you.',
  amountSoughtUnits: sat(6_000_000),
  minimumTicketUnits: sat(120_000),
  minimumTotalUnits: sat(1_200_000),
  rateBps: 1_400,
  plan: bulletPlan(360, 15),
  tranches: [{ shareBps: 10_000, startDay: 5, streamDays: 60, windowDays: 240, ticks: 120 }],
  coolingOffDays: 14,
};

/** The one in dollars, to be watched too. */
export const PROOFER: Terms = {
  identifier: 'proofing-cabinet',
  title: 'A proofing cabinet, in dollars',
  purpose: 'A cabinet in which dough rises overnight, so that baking begins at five.',
  story:
    'The cabinet is sold in San Salvador at 1,150 dollars with its racks, and the bread is sold ' +
    'for dollars too: the bakery owes what it spends and takes in. You pay and are paid in ' +
    'bitcoin; three oracles say each minute what a dollar comes to, and two of them must agree.',
  currency: 'USD',
  amountSoughtUnits: whole(1_200),
  minimumTicketUnits: whole(30),
  minimumTotalUnits: whole(90),
  rateBps: 900,
  plan: bulletPlan(150, 10),
  tranches: [{ shareBps: 10_000, startDay: 5, streamDays: 30, windowDays: 120, ticks: 30 }],
};

/** Who and what an offer is about, beside its terms. */
export interface OfferCircumstances {
  readonly profile: PersonaProfile;
  readonly publicKey: string;
  readonly relays: readonly string[];
  readonly expiresAtSec: number;
  readonly daySec: number;
  readonly status: OfferDocument['status'];
  readonly legal: LegalTerms;
  /** What is kept in a currency goes by these oracles' prices. */
  readonly denominationOf: (currency: WorldCurrency) => Denomination;
}

/** An offer as its bank publishes it. */
export function offerDocument(terms: Terms, about: OfferCircumstances): OfferDocument {
  const { profile, publicKey, relays, expiresAtSec, daySec, status, legal } = about;
  const { currency, ...rest } = terms;
  const { name, sector = '', place } = profile;
  return {
    v: 1,
    status,
    network: 'regtest',
    daySec,
    business: { pubkey: publicKey, name, sector, place: { ...place }, relays: [...relays] },
    denomination: currency ? about.denominationOf(currency) : { type: 'msat' },
    dayCount: 'ACT/365F',
    fees: NO_FEES,
    default: { afterDays: 30, cureDays: 14 },
    guarantee: { type: 'none' },
    recovery:
      'The bank visits within ten days of a missed payment, publishes what it found, and agrees ' +
      'a plan with the business. There is no collateral.',
    legal,
    coolingOffDays: 0,
    documents: [],
    relays: [...relays],
    expiresAtSec,
    funding: { required: false },
    ...rest,
  };
}

/** The four offers of the small world, the one to be shown first last. */
export function offerDocuments(
  businessPublicKey: string,
  relays: readonly string[],
  nowSec: number,
  denominationOf: OfferCircumstances['denominationOf'],
): readonly OfferDocument[] {
  const profile = PROFILES.find(({ id }) => id === 'bakery');
  if (!profile) throw new Error('The bakery is gone.');
  const publicKey = businessPublicKey;
  const about = { profile, publicKey, relays, legal: LEGAL.bank, denominationOf } as const;
  const expiresAtSec = nowSec + YEAR_SEC;
  return [VAN, FLOUR, PROOFER, OVEN].map((terms) =>
    offerDocument(terms, { ...about, expiresAtSec, daySec: WORLD_DAY_SEC, status: 'open' }),
  );
}
