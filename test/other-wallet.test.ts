/**
 * A bank connects another wallet while the former one pays a payee.
 * requires: FW-20
 */
import { expect, it, vi } from 'vitest';
import { ForwardJournal, type ForwardEntry } from '../web/lib/engine/forwarding/journal.ts';
import { stepForward, type ForwardContext } from '../web/lib/engine/forwarding/steps.ts';
import type { Wallet } from '../web/lib/engine/ports.ts';
import { hashOf, paymentHashOf } from './fixtures/keys.ts';
import { openSqliteStore } from './world/sqlite-store.ts';

const NOW_MS = 1_800_000_000_000;
const preimage = hashOf('passed on');
const paymentHash = paymentHashOf(preimage);
const NOTHING = { state: 'answered', value: undefined } as const;
const SILENT = { state: 'unknown', sentence: '' } as const;

it('gives nothing back of what the former wallet was told to pay on', async () => {
  const journal = new ForwardJournal(openSqliteStore(':memory:'));
  let nowMs = NOW_MS;
  const offered = {
    ...{ contract: 'a1'.repeat(32), leg: 'disbursement', n: 0, paymentHash, step: 'offered' },
    ...{ grossMsat: '1000', netMsat: '990', inner: 'inner', outer: 'outer', updatedAtMs: NOW_MS },
    ...{ innerExpiresAtSec: NOW_MS / 1_000 + 3_600, expiresAtSec: NOW_MS / 1_000 + 1_800 },
  } as unknown as ForwardEntry;
  await journal.write([offered]);
  const cancel = vi.fn(() => Promise.resolve(SILENT));
  const pay = vi.fn(() => Promise.resolve(SILENT));
  const settle = vi.fn(() => Promise.resolve({ state: 'answered', value: {} }));
  const limits = { cltvBlocks: 10, feeBaseMsat: 0n, feeMillionths: 0n };
  const status = () => Promise.resolve({ state: 'answered', value: { height: 1, limits } });
  let held = 'accepted';
  const known = (direction: string) => {
    const isIn = direction === 'incoming';
    const state = isIn ? held : 'settled';
    const value = { direction, state, preimage, feesPaidMsat: 1n, settleDeadlineHeight: 99 };
    return Promise.resolve({ state: 'answered', value });
  };
  const step = async (id: string, lookup: (direction: string) => Promise<unknown>) => {
    const hold = { status, cancel, settle, lookup };
    const desk = { clock: { nowMs: () => nowMs } };
    const wallet: Partial<Wallet> = { id, pay };
    const context = { desk, journal, wallet, hold } as unknown as ForwardContext;
    await stepForward(context, journal.get(paymentHash) ?? offered);
    return journal.get(paymentHash);
  };
  expect(await step('old', known)).toMatchObject({ step: 'paying', wallet: 'old' });
  nowMs += 600_000;
  expect(await step('new', () => Promise.resolve(NOTHING))).toMatchObject({ step: 'paying' });
  expect(cancel).not.toHaveBeenCalled();
  expect(pay).toHaveBeenCalledTimes(1);
  expect(await step('old', known)).toMatchObject({ step: 'paid', preimage });
  held = 'settled';
  expect(await step('old', known)).toMatchObject({ step: 'settled' });
});
