/** Contracts in a currency for tests: oracles by name, prices, and requests priced by them. */
import {
  buildPrice,
  embed,
  minuteOf,
  msatFor,
  medianPrice,
  type ContractDocument,
  type EmbeddedEvent,
  type FiatDenomination,
  type PriceDocument,
  type RequestDocument,
  type SignedEvent,
} from '../index.ts';
import { publicOf, realSigning, type Signing } from './keys.ts';
import type { Part } from './loan-options.ts';

/** Oracles of the usual test contract. */
export const ORACLES = ['oracle one', 'oracle two', 'oracle three'] as const;

/** Cents for one bitcoin, unless a test says otherwise. */
export const PRICE = 6_543_210n;

/** One US dollar in ledger units. */
export const DOLLAR = 100_000_000n;

/** US dollars by the test oracles, two of three unless said. */
export function dollars(changes: Partial<FiatDenomination> = {}): FiatDenomination {
  const oracles = ORACLES.map((name) => publicOf(name)).sort();
  return { type: 'fiat', currency: 'USD', minorDigits: 2, oracles, quorum: 2, ...changes };
}

/** What a price says, where it is not the usual. */
export type PriceChanges = Partial<PriceDocument> & { readonly atSec?: number };

/** A signed price of a minute by a named oracle. */
export function priceEvent(
  name: string,
  minute: number,
  price: bigint,
  { atSec = minute * 60 + 60, ...changes }: PriceChanges = {},
  signing: Signing = realSigning,
): SignedEvent {
  const usual = { v: 1, currency: 'USD', minorDigits: 2, minute, price: `${price}` } as const;
  return signing.sign(name, buildPrice({ ...usual, ...changes }, atSec));
}

/** How a request is priced, where it is not by all oracles at the usual price. */
export interface Pricing {
  /** Oracles by name with what they say. */
  readonly by?: readonly (readonly [name: string, price: bigint, changes?: PriceChanges])[];
  readonly minute?: number;
  /** What is asked for each part, where it is not what the prices make of it. */
  readonly msat?: readonly bigint[];
  /** Whether the request says nothing of prices at all, or says it in a contract in msat. */
  readonly isPriced?: boolean;
}

function embedded(event: SignedEvent, signing: Signing): EmbeddedEvent {
  const parsed = signing.read(event).at(-1);
  if (!parsed) throw new Error('unreadable price');
  return embed(parsed.event);
}

/** The columns of a request that say what its parts come to. */
export function columnsOf(
  { denomination }: ContractDocument,
  parts: readonly Part[],
  atSec: number,
  signing: Signing,
  pricing: Pricing = {},
): Pick<RequestDocument, 'msat' | 'priced'> {
  const units = parts.map((part) => part.amountUnits.toString());
  const { isPriced = denomination.type === 'fiat' } = pricing;
  if (!isPriced) return { msat: pricing.msat?.map(String) ?? units };
  const { minute = minuteOf(atSec) - 1, by = ORACLES.map((name) => [name, PRICE] as const) } =
    pricing;
  const price = by.length > 0 ? medianPrice(by.map(([, each]) => each)) : PRICE;
  const prices = by
    .map(([name, each, changes]) => {
      return embedded(priceEvent(name, minute, each, changes, signing), signing);
    })
    .sort((a, b) => (a.pubkey < b.pubkey ? -1 : 1));
  const msat = pricing.msat ?? parts.map((part) => msatFor(part.amountUnits, price));
  return { msat: msat.map(String), priced: { minute, units, prices } };
}
