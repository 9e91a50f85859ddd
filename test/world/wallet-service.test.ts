/** Wallets over Nostr Wallet Connect, on real Lightning nodes and a real relay. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startRelay, type RelayHandle } from '../../relay-rules/src/relay/server.ts';
import { startLightningWorld, type LightningWorld } from './lightning-world.ts';
import { RawNwcClient } from './raw-nwc-client.ts';
import { nowSec } from './wallet-rules.ts';
import { MAINNET_INVOICE, ask, sha256 } from './wallet-testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'wallet-service-'));
const PATIENCE = { timeout: 60_000, interval: 20 };
const BUDGET_MSAT = 10_000_000n;

let relay: RelayHandle;
let world: LightningWorld;
let ana: RawNwcClient;
let bakery: RawNwcClient;

beforeAll(async () => {
  relay = await startRelay();
  const personas = ['ana', 'ben', 'bank', 'bakery'];
  const budgetsMsat = { ben: BUDGET_MSAT };
  world = await startLightningWorld({ folder, relayUrl: relay.url, personas, budgetsMsat });
});

afterAll(async () => {
  expect(world.problems()).toEqual([]);
  await world.stop();
  await relay.stop();
  rmSync(folder, { recursive: true, force: true });
  await vi.waitFor(() => {
    const open = process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP'));
    expect(open).toEqual([]);
  }, PATIENCE);
});

beforeEach(async () => {
  ana = await RawNwcClient.open(world.of('ana').nwcUri);
  bakery = await RawNwcClient.open(world.of('bakery').nwcUri);
});

afterEach(() => {
  ana.close();
  bakery.close();
});

function balanceOf(persona: string): bigint {
  return world.of(persona).node.balanceMsat();
}

describe('payments over the hub', () => {
  it('are exact to the millisatoshi in both ledgers, there and back', async () => {
    const before = { ana: balanceOf('ana'), bakery: balanceOf('bakery'), bank: balanceOf('bank') };
    const { invoice, hash } = await ask(bakery, 12_345_678);
    const paid = await ana.get('pay_invoice', { invoice });
    // The hub asks for 1,000 msat and a ten-thousandth of the amount.
    const feeMsat = 1_000n + 1_234n;
    expect(paid['fees_paid']).toBe(Number(feeMsat));
    expect(sha256(String(paid['preimage']))).toBe(hash);
    await expect.poll(() => balanceOf('bank') - before.bank, PATIENCE).toBe(feeMsat);
    expect(before.ana - balanceOf('ana')).toBe(12_345_678n + feeMsat);
    await expect.poll(() => balanceOf('bakery') - before.bakery, PATIENCE).toBe(12_345_678n);
    const sent = world.of('ana').ledger.entry('outgoing', hash);
    const received = () => world.of('bakery').ledger.entry('incoming', hash);
    const common = { amountMsat: 12_345_678n, state: 'settled', preimage: paid['preimage'] };
    expect(sent).toMatchObject({ ...common, feesPaidMsat: feeMsat, bolt11: invoice });
    const incoming = { ...common, feesPaidMsat: 0n, bolt11: invoice };
    await expect.poll(received, PATIENCE).toMatchObject(incoming);
    const back = await ask(ana, 2_000_000);
    expect(await bakery.get('pay_invoice', back)).toMatchObject({ fees_paid: 1_200 });
  });

  it('to the hub itself cost nothing', async () => {
    const bank = await RawNwcClient.open(world.of('bank').nwcUri);
    const description_hash = sha256('00');
    const asked = await ask(bank, 1_000, { description: null, description_hash });
    expect(await ana.get('pay_invoice', asked)).toMatchObject({ fees_paid: 0 });
    const entry = world.of('bank').ledger.entry('incoming', asked.hash);
    expect(entry?.descriptionHash).toBe(description_hash);
    bank.close();
  });

  it('are announced to payer and payee', async () => {
    const { invoice, hash } = await ask(bakery, 1_000_000);
    await ana.get('pay_invoice', { invoice });
    const news = (client: RawNwcClient) =>
      client.notifications.filter(({ notification }) => notification['payment_hash'] === hash);
    await expect
      .poll(() => news(ana), PATIENCE)
      .toMatchObject([{ notification_type: 'payment_sent', notification: { state: 'settled' } }]);
    await expect
      .poll(() => news(bakery), PATIENCE)
      .toMatchObject([{ notification_type: 'payment_received', notification: { amount: 1e6 } }]);
  });

  it('are looked up by hash and by invoice, on both sides', async () => {
    const { invoice, hash } = await ask(bakery, 3_000_000);
    const unpaid = { type: 'incoming', state: 'pending', payment_hash: hash };
    expect(await bakery.get('lookup_invoice', { invoice })).toMatchObject(unpaid);
    expect((await ana.ask('lookup_invoice', { invoice })).error?.code).toBe('NOT_FOUND');
    const { preimage } = await ana.get('pay_invoice', { invoice });
    for (const query of [{ payment_hash: hash }, { invoice: invoice.toUpperCase() }]) {
      const common = { state: 'settled', preimage, amount: 3_000_000, invoice };
      const sent = await ana.get('lookup_invoice', query);
      expect(sent).toMatchObject({ ...common, type: 'outgoing', fees_paid: 1_300 });
      await expect
        .poll(() => bakery.get('lookup_invoice', query), PATIENCE)
        .toMatchObject({ ...common, type: 'incoming', fees_paid: 0 });
    }
    const { transactions } = await ana.get('list_transactions', { limit: 1, type: 'outgoing' });
    expect(transactions).toMatchObject([{ payment_hash: hash }]);
  });
});

describe('a payment is made once', () => {
  it('when the same invoice comes in two requests', async () => {
    const before = balanceOf('ana');
    const { invoice } = await ask(bakery, 1_000_000);
    const twice = [ana.ask('pay_invoice', { invoice }), ana.ask('pay_invoice', { invoice })];
    const [first, second] = await Promise.all(twice);
    const third = await ana.ask('pay_invoice', { invoice });
    expect(first?.result).toMatchObject({ fees_paid: 1_100 });
    expect(second).toEqual(first);
    expect(third).toEqual(first);
    expect(before - balanceOf('ana')).toBe(1_001_100n);
  });

  it('when a request is delivered again after the wallet was restarted', async () => {
    const { invoice } = await ask(bakery, 1_000_000);
    // Late enough for a busy machine to take it the first time.
    const expirationSec = nowSec() + 6;
    const event = ana.request('pay_invoice', { invoice }, { expirationSec });
    const first = await ana.send(event);
    const before = balanceOf('ana');
    await world.of('ana').restart();
    expect(await ana.send(event)).toEqual(first);
    // Late or not: what was done is said, not that it expired.
    await expect.poll(() => nowSec() > expirationSec, PATIENCE).toBe(true);
    const again = ana.answerTo(event);
    relay.injectUnchecked(event);
    expect(await again).toEqual(first);
    expect(balanceOf('ana')).toBe(before);
  });

  it('when the wallet is restarted in the middle of it', async () => {
    const preimage = randomBytes(32).toString('hex');
    const payment_hash = sha256(preimage);
    const order = { amount: 1_000_000, payment_hash };
    const { invoice } = await bakery.get('make_hold_invoice', order);
    const event = ana.request('pay_invoice', { invoice });
    ana.publish(event);
    const state = () => world.of('bakery').ledger.entry('incoming', payment_hash)?.state;
    await expect.poll(state, PATIENCE).toBe('accepted');
    await world.of('ana').restart();
    const answer = ana.send(event);
    await bakery.get('settle_hold_invoice', { preimage });
    expect((await answer).result).toEqual({ preimage, fees_paid: 1_100 });
  });

  it('when its result came while the wallet was off', async () => {
    const preimage = randomBytes(32).toString('hex');
    const payment_hash = sha256(preimage);
    const order = { amount: 1_000_000, payment_hash };
    const { invoice } = await bakery.get('make_hold_invoice', order);
    ana.publish(ana.request('pay_invoice', { invoice }));
    const state = () => world.of('bakery').ledger.entry('incoming', payment_hash)?.state;
    await expect.poll(state, PATIENCE).toBe('accepted');
    await world.of('ana').stop();
    await bakery.get('settle_hold_invoice', { preimage });
    await world.of('ana').restart();
    const found = await ana.get('lookup_invoice', { payment_hash });
    expect(found).toMatchObject({ state: 'settled', preimage });
  });

  it('or not at all when the wallet stopped before it was sent', async () => {
    const { invoice, hash } = await ask(bakery, 1_000_000);
    const event = ana.request('pay_invoice', { invoice });
    world.of('ana').ledger.beginRequest(event.id);
    const { error } = await ana.send(event);
    expect(error?.message).toBe('Nothing was sent for this invoice.');
    expect(world.of('ana').ledger.entry('outgoing', hash)).toBeUndefined();
  });

  it('by the first who pays', async () => {
    const ben = await RawNwcClient.open(world.of('ben').nwcUri);
    const { invoice, hash } = await ask(bakery, 1_000_000);
    await ana.get('pay_invoice', { invoice });
    expect((await ben.ask('pay_invoice', { invoice })).error?.code).toBe('PAYMENT_FAILED');
    expect(await ben.get('lookup_invoice', { payment_hash: hash })).toMatchObject({
      state: 'failed',
      type: 'outgoing',
    });
    ben.close();
  });
});

describe('nothing is paid', () => {
  it('for a request that arrives too late', async () => {
    const { invoice, hash } = await ask(bakery, 1_000_000);
    const event = ana.request('pay_invoice', { invoice }, { expirationSec: nowSec() - 1 });
    const answer = ana.answerTo(event);
    relay.injectUnchecked(event);
    expect((await answer).error?.code).toBe('OTHER');
    expect(world.of('ana').ledger.entry('outgoing', hash)).toBeUndefined();
  });

  it('without enough money', async () => {
    const { invoice, hash } = await ask(bakery, 9_900_000_000);
    const { error } = await ana.ask('pay_invoice', { invoice });
    expect(error).toMatchObject({ code: 'INSUFFICIENT_BALANCE' });
    expect(await ana.get('lookup_invoice', { payment_hash: hash })).toMatchObject({
      state: 'failed',
    });
    // All there is, but nothing for the fee.
    const all = await ask(bakery, Number(balanceOf('ana')));
    expect((await ana.ask('pay_invoice', all)).error?.code).toBe('INSUFFICIENT_BALANCE');
  });

  it('beyond the budget of a connection', async () => {
    const ben = await RawNwcClient.open(world.of('ben').nwcUri);
    const small = await ask(bakery, 6_000_000);
    await ben.get('pay_invoice', small);
    const { invoice } = await ask(bakery, 4_000_000);
    expect((await ben.ask('pay_invoice', { invoice })).error?.code).toBe('QUOTA_EXCEEDED');
    expect(await ben.get('get_budget')).toMatchObject({
      used_budget: 6_001_600,
      total_budget: Number(BUDGET_MSAT),
    });
    expect(await ana.get('get_budget')).toEqual({});
    ben.close();
  });

  it('for an invoice of another network, an expired or an unreadable one, or its own', async () => {
    const expired = await ask(bakery, 1_000, { expiry: 1 });
    const state = async () => (await bakery.get('lookup_invoice', expired))['state'];
    await expect.poll(state, PATIENCE).toBe('expired');
    const own = await ask(ana, 1_000);
    const refused = [
      [MAINNET_INVOICE, 'for mainnet'],
      [expired.invoice, 'has expired'],
      ['lnbcrt1nonsense', 'not a Lightning invoice'],
      [own.invoice, 'made the invoice itself'],
    ] as const;
    for (const [invoice, words] of refused) {
      const { error } = await ana.ask('pay_invoice', { invoice });
      expect(error?.code).toBe('PAYMENT_FAILED');
      expect(error?.message).toContain(words);
    }
    expect(await ana.get('lookup_invoice', own)).toMatchObject({ state: 'pending' });
  });
});

describe('hold invoices', () => {
  it('are accepted, then settled, then settled still', async () => {
    const preimage = randomBytes(32).toString('hex');
    const payment_hash = sha256(preimage);
    const order = { amount: 5_000_000, payment_hash, expiry: 600, description: 'held' };
    const { invoice } = await bakery.get('make_hold_invoice', order);
    expect((await bakery.ask('make_hold_invoice', order)).error?.code).toBe('OTHER');
    expect((await bakery.ask('settle_hold_invoice', { preimage })).error?.code).toBe('OTHER');
    const paying = ana.ask('pay_invoice', { invoice });
    const news = () => bakery.notifications.map(({ notification_type }) => notification_type);
    await expect.poll(news, PATIENCE).toContain('hold_invoice_accepted');
    const held = await bakery.get('lookup_invoice', { payment_hash });
    expect(held['state']).toBe('accepted');
    // It can be held for 144 blocks, and LDK gives it back a little before.
    expect(Number(held['settle_deadline'])).toBeGreaterThan(world.chain.tip().height + 100);
    expect(held['preimage']).toBeUndefined();
    expect(await ana.get('lookup_invoice', { payment_hash })).toMatchObject({ state: 'pending' });
    expect(await bakery.get('settle_hold_invoice', { preimage })).toEqual({});
    expect((await paying).result).toEqual({ preimage, fees_paid: 1_500 });
    expect(await bakery.get('settle_hold_invoice', { preimage })).toEqual({});
    const { error } = await bakery.ask('cancel_hold_invoice', { payment_hash });
    expect(error?.code).toBe('OTHER');
  });

  it('are cancelled, held or not', async () => {
    const before = balanceOf('ana');
    const payment_hash = randomBytes(32).toString('hex');
    const { invoice } = await bakery.get('make_hold_invoice', { amount: 5_000_000, payment_hash });
    const paying = ana.ask('pay_invoice', { invoice });
    const state = () => world.of('bakery').ledger.entry('incoming', payment_hash)?.state;
    await expect.poll(state, PATIENCE).toBe('accepted');
    expect(await bakery.get('cancel_hold_invoice', { payment_hash })).toEqual({});
    expect((await paying).error?.code).toBe('PAYMENT_FAILED');
    expect(balanceOf('ana')).toBe(before);
    const unpaid = randomBytes(32).toString('hex');
    await bakery.get('make_hold_invoice', { amount: 1_000, payment_hash: unpaid });
    expect(await bakery.get('cancel_hold_invoice', { payment_hash: unpaid })).toEqual({});
    const other = { payment_hash: randomBytes(32).toString('hex') };
    expect((await bakery.ask('cancel_hold_invoice', other)).error?.code).toBe('NOT_FOUND');
  });
});
