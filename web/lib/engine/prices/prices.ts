/**
 * The prices a person's contracts go by: their oracles' events are followed on relays while
 * somebody needs them, and the last minutes are kept, so that a restart does not begin blind.
 * Spec: specs/prices.md.
 */
import {
  Kind,
  readEventWith,
  unembed,
  type Denomination,
  type FiatDenomination,
  type Leg,
  type ParsedEvent,
  type ParsedPrice,
  type RequestDocument,
} from '@realyield/protocol';
import * as z from 'zod/mini';
import { Intake, type Taken } from '../intake.ts';
import { Listeners } from '../listeners.ts';
import { waitAtMost } from '../patience.ts';
import type { Clock, Relays, Store, Verifier } from '../ports.ts';
import { WatchSet } from '../watch-set.ts';
import { PriceBook, seriesOf, type Quote } from './price-book.ts';

const PREFIX = 'price|';
const AGREED_PREFIX = 'agreed|';
const RULES_KEY = 'price rules';
/** Stored prices asked of a relay for each oracle: some minutes in a few currencies. */
const STORED_OF_EACH = 24;
const MOST_STORED = 480;
/** How long a first price is waited for, ms. */
const FIND_MS = 5_000;

const rulesSchema = z.strictObject({
  lastPriceMinutes: z.int().check(z.gte(0), z.lte(10_080)),
});

/** What a person allows where no quorum of oracles gives a price. */
export interface PriceRules {
  /**
   * For so many minutes the last price by a quorum may stand in: a payee names it, a payer agrees
   * to it. With 0 nobody names a price, and a payer is asked about each.
   */
  readonly lastPriceMinutes: number;
}

/** Nothing is named, and nothing agreed to unasked. */
export const NO_PRICE_RULES: PriceRules = { lastPriceMinutes: 0 };

/** A price that a payee named without a quorum, for the payer to agree to or not. */
export interface NamedPrice {
  readonly requestId: string;
  readonly contract: string;
  readonly leg: Leg;
  /** What its parts count for together, in ledger units, and what is asked for them. */
  readonly units: bigint;
  readonly msat: bigint;
  /** Unix seconds. */
  readonly expiresAtSec: number;
}

/** What following prices needs. */
export interface PricePorts {
  readonly relays: Relays;
  readonly store: Store;
  readonly verifier: Verifier;
  readonly clock: Clock;
}

/** Prices by the oracles that are followed. */
export class Prices {
  /** A price came that was not known. */
  readonly changed = new Listeners<void>();
  readonly book = new PriceBook();
  readonly #ports: PricePorts;
  readonly #set: WatchSet;
  readonly #intake: Intake;
  /** By oracle: how many need it. */
  readonly #counts = new Map<string, number>();
  readonly #agreed = new Set<string>();
  /** By contract and leg, the last. */
  readonly #named = new Map<string, NamedPrice>();
  #rules: PriceRules = NO_PRICE_RULES;
  #areRulesGiven = false;

  constructor(ports: PricePorts) {
    this.#ports = ports;
    this.#set = new WatchSet(ports, {
      filtersOf: (oracles) => [
        {
          kinds: [Kind.price],
          authors: [...oracles],
          limit: Math.min(MOST_STORED, oracles.length * STORED_OF_EACH),
        },
      ],
      onEvent: (raw, url) => void this.#intake.add([raw], url),
    });
    this.#intake = new Intake({
      verifier: ports.verifier,
      clock: ports.clock,
      isKnown: (raw) => this.#isKnown(raw),
      // An oracle's faulty event says nothing, and nobody waits for it.
      refuse: () => undefined,
      take: (taken) => this.#take(taken),
    });
  }

  /** Reads what was kept; must resolve before anything is priced. */
  async load(): Promise<void> {
    for (const { key, value } of await this.#ports.store.all('settings')) {
      if (key.startsWith(AGREED_PREFIX)) this.#agreed.add(key.slice(AGREED_PREFIX.length));
      if (!key.startsWith(PREFIX) || !Array.isArray(value)) continue;
      for (const kept of value) {
        // It was verified before it was kept: only the signature check is spared.
        const read = readEventWith(unembed(kept as Parameters<typeof unembed>[0]), () => true);
        const price = read.ok ? read.value.at(-1) : undefined;
        if (price?.name === 'price') this.book.add(price);
      }
    }
    // Who asked before it was read is told now: a relay that sends the same again changes nothing.
    this.changed.emit();
    const rules = rulesSchema.safeParse(await this.#ports.store.get('settings', RULES_KEY));
    if (rules.success && !this.#areRulesGiven) this.#rules = rules.data;
  }

  /** Follows the oracles of a denomination, there too, until the returned function is called. */
  watch(denomination: Denomination, urls: readonly string[] = []): () => void {
    if (denomination.type === 'msat') return () => undefined;
    const { oracles } = denomination;
    for (const oracle of oracles) {
      this.#counts.set(oracle, (this.#counts.get(oracle) ?? 0) + 1);
      this.#set.add(oracle, urls);
    }
    let isOver = false;
    return () => {
      if (!isOver) for (const oracle of oracles) this.#leave(oracle);
      isOver = true;
    };
  }

  /** The price to go by now; undefined where no quorum gave one in the last minutes. */
  quote(denomination: FiatDenomination): Quote | undefined {
    return this.book.latest(denomination, this.#ports.clock.nowSec());
  }

  /** The price to go by, looked for on relays for some seconds; undefined: there is none. */
  async find(denomination: FiatDenomination, urls: readonly string[]): Promise<Quote | undefined> {
    const stopWatching = this.watch(denomination, urls);
    let stopListening: () => void = () => undefined;
    const found = new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.quote(denomination)) resolve();
      };
      stopListening = this.changed.add(look);
      look();
    });
    await waitAtMost(this.#ports.clock, FIND_MS, found);
    stopListening();
    stopWatching();
    return this.quote(denomination);
  }

  /** The last price known that may stand in for one, by what the person allows. */
  lastQuote(denomination: FiatDenomination): Quote | undefined {
    const { lastPriceMinutes } = this.#rules;
    if (lastPriceMinutes === 0) return undefined;
    return this.book.latest(denomination, this.#ports.clock.nowSec(), lastPriceMinutes);
  }

  /** Takes in prices that a verified event embeds. */
  learn(events: readonly ParsedEvent[]): Promise<void> {
    return this.#keep(events.filter((parsed) => parsed.name === 'price'));
  }

  /** What the person allows. */
  get rules(): PriceRules {
    return this.#rules;
  }

  /** What the person chooses; it holds at once, and is kept on this device. */
  async choose(rules: PriceRules): Promise<void> {
    this.#rules = rules;
    await this.#ports.store.write([{ table: 'settings', key: RULES_KEY, value: rules }]);
  }

  /** Takes rules from outside, an agent's configuration; nothing that was kept overrides them. */
  use(rules: PriceRules): void {
    this.#areRulesGiven = true;
    this.#rules = rules;
  }

  /** The person agrees to the price of one request, by its id. */
  async agree(requestId: string): Promise<void> {
    const key = `${AGREED_PREFIX}${requestId}`;
    await this.#ports.store.write([{ table: 'settings', key, value: true }]);
    this.#agreed.add(requestId);
    this.changed.emit();
  }

  /** Notes a price that was named by the payee of a request that is refused for it. */
  name({ contract, leg, msat, priced, expiresAtSec }: RequestDocument, requestId: string): void {
    const sum = (amounts: readonly string[]): bigint =>
      amounts.reduce((total, amount) => total + BigInt(amount), 0n);
    const amounts = { units: sum(priced?.units ?? []), msat: sum(msat) };
    this.#named.set(`${contract}|${leg}`, { requestId, contract, leg, ...amounts, expiresAtSec });
    this.changed.emit();
  }

  /** Prices that payees of a contract named and the person has not agreed to, still payable. */
  named(contract: string): readonly NamedPrice[] {
    const nowSec = this.#ports.clock.nowSec();
    return [...this.#named.values()].filter((each) => {
      const isOpen = each.expiresAtSec > nowSec && !this.#agreed.has(each.requestId);
      return each.contract === contract && isOpen;
    });
  }

  /** Whether the person agreed to the price of a request. */
  isAgreed(requestId: string): boolean {
    return this.#agreed.has(requestId);
  }

  /** Follows nothing any more; resolves when what came is kept. */
  async stop(): Promise<void> {
    this.#set.stop();
    this.#intake.stop();
    await this.#intake.settled();
  }

  #leave(oracle: string): void {
    const count = (this.#counts.get(oracle) ?? 1) - 1;
    if (count > 0) this.#counts.set(oracle, count);
    else {
      this.#counts.delete(oracle);
      this.#set.remove(oracle);
    }
  }

  #isKnown(raw: unknown): boolean {
    const { id, pubkey } = (raw ?? {}) as { readonly id?: unknown; readonly pubkey?: unknown };
    return typeof id === 'string' && typeof pubkey === 'string' && this.book.has(id, pubkey);
  }

  #take(taken: readonly Taken[]): Promise<void> {
    const prices = taken.flatMap(({ events }) =>
      events.filter((parsed) => parsed.name === 'price'),
    );
    // A relay can send what nobody asked for.
    return this.#keep(prices.filter(({ event }) => this.#counts.has(event.pubkey)));
  }

  async #keep(prices: readonly ParsedPrice[]): Promise<void> {
    const added = prices.flatMap((price) => this.book.add(price) ?? []);
    if (added.length === 0) return;
    this.changed.emit();
    const rows = [...new Set(added.map(seriesOf))].map((series) => {
      return { table: 'settings' as const, key: `${PREFIX}${series}`, value: this.book.of(series) };
    });
    await this.#ports.store.write(rows);
  }
}
