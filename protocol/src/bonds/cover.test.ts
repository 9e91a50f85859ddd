import { expect, it } from 'vitest';
import { lastDueAtSec } from '../contract/plan.ts';
import { Loan } from '../testing/loan.ts';
import { bondCover, coverEndsAtSec, isCoveredUntilEnd } from './cover.ts';

it('a bond covers a loan that ends, is ruled on and paid before it, requires: BD-19', () => {
  const contract = new Loan().contract.document;
  const { daySec, plan } = contract;
  const endSec = lastDueAtSec(contract) + plan.graceDays * daySec;
  const lockTimeSec = endSec + 88 * daySec + 30 * 86_400;
  expect(coverEndsAtSec(lockTimeSec, daySec)).toBe(endSec);
  expect(isCoveredUntilEnd(lockTimeSec, contract)).toBe(true);
  expect(isCoveredUntilEnd(lockTimeSec - 1, contract)).toBe(false);
});

it('covers what a loan pinned of it, and no more than is still allocated, requires: BD-19', () => {
  const loan = { principalUnits: 1_000_001_000n, soughtUnits: 3_000_000_000n };
  const pinned = { pledge: 'a'.repeat(64), allocationSat: '600000' };
  expect(bondCover(loan, 900_000n)).toBe(300_000_300n);
  expect(bondCover({ ...loan, pinned }, 900_000n)).toBe(200_000_200n);
  expect(bondCover({ ...loan, pinned }, 600_000n)).toBe(200_000_200n);
  expect(bondCover({ ...loan, pinned }, 300_000n)).toBe(100_000_100n);
  expect(bondCover({ ...loan, pinned }, 0n)).toBe(0n);
  // What others were paid out of it takes nothing of this one's share, while that much is left.
  expect(bondCover({ ...loan, pinned }, 600_000n, 300_000n)).toBe(200_000_200n);
  expect(bondCover({ ...loan, pinned }, 600_000n, 150_000n)).toBe(150_000_000n);
});
