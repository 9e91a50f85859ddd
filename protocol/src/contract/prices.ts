/**
 * What the parts of a request count for in the contract's ledger, and whether prices prove it.
 * Spec: specs/prices.md.
 */
import { medianPrice, msatFor } from '../denomination.ts';
import type { ParsedRequest } from '../events.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import type { FiatDenomination } from '../kinds/denomination.ts';
import type { EmbeddedEvent } from '../kinds/fields.ts';
import type { RequestDocument } from '../kinds/money-events.ts';
import { reject, type Reject } from '../result.ts';
import type { Equivocation } from './state.ts';

/** What each part of a request counts for in the contract's ledger, in the order of its parts. */
export function unitsOf(request: RequestDocument): readonly string[] {
  // PR-7: "A part counts in the ledger for its `units`; in a contract in msat for its `msat`."
  return request.priced?.units ?? request.msat;
}

const priceIn = ({ content }: EmbeddedEvent): bigint => BigInt(String(content['price']));

/** The price of one bitcoin by these prices of one minute; undefined below the quorum. */
export function priceOf(
  prices: readonly EmbeddedEvent[],
  { quorum }: FiatDenomination,
): bigint | undefined {
  // PR-8: "The price of a minute is, where at least `quorum` of the contract's oracles gave one,
  // the median of theirs…"
  return prices.length < quorum ? undefined : medianPrice(prices.map(priceIn));
}

/** Whether a price is by one of a contract's oracles and in its currency. */
function isOfContract({ pubkey, content }: EmbeddedEvent, of: FiatDenomination): boolean {
  const { currency, minorDigits } = content;
  const isCurrency = currency === of.currency && minorDigits === of.minorDigits;
  return isCurrency && of.oracles.includes(pubkey);
}

/** Whether a request is in the contract's currency, by its oracles, at their price. */
export function priceMismatch(
  { denomination }: ContractDocument,
  { priced, msat }: RequestDocument,
): Reject | undefined {
  // PR-10: "A request in a contract in msat that is priced, or in one in a currency that is not,
  // counts for nothing: `DENOMINATION_MISMATCH`…"
  const isPriced = priced !== undefined;
  if (isPriced !== (denomination.type === 'fiat')) return reject('DENOMINATION_MISMATCH');
  if (!isPriced || denomination.type === 'msat') return undefined;
  // PR-10: "…One with a price that is not by an oracle of the contract, or in another currency,
  // counts for nothing: `PRICE_UNKNOWN`…"
  const isKnown = priced.prices.every((price) => isOfContract(price, denomination));
  if (!isKnown) return reject('PRICE_UNKNOWN');
  const price = priceOf(priced.prices, denomination);
  if (price === undefined) return undefined;
  // PR-10: "…One with a quorum of prices, a part of which does not have the `msat` they make of its
  // `units`, counts for nothing: `PRICE_MISMATCH`."
  const wrong = msat.findIndex((amount, at) => {
    return amount !== msatFor(BigInt(priced.units[at] ?? '0'), price).toString();
  });
  return wrong < 0 ? undefined : reject('PRICE_MISMATCH');
}

/** Whether a request has a quorum of prices, or needs none. */
export function isPriceProven(
  { denomination }: ContractDocument,
  { priced }: RequestDocument,
): boolean {
  return denomination.type === 'msat' || (priced?.prices.length ?? 0) >= denomination.quorum;
}

/** The prices that a contract's requests rest on, and which of them contradict each other. */
export class PriceBook {
  readonly #denomination: ContractDocument['denomination'];
  readonly #requests: ParsedRequest[] = [];
  /** By oracle and minute, each price once. */
  readonly #given = new Map<string, Map<string, EmbeddedEvent>>();

  constructor(denomination: ContractDocument['denomination']) {
    this.#denomination = denomination;
  }

  /** Takes a request that a counted receipt embeds, once. */
  add(request: ParsedRequest): void {
    const { priced } = request.document;
    if (this.#denomination.type === 'msat' || !priced) return;
    this.#requests.push(request);
    for (const each of priced.prices) {
      const key = `${each.pubkey} ${priced.minute}`;
      const prices = this.#given.get(key) ?? new Map<string, EmbeddedEvent>();
      this.#given.set(key, prices);
      const price = priceIn(each).toString();
      const known = prices.get(price);
      if (!known || each.id < known.id) prices.set(price, each);
    }
  }

  /** Oracles that gave two prices for one minute, with the two of the least ids. */
  found(): Equivocation[] {
    // PR-11: "Two prices of one oracle for one minute that differ contradict each other…"
    return [...this.#given.values()].flatMap((prices) => {
      const [one, other] = [...prices.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
      if (!one || !other) return [];
      return { reason: 'contradictory prices', author: one.pubkey, events: [one.id, other.id] };
    });
  }

  /** Ids of requests the price of which stands between payer and payee alone, sorted. */
  unproven(): string[] {
    const denomination = this.#denomination;
    if (denomination.type === 'msat') return [];
    // PR-12: "A payment is *unproven in price* where the prices of its request, those of oracles
    // that contradict themselves in that minute left out, are fewer than the quorum…"
    const isProven = ({ document: { priced } }: ParsedRequest): boolean => {
      const sound = (priced?.prices ?? []).filter(({ pubkey }) => {
        return (this.#given.get(`${pubkey} ${priced?.minute ?? 0}`)?.size ?? 0) < 2;
      });
      return sound.length >= denomination.quorum;
    };
    return this.#requests
      .filter((request) => !isProven(request))
      .map(({ event }) => event.id)
      .sort();
  }
}
