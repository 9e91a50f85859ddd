/** A payer's limits as a stream shows them: what counts is added up only where one is set. */
import { expect, it, vi } from 'vitest';
import { NO_LIMITS } from '../../engine/limits.ts';
import { waitingStatus } from '../../engine/words.ts';
import { spendingView } from './spending.ts';

it('shows the limits that are set, each with what counts against it', () => {
  const spentTodayMsat = vi.fn(() => 7n);
  const spentUnderMsat = vi.fn((contract: string) => BigInt(contract.length));
  const spent = { spentTodayMsat, spentUnderMsat };
  const none = { budget: undefined, day: undefined, contract: undefined };
  expect(spendingView({ limits: NO_LIMITS, ...spent }, 'abc', undefined)).toEqual(none);
  expect(spentTodayMsat).not.toHaveBeenCalled();
  expect(spentUnderMsat).not.toHaveBeenCalled();
  const limits = { perDayMsat: 10n, perContractMsat: 20n };
  const budget = { totalMsat: 30n, usedMsat: 1n };
  expect(spendingView({ limits, ...spent }, 'abc', budget)).toEqual({
    budget,
    day: { limitMsat: 10n, spentMsat: 7n },
    contract: { limitMsat: 20n, spentMsat: 3n },
  });
});

it('a payer that a limit holds names it', () => {
  for (const limit of ['day', 'contract', 'wallet'] as const) {
    expect(waitingStatus('waiting', { reason: 'budget', limit }).limit).toBe(limit);
  }
  expect(waitingStatus('waiting', { reason: 'closed' })).not.toHaveProperty('limit');
});
