/**
 * The market of the whole world: eleven offers of two banks in as many states, what the banks say
 * of the businesses, and the loans that were made. Days count back from the world's first day.
 */
import type { AppointeeRole, BankProfileDocument } from '@realyield/protocol';
import { OVEN, PROOFER, VAN, WORLD_DAY_SEC, type Terms } from './listings.ts';
import {
  BATTERIES,
  BOATS,
  DYES,
  FLOUR,
  FRIDGES,
  ICE,
  KIOSKS,
  LOOMS,
  STATION,
} from './market-terms.ts';
import type { Appointed } from './appointees.ts';
import type { PersonaId } from './personas.ts';

const DAY_SEC = 86_400;

/** One offer and what became of it. */
export interface MarketOffer {
  readonly terms: Terms;
  readonly bank: 'bank' | 'winam';
  readonly business: PersonaId;
  readonly daySec: number;
  readonly publishedDaysAgo: number;
  /** Who serves its contracts; all of them accepted, but who is asked still. */
  readonly appointed?: Appointed;
  readonly isAsked?: AppointeeRole;
  /** Its contracts name what the bank's bond sets aside for it. */
  readonly isPinned?: boolean;
  /** For how long the bank is silent before its backup servicer takes over. */
  readonly silenceDays?: number;
  /** How and when it ended, if it did. */
  readonly ended?: { readonly status: 'closed' | 'withdrawn'; readonly daysAgo: number };
}

/** One loan under an offer. */
export type MarketLoan = LoanCourse &
  (
    | { readonly principalSat: number }
    /** Whole units of the offer's currency. */
    | { readonly principalWhole: number }
  );

/** Who lent, and how it went. */
interface LoanCourse {
  readonly identifier: string;
  readonly investor: PersonaId;
  readonly startedDaysAgo: number;
  /** Contract days on which the business repaid, each time what was due, or an equal share. */
  readonly repaidOnDays: readonly number[];
  /** Instalments paid on their due days instead, where these follow the calendar. */
  readonly repaidInstalments?: number;
  /** What its bank did about it when it was not repaid. */
  readonly troubles?: readonly Trouble[];
}

/** What a bank does about a loan that is not repaid, on a contract day. */
export type Trouble =
  | {
      readonly onDay: number;
      readonly type: 'arrears' | 'default' | 'acceleration' | 'writeOff';
      readonly statement: string;
    }
  | {
      readonly onDay: number;
      readonly type: 'recovery';
      readonly grossSat: number;
      readonly costsSat: number;
      readonly statement: string;
    }
  /** Pays the investor their share of what was recovered. */
  | { readonly onDay: number; readonly type: 'paysOn' };

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

const months = { daySec: DAY_SEC } as const;
const suchitoto = { bank: 'bank' } as const;
const kisumu = { bank: 'winam' } as const;

/** Who serves loans of the second bank that have a pledge. */
const SERVED: Appointed = {
  arbiter: 'kamau',
  fallbackArbiter: 'ayala',
  trustee: 'vault',
  backupServicer: 'ahero',
};

/** All offers, earliest first. */
export const OFFERS: readonly MarketOffer[] = [
  {
    ...{ ...months, ...suchitoto, terms: FLOUR, business: 'bakery', publishedDaysAgo: 256 },
    ended: { status: 'closed', daysAgo: 249 },
  },
  {
    ...{ ...months, ...kisumu, terms: ICE, business: 'boats', publishedDaysAgo: 246 },
    ended: { status: 'closed', daysAgo: 239 },
  },
  { ...months, ...kisumu, terms: KIOSKS, business: 'solar', publishedDaysAgo: 196 },
  {
    ...{ ...months, ...kisumu, terms: BOATS, business: 'boats', publishedDaysAgo: 176 },
    ...{ appointed: SERVED, silenceDays: 30, isPinned: true },
  },
  {
    ...{ ...months, ...suchitoto, terms: DYES, business: 'weavers', publishedDaysAgo: 90 },
    ended: { status: 'withdrawn', daysAgo: 61 },
  },
  { ...months, ...kisumu, terms: FRIDGES, business: 'solar', publishedDaysAgo: 80 },
  { ...months, ...suchitoto, terms: STATION, business: 'coffee', publishedDaysAgo: 47 },
  { ...months, ...suchitoto, terms: LOOMS, business: 'weavers', publishedDaysAgo: 16 },
  {
    ...{ ...months, ...kisumu, terms: BATTERIES, business: 'solar', publishedDaysAgo: 8 },
    ...{ appointed: SERVED, silenceDays: 45, isAsked: 'trustee', isPinned: true },
  },
  { ...months, ...suchitoto, terms: VAN, business: 'bakery', publishedDaysAgo: 6 },
  {
    ...{ ...suchitoto, terms: PROOFER, business: 'bakery', publishedDaysAgo: 2 },
    daySec: WORLD_DAY_SEC,
  },
  {
    ...{ ...suchitoto, terms: OVEN, business: 'bakery', publishedDaysAgo: 1 },
    daySec: WORLD_DAY_SEC,
  },
];

/** Notices on a loan of the ice maker; the recovery is stated once, for both. */
const iceNotices: readonly Trouble[] = [
  {
    ...{ onDay: 97, type: 'arrears' },
    statement: 'The machine has stood still since the lake rose into the shed. We saw it.',
  },
  {
    ...{ onDay: 121, type: 'default' },
    statement:
      'Nothing was paid since. The hall heard the yard and does not expect the ice maker back.',
  },
];

/** All loans. */
export const LOANS: readonly MarketLoan[] = [
  {
    ...{ identifier: ICE.identifier, investor: 'ana', principalSat: 120_000 },
    ...{ startedDaysAgo: 240, repaidOnDays: [30, 60] },
    troubles: [
      ...iceNotices,
      { ...{ onDay: 124, type: 'acceleration' }, statement: 'Everything is called in.' },
      {
        ...{ onDay: 170, type: 'recovery', grossSat: 96_000, costsSat: 7_000 },
        statement: 'The ice maker was sold in Kendu Bay for 96 000 sat; carriage cost 7 000 sat.',
      },
      { onDay: 172, type: 'paysOn' },
      {
        ...{ onDay: 200, type: 'writeOff' },
        statement: 'The shed is gone and the yard has nothing else that it does not need to work.',
      },
    ],
  },
  {
    ...{ identifier: ICE.identifier, investor: 'priya', principalSat: 240_000 },
    ...{ startedDaysAgo: 240, repaidOnDays: [30, 60] },
    troubles: [...iceNotices, { onDay: 172, type: 'paysOn' }],
  },
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
    ...{ startedDaysAgo: 190, repaidOnDays: [], repaidInstalments: 6 },
  })),
  ...(
    [
      ['lars', 500_000],
      ['mei', 300_000],
    ] as const
  ).map(([investor, principalSat]) => ({
    ...{ identifier: BOATS.identifier, investor, principalSat },
    ...{ startedDaysAgo: 170, repaidOnDays: [60, 90] },
    troubles: [
      {
        ...{ onDay: 131, type: 'arrears' as const },
        statement:
          'The second boat is not launched: its crew has not paid. We visited the yard on Tuesday.',
      },
    ],
  })),
  {
    ...{ identifier: FRIDGES.identifier, investor: 'lars', principalWhole: 40_000 },
    ...{ startedDaysAgo: 75, repaidOnDays: [30, 60] },
  },
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

/** What both banks look at before they present a business. */
export const CHECKED = [
  { what: 'identity', result: 'confirmed' },
  { what: 'premises', result: 'confirmed' },
  { what: 'books', result: 'confirmed' },
  { what: 'debts', result: 'partly' },
  { what: 'capacity', result: 'confirmed' },
] as const;

/** What a bank has checked of a business before it presented it, and how it grades it. */
export const CHECKS: Readonly<Partial<Record<PersonaId, string>>> = {
  bakery: 'Two years of books, three visits, the contracts of the two schools.',
  weavers: 'Order book, export papers, the title of the workshop.',
  coffee: 'Register of members, four harvests of sales, the water licence.',
  solar: 'Takings of fourteen kiosks for twelve months, two visits.',
  boats: 'The two orders and their deposits, the yard, the builders’ record.',
};
