/** Exact money: the wire, whole satoshis, equal parts and shares. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allocate,
  divideFloor,
  floorToWhole,
  formatMsat,
  MAX_MSAT,
  minimum,
  msat,
  parseMsat,
  splitEqually,
} from './money.ts';

describe('amounts on the wire', () => {
  it.each(['', '0x10', '01', '-1', '+1', '1.0', '1e3', ' 1', '1 ', '١', 1, null, undefined, 1n])(
    'refuses %s',
    (text) => {
      expect(parseMsat(text)).toMatchObject({ ok: false, code: 'CONTENT_SCHEMA' });
    },
  );

  it('reads and writes 0 to 21 million bitcoin, and no more', () => {
    for (const amount of [0n, 1n, 999n, MAX_MSAT]) {
      expect(parseMsat(formatMsat(amount))).toEqual({ ok: true, value: amount });
    }
    expect(parseMsat((MAX_MSAT + 1n).toString()).ok).toBe(false);
    expect(() => msat(-1n)).toThrow('out of range');
    expect(() => msat(MAX_MSAT + 1n)).toThrow('out of range');
  });
});

describe('rounding', () => {
  it('is down, by name', () => {
    expect(divideFloor(7n, 2n)).toBe(3n);
    expect(floorToWhole(1_999n, 1_000n)).toBe(1_000n);
    expect(floorToWhole(999n, 1_000n)).toBe(0n);
    expect(minimum(2n, 1n)).toBe(1n);
    expect(() => divideFloor(-1n, 2n)).toThrow('non-negative');
    expect(() => divideFloor(1n, 0n)).toThrow('non-negative');
  });

  it('gives equal parts in whole satoshis, the rest to the last', () => {
    expect(splitEqually(10_000n, 3)).toEqual([3_000n, 3_000n, 4_000n]);
    expect(splitEqually(10_500n, 3)).toEqual([3_000n, 3_000n, 4_500n]);
    expect(splitEqually(999n, 2)).toEqual([0n, 999n]);
    expect(() => splitEqually(1n, 0)).toThrow('positive');
  });
});

describe('sharing, requires: M-2', () => {
  it('gives what is left over to the largest remainders, of equal ones to the first', () => {
    expect(allocate(10n, [1n, 1n, 1n])).toEqual([4n, 3n, 3n]);
    expect(allocate(11n, [1n, 1n, 1n])).toEqual([4n, 4n, 3n]);
    expect(allocate(100n, [1n, 2n, 4n])).toEqual([14n, 29n, 57n]);
    expect(allocate(5n, [0n, 1n])).toEqual([0n, 5n]);
    expect(() => allocate(1n, [0n, 0n])).toThrow('zero');
  });

  it('creates and loses nothing, and is never off by a whole unit', () => {
    const amount = fc.bigInt({ min: 0n, max: MAX_MSAT });
    const weights = fc.array(amount, { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(amount, weights, (total, list) => {
        const sum = list.reduce((a, b) => a + b, 0n);
        fc.pre(sum > 0n);
        const shares = allocate(total, list);
        expect(shares.reduce((a, b) => a + b, 0n)).toBe(total);
        for (const [index, share] of shares.entries()) {
          const exact = ((list[index] ?? 0n) * total) / sum;
          expect(share - exact === 0n || share - exact === 1n).toBe(true);
        }
      }),
    );
  });
});
