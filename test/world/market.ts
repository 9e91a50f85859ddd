/**
 * The market of the whole world: eight offers of two banks in as many states, what the banks say
 * of the businesses, and the loans that were made. Days count back from the world's first day.
 */
import type { BankProfileDocument } from '@realyield/protocol';
import { OVEN, VAN, WORLD_DAY_SEC, sat, type Terms } from './listings.ts';
import type { PersonaId } from './personas.ts';
import { bulletPlan, equalPlan } from '../fixtures/plans.ts';

const DAY_SEC = 86_400;

/** One offer and what became of it. */
export interface MarketOffer {
  readonly terms: Terms;
  readonly bank: 'bank' | 'winam';
  readonly business: PersonaId;
  readonly daySec: number;
  readonly publishedDaysAgo: number;
  /** How and when it ended, if it did. */
  readonly ended?: { readonly status: 'closed' | 'withdrawn'; readonly daysAgo: number };
}

/** One loan under an offer. */
export interface MarketLoan {
  readonly identifier: string;
  readonly investor: PersonaId;
  readonly principalSat: number;
  readonly startedDaysAgo: number;
  /** Contract days on which the business repaid, each time what was due, or an equal share. */
  readonly repaidOnDays: readonly number[];
}

/** What the second bank says of itself. */
export function winamProfileDocument(relays: readonly string[]): BankProfileDocument {
  return {
    v: 1,
    name: 'Winam Members’ Savings',
    about:
      'We are 5,100 fishers, traders and teachers around Winam Gulf who save together. Every ' +
      'loan is read aloud in the hall of its place before we present it to anybody.',
    place: { country: 'KE', locality: 'Kisumu' },
    charter: 'Savings and credit cooperative society, registered 1994',
    policy:
      'Two members who know the trade see the books and the stock. We say within a week when a ' +
      'payment is missed, and the hall decides what to do.',
    relays: [...relays],
    arbiters: [],
  };
}

const stream = { shareBps: 10_000, startDay: 3, streamDays: 20, windowDays: 40, ticks: 2 };

const FLOUR: Terms = {
  identifier: 'easter-flour',
  title: 'Flour and sugar for Easter',
  purpose: 'Stock for Holy Week, bought when it is cheap.',
  story:
    'In Holy Week the bakery sells twice what it sells in June. Flour costs a fifth less before ' +
    'Lent. The stock is sold by Easter Monday, and the loan ends a month later.',
  amountSoughtUnits: sat(400_000),
  minimumTicketUnits: sat(40_000),
  minimumTotalUnits: sat(40_000),
  rateBps: 1_000,
  plan: bulletPlan(120, 5),
  tranches: [stream],
};

const LOOMS: Terms = {
  identifier: 'four-looms',
  title: 'Four looms for Telares Ixchel',
  purpose: 'Four pedal looms and the yarn for the first two orders.',
  story:
    'Orders for hammocks from three countries are more than five looms can weave: last year the ' +
    'workshop turned away one in three. Four more looms come from a carpenter in Ilobasco, one ' +
    'every nine days, which is how the money streams.',
  amountSoughtUnits: sat(1_000_000),
  minimumTicketUnits: sat(100_000),
  minimumTotalUnits: sat(500_000),
  rateBps: 1_150,
  plan: bulletPlan(240, 10),
  tranches: [{ shareBps: 10_000, startDay: 2, streamDays: 36, windowDays: 90, ticks: 8 }],
};

const DYES: Terms = {
  identifier: 'dye-works',
  title: 'A dye works for Telares Ixchel',
  purpose: 'Vats and a drying roof, to dye with indigo at home.',
  story:
    'Dyed yarn costs twice as much as plain. The workshop wanted to dye its own, and then ' +
    'found a neighbour who does it well. The bank has withdrawn the offer; nobody had lent on ' +
    'it.',
  amountSoughtUnits: sat(700_000),
  minimumTicketUnits: sat(50_000),
  minimumTotalUnits: sat(350_000),
  rateBps: 1_200,
  plan: bulletPlan(300, 10),
  tranches: [stream],
};

const STATION: Terms = {
  identifier: 'washing-station',
  title: 'A larger washing station for Las Nubes',
  purpose: 'A second pulper and forty drying beds before the harvest.',
  story:
    'Forty-two growers wash their cherries together; the valley has ninety. The first half buys ' +
    'and installs the pulper. The second half pays for the drying beds, and streams only after ' +
    'the bank has seen the pulper run. Repayment begins when the coffee is sold.',
  amountSoughtUnits: sat(800_000),
  minimumTicketUnits: sat(80_000),
  minimumTotalUnits: sat(400_000),
  rateBps: 1_250,
  plan: equalPlan(4, 150, 60, 10),
  tranches: [
    { shareBps: 5_000, startDay: 3, streamDays: 15, windowDays: 40, ticks: 2 },
    {
      shareBps: 5_000,
      startDay: 35,
      streamDays: 30,
      windowDays: 90,
      ticks: 3,
      milestone: {
        title: 'The pulper runs',
        description:
          'The second pulper stands on its foundation and has washed one day’s cherries, seen by ' +
          'a member of the bank.',
      },
    },
  ],
};

const KIOSKS: Terms = {
  identifier: 'three-kiosks',
  title: 'Three more kiosks for Jua',
  purpose: 'Panels, batteries and crates for three villages on the road to Ahero.',
  story:
    'A kiosk earns what it costs in about fifteen months. Fourteen are running and none has been ' +
    'closed. Three villages have given the ground and named a keeper.',
  amountSoughtUnits: sat(900_000),
  minimumTicketUnits: sat(60_000),
  minimumTotalUnits: sat(300_000),
  rateBps: 1_350,
  plan: equalPlan(6, 60, 30, 5),
  tranches: [stream],
};

const BOATS: Terms = {
  identifier: 'two-boats',
  title: 'Resin and engines for two boats',
  purpose: 'Materials for two boats that fishers of Dunga have ordered.',
  story:
    'Two crews have ordered a boat each and paid a tenth. The builders need resin, mat and two ' +
    'engines before the crews pay the rest out of their catch.',
  amountSoughtUnits: sat(800_000),
  minimumTicketUnits: sat(60_000),
  minimumTotalUnits: sat(300_000),
  rateBps: 1_500,
  plan: equalPlan(5, 60, 30, 5),
  tranches: [stream],
};

const months = { daySec: DAY_SEC } as const;
const suchitoto = { bank: 'bank' } as const;
const kisumu = { bank: 'winam' } as const;

/** All offers, earliest first. */
export const OFFERS: readonly MarketOffer[] = [
  {
    ...{ ...months, ...suchitoto, terms: FLOUR, business: 'bakery', publishedDaysAgo: 256 },
    ended: { status: 'closed', daysAgo: 249 },
  },
  { ...months, ...kisumu, terms: KIOSKS, business: 'solar', publishedDaysAgo: 196 },
  { ...months, ...kisumu, terms: BOATS, business: 'boats', publishedDaysAgo: 176 },
  {
    ...{ ...months, ...suchitoto, terms: DYES, business: 'weavers', publishedDaysAgo: 90 },
    ended: { status: 'withdrawn', daysAgo: 61 },
  },
  { ...months, ...suchitoto, terms: STATION, business: 'coffee', publishedDaysAgo: 47 },
  { ...months, ...suchitoto, terms: LOOMS, business: 'weavers', publishedDaysAgo: 16 },
  { ...months, ...suchitoto, terms: VAN, business: 'bakery', publishedDaysAgo: 6 },
  {
    ...{ ...suchitoto, terms: OVEN, business: 'bakery', publishedDaysAgo: 1 },
    daySec: WORLD_DAY_SEC,
  },
];

/** All loans. */
export const LOANS: readonly MarketLoan[] = [
  {
    identifier: FLOUR.identifier,
    investor: 'ana',
    principalSat: 400_000,
    startedDaysAgo: 250,
    repaidOnDays: [90, 118],
  },
  ...(
    [
      ['ben', 600_000],
      ['priya', 300_000],
    ] as const
  ).map(([investor, principalSat]) => ({
    ...{ identifier: KIOSKS.identifier, investor, principalSat },
    ...{ startedDaysAgo: 190, repaidOnDays: [60, 90, 120, 150, 180] },
  })),
  ...(
    [
      ['lars', 500_000],
      ['mei', 300_000],
    ] as const
  ).map(([investor, principalSat]) => ({
    ...{ identifier: BOATS.identifier, investor, principalSat },
    ...{ startedDaysAgo: 170, repaidOnDays: [60, 90] },
  })),
  {
    identifier: STATION.identifier,
    investor: 'tomas',
    principalSat: 800_000,
    startedDaysAgo: 40,
    repaidOnDays: [],
  },
  ...(['ana', 'tomas'] as const).map((investor) => ({
    ...{ identifier: LOOMS.identifier, investor, principalSat: 500_000 },
    ...{ startedDaysAgo: 12, repaidOnDays: [] },
  })),
  ...(
    [
      ['mei', 240_000],
      ['lars', 600_000],
    ] as const
  ).map(([investor, principalSat]) => ({
    ...{ identifier: VAN.identifier, investor, principalSat, startedDaysAgo: 2 },
    repaidOnDays: [],
  })),
];

/** What a bank has checked of a business before it presented it, and how it grades it. */
export const CHECKS: Readonly<Partial<Record<PersonaId, string>>> = {
  bakery: 'Two years of books, three visits, the contracts of the two schools.',
  weavers: 'Order book, export papers, the title of the workshop.',
  coffee: 'Register of members, four harvests of sales, the water licence.',
  solar: 'Takings of fourteen kiosks for twelve months, two visits.',
  boats: 'The two orders and their deposits, the yard, the builders’ record.',
};
