import { expect, it } from 'vitest';
import type { HoldStatus, HoldWallet } from '../engine/forwarding/ports.ts';
import type { Wallet } from '../engine/ports.ts';
import { holdOf } from './hold.ts';

const declared = { cltvBlocks: 144, feeBaseMsat: 1_000n, feeMillionths: 100n };

function walletSaying(limits: HoldStatus['limits']): Wallet {
  const status: HoldWallet['status'] = () =>
    Promise.resolve({ state: 'answered', value: { height: 7, limits } });
  return { hold: { status } as HoldWallet } as Wallet;
}

const limitsBy = async (wallet: Wallet, walletLimits: typeof declared | undefined) => {
  const answer = await holdOf(wallet, { forwards: true, walletLimits })?.status();
  return answer?.state === 'answered' ? answer.value.limits : undefined;
};

it('takes the operator’s word only where the wallet gives none', async () => {
  const own = { ...declared, cltvBlocks: 80 };
  expect(await limitsBy(walletSaying(own), declared)).toEqual(own);
  expect(await limitsBy(walletSaying(undefined), declared)).toEqual(declared);
  expect(await limitsBy(walletSaying(undefined), undefined)).toBeUndefined();
});

it('passes nothing on where it is told not to', () => {
  const refused = { forwards: false, walletLimits: declared };
  expect(holdOf(walletSaying(declared), refused)).toBeUndefined();
});
