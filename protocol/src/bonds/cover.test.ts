import { expect, it } from 'vitest';
import { lastDueAtSec } from '../contract/plan.ts';
import { Loan } from '../testing/loan.ts';
import { coverEndsAtSec, isCoveredUntilEnd } from './cover.ts';

it('a bond covers a loan that ends, is ruled on and paid before it, requires: BD-19', () => {
  const contract = new Loan().contract.document;
  const { daySec, plan } = contract;
  const endSec = lastDueAtSec(contract) + plan.graceDays * daySec;
  const lockTimeSec = endSec + 88 * daySec + 30 * 86_400;
  expect(coverEndsAtSec(lockTimeSec, daySec)).toBe(endSec);
  expect(isCoveredUntilEnd(lockTimeSec, contract)).toBe(true);
  expect(isCoveredUntilEnd(lockTimeSec - 1, contract)).toBe(false);
});
