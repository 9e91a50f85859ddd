/** The wallet service towards strangers, nonsense, lost connections, and other clients. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NWCClient, type Nip47Notification } from '@getalby/sdk/nwc';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startRelay, type RelayHandle } from '../../relay-rules/src/relay/server.ts';
import { startLightningWorld, type LightningWorld, type WorldWallet } from './lightning-world.ts';
import { RawNwcClient } from './raw-nwc-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'wallet-faults-'));
const PATIENCE = { timeout: 60_000, interval: 20 };
let relay: RelayHandle;
let world: LightningWorld;
let ana: WorldWallet;
let bank: WorldWallet;
let client: RawNwcClient;

beforeAll(async () => {
  relay = await startRelay();
  world = await startLightningWorld({ folder, relayUrl: relay.url, personas: ['ana', 'bank'] });
  ana = world.of('ana');
  bank = world.of('bank');
});

afterAll(async () => {
  vi.unstubAllGlobals();
  await world.stop();
  await relay.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  client = await RawNwcClient.open(ana.nwcUri);
});

afterEach(() => client.close());

function askBank(amountMsat: bigint): { readonly bolt11: string; readonly paymentHash: string } {
  const made = bank.wallet.wallet.makeInvoice({ amountMsat, description: 'test' });
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}

describe('every request is answered', () => {
  it('by a stranger: that no wallet is connected', async () => {
    const stranger = await RawNwcClient.open(ana.nwcUri, true);
    const { error, result_type } = await stranger.ask('get_balance');
    expect([error?.code, result_type]).toEqual(['UNAUTHORIZED', 'get_balance']);
    stranger.close();
  });

  it('for something the wallet cannot do or read', async () => {
    expect((await client.ask('pay_keysend')).error?.code).toBe('NOT_IMPLEMENTED');
    expect((await client.send(client.seal('{"method":'))).error?.code).toBe('OTHER');
    expect((await client.send(client.seal('[]'))).error?.code).toBe('OTHER');
    const wrong = [
      ['pay_invoice', {}, 'invoice'],
      ['make_invoice', { amount: -1 }, 'amount'],
      ['make_invoice', { amount: 1_000, description: 'x'.repeat(640) }, 'description'],
      ['lookup_invoice', { payment_hash: 'abc' }, 'payment_hash'],
      ['lookup_invoice', {}, 'neither'],
    ] as const;
    for (const [method, params, words] of wrong) {
      const { error } = await client.ask(method, params);
      expect(error?.code).toBe('OTHER');
      expect(error?.message).toContain(words);
    }
  });

  it('also when the wallet fails inside', async () => {
    const silence = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    ana.ledger.close();
    expect((await client.ask('list_transactions')).error?.code).toBe('INTERNAL');
    silence.mockRestore();
    await ana.restart();
    expect((await client.ask('list_transactions')).error).toBeNull();
  });

  it('in NIP-04 to clients that know nothing else', async () => {
    const event = client.request('get_balance', {}, { encryption: 'nip04' });
    const balance = Number(ana.node.balanceMsat());
    expect((await client.send(event)).result).toEqual({ balance });
  });

  it('once the relay is back', async () => {
    const event = client.request('get_info', {});
    const answer = client.answerTo(event);
    ana.wallet.faultDropConnection();
    await expect.poll(() => ana.wallet.ready(), PATIENCE).toBe(true);
    client.publish(event);
    expect((await answer).result).toMatchObject({ alias: 'ana', network: 'regtest' });
  });
});

describe('faults', () => {
  it('a held answer: the payment is made, the client waits', async () => {
    const { bolt11, paymentHash } = askBank(1_000_000n);
    const release = ana.wallet.faultHoldPayAnswers();
    let isAnswered = false;
    const answer = client.ask('pay_invoice', { invoice: bolt11 }).finally(() => {
      isAnswered = true;
    });
    const state = async () =>
      (await client.ask('lookup_invoice', { invoice: bolt11 })).result?.['state'];
    await expect.poll(state, PATIENCE).toBe('settled');
    expect(isAnswered).toBe(false);
    release();
    const received = () => bank.ledger.entry('incoming', paymentHash);
    await expect.poll(() => received()?.state, PATIENCE).toBe('settled');
    const { preimage } = received() ?? {};
    expect((await answer).result).toEqual({ preimage, fees_paid: 0 });
  });

  it('silence: nothing is done', async () => {
    const { bolt11, paymentHash } = askBank(1_000_000n);
    const end = ana.wallet.faultSilence();
    client.publish(client.request('pay_invoice', { invoice: bolt11 }));
    const later = client.request('get_balance', {});
    client.publish(later);
    // What another wallet answers over the same relay has come after it.
    const other = await RawNwcClient.open(bank.nwcUri);
    await other.get('get_balance');
    other.close();
    end();
    expect((await client.ask('get_balance')).error).toBeNull();
    expect(ana.ledger.entry('outgoing', paymentHash)).toBeUndefined();
  });
});

describe('secrets', () => {
  it('lie in the folder, for their owner only', () => {
    const { mode } = statSync(join(folder, 'ana', 'node-seed'));
    expect((mode & 0o777).toString(8)).toBe('600');
  });
});

describe('the NWC client of @getalby/sdk', () => {
  it('pays, asks, looks up and hears of it', async () => {
    vi.stubGlobal('WebSocket', WebSocket);
    const payer = new NWCClient({ nostrWalletConnectUrl: ana.nwcUri });
    const payee = new NWCClient({ nostrWalletConnectUrl: bank.nwcUri });
    const heard: Nip47Notification[] = [];
    const stop = await payee.subscribeNotifications((notification) => heard.push(notification));
    const info = await payer.getWalletServiceInfo();
    expect(info.encryptions).toEqual(['nip44_v2', 'nip04']);
    expect(info.capabilities).toContain('make_hold_invoice');
    expect((await payer.getInfo()).pubkey).toBe(ana.nodeId);
    expect(await payer.getBudget()).toEqual({});
    const made = await payee.makeInvoice({ amount: 2_000_000, description: 'sdk', expiry: 60 });
    const paid = await payer.payInvoice({ invoice: made.invoice });
    expect(paid.fees_paid).toBe(0);
    expect(await payer.payInvoice({ invoice: made.invoice })).toEqual(paid);
    const { payment_hash } = made;
    expect(await payer.lookupInvoice({ payment_hash })).toMatchObject({ state: 'settled' });
    const { transactions } = await payer.listTransactions({ limit: 1 });
    expect(transactions).toMatchObject([{ payment_hash, preimage: paid.preimage }]);
    await expect
      .poll(() => heard, PATIENCE)
      .toMatchObject([{ notification_type: 'payment_received', notification: { payment_hash } }]);
    stop();
    payer.close();
    payee.close();
    vi.unstubAllGlobals();
  });
});
