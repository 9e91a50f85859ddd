/**
 * Laws of what a bond can pay: whatever its bank pledges anew, and in whatever order pledges and
 * payouts are read.
 */
import { computeBondShare, followBond } from '@realyield/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lived, stories, sum } from './bond-lives.ts';

const RUNS = { numRuns: 100 };
const SAT = 1_000n;

describe('what a bond pays', () => {
  // requires: BD-24, BD-28, BD-37
  it('is no more than it held, nor to anybody than their share, whatever is pledged anew', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const lived = new Lived(story);
        const { contracts, paidSat, pledges, records, valueSat } = lived;
        const after = followBond(lived.pick(0).document, records);
        expect(after.payouts).toHaveLength(records.length);
        expect(sum([...paidSat.values()]) + lived.feesSat + after.valueSat).toBe(valueSat);
        for (const { document, root } of contracts) {
          const { bond, principalUnits } = document;
          const offer = document.bases[0]?.event.content['identifier'];
          const mostSat = pledges.map((pledge) => {
            if (bond && bond.pledge !== pledge.event.id) return 0n;
            const found = pledge.document.allocations.find((each) => each.offer === offer);
            const asideSat = BigInt(found?.valueSat ?? 0);
            const namedSat = BigInt(bond?.allocationSat ?? asideSat);
            const sat = asideSat < namedSat ? asideSat : namedSat;
            return computeBondShare(sat.toString(), BigInt(principalUnits), 1_000_000n) / SAT;
          });
          const most = mostSat.reduce((a, b) => (a > b ? a : b), 0n);
          expect(paidSat.get(root) ?? 0n).toBeLessThanOrEqual(most);
        }
      }),
      RUNS,
    );
  });
});

describe('what is promised of a bond', () => {
  // requires: BD-36
  it('is the same for whoever has read the same, in any order and however often', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const lived = new Lived(story);
        const promised = lived.promises(lived.read());
        const other = lived.read(story.seed);
        expect(lived.promises(other, story.seed)).toEqual(promised);
        for (const { event } of lived.pledges) {
          expect(other.find(event.id)).toEqual(lived.read().find(event.id));
        }
      }),
      RUNS,
    );
  });

  it('is all that can be asked of it: where it is no more than there is, all can be paid', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const lived = new Lived(story);
        const book = lived.read();
        const { offers, promisedSat, valueSat } = lived.promises(book);
        const asked = lived.contracts.map((each) => {
          // One that pins none is paid from a pledge in force.
          const payable = lived.pledges.filter(
            (pledge) => each.document.bond !== undefined || book.isInForce(pledge),
          );
          const amounts = payable.map((pledge) => lived.leftSat(each, pledge));
          return amounts.reduce((a, b) => (a > b ? a : b), 0n);
        });
        expect(sum(asked)).toBeLessThanOrEqual(promisedSat);
        if (promisedSat <= valueSat) expect(sum(asked)).toBeLessThanOrEqual(valueSat);
        expect(sum(offers.map((each) => each.promisedSat))).toBe(promisedSat);
        for (const { allocatedSat, promisedSat: each } of offers) {
          expect(each).toBeGreaterThanOrEqual(allocatedSat);
        }
      }),
      RUNS,
    );
  });
});
