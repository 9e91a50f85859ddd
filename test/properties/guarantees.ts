/** Laws of what a bank guarantees and of what a bond stands for, over random contracts. */
import {
  bondCover,
  bondShareOf,
  computeBondShare,
  computeLedger,
  guaranteeLimit,
  guaranteeOf,
  lastDueAtSec,
  LEGS,
  refusalOfTerms,
  wholeOf,
  type Leg,
} from '@realyield/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actions, playLoan } from './actions.ts';
import { contracts, DAY } from './contracts.ts';

const RUNS = { numRuns: 400 };
const SUM = (list: readonly bigint[]): bigint => list.reduce((a, b) => a + b, 0n);
const sat = (text: string): bigint => BigInt(text) * 1_000n;

const cases = contracts.chain((document) => {
  const settledAtSec = fc.integer({
    min: document.startAtSec,
    max: lastDueAtSec(document) + 90 * DAY,
  });
  const leg = fc.constantFrom(...(Object.keys(LEGS) as Leg[]));
  const amountUnits = fc.bigInt({ min: 1n, max: 3_000_000_000_000n });
  const payments = fc.array(fc.record({ leg, amountUnits, settledAtSec }), { maxLength: 8 });
  return fc.record({ document: fc.constant(document), payments, asOfSec: settledAtSec });
});

describe('a guarantee', () => {
  it('is of whole amounts, and of no more than is lacking or a bond stands for', () => {
    fc.assert(
      fc.property(cases, ({ document, payments, asOfSec }) => {
        const ledger = computeLedger(document, payments, asOfSec);
        const { outstandingUnits, interestOwedUnits } = ledger;
        const shareMsat = bondShareOf(document);
        const disbursedUnits = ledger.disbursedUnits - ledger.excessDisbursedUnits;
        const claim = { disbursedUnits, outstandingUnits, interestOwedUnits };
        const { guarantee, bond } = document;
        const given = shareMsat === undefined ? claim : { ...claim, bondShareUnits: shareMsat };
        const limit = guaranteeLimit(guarantee, given, wholeOf(document.denomination));
        expect(limit % wholeOf(document.denomination)).toBe(0n);
        expect(limit).toBeLessThanOrEqual(outstandingUnits + interestOwedUnits);
        if (bond) expect(shareMsat).toBeLessThanOrEqual(sat(bond.allocationSat));
        if (guarantee.type === 'bond') expect(limit).toBeLessThanOrEqual(shareMsat ?? 0n);
      }),
      RUNS,
    );
  });

  it('by a bond never asks for more than the share, whatever happens to a loan', () => {
    fc.assert(
      fc.property(actions, fc.nat({ max: 400 }), (steps, day) => {
        const { state } = playLoan(steps, true).fold();
        const { document } = state.contract;
        expect(refusalOfTerms(document)).toBeUndefined();
        const called = guaranteeOf(state, document.startAtSec + day * document.daySec);
        if (!called) return;
        const shareMsat = bondShareOf(document) ?? 0n;
        expect(called.limitUnits).toBeLessThanOrEqual(shareMsat);
        expect(called.obligationUnits).toBeLessThanOrEqual(called.limitUnits);
        expect(called.unpaidUnits === 0n || called.handOnUnits === 0n).toBe(true);
        expect(called.unpaidUnits).toBeLessThanOrEqual(called.limitUnits);
      }),
      RUNS,
    );
  });
});

describe('a bond', () => {
  // requires: BD-31
  it('stands for no more than was pinned, however what is sought is lent', () => {
    const principals = fc.array(fc.bigInt({ min: 1n, max: 10n ** 15n }), {
      minLength: 1,
      maxLength: 40,
    });
    const allocation = fc.bigInt({ min: 1n, max: 2_100_000_000_000_000n });
    fc.assert(
      fc.property(principals, fc.nat({ max: 3 }), allocation, (lent, idle, allocationSat) => {
        const soughtUnits = SUM(lent) + BigInt(idle);
        const shares = lent.map((principalUnits) =>
          computeBondShare(allocationSat.toString(), principalUnits, soughtUnits),
        );
        expect(SUM(shares)).toBeLessThanOrEqual(allocationSat * 1_000n);
        // What is lost is less than a millisatoshi a contract, where all that is sought is lent.
        const least = allocationSat * 1_000n - BigInt(lent.length);
        if (idle === 0) expect(SUM(shares)).toBeGreaterThan(least);
        for (const [index, principalUnits] of lent.entries()) {
          const pinned = { pledge: 'a'.repeat(64), allocationSat: allocationSat.toString() };
          const cover = (seenSat: bigint): bigint =>
            bondCover({ principalUnits, soughtUnits, pinned }, seenSat);
          expect(cover(allocationSat * 2n)).toBe(shares[index]);
          expect(cover(allocationSat / 2n)).toBeLessThanOrEqual(shares[index] ?? 0n);
        }
      }),
      RUNS,
    );
  });
});
