/** What amounts in a currency come to in sat, by the oracles of what is on the page. */
import { untrack } from 'svelte';
import type { Denomination, FiatDenomination } from '@realyield/protocol';
import { unitKey } from '../currencies.ts';
import type { Prices } from '../engine/prices/prices.ts';
import type { Preferences } from '../ui/preferences.svelte.ts';

const MINUTE_SEC = 60;

/** Distinct denominations in a currency, as one text: pages follow them while it stays the same. */
export function currenciesOf(denominations: readonly Denomination[]): string {
  const texts = denominations.flatMap((each) => (each.type === 'fiat' ? JSON.stringify(each) : []));
  return [...new Set(texts)].sort().join('\n');
}

/**
 * Follows the oracles of some currencies (`currenciesOf`) for the approximations beside amounts,
 * until the returned function is called.
 */
export function followQuotes(
  prices: Prices | undefined,
  preferences: Pick<Preferences, 'quotes'>,
  currencies: string,
): () => void {
  if (!prices || currencies === '') return () => undefined;
  const wanted = currencies.split('\n').map((text) => JSON.parse(text) as FiatDenomination);
  const read = (): void => {
    untrack(() => {
      const quotes = new Map(preferences.quotes);
      for (const denomination of wanted) {
        const quote = prices.quote(denomination);
        const key = unitKey(denomination);
        if (quote) quotes.set(key, { price: quote.price, atSec: quote.minute * MINUTE_SEC });
        else quotes.delete(key);
      }
      preferences.quotes = quotes;
    });
  };
  const stops = [...wanted.map((each) => prices.watch(each)), prices.changed.add(read)];
  read();
  return () => {
    for (const stop of stops) stop();
  };
}
