/** Laws of guarantee and recovery: value is conserved and nobody receives more than owed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GuaranteeTerms } from '../kinds/default.ts';
import { hashOf } from '../testing/keys.ts';
import { guaranteeLimit, guaranteeStanding, type GuaranteeClaim } from './guarantee.ts';
import { isSharedFairly, recoveryCostCap, shareRecovery } from './recovery.ts';

const amount = fc.bigInt(0n, 10_000_000_000n);
const terms: fc.Arbitrary<GuaranteeTerms> = fc.oneof(
  fc.constant({ type: 'none' } as const),
  fc.record({
    type: fc.constant('firstLoss' as const),
    shareBps: fc.integer({ min: 1, max: 10_000 }),
    payDays: fc.integer({ min: 0, max: 365 }),
  }),
  fc.record({
    type: fc.constant('full' as const),
    capBps: fc.integer({ min: 1, max: 20_000 }),
    payDays: fc.integer({ min: 0, max: 365 }),
  }),
  fc.record({ type: fc.constant('bond' as const), payDays: fc.integer({ min: 0, max: 365 }) }),
);
const claims: fc.Arbitrary<GuaranteeClaim> = fc
  .record({
    disbursedUnits: amount,
    repaid: fc.integer({ min: 0, max: 100 }),
    interest: amount,
    bondShareUnits: amount,
  })
  .map(({ disbursedUnits, repaid, interest, bondShareUnits }) => ({
    ...{ disbursedUnits, bondShareUnits },
    outstandingUnits: disbursedUnits - (disbursedUnits * BigInt(repaid)) / 100n,
    interestOwedUnits: interest / 10n,
  }));
const SAT = 1_000n;

/** What happens after a default: the business pays, or one of the two does what is asked. */
const steps = fc.array(fc.oneof(amount, fc.constantFrom('bank', 'investor', 'half')), {
  maxLength: 12,
});

describe('a guarantee', () => {
  // requires: D-2, D-3, D-4
  it('never pays more than the loss, and gives nobody more than is owed', () => {
    fc.assert(
      fc.property(terms, claims, steps, (guarantee, claim, taken) => {
        let [receivedUnits, paidUnits, handedOnUnits] = [0n, 0n, 0n];
        const now = () => {
          return guaranteeStanding(
            guarantee,
            claim,
            { receivedUnits, paidUnits, handedOnUnits },
            SAT,
          );
        };
        for (const step of taken) {
          const { unpaidUnits, handOnUnits } = now();
          expect(unpaidUnits === 0n || handOnUnits === 0n).toBe(true);
          if (typeof step === 'bigint') receivedUnits += step;
          else if (step === 'investor') handedOnUnits += handOnUnits;
          else paidUnits += step === 'bank' ? unpaidUnits : unpaidUnits / 2n;
          // The bank never pays more than its limit, nor gets back more than it paid.
          expect(paidUnits).toBeLessThanOrEqual(guaranteeLimit(guarantee, claim, SAT));
          expect(handedOnUnits).toBeLessThanOrEqual(paidUnits);
        }
        handedOnUnits += now().handOnUnits;
        paidUnits += now().unpaidUnits;
        const end = now();
        expect([end.unpaidUnits, end.handOnUnits]).toEqual([0n, 0n]);
        const heldUnits = receivedUnits + paidUnits - handedOnUnits;
        // Less than a satoshi stays where it is.
        const most = receivedUnits > end.claimUnits ? receivedUnits : end.claimUnits;
        expect(heldUnits).toBeLessThan(most + 1_000n);
        // The investor is made whole before anything is handed on.
        if (handedOnUnits > 0n) expect(heldUnits).toBeGreaterThanOrEqual(end.claimUnits);
      }),
    );
  });

  it('binds the bank to less as the business repays, never to more', () => {
    fc.assert(
      fc.property(terms, claims, amount, amount, (guarantee, claim, one, more) => {
        const bound = (receivedUnits: bigint): bigint =>
          guaranteeStanding(
            guarantee,
            claim,
            { receivedUnits, paidUnits: 0n, handedOnUnits: 0n },
            SAT,
          ).obligationUnits;
        expect(bound(one + more)).toBeLessThanOrEqual(bound(one));
        expect(bound(0n)).toBe(guaranteeLimit(guarantee, claim, SAT));
      }),
    );
  });
});

const contract = fc.integer({ min: 0, max: 1_000 }).map((index) => hashOf(`contract ${index}`));
const stakes = fc.uniqueArray(fc.record({ contract, outstandingUnits: amount }), {
  selector: (stake) => stake.contract,
  maxLength: 30,
});

describe('a recovery', () => {
  // requires: D-8, D-9
  it('creates and loses no millisatoshi, and gives to nobody who is owed nothing', () => {
    fc.assert(
      fc.property(amount, stakes, (netUnits, owed) => {
        const shares = shareRecovery(netUnits, owed);
        const total = owed.reduce((sum, { outstandingUnits }) => sum + outstandingUnits, 0n);
        const shared = shares.reduce((sum, { shareUnits }) => sum + shareUnits, 0n);
        expect(shared).toBe(total > 0n ? netUnits : 0n);
        for (const { contract: root, shareUnits } of shares) {
          const stake = owed.find((each) => each.contract === root)?.outstandingUnits ?? 0n;
          expect(stake).toBeGreaterThan(0n);
          // Within one millisatoshi of the exact share, on either side.
          const distance = shareUnits * total - netUnits * stake;
          expect(distance < total && -distance < total).toBe(true);
        }
        expect(shareRecovery(netUnits, [...owed].reverse())).toEqual(shares);
      }),
    );
  });

  it('is seen to be shared otherwise', () => {
    const owed = ['a', 'b', 'c'].map((name) => ({
      contract: name.repeat(64),
      outstandingUnits: 1_000n,
    }));
    const stated = (shareUnits: string[], contracts = owed.map((each) => each.contract)) => ({
      ...{ v: 1 as const, type: 'recovery' as const, offer: { id: '', address: '' } },
      ...{ recoveredAtSec: 0, grossUnits: '110', costsUnits: '10', statement: '', prev: [] },
      ...{ contracts, shareUnits },
    });
    expect(isSharedFairly(stated(['34', '33', '33']), owed)).toBe(true);
    expect(isSharedFairly(stated(['33', '34', '33']), owed)).toBe(false);
    expect(isSharedFairly(stated(['50', '50'], ['a'.repeat(64), 'b'.repeat(64)]), owed)).toBe(
      false,
    );
    const paidUp = [...owed, { contract: 'd'.repeat(64), outstandingUnits: 0n }];
    expect(isSharedFairly(stated(['34', '33', '33']), paidUp)).toBe(true);
    expect(recoveryCostCap(300_000_007n, 2_000)).toBe(60_000_001n);
  });
});
