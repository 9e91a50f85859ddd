/**
 * What a client cannot lend in: a currency that it does not know, or one whose price nobody it can
 * reach says. Spec: specs/prices.md, "In the client".
 */
import { reject, type Denomination, type Reject } from '@realyield/protocol';
import type { Prices } from './prices/prices.ts';

/**
 * CONTENT_TERMS for a currency that is in no list of this client, PRICE_UNPROVEN when no quorum of
 * the oracles gives a price within some seconds: a loan in it could not be paid out.
 */
export async function currencyProblem(
  prices: Prices,
  denomination: Denomination,
  relays: readonly string[],
): Promise<Reject | undefined> {
  if (denomination.type === 'msat') return undefined;
  const isKnown = Intl.supportedValuesOf('currency').includes(denomination.currency);
  if (!isKnown) return reject('CONTENT_TERMS', denomination.currency);
  const quote = await prices.find(denomination, relays);
  return quote ? undefined : reject('PRICE_UNPROVEN', denomination.currency);
}
