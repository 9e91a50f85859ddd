/**
 * What oracles said, minute by minute, and the price their quorum makes of it. Whoever gave two
 * prices for one minute is not heard in it. Spec: specs/prices.md.
 */
import {
  MAX_PRICE_AGE_MINUTES,
  embed,
  minuteOf,
  priceOf,
  type EmbeddedEvent,
  type FiatDenomination,
  type ParsedPrice,
} from '@realyield/protocol';

/** The price of a minute and whose prices it is made of. */
export interface Quote {
  /** Unix seconds divided by 60. */
  readonly minute: number;
  /** Minor units for one bitcoin: the median of the contract's oracles (PR-8). */
  readonly price: bigint;
  /** By rising keys of their oracles. */
  readonly prices: readonly EmbeddedEvent[];
}

/** So many minutes of each oracle and currency are kept, the last ones. */
const MOST_MINUTES = 24;
/** Two are enough to show that an oracle contradicts itself. */
const MOST_OF_A_MINUTE = 2;

type Minutes = Map<number, readonly EmbeddedEvent[]>;

/** Under which name the prices of one oracle in one currency are kept. */
export function seriesOf({ pubkey, content }: EmbeddedEvent): string {
  return `${pubkey}|${String(content['currency'])}|${String(content['minorDigits'])}`;
}

const minuteIn = ({ content }: EmbeddedEvent): number => Number(content['minute']);

/** The latest prices of some oracles. */
export class PriceBook {
  readonly #series = new Map<string, Minutes>();

  /** Takes a verified price; undefined when it says nothing new, else what it is kept as. */
  add({ event }: ParsedPrice): EmbeddedEvent | undefined {
    const price = embed(event);
    const series = seriesOf(price);
    const minutes: Minutes =
      this.#series.get(series) ?? new Map<number, readonly EmbeddedEvent[]>();
    const minute = minuteIn(price);
    const given = minutes.get(minute) ?? [];
    const isKnown = given.some(({ content }) => content['price'] === price.content['price']);
    if (isKnown || given.length >= MOST_OF_A_MINUTE) return undefined;
    minutes.set(minute, [...given, price]);
    if (minutes.size > MOST_MINUTES) minutes.delete(Math.min(...minutes.keys()));
    this.#series.set(series, minutes);
    return minutes.has(minute) ? price : undefined;
  }

  /** Whether this very price is held. */
  has(id: string, oracle: string): boolean {
    for (const [series, minutes] of this.#series) {
      if (!series.startsWith(oracle)) continue;
      for (const given of minutes.values()) if (given.some((each) => each.id === id)) return true;
    }
    return false;
  }

  /** All prices of a series, to be kept. */
  of(series: string): readonly EmbeddedEvent[] {
    return [...(this.#series.get(series)?.values() ?? [])].flat();
  }

  /** Whether its oracle is known to have given another price for the same minute. */
  isContradicted(price: EmbeddedEvent): boolean {
    const given = this.#series.get(seriesOf(price))?.get(minuteIn(price)) ?? [];
    return given.some(({ content }) => content['price'] !== price.content['price']);
  }

  /** Prices of a minute by a contract's oracles, without those who contradict themselves in it. */
  given(denomination: FiatDenomination, minute: number): readonly EmbeddedEvent[] {
    return this.#seriesIn(denomination).flatMap((minutes) => {
      const given = minutes.get(minute) ?? [];
      return given.length === 1 ? given : [];
    });
  }

  /** The price of a minute; undefined below the quorum. */
  at(denomination: FiatDenomination, minute: number): Quote | undefined {
    const prices = this.given(denomination, minute);
    const price = priceOf(prices, denomination);
    return price === undefined ? undefined : { minute, price, prices };
  }

  /** The last price at a time that is no older than some minutes. */
  latest(
    denomination: FiatDenomination,
    nowSec: number,
    mostMinutes = MAX_PRICE_AGE_MINUTES,
  ): Quote | undefined {
    const now = minuteOf(nowSec);
    const minutes = new Set(this.#seriesIn(denomination).flatMap((each) => [...each.keys()]));
    return [...minutes]
      .filter((minute) => minute <= now && now - minute <= mostMinutes)
      .sort((a, b) => b - a)
      .map((minute) => this.at(denomination, minute))
      .find((quote) => quote !== undefined);
  }

  #seriesIn({ oracles, currency, minorDigits }: FiatDenomination): readonly Minutes[] {
    return oracles.flatMap((oracle) => {
      const minutes = this.#series.get(`${oracle}|${currency}|${minorDigits}`);
      return minutes ? [minutes] : [];
    });
  }
}
