/** A bank's desk for bonds, and what a holder sees before signing. */
import { describe, expect, it } from 'vitest';
import { buildSpending, signMessage, certificateMessage } from '@realyield/protocol';
import type { PayoutPlace } from '../web/lib/engine/bonds/payout-case.ts';
import { certificatePeriod, returnPlan } from '../web/lib/engine/bonds/office.ts';
import {
  certificateMistake,
  isBegun,
  keptBondDraft,
  newBondDraft,
  readAllocations,
  readBond,
} from '../web/lib/state/views/bond-form.ts';
import { payoutRows } from '../web/lib/state/views/payouts.ts';
import { bitcoinKey, bitcoinSecret, LOCKED_UNTIL } from './fixtures/bonds.ts';
import { hashOf, publicOf } from './fixtures/loan.ts';
import { must } from './fixtures/must.ts';
import { addressOf, BOND, owed, payoutOf } from './fixtures/payouts.ts';

const timeLocked = {
  ...newBondDraft(),
  kind: 'timeLocked' as const,
  bankKey: bitcoinKey('bank'),
  lockTimeSec: String(LOCKED_UNTIL),
};

describe('a bond that is being made', () => {
  it('has an address once everything it is made of is there', () => {
    expect(readBond(newBondDraft(), [], 'regtest')).toMatchObject({ ok: false });
    expect(readBond({ ...timeLocked, kind: 'collateral' }, [], 'regtest').ok).toBe(false);
    const read = readBond(timeLocked, [], 'regtest');
    expect(read.ok && read.place.address).toMatch(/^bcrt1q/);
  });

  it('is kept as it was typed, and nothing else is taken for it', () => {
    expect(keptBondDraft(JSON.parse(JSON.stringify(timeLocked)))).toEqual(timeLocked);
    for (const kept of [undefined, null, 7, {}, { holders: 1, allocations: { a: 2 } }]) {
      expect(readBond(keptBondDraft(kept), [], 'regtest').ok).toBe(false);
      expect(isBegun(keptBondDraft(kept))).toBe(false);
    }
    expect(isBegun(timeLocked)).toBe(true);
  });

  it('is tied to the bank by the key it names and no other', () => {
    const signed = (name: string) => {
      const signature = signMessage(certificateMessage(publicOf('bank'), 600), bitcoinSecret(name));
      return certificateMistake({ ...timeLocked, endPeriod: 600, signature }, publicOf('bank'));
    };
    expect(signed('bank')).toBeUndefined();
    expect(signed('stranger')).toMatch(/not the signature/);
    expect(certificatePeriod(900_000, 1_800_000_000, LOCKED_UNTIL)).toBeGreaterThan(500);
  });

  it('sets no more aside than it holds', () => {
    expect(readAllocations({ a: '600 000', b: '' }, 600_000n)).toEqual([
      { offer: 'a', valueSat: '600000' },
    ]);
    expect(readAllocations({ a: '600000', b: '1' }, 600_000n)).toMatch(/more together/);
    expect(readAllocations({ a: '1.5' }, 600_000n)).toMatch(/whole sats/);
  });

  it('goes back whole but for the fee', () => {
    const { outputs, feeSat } = returnPlan(BOND, addressOf('bank'), 3, 'bank');
    expect((outputs[0]?.valueSat ?? 0n) + feeSat).toBe(BOND.valueSat);
  });
});

describe('a payout beside its ruling', () => {
  const payout = must(payoutOf([owed(hashOf('c'), 300_000_000n, addressOf('investor'))], 600_000n));
  const place = { bond: BOND } as PayoutPlace;
  const rowsOf = (plan: typeof payout.plan) =>
    payoutRows(place, payout, must(buildSpending(BOND, plan))).map(({ isSame }) => isSame);

  it('is the same in every line, or shows which is not', () => {
    expect(rowsOf(payout.plan)).toEqual([true, true, true]);
    const [output] = payout.plan.outputs as [(typeof payout.plan.outputs)[number]];
    const more = [{ ...output, valueSat: output.valueSat + 1n }];
    expect(rowsOf({ ...payout.plan, outputs: more })).toEqual([false, false, true]);
    const other = [{ ...output, address: addressOf('attacker') }];
    expect(rowsOf({ ...payout.plan, outputs: other })).toEqual([false, true, true]);
    const dearer = rowsOf({ ...payout.plan, feeSat: payout.plan.feeSat + 1n });
    expect(dearer).toEqual([true, false, false]);
    expect(payoutRows(place, payout, 'nothing').some(({ isSame }) => isSame)).toBe(false);
  });

  it('shows its lines by the numbers of the claims, whatever order they are paid in', () => {
    const first = owed(hashOf('a'), 100_000_000n, addressOf('one'));
    const second = owed(hashOf('b'), 200_000_000n, addressOf('two'));
    const two = must(payoutOf([first, second], 300_000n));
    const psbt = must(buildSpending(BOND, two.plan));
    const claimOf = (contract: string) => (contract === hashOf('a') ? 2 : 1);
    const rows = payoutRows(place, two, psbt, claimOf);
    expect(rows.map(({ label }) => label)).toEqual([
      'For claim 1',
      'For claim 2',
      'Back under the bond’s script',
      'Fee to the miners',
    ]);
    expect(rows.every(({ isSame }) => isSame)).toBe(true);
  });
});
