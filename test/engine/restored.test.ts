/**
 * A person who lost everything but the signer in the middle of a stream, on real wallets and
 * relays: contracts, keys and pauses come back, and what was paid before is proven, not paid again.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNwcWallet, parseWalletUri } from '../../web/lib/wallet/nwc.ts';
import type { EngineParts } from '../world/engine-parts.ts';
import { ledgerOf } from '../world/control.ts';
import { nodeWebSocket as webSocket } from '../world/node-web-socket.ts';
import type { World } from '../world/world.ts';
import { createMortal } from './mortal.ts';
import type { Player } from './player.ts';
import { play, startLoan, startScene, untilPaid } from './scene.ts';
import { expectEachOnce, sentBy } from './sent.ts';
import { until } from './until.ts';

/** Some are left when the device is lost, however long it takes a busy machine to lose it. */
const MOVED_TICKS = 14;

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

/** Dies while the wallet has paid and not answered; yields the contract. */
async function dieWhilePaying(
  identifier: string,
  ticks: number,
  isPaused = false,
): Promise<string> {
  const mortal = createMortal();
  const lost = await play(world, 'ana', { device: `${identifier} lost`, ...mortal });
  // Before anything is paid, or a stream that is quicker than this test is over by then.
  const release = world.lightning.of('ana').wallet.faultHoldPayAnswers(1);
  const root = await startLoan(
    world,
    { investor: lost, bakery, bank },
    { identifier, ticks, principalUnits: BigInt(ticks) * 10_000_000n },
  );
  await untilPaid(lost, root, 1);
  const sending = await until('a payment without an answer', () =>
    lost.session.journalEntries(root, 'disbursement').find((entry) => entry.step === 'sending'),
  );
  // At once, or a stream that is quicker than this test leaves nothing to be paid later.
  if (isPaused) await lost.session.setPaused(root, true);
  await until('the wallet to have paid it', () =>
    ledgerOf(world.lightning, 'ana').some(
      (entry) => entry.paymentHash === sending.paymentHash && entry.state === 'settled',
    ),
  );
  if (isPaused) await until('everybody to have the pause', () => lost.session.unsent === 0);
  mortal.die();
  release();
  return root;
}

describe('a device lost with a payment that was never proven', () => {
  it('and the payee’s with it: both come back, and each part is paid once', async () => {
    const before = sentBy(world, 'ana').length;
    const root = await dieWhilePaying('both', 5);
    await bakery.close();
    bakery = await play(world, 'bakery', { device: 'new till' });
    const fresh = await play(world, 'ana', { device: 'both fresh' });
    await untilPaid(fresh, root, 5);
    expect(fresh.session.contracts().map(({ view }) => view.root)).toEqual([root]);
    expect(fresh.session.restorer.status).toMatchObject({ state: 'done', declined: 0 });
    expectEachOnce(fresh, root, 5, sentBy(world, 'ana').slice(before));
    await fresh.close();
  });

  it('and another wallet in place of the old: the payee’s word is enough', async () => {
    const before = { ana: sentBy(world, 'ana').length, ben: sentBy(world, 'ben').length };
    const root = await dieWhilePaying('moved', MOVED_TICKS, true);
    const whenLost = sentBy(world, 'ana').length;
    const ben = world.personas.find(({ id }) => id === 'ben');
    const connection = parseWalletUri(ben?.walletUri ?? '');
    if (!connection.ok) throw new Error(connection.code);
    const wallet = createNwcWallet(connection.value, { webSocket });
    const alter = (parts: EngineParts): EngineParts => {
      parts.wallet.close();
      return { ...parts, wallet };
    };
    const fresh = await play(world, 'ana', { device: 'moved fresh', alter });
    await until('the pause to be back', () => fresh.session.payerStatus(root)?.code === 'paused');
    expect(fresh.session.pauses.isPaused(root)).toBe(true);
    await fresh.session.setPaused(root, false);
    await untilPaid(fresh, root, MOVED_TICKS);
    expect(sentBy(world, 'ana')).toHaveLength(whenLost);
    const sent = [
      ...sentBy(world, 'ana').slice(before.ana),
      ...sentBy(world, 'ben').slice(before.ben),
    ];
    expect(sentBy(world, 'ben').length).toBeGreaterThan(before.ben);
    expectEachOnce(fresh, root, MOVED_TICKS, sent);
    await fresh.close();
  });
});
