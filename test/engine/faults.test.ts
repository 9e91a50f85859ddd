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
  paymentsOf,
  play,
  startLoan,
  startScene,
  stateOf,
  untilPaid,
} from './scene.ts';
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

/** Outgoing payments of a wallet that are not failed. */
function sentBy(id: 'ana' | 'ben') {
  return ledgerOf(world.lightning, id).filter(
    (entry) => entry.direction === 'outgoing' && entry.state !== 'failed',
  );
}

/** Every tick proven once, and the wallet has sent exactly those since `before`. */
function expectEachOnce(
  investor: Player,
  id: 'ana' | 'ben',
  root: string,
  ticks: number,
  before: number,
): void {
  const paid = paymentsOf(investor, root, 'disbursement');
  expect(paid.map(({ n }) => n).sort((a, b) => a - b)).toEqual([...Array(ticks).keys()]);
  const sent = sentBy(id).slice(before);
  expect(sent.map(({ paymentHash }) => paymentHash).sort()).toEqual(
    paid.map(({ paymentHash }) => paymentHash).sort(),
  );
}

const wholeSat = (sats: number): bigint => BigInt(sats) * 1_000n;

describe('the paying process dies while the wallet has not answered', () => {
  it('and the next one looks up, continues, and pays each part once', async () => {
    const before = sentBy('ana').length;
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
    expectEachOnce(second, 'ana', root, 5, before);
    await second.close();
  });
});

describe('a device that was lost', () => {
  it('is replaced by one with nothing but the signer, and no part is paid twice', async () => {
    const before = sentBy('ben').length;
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
    expectEachOnce(fresh, 'ben', root, 8, before);
    expect(stateOf(fresh, root)?.equivocations).toEqual([]);
    await fresh.close();
  });
});

describe('a payee’s wrong invoice', () => {
  it('is refused with its code, nothing is paid, and the right one is', async () => {
    const before = sentBy('ana').length;
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
    expect(sentBy('ana')).toHaveLength(before);
    parts.wallet.close();
    parts.relays.close();
    await parts.store.close();
    bakery = await play(world, 'bakery');
    await untilPaid(ana, root, 3);
    expectEachOnce(ana, 'ana', root, 3, before);
    await ana.close();
  });
});

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
    const before = sentBy('ben').length;
    const root = await startLoan(
      world,
      { investor: ben, bakery, bank },
      { identifier: 'poor', ticks: 2, principalUnits: wholeSat(1_200_000) },
    );
    await until('the refusal', () => ben.codes(root).includes('WALLET_REFUSED'));
    const line = ben.session.activity.lines(root).find(({ code }) => code === 'WALLET_REFUSED');
    expect(line?.sentence).toContain('There is not enough money in it.');
    await untilPaid(ben, root, 1);
    expect(sentBy('ben')).toHaveLength(before + 1);
    await pay(ana, ben, wholeSat(3_000_000));
    await untilPaid(ben, root, 2);
    expectEachOnce(ben, 'ben', root, 2, before);
    await Promise.all([ana.close(), ben.close()]);
  });
});

describe('relays that are down', () => {
  it('do not stop what is agreed, and have every receipt once they are back', async () => {
    const before = sentBy('ana').length;
    const ana = await play(world, 'ana');
    const root = await startLoan(
      world,
      { investor: ana, bakery, bank },
      { identifier: 'dark', ticks: 12, principalUnits: wholeSat(120_000) },
    );
    const [one, two] = world.relayHouses;
    if (!one || !two) throw new Error('there are two relays');
    await untilPaid(ana, root, 2);
    await one.stop();
    const whenOneWent = sentBy('ana').length;
    await until('payments over the other relay', () => sentBy('ana').length > whenOneWent + 1);
    await two.stop();
    const whenBothWent = sentBy('ana').length;
    await until('payments already agreed', () => sentBy('ana').length > whenBothWent);
    await Promise.all([one.start(), two.start()]);
    await untilPaid(ana, root, 12);
    expectEachOnce(ana, 'ana', root, 12, before);
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
    const before = sentBy('ben').length;
    const home = world.households.ben;
    await home.setHelper(true);
    const { helper } = home;
    if (!helper) throw new Error('the helper is on');
    await until('the helper to run', () => helper.session.isRunning);
    const ben = await play(world, 'ben', { device: 'visitor' });
    await until('the person’s client to run', () => ben.session.isRunning);
    expect(helper.session.isRunning).toBe(false);
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
    const sent = sentBy('ben').slice(before);
    expect(sent.map(({ paymentHash }) => paymentHash).sort()).toEqual(
      seen.map(({ paymentHash }) => paymentHash).sort(),
    );
    await home.setHelper(false);
  });
});
