/** The wallet client against real wallets on real Lightning nodes, also when things go wrong. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startRelay, type RelayHandle } from '../../relay-rules/src/relay/server.ts';
import { isPreimageOf } from '../../web/lib/engine/payment.ts';
import type { MadeInvoice, PaymentRecord, Wallet } from '../../web/lib/engine/ports.ts';
import { createNwcWallet, parseWalletUri } from '../../web/lib/wallet/nwc.ts';
import { startLightningWorld, type LightningWorld } from '../world/lightning-world.ts';
import { nodeWebSocket as webSocket } from '../world/node-web-socket.ts';

const folder = mkdtempSync(join(tmpdir(), 'nwc-wallet-'));
const PATIENCE = { timeout: 60_000 };
/** How long an answer is waited for that does not come. */
const HASTY_MS = 2_000;
/** No payment is that small that fees round it away, none so large that a channel is full. */
const AMOUNT_MSAT = 25_000_000n;
const UNKNOWN_HASH = 'ee'.repeat(32);
let relay: RelayHandle;
let world: LightningWorld;
let ana: Wallet;
let bakery: Wallet;
const ends: (() => void)[] = [];

beforeAll(async () => {
  relay = await startRelay();
  const personas = ['bank', 'ana', 'bakery'];
  const budgetsMsat = { bakery: 1_000_000n };
  world = await startLightningWorld({ folder, relayUrl: relay.url, personas, budgetsMsat });
});

afterAll(async () => {
  await world.stop();
  await relay.stop();
  rmSync(folder, { recursive: true, force: true });
});

function connect(persona: string, payReplyMs = 60_000): Wallet {
  const parsed = parseWalletUri(world.of(persona).nwcUri);
  if (!parsed.ok) throw new Error(parsed.detail);
  return createNwcWallet(parsed.value, { webSocket, replyMs: 20_000, payReplyMs });
}

/** Ana's wallet, of which an answer to a payment is not waited for long. */
function hastyAna(): Wallet {
  const wallet = connect('ana', HASTY_MS);
  ends.push(() => {
    wallet.close();
  });
  return wallet;
}

beforeEach(() => {
  ana = connect('ana');
  bakery = connect('bakery');
});

afterEach(() => {
  for (const end of ends.splice(0)) end();
  ana.close();
  bakery.close();
});

async function invoice(amountMsat = AMOUNT_MSAT): Promise<MadeInvoice> {
  const order = { amountMsat, description: 'Part 1', expirySec: 600 };
  const made = await bakery.makeInvoice(order);
  if (made.state !== 'answered') throw new Error(made.sentence);
  return made.value;
}

async function settled(wallet: Wallet, query: MadeInvoice): Promise<PaymentRecord> {
  return vi.waitFor(async () => {
    const found = await wallet.lookup(query);
    const record = found.state === 'answered' ? found.value : undefined;
    if (record?.state !== 'settled') throw new Error(`still ${JSON.stringify(found.state)}`);
    return record;
  }, PATIENCE);
}

test('a wallet says what it can do and holds', async () => {
  const info = await ana.info();
  expect(info).toMatchObject({
    state: 'answered',
    value: { alias: 'ana', network: 'regtest', nodeId: world.of('ana').nodeId },
  });
  expect(info).toHaveProperty('value.methods', expect.arrayContaining(['pay_invoice']));
  const balance = await ana.balance();
  expect(balance.state).toBe('answered');
  expect(await ana.budget()).toEqual({ state: 'answered', value: undefined });
  expect(await bakery.budget()).toEqual({
    state: 'answered',
    value: { totalMsat: 1_000_000n, usedMsat: 0n },
  });
});

test('an invoice is paid, both sides know it, and both are told', async () => {
  const told: PaymentRecord[] = [];
  for (const wallet of [ana, bakery]) {
    wallet.onPayment((record) => {
      told.push(record);
    });
  }
  const made = await invoice();
  const before = await ana.balance();
  const paid = await ana.pay(made.invoice);
  if (paid.state !== 'answered' || before.state !== 'answered') throw new Error(paid.state);
  expect(isPreimageOf(paid.value.preimage, made.paymentHash)).toBe(true);
  const after = await ana.balance();
  expect(after).toEqual({
    state: 'answered',
    value: before.value - AMOUNT_MSAT - paid.value.feesPaidMsat,
  });
  expect(await settled(ana, made)).toMatchObject({
    direction: 'outgoing',
    preimage: paid.value.preimage,
    amountMsat: AMOUNT_MSAT,
    feesPaidMsat: paid.value.feesPaidMsat,
  });
  expect(await settled(bakery, made)).toMatchObject({ direction: 'incoming' });
  await vi.waitUntil(() => told.length >= 2, PATIENCE);
  expect(told.map(({ direction }) => direction).sort()).toEqual(['incoming', 'outgoing']);
});

test('too little money and a used-up budget are definite refusals', async () => {
  const tooMuch = await invoice(15_000_000_000n);
  const refused = { state: 'refused', code: 'INSUFFICIENT_BALANCE' };
  expect(await ana.pay(tooMuch.invoice)).toMatchObject(refused);
  const order = { amountMsat: 2_000_000n, description: '', expirySec: 600 };
  const back = await ana.makeInvoice(order);
  if (back.state !== 'answered') throw new Error(back.sentence);
  expect(await bakery.pay(back.value.invoice)).toMatchObject({ code: 'QUOTA_EXCEEDED' });
});

test('a payment nobody heard of is known to be none', async () => {
  const value = undefined;
  expect(await ana.lookup({ paymentHash: UNKNOWN_HASH })).toEqual({ state: 'answered', value });
  const made = await invoice();
  expect(await ana.lookup(made)).toEqual({ state: 'answered', value });
});

test('an answer that is lost leaves the payment unknown, and a lookup settles it', async () => {
  const made = await invoice();
  ends.push(world.of('ana').wallet.faultHoldPayAnswers());
  expect(await hastyAna().pay(made.invoice)).toMatchObject({ state: 'unknown' });
  const record = await settled(ana, made);
  expect(isPreimageOf(record.preimage ?? '', made.paymentHash)).toBe(true);
});

test('a relay that drops everybody in the middle of a payment loses no money', async () => {
  const made = await invoice();
  const release = world.of('ana').wallet.faultHoldPayAnswers();
  ends.push(release);
  const paying = hastyAna().pay(made.invoice);
  await vi.waitUntil(
    () => world.of('ana').ledger.entry('outgoing', made.paymentHash)?.state === 'settled',
    PATIENCE,
  );
  relay.dropConnections();
  expect(await paying).toMatchObject({ state: 'unknown' });
  await world.of('ana').wallet.ready();
  await settled(ana, made);
  const outgoing = world.of('ana').ledger.byHash(made.paymentHash);
  expect(outgoing).toHaveLength(1);
});

test('paying the same invoice again is the same payment', async () => {
  const made = await invoice();
  const first = await ana.pay(made.invoice);
  expect(first.state).toBe('answered');
  const between = await ana.balance();
  expect(await ana.pay(made.invoice)).toEqual(first);
  expect(await ana.balance()).toEqual(between);
});

test('a wallet that is switched off is unknown, and executes nothing afterwards', async () => {
  const made = await invoice();
  const wake = world.of('ana').wallet.faultSilence();
  ends.push(wake);
  expect(await hastyAna().pay(made.invoice)).toEqual({
    state: 'unknown',
    sentence: 'The wallet has not answered.',
  });
  wake();
  expect((await ana.balance()).state).toBe('answered');
  expect(await ana.lookup(made)).toEqual({ state: 'answered', value: undefined });
});
