/** The schedule and the key facts ask for the same amounts, down to the last satoshi. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildKeyFacts, type OfferPlan } from '@realyield/protocol';
import { offerDocument } from './fixtures/loan.ts';
import { equalPlan } from './fixtures/plans.ts';
import { wholeUnits } from '../web/lib/amount.ts';
import { plannedSchedule, previewTerms } from '../web/lib/state/views/offers.ts';

const planArbitrary = fc
  .record({
    count: fc.integer({ min: 1, max: 12 }),
    every: fc.integer({ min: 1, max: 45 }),
    isAnnuity: fc.boolean(),
  })
  .map(({ count, every, isAnnuity }): OfferPlan => {
    const equal = equalPlan(count, 30, every);
    if (!isAnnuity) return equal;
    const { due, graceDays, lateFee } = equal;
    const slow = { prepayment: 'shorten', principalMoratorium: 0 } as const;
    return { type: 'annuity', due, graceDays, lateFee, ...slow };
  });

it('shows what the key facts count, down to the last satoshi', () => {
  let differed = 0;
  fc.assert(
    fc.property(
      planArbitrary,
      fc.integer({ min: 1, max: 3_000 }),
      fc.constantFrom(0, 0, 75, 900),
      (plan, rateBps, servicingBps) => {
        const plain = offerDocument();
        const fees = { ...plain.fees, originationBps: 0, servicingBps };
        const offer = offerDocument({ daySec: 86_400, network: 'mainnet', plan, rateBps, fees });
        const contract = previewTerms(offer, 'b'.repeat(64), 1_780_000_000);
        if (!contract) throw new Error('the terms fit');
        const { instalments, denomination } = plannedSchedule(contract);
        const shown = instalments.map(({ totalUnits: units }) => {
          expect(wholeUnits({ units, denomination })).toBe(units);
          return units;
        });
        const { pays } = buildKeyFacts(contract).business;
        expect(shown.reduce((sum, units) => sum + units, 0n)).toBe(BigInt(pays?.totalUnits ?? 0));
        // With a servicing share each instalment is two payments.
        if (servicingBps === 0) {
          const sorted = [...shown].sort((one, other) => (one < other ? -1 : 1));
          expect([sorted[0], sorted.at(-1)]).toEqual([
            BigInt(pays?.leastUnits ?? 0),
            BigInt(pays?.mostUnits ?? 0),
          ]);
        }
        const exact = instalments.map((each) => each.principalUnits + each.interestUnits);
        if (shown.some((units, place) => (exact[place] ?? 0n) / 1_000n !== units / 1_000n)) {
          differed += 1;
        }
      },
    ),
    { numRuns: 40 },
  );
  // Rounding each by itself would have shown another amount.
  expect(differed).toBeGreaterThan(0);
});
