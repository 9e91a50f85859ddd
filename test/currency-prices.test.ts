/** Prices as the engine keeps them, asks at them and pays at them: specs/prices.md. */
import { minuteOf, msatFor, type ParsedPrice, type RequestDocument } from '@realyield/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../web/lib/engine/ports.ts';
import { PriceBook } from '../web/lib/engine/prices/price-book.ts';
import { isAgreed, priceProblem } from '../web/lib/engine/prices/price-check.ts';
import { Prices, type PricePorts } from '../web/lib/engine/prices/prices.ts';
import { pricingOf } from '../web/lib/engine/prices/pricing.ts';
import { rememberingVerifier, sparedSigning } from './fixtures/loan.ts';
import { DOLLAR, dollars, ORACLES, PRICE, priceEvent } from './fixtures/prices.ts';
import { createInlineVerifier } from '../web/lib/nostr/verifier/inline-verifier.ts';
import { openSqliteStore } from './world/sqlite-store.ts';

const MINUTE = 30_000_000;
const NOW = MINUTE * 60 + 30;
const OF = dollars();
const DOCUMENT = { denomination: OF };

/** What an oracle, by its place, says of a minute. */
function price(oracle: number, amount: bigint, minute = MINUTE): ParsedPrice {
  const event = priceEvent(ORACLES[oracle] ?? '', minute, amount, {}, sparedSigning);
  return sparedSigning.read(event).at(-1) as ParsedPrice;
}

interface Kept extends PricePorts {
  atSec: number;
}

function ports(): Kept {
  const kept: Kept = {
    atSec: NOW,
    relays: {} as PricePorts['relays'],
    store: openSqliteStore(':memory:'),
    verifier: createInlineVerifier(rememberingVerifier),
    clock: undefined as unknown as Clock,
  };
  const nowMs = (): number => kept.atSec * 1_000;
  return Object.assign(kept, {
    clock: { nowMs, nowSec: () => kept.atSec, after: () => () => undefined },
  });
}

async function told(given: readonly ParsedPrice[], kept = ports()): Promise<Prices> {
  const prices = new Prices(kept);
  await prices.load();
  await prices.learn(given);
  return prices;
}

/** A request for ten dollars at a price, resting on these. */
function request(
  given: readonly ParsedPrice[],
  at: bigint,
  minute = MINUTE,
): Pick<RequestDocument, 'msat' | 'priced'> {
  const prices = given
    .map((each) => new PriceBook().add(each))
    .filter((each) => each !== undefined);
  const units = [`${10n * DOLLAR}`];
  return { msat: [`${msatFor(10n * DOLLAR, at)}`], priced: { minute, units, prices } };
}

describe('the price of a minute', () => {
  it('is the median of those who gave one price in it, in whatever order they came', () => {
    const given = [price(0, 100n), price(1, 120n), price(2, 90n), price(2, 91n), price(1, 120n)];
    fc.assert(
      fc.property(fc.shuffledSubarray(given, { minLength: given.length }), (events) => {
        const book = new PriceBook();
        for (const event of events) book.add(event);
        expect(book.at(OF, MINUTE)?.price).toBe(110n);
        expect(book.at({ ...OF, quorum: 3 }, MINUTE)).toBeUndefined();
      }),
    );
  });

  it('is the last one that is no older than five minutes and not ahead', () => {
    const book = new PriceBook();
    const say = (minute: number, ...oracles: number[]): void => {
      for (const oracle of oracles) book.add(price(oracle, PRICE + BigInt(minute % 100), minute));
    };
    say(MINUTE - 6, 0, 1, 2);
    expect(book.latest(OF, NOW)).toBeUndefined();
    expect(book.latest(OF, NOW, 6)?.minute).toBe(MINUTE - 6);
    say(MINUTE - 5, 0, 1);
    say(MINUTE, 2);
    say(MINUTE + 1, 0, 1, 2);
    expect(book.latest(OF, NOW)).toMatchObject({ minute: MINUTE - 5 });
    say(MINUTE, 1);
    expect(book.latest(OF, NOW)).toMatchObject({ minute: MINUTE });
  });

  it('is not kept for ever, and outlives a restart', async () => {
    const kept = ports();
    const minutes = Array.from({ length: 40 }, (_, index) => MINUTE - 39 + index);
    await told(
      minutes.flatMap((minute) => [price(0, PRICE, minute), price(1, PRICE, minute)]),
      kept,
    );
    const again = await told([], kept);
    expect(again.quote(OF)?.minute).toBe(MINUTE);
    expect(again.book.at(OF, MINUTE - 23)?.price).toBe(PRICE);
    expect(again.book.at(OF, MINUTE - 24)).toBeUndefined();
  });

  it('is told to whoever asked before what was kept had been read', async () => {
    const kept = ports();
    await told([price(0, PRICE), price(1, PRICE)], kept);
    const prices = new Prices(kept);
    const seen: (bigint | undefined)[] = [];
    const look = (): void => void seen.push(prices.quote(OF)?.price);
    prices.changed.add(look);
    look();
    await prices.load();
    // A relay sends again what is known by now.
    await prices.learn([price(0, PRICE), price(1, PRICE)]);
    expect(seen).toEqual([undefined, PRICE]);
  });
});

describe('a payee', () => {
  it('asks for every part by its units, none short, and the units add up', async () => {
    const prices = await told([price(0, PRICE), price(1, PRICE + 7n), price(2, PRICE - 7n)]);
    const pricing = pricingOf(prices, DOCUMENT, NOW);
    const amounts = fc.array(fc.bigInt({ min: 1n, max: 10n ** 15n }), { minLength: 1 });
    fc.assert(
      fc.property(amounts, (units) => {
        const parts = units.map((each, n) => ({ n, units: `${each}` }));
        const priced = pricing?.pricedOf(parts);
        expect(priced?.units.map(BigInt)).toEqual(units);
        for (const each of units) {
          expect(pricing?.msatOf(`${each}`)).toBe(`${msatFor(each, PRICE)}`);
        }
      }),
    );
    expect(pricing).toMatchObject({ isNamed: false });
    expect(pricing?.pricedOf([])).toMatchObject({ minute: MINUTE, prices: { length: 3 } });
  });

  it('waits without a quorum, and names the last price only while its owner allows', async () => {
    const kept = ports();
    const prices = await told([price(0, PRICE), price(1, PRICE)], kept);
    kept.atSec = NOW + 5 * 60;
    await prices.learn([price(0, PRICE + 100n, MINUTE + 5)]);
    expect(pricingOf(prices, DOCUMENT, kept.atSec)).toBeUndefined();
    await prices.choose({ lastPriceMinutes: 30 });
    const named = pricingOf(prices, DOCUMENT, kept.atSec);
    expect(named).toMatchObject({ isNamed: true });
    expect(named?.msatOf(`${DOLLAR}`)).toBe(`${msatFor(DOLLAR, PRICE)}`);
    const priced = named?.pricedOf([{ n: 0, units: '1' }]);
    expect(priced).toMatchObject({ minute: minuteOf(kept.atSec), prices: { length: 1 } });
    kept.atSec = NOW + 31 * 60;
    expect(pricingOf(prices, DOCUMENT, kept.atSec)).toBeUndefined();
    const again = await told([], kept);
    expect(again.rules).toEqual({ lastPriceMinutes: 30 });
  });
});

describe('a payer', () => {
  const both = [price(0, PRICE), price(1, PRICE)];
  const problem = async (
    own: readonly ParsedPrice[],
    of: ReturnType<typeof request>,
    atSec = NOW,
  ) => priceProblem(await told(own, Object.assign(ports(), { atSec })), DOCUMENT, of, atSec);

  it('pays by its own clock: at no minute that is ahead or long past', async () => {
    const asked = request(both, PRICE);
    expect(await problem([], asked)).toBeUndefined();
    expect(await problem([], asked, MINUTE * 60 - 60)).toBeUndefined();
    expect(await problem([], asked, MINUTE * 60 - 61)).toBe('PRICE_MINUTE');
    expect(await problem([], asked, MINUTE * 60 + 660)).toBeUndefined();
    expect(await problem([], asked, MINUTE * 60 + 661)).toBe('PRICE_MINUTE');
  });

  it('does not hear an oracle that contradicts itself, where it knows', async () => {
    const asked = request(both, PRICE);
    expect(await problem([price(0, PRICE + 1n)], asked)).toBe('PRICE_CONTRADICTED');
    const three = request([...both, price(2, PRICE)], PRICE);
    expect(await problem([price(0, PRICE + 1n)], three)).toBeUndefined();
  });

  it('pays at most two per cent more than by the last price it knows', async () => {
    const later = (at: bigint) => [0, 1].map((oracle) => price(oracle, at, MINUTE + 1));
    const cheap = request(both, PRICE);
    const atSec = NOW + 60;
    expect(await problem(later((PRICE * 1_019n) / 1_000n), cheap, atSec)).toBeUndefined();
    expect(await problem(later((PRICE * 1_021n) / 1_000n), cheap, atSec)).toBe('PRICE_APART');
    expect(await problem(later(PRICE / 2n), cheap, atSec)).toBeUndefined();
  });

  it('agrees to a named price when asked, or within what its owner allows', async () => {
    const kept = ports();
    const prices = await told(both, kept);
    const named = request([], PRICE, MINUTE + 9);
    const dear = request([], (PRICE * 97n) / 100n, MINUTE + 9);
    kept.atSec += 9 * 60;
    const agrees = (of: typeof named, id: string) => isAgreed(prices, DOCUMENT, of, id);
    expect(agrees(named, 'one')).toBe(false);
    await prices.agree('one');
    expect([agrees(named, 'one'), agrees(named, 'two')]).toEqual([true, false]);
    await prices.choose({ lastPriceMinutes: 10 });
    expect([agrees(named, 'two'), agrees(dear, 'two')]).toEqual([true, false]);
    kept.atSec += 2 * 60;
    expect(agrees(named, 'two')).toBe(false);
    expect((await told([], kept)).isAgreed('one')).toBe(true);
  });
});
