/**
 * What is away for a while, money, relays or a person's own client: what was agreed goes on as far
 * as it can, and everything is there once it is back.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { World } from '../world/world.ts';
import type { Player } from './player.ts';
import { paymentsOf, play, startLoan, startScene, untilPaid } from './scene.ts';
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

describe('a wallet without funds', () => {
  it('refuses, and the stream goes on when there is money again', async () => {
    const [ana, ben] = [await play(world, 'ana'), await play(world, 'ben')];
    const pay = async (from: Player, to: Player, amountMsat: bigint): Promise<void> => {
      const order = { amountMsat, description: 'between friends', expirySec: 600 };
      const made = await to.parts.wallet.makeInvoice(order);
      const paid = made.state === 'answered' && (await from.parts.wallet.pay(made.value.invoice));
      expect(paid).toMatchObject({ state: 'answered' });
    };
    const left = world.lightning.of('ben').node.balanceMsat() - wholeSat(800_000);
    await pay(ben, ana, (left / 1_000n) * 1_000n);
    const before = sentBy(world, 'ben').length;
    const root = await startLoan(
      world,
      { investor: ben, bakery, bank },
      { identifier: 'poor', ticks: 2, principalUnits: wholeSat(1_200_000) },
    );
    await until('the refusal', () => ben.codes(root).includes('WALLET_REFUSED'));
    const line = ben.session.activity.lines(root).find(({ code }) => code === 'WALLET_REFUSED');
    expect(line?.sentence).toContain('There is not enough money in it.');
    await untilPaid(ben, root, 1);
    expect(sentBy(world, 'ben')).toHaveLength(before + 1);
    await pay(ana, ben, wholeSat(3_000_000));
    await untilPaid(ben, root, 2);
    expectEachOnce(ben, root, 2, sentBy(world, 'ben').slice(before));
    await Promise.all([ana.close(), ben.close()]);
  });
});

describe('relays that are down', () => {
  it('do not stop what is agreed, and have every receipt once they are back', async () => {
    const before = sentBy(world, 'ana').length;
    const ana = await play(world, 'ana');
    const root = await startLoan(
      world,
      { investor: ana, bakery, bank },
      { identifier: 'dark', ticks: 20, principalUnits: wholeSat(200_000) },
    );
    const [one, two] = world.relayHouses;
    if (!one || !two) throw new Error('there are two relays');
    await untilPaid(ana, root, 2);
    await one.stop();
    const whenOneWent = sentBy(world, 'ana').length;
    await until(
      'payments over the other relay',
      () => sentBy(world, 'ana').length > whenOneWent + 1,
    );
    await two.stop();
    const whenBothWent = sentBy(world, 'ana').length;
    await until('payments already agreed', () => sentBy(world, 'ana').length > whenBothWent);
    await Promise.all([one.start(), two.start()]);
    await untilPaid(ana, root, 20);
    expectEachOnce(ana, root, 20, sentBy(world, 'ana').slice(before));
    const receipts = [...new Set(paymentsOf(ana, root, 'disbursement').map((p) => p.receipt))];
    for (const url of world.relays) {
      await until(`every receipt on ${url}`, async () => {
        const { events } = await bank.parts.relays.query([{ ids: receipts }], { urls: [url] });
        return events.length === receipts.length;
      });
    }
    await until('the bank to see it', () => bank.stateHash(root) === ana.stateHash(root));
    await ana.close();
  });
});

describe('a helper', () => {
  it('steps back for the person’s client and takes over when that has gone', async () => {
    const before = sentBy(world, 'ben').length;
    const home = world.households.ben;
    await home.setHelper(true);
    const { helper } = home;
    if (!helper) throw new Error('the helper is on');
    await until('the helper to run', () => helper.session.isRunning);
    const ben = await play(world, 'ben', { device: 'visitor' });
    await until('the person’s client to run', () => ben.session.isRunning);
    await until('the helper to have stepped back', () => !helper.session.isRunning);
    const root = await startLoan(
      world,
      { investor: ben, bakery, bank },
      { identifier: 'helped', ticks: 10, principalUnits: wholeSat(100_000) },
    );
    await untilPaid(ben, root, 2);
    expect(helper.session.journalEntries(root, 'disbursement')).toEqual([]);
    await ben.close();
    await until('the helper to run again', () => helper.session.isRunning);
    const seen = await until('all parts', () => {
      const paid = helper.session.catalog.contract(root)?.fold.state.payments ?? [];
      return paid.length === 10 && paid;
    });
    const sent = sentBy(world, 'ben').slice(before);
    expect(sent.sort()).toEqual(seen.map(({ paymentHash }) => paymentHash).sort());
    await home.setHelper(false);
  });
});
