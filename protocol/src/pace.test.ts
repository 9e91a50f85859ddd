/** A slower pace: never ahead of the contract, and nothing lapses by it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pacedAtSec } from './pace.ts';
import { planDisbursement } from './planner.ts';
import { Loan, sparedSigning } from './testing/loan.ts';
import { ticksOf } from './contract/ticks.ts';

const START = 1_800_000_000;
const tick = { n: 0, tranche: 0, amountUnits: 1n, isHeld: false };

describe('requires: P-34', () => {
  it('is as many times later as it is slower, from when it was chosen', () => {
    const due = { ...tick, dueAtSec: START + 100, lapsesAtSec: START + 100_000 };
    expect(pacedAtSec(due, undefined, undefined)).toBe(START + 100);
    expect(pacedAtSec(due, { percent: 50, sinceSec: START }, undefined)).toBe(START + 200);
    expect(pacedAtSec(due, { percent: 25, sinceSec: START + 60 }, undefined)).toBe(START + 220);
    expect(pacedAtSec(due, { percent: 50, sinceSec: START + 100 }, undefined)).toBe(START + 100);
  });

  it('never pays early or out of order, and leaves a quarter of the time to lapse', () => {
    const times = fc.record({
      dueAtSec: fc.integer({ min: START, max: START + 10_000_000 }),
      lasts: fc.integer({ min: 0, max: 3_000_000 }),
      percent: fc.integer({ min: 1, max: 100 }),
      since: fc.integer({ min: -1_000, max: 10_000_000 }),
      daySec: fc.option(fc.constantFrom(60, 86_400), { nil: undefined }),
      laterSec: fc.nat({ max: 100_000 }),
    });
    fc.assert(
      fc.property(times, ({ dueAtSec, lasts, percent, since, daySec, laterSec }) => {
        const pace = { percent, sinceSec: START + since };
        const first = { ...tick, dueAtSec, lapsesAtSec: dueAtSec + lasts };
        const paidAtSec = pacedAtSec(first, pace, daySec);
        expect(paidAtSec).toBeGreaterThanOrEqual(dueAtSec);
        expect((paidAtSec - dueAtSec) * 4).toBeLessThanOrEqual(lasts * 3);
        if (daySec !== undefined) expect(paidAtSec - dueAtSec).toBeLessThanOrEqual(daySec / 2);
        const next = {
          ...first,
          dueAtSec: dueAtSec + laterSec,
          lapsesAtSec: first.lapsesAtSec + laterSec,
        };
        expect(pacedAtSec(next, pace, daySec)).toBeGreaterThanOrEqual(paidAtSec);
      }),
    );
  });

  it('plans no part that the agreed pace would not, and every one before it lapses', () => {
    const loan = new Loan({ signing: sparedSigning });
    loan.signAll();
    const { state } = loan.fold();
    const ticks = ticksOf(state, START);
    const none: ReadonlySet<number> = new Set();
    const plan = (atSec: number, percent: number) => {
      const pace = percent < 100 ? { percent, sinceSec: START } : undefined;
      const planned = planDisbursement(state, none, atSec, ticks.length, { pace });
      return planned.action === 'pay' ? planned.parts.map(({ n }) => n) : [];
    };
    const lastSec = Math.max(...ticks.map(({ lapsesAtSec }) => lapsesAtSec));
    const planned = new Set<number>();
    for (let atSec = START; atSec < lastSec; atSec += 7) {
      const slow = plan(atSec, 10);
      const agreed = plan(atSec, 100);
      expect(agreed.slice(0, slow.length)).toEqual(slow);
      for (const n of slow) planned.add(n);
    }
    expect(planned.size).toBe(ticks.length);
  });
});
