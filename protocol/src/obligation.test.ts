/** One obligation to many: shared to the satoshi, in step, and nobody held up for long. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  inParts,
  isAheadOfOthers,
  LOCKSTEP_WAIT_SEC,
  lockstepParts,
  shareAmong,
  type LockstepPart,
} from './obligation.ts';

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);

// requires: P-24
describe('what is paid at once', () => {
  it('is shared to the satoshi, and nobody gets more than is due', () => {
    const dues = fc.array(fc.bigInt(1n, 2_000_000n), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(dues, fc.integer({ min: 1, max: 1_000 }), (sats, permille) => {
        const due = sats.map((amount) => amount * 1_000n);
        const amount = ((sum(due) / 1_000n) * BigInt(permille)) / 1_000n;
        const shares = shareAmong(amount * 1_000n, due, 1_000n);
        expect(sum(shares)).toBe(amount * 1_000n);
        const count = lockstepParts(shares, 1_000n);
        for (const [index, share] of shares.entries()) {
          expect(share).toBeLessThanOrEqual(due[index] ?? 0n);
          expect(share % 1_000n).toBe(0n);
          const parts = share > 0n ? inParts(share, count, 1_000n) : [];
          expect(sum(parts)).toBe(share);
          expect(parts.every((part) => part >= 1_000n)).toBe(true);
        }
      }),
    );
  });
});

// requires: P-25
describe('parts to several investors', () => {
  const part = (contract: string, round: number, isPaid = false, at = 0): LockstepPart => {
    return { contract, round, isPaid, paidAtMs: at };
  };
  const wait = LOCKSTEP_WAIT_SEC * 1_000;

  it('go out in step, whoever is ready first', () => {
    const [first, second] = [part('a', 0), part('a', 1)];
    const all = [first, second, part('b', 0), part('b', 1)];
    expect(isAheadOfOthers(first, all, 0, 1)).toBe(false);
    expect(isAheadOfOthers(second, all, 0, 1)).toBe(true);
    const paid = [part('a', 0, true), second, part('b', 0), part('b', 1)];
    expect(isAheadOfOthers(second, paid, 0, 1)).toBe(true);
    const both = [part('a', 0, true), second, part('b', 0, true), part('b', 1)];
    expect(isAheadOfOthers(second, both, 0, 1)).toBe(false);
  });

  it('wait a minute for one who is silent, from the last part or from when asking began', () => {
    const second = part('a', 1);
    const all = [part('a', 0, true, 5_000), second, part('b', 0)];
    expect(isAheadOfOthers(second, all, 0, 5_000 + wait - 1)).toBe(true);
    expect(isAheadOfOthers(second, all, 0, 5_000 + wait)).toBe(false);
    expect(isAheadOfOthers(second, all, 9_000, 5_000 + wait)).toBe(true);
  });

  it('never overtake the same investor’s own', () => {
    const all = [part('a', 0), part('a', 1), part('b', 0, true)];
    expect(isAheadOfOthers(part('a', 1), all, 0, 10 * wait)).toBe(true);
  });
});
