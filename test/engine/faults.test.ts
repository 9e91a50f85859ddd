/**
 * What goes wrong on the way of the money, on real wallets and relays: nothing is paid twice,
 * nothing is forgotten, and every refusal has its code.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ledgerOf } from '../world/control.ts';
import { lieOnce } from '../world/lying-payee.ts';
import type { World } from '../world/world.ts';
import { createMortal } from './mortal.ts';
import type { Player } from './player.ts';
import {
  countersign,
  invest,
  offerShort,
  play,
  startLoan,
  startScene,
  untilPaid,
} from './scene.ts';
import { expectEachOnce, sentBy } from './sent.ts';
import { until } from './until.ts';

let world: World;
let bank: Player;
let bakery: Player;

beforeAll(async () => {
  world = await startScene();
  bank = await play(world, 'bank');
  bakery = await play(world, 'bakery');
});

afterAll(async () => {
  await Promise.all([bank.close(), bakery.close()]);
  await world.stop();
});

const wholeSat = (sats: number): bigint => BigInt(sats) * 1_000n;

describe('the paying process dies while the wallet has not answered', () => {
  it('and the next one looks up, continues, and pays each part once', async () => {
    const before = sentBy(world, 'ana').length;
    const mortal = createMortal();
    const first = await play(world, 'ana', { device: 'dies', ...mortal });
    // From the start: however quick the stream is, its first payment has no answer.
    const release = world.lightning.of('ana').wallet.faultHoldPayAnswers();
    const root = await startLoan(
      world,
      { investor: first, bakery, bank },
      { identifier: 'dies', ticks: 5, principalUnits: wholeSat(50_000) },
    );
    const sending = await until('a payment without an answer', () =>
      first.session.journalEntries(root, 'disbursement').find((entry) => entry.step === 'sending'),
    );
    await until('the wallet to have paid it', () =>
      ledgerOf(world.lightning, 'ana').some(
        (entry) => entry.paymentHash === sending.paymentHash && entry.state === 'settled',
      ),
    );
    mortal.die();
    release();
    const second = await play(world, 'ana', { device: 'dies' });
    await untilPaid(second, root, 5);
    expectEachOnce(second, root, 5, sentBy(world, 'ana').slice(before));
    await second.close();
  });
});

describe('a device that was lost', () => {
  it('is replaced by one with nothing but the signer, and no part is paid twice', async () => {
    const before = sentBy(world, 'ben').length;
    const mortal = createMortal();
    const lost = await play(world, 'ben', { device: 'lost', ...mortal });
    const root = await startLoan(
      world,
      { investor: lost, bakery, bank },
      { identifier: 'lost', ticks: 8, principalUnits: wholeSat(80_000) },
    );
    await untilPaid(lost, root, 2);
    mortal.die();
    const fresh = await play(world, 'ben', { device: 'fresh' });
    await untilPaid(fresh, root, 8);
    expectEachOnce(fresh, root, 8, sentBy(world, 'ben').slice(before));
    await fresh.close();
  });
});

describe('a payee’s wrong invoice', () => {
  it('is refused with its code, nothing is paid, and the right one is', async () => {
    const before = sentBy(world, 'ana').length;
    const ana = await play(world, 'ana', { device: 'lied to' });
    await offerShort(world, bank, { identifier: 'lies', ticks: 3, startDay: 40 });
    const root = await invest(ana, 'lies', wholeSat(30_000));
    // Nothing is asked of the honest bakery before the liar has taken its place.
    await ana.session.setPaused(root, true);
    await countersign(root, { investor: ana, bakery, bank });
    await bakery.close();
    const parts = world.households.bakery.openParts('player');
    await ana.session.setPaused(root, false);
    const lies = {
      amount: 'INVOICE_AMOUNT_MISMATCH',
      hash: 'INVOICE_HASH_MISMATCH',
      network: 'INVOICE_NETWORK',
      expired: 'INVOICE_EXPIRED',
    } as const;
    for (const [lie, code] of Object.entries(lies)) {
      await lieOnce(parts, lie as keyof typeof lies);
      await until(code, () => ana.codes(root).includes(code));
    }
    expect(sentBy(world, 'ana')).toHaveLength(before);
    parts.wallet.close();
    parts.relays.close();
    await parts.store.close();
    bakery = await play(world, 'bakery');
    await untilPaid(ana, root, 3);
    expectEachOnce(ana, root, 3, sentBy(world, 'ana').slice(before));
    await ana.close();
  });
});
