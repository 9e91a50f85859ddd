/**
 * The payee's side of a price: what the parts of a request come to in msat, and the prices that
 * say so. Spec: specs/prices.md.
 */
import {
  MAX_PRICE_AGE_MINUTES,
  minuteOf,
  msatFor,
  type ContractDocument,
  type RequestDocument,
} from '@realyield/protocol';
import type { Prices } from './prices.ts';

/** A part that is asked for, in units of the contract's ledger. */
export interface Part {
  readonly n: number;
  readonly units: string;
  /** No request for it may open before this, Unix seconds. */
  readonly fromSec?: number;
}

/** What a request's parts are paid by. */
export interface Pricing {
  /** The msat that pay some units, rounded up. */
  readonly msatOf: (units: string) => string;
  /** The request's `priced`, of these parts; undefined in a contract in msat. */
  readonly pricedOf: (parts: readonly Part[]) => RequestDocument['priced'];
  /** Whether no quorum stands behind it: it holds between payer and payee alone. */
  readonly isNamed: boolean;
}

/** In a contract in msat: what is owed is what is paid. */
const AS_OWED: Pricing = {
  msatOf: (units) => units,
  pricedOf: () => undefined,
  isNamed: false,
};

/** How parts are priced before there is a price: to be checked against the contract's plan. */
export const UNPRICED: (document: ContractDocument, nowSec: number) => Pricing = (
  { denomination },
  nowSec,
) => {
  if (denomination.type === 'msat') return AS_OWED;
  const pricedOf = (parts: readonly Part[]): RequestDocument['priced'] => ({
    ...{ minute: minuteOf(nowSec), prices: [] },
    units: parts.map(({ units }) => units),
  });
  return { msatOf: (units) => units, pricedOf, isNamed: true };
};

/**
 * The price to ask at: of the last minute for which a quorum of the contract's oracles gave one;
 * else, where the person allows it, the last one known. Undefined: it waits for a price.
 */
export function pricingOf(
  prices: Prices,
  { denomination }: Pick<ContractDocument, 'denomination'>,
  nowSec: number,
): Pricing | undefined {
  if (denomination.type === 'msat') return AS_OWED;
  // Making the invoices takes a while, and a request may not be older than that.
  const quote = prices.book.latest(denomination, nowSec, MAX_PRICE_AGE_MINUTES - 1);
  const last = quote ?? prices.lastQuote(denomination);
  if (!last) return undefined;
  const now = minuteOf(nowSec);
  const minute = quote ? quote.minute : now;
  // A price that is named rests on fewer than a quorum: on what there is of that minute.
  const embedded = quote ? quote.prices : prices.book.given(denomination, now);
  return {
    msatOf: (units) => msatFor(BigInt(units), last.price).toString(),
    pricedOf: (parts) => ({
      minute,
      units: parts.map(({ units }) => units),
      prices: [...embedded],
    }),
    isNamed: quote === undefined,
  };
}
