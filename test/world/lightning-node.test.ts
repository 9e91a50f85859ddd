/** Two Lightning nodes and a channel: what they tell, when nobody listens, and lost connections. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RegtestChain } from './chain.ts';
import type { PaymentEvent } from './lightning-events.ts';
import { LightningNode } from './lightning-node.ts';
import { NodeStore } from './node-store.ts';

const PATIENCE = { timeout: 60_000, interval: 20 };
/** Blocks for which a hold invoice asks. */
const HELD_BLOCKS = 60;
const problems: string[] = [];
let chain: RegtestChain;
let payer: LightningNode;
let payee: LightningNode;

async function startNode(fill: number): Promise<LightningNode> {
  const seed = new Uint8Array(32).fill(fill);
  const store = NodeStore.open(':memory:');
  const onProblem = (problem: string): number => problems.push(problem);
  return LightningNode.start({ chain, seed, store, onProblem });
}

beforeAll(async () => {
  chain = await RegtestChain.open();
  payer = await startNode(1);
  payee = await startNode(2);
});

afterAll(async () => {
  await Promise.all([payer.stop(), payee.stop()]);
  await chain.stop();
  expect(problems).toEqual([]);
});

function nowSec(): number {
  return Math.floor(Date.now() / 1000);
}

it('opens a channel', async () => {
  await payer.connect({ nodeId: payee.nodeId, port: await payee.listen() });
  await expect.poll(() => payer.isConnectedTo(payee.nodeId), PATIENCE).toBe(true);
  payer.openChannel(payee.nodeId, 1_000_000n, 400_000_000n);
  await expect.poll(() => chain.transactionCount, PATIENCE).toBe(1);
  await chain.mine(3);
  await expect.poll(() => payer.usableChannelCount(), PATIENCE).toBe(1);
  await expect.poll(() => payee.usableChannelCount(), PATIENCE).toBe(1);
  expect(payee.balanceMsat()).toBe(390_000_000n);
});

it('tells what happened once somebody listens, and again until it was taken', async () => {
  const expiresAtSec = nowSec() + 100;
  const bolt11 = payee.makeInvoice({ amountMsat: 1_000n, description: 'late', expiresAtSec });
  expect(payer.send(bolt11)).toBe('sent');
  expect(payer.send(bolt11)).toBe('duplicate');
  const heard: PaymentEvent[] = [];
  let refusals = 0;
  payee.setListener((event) => {
    if (refusals === 0) {
      refusals += 1;
      throw new Error('the disk is full');
    }
    heard.push(event);
    if (event.type === 'claimable' && event.preimage !== undefined) payee.claim(event.preimage);
  });
  await expect
    .poll(() => heard.map(({ type }) => type), PATIENCE)
    .toEqual(['claimable', 'claimed']);
  const [{ paymentHash }] = heard as [PaymentEvent];
  expect(problems.splice(0)).toEqual([expect.stringContaining('the disk is full')]);
  await expect.poll(() => payee.isHolding(paymentHash), PATIENCE).toBe(false);
  // The payer's node has known for long; its listener comes only now.
  const sent: PaymentEvent[] = [];
  expect(payer.isSending(paymentHash)).toBe(true);
  payer.setListener((event) => sent.push(event));
  await expect.poll(() => sent, PATIENCE).toMatchObject([{ type: 'sent', paymentHash }]);
});

it('comes back after the connection was lost, also in the middle of a payment', async () => {
  const order = { amountMsat: 1_000n, description: 'cut', expiresAtSec: nowSec() + 100 };
  const sent: PaymentEvent[] = [];
  payer.setListener((event) => sent.push(event));
  expect(payer.send(payee.makeInvoice(order))).toBe('sent');
  payee.faultDropConnections();
  await expect.poll(() => sent.map(({ type }) => type), PATIENCE).toEqual(['sent']);
  await expect.poll(() => payer.usableChannelCount(), PATIENCE).toBe(1);
  expect(payer.send(payee.makeInvoice(order))).toBe('sent');
  await expect.poll(() => sent.map(({ type }) => type), PATIENCE).toEqual(['sent', 'sent']);
});

it('tells that what was held has gone back, once its deadline is past', async () => {
  const paymentHash = 'cd'.repeat(32);
  const order = { amountMsat: 1_000n, description: 'held', expiresAtSec: nowSec() + 100 };
  const heard: PaymentEvent[] = [];
  const sent: PaymentEvent[] = [];
  payee.setListener((event) => heard.push(event));
  payer.setListener((event) => sent.push(event));
  payer.send(payee.makeInvoice({ ...order, paymentHash, minFinalCltvExpiry: HELD_BLOCKS }));
  await expect.poll(() => heard.length, PATIENCE).toBe(1);
  const [claimable] = heard;
  const deadline = claimable?.type === 'claimable' ? (claimable.claimDeadlineHeight ?? 0) : 0;
  expect(deadline).toBeGreaterThan(chain.tip().height);
  await chain.mine(deadline - chain.tip().height);
  await expect.poll(() => sent, PATIENCE).toMatchObject([{ type: 'failed', paymentHash }]);
  await expect.poll(() => heard[1], PATIENCE).toEqual({ type: 'released', paymentHash });
  expect(payee.isHolding(paymentHash)).toBe(false);
});

it('expires invoices when asked to, however old the last block is', () => {
  const expiresAtSec = nowSec() + 7;
  const order = { amountMsat: 1_000n, description: { hash: 'ab'.repeat(32) }, expiresAtSec };
  expect(payee.makeInvoice(order)).toMatch(/^lnbcrt10n1/);
  const long = { ...order, description: 'x'.repeat(640) };
  expect(() => payee.makeInvoice(long)).toThrow('too long');
  expect(payer.send('lnbcrt1nonsense')).toBe('unreadable');
});
