/**
 * Payments on the chain in words: addresses as people paste them, links for wallets, blocks.
 * requires: TE-25
 */
import { describe, expect, it } from 'vitest';
import type { ChainOrder } from '../../engine/fallback/orders.ts';
import type { Unanswered } from '../../engine/fallback/standing.ts';
import { fallbackNotice, orderWords, paymentLink, readFallback } from './fallback.ts';

const ADDRESS = 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4';
const order = {
  ...{ address: ADDRESS, valueSat: '343196', state: 'open', askedAtSec: 100, tipHeight: 505 },
} as unknown as ChainOrder;
const offered: Unanswered = {
  ...{ leg: 'repayment', tender: 't', n: [0], tenderedAtSec: 0, fromSec: 1_209_600 },
  ...{ address: ADDRESS, valueSat: 343_196n, restMsat: 0n },
};

describe('an address somebody types', () => {
  it('is read as it is pasted, in capitals too; nothing is none', () => {
    expect(readFallback('  ', 'mainnet')).toEqual({ ok: true, address: undefined });
    expect(readFallback(` ${ADDRESS} `, 'mainnet')).toEqual({ ok: true, address: ADDRESS });
    expect(readFallback(ADDRESS.toUpperCase(), 'mainnet')).toEqual({ ok: true, address: ADDRESS });
  });

  it('is refused in words where it is another network’s or another loan’s', () => {
    expect(readFallback(ADDRESS, 'testnet')).toMatchObject({
      sentence: 'This is no address of Bitcoin’s test network. Copy it again.',
    });
    expect(readFallback(ADDRESS, 'mainnet', [ADDRESS])).toMatchObject({
      sentence: expect.stringContaining('another loan') as string,
    });
  });
});

describe('what is said of a tender nobody answered', () => {
  it('is from when it may be paid, then that it may, and to its payee that it waits', () => {
    expect(fallbackNotice(offered, 'business', 1)).toMatchObject({ canPay: false });
    expect(fallbackNotice(offered, 'business', 1_209_600)).toMatchObject({ canPay: true });
    expect(fallbackNotice(offered, 'investor', 1)?.title).toContain('offered to you');
    expect(fallbackNotice(offered, 'bank', 1)).toBeUndefined();
    expect(fallbackNotice(offered, undefined, 1)).toBeUndefined();
  });

  it('offers no payment without an address, or of less than a transaction can pay', () => {
    const { address: _address, ...rest } = offered;
    const without = { ...rest, address: undefined };
    expect(fallbackNotice(without, 'business', 1_209_600)).toMatchObject({ canPay: false });
    const small = { ...offered, valueSat: 545n };
    expect(fallbackNotice(small, 'business', 1_209_600)).toMatchObject({ canPay: false });
  });
});

it('gives wallets address and amount in bitcoin, to the satoshi', () => {
  expect(paymentLink(order)).toBe(`bitcoin:${ADDRESS}?amount=0.00343196`);
  const large = paymentLink({ ...order, valueSat: '2100000001' });
  expect(large).toBe(`bitcoin:${ADDRESS}?amount=21.00000001`);
});

it('says what the chain has said, and counts blocks up to six', () => {
  expect(orderWords(order, 105).title).toBe('Nothing has come yet.');
  const found = { outpoint: 'x:0', valueSat: '343196' };
  expect(orderWords({ ...order, found }, 105)).toMatchObject({ blocks: 0 });
  const placed = { ...order, found: { ...found, height: 503 } };
  expect(orderWords(placed, 105)).toMatchObject({ title: 'Your payment has 3 of 6 blocks.' });
  expect(orderWords({ ...placed, tipHeight: 900 }, 105)).toMatchObject({ blocks: 6 });
});
