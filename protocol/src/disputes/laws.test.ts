/**
 * The dispute machine: laws for any part of one hostile set of steps, in any order. Laws for any
 * case are in test/dispute-laws.test.ts, its answers in test/dispute-matrix.test.ts.
 * Spec: specs/disputes.md.
 */
import type { DisputeCase, ParsedEvent } from '../index.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPEN_DAY, TestCase, idsOf, rulingOn, unpaidLoan } from '../testing/disputes.ts';
import { sparedSigning } from '../testing/keys.ts';

const CLAIM = 1_020_000_000n;
const AWARD = 600_000_000n;

const loan = unpaidLoan('investor', { signing: sparedSigning });

/** Steps honest and hostile, some dated back, knowing little or much of each other. */
function hostileCase(): TestCase {
  const made = new TestCase(loan);
  const opened = made.open(CLAIM);
  const knowing = { prev: [opened] };
  const response = made.respond(OPEN_DAY + 5, knowing);
  made.respond(OPEN_DAY + 1, knowing, 'business');
  made.respond(OPEN_DAY + 2, knowing, 'stranger');
  const first = made.step(
    'arbiter',
    { type: 'taken', admitted: idsOf(opened) },
    OPEN_DAY + 9,
    knowing,
  );
  const again = made.step(
    'arbiter',
    { type: 'taken', admitted: idsOf(opened, response) },
    OPEN_DAY + 4,
    { prev: [response] },
  );
  for (const [day, name, units] of [
    [30, 'arbiter', AWARD],
    [16, 'arbiter', CLAIM],
    [17, 'stranger', CLAIM],
    [3, 'arbiter', CLAIM],
    [40, 'fallback arbiter', AWARD],
  ] as const) {
    for (const taken of [first, again]) {
      const said = rulingOn(taken, [response], [made.award(units)], made.at(200));
      made.step(name, said, OPEN_DAY + day, { prev: [taken] });
    }
  }
  const call = made.step('bank', { type: 'fallback' }, OPEN_DAY + 29, knowing);
  const third = made.step(
    'fallback arbiter',
    { type: 'taken', admitted: idsOf(opened) },
    OPEN_DAY + 31,
    { prev: [call] },
  );
  const ruling = rulingOn(third, [], [made.award(CLAIM, 'repayment')], made.at(200));
  made.step('fallback arbiter', ruling, OPEN_DAY + 33);
  const terms = { awards: [made.award(CLAIM)], payBySec: made.at(200), statement: '' };
  const proposal = made.step('bank', { type: 'proposal', ...terms }, OPEN_DAY + 6, knowing);
  made.accept('investor', proposal, OPEN_DAY + 7, { prev: [proposal] });
  made.step('investor', { type: 'withdrawal', statement: '' }, OPEN_DAY + 90);
  for (const name of ['arbiter', 'fallback arbiter', 'bank']) {
    made.step(name, { type: 'closing', statement: '' }, OPEN_DAY + 100);
  }
  return made;
}

/** What no set of steps may lead to. */
function expectLawful(dispute: DisputeCase): void {
  const { outcome, status, claims } = dispute;
  const owed = outcome?.awards.reduce((sum, { owedUnits }) => sum + owedUnits, 0n) ?? 0n;
  const most = claims.reduce((sum, { claimUnits }) => sum + claimUnits, 0n);
  expect(owed <= most && owed < 1_100_000_000n).toBe(true);
  const isOver = ['closed', 'complied', 'withdrawn'].includes(status);
  if (isOver) expect(outcome?.outstandingUnits ?? 0n).toBe(0n);
  else if (outcome) expect(outcome.outstandingUnits).toBeGreaterThan(0n);
}

describe('the machine', () => {
  it('is the same for any order and repetition of any steps', () => {
    const made = hostileCase();
    const [opened, ...others] = made.parsed as [ParsedEvent, ...ParsedEvent[]];
    const shuffled = fc
      .subarray(others)
      .chain((kept) =>
        fc.tuple(fc.constant(kept), fc.shuffledSubarray([...kept, ...kept, opened, opened])),
      );
    fc.assert(
      fc.property(shuffled, ([kept, order]) => {
        const view = made.fold([opened, ...kept]);
        expectLawful(view);
        expect(made.fold([...order, ...kept, opened])).toEqual(view);
      }),
      { numRuns: 60 },
    );
  });

  it('has one ruling, and every other that counts is reported with it', () => {
    const made = hostileCase();
    const view = made.fold();
    expect(view.governing).toBe('fallbackArbiter');
    expect(view.contradictions.map(({ reason }) => reason)).toContain('rival rulings');
  });
});
