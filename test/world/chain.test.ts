/** The local chain: it mines by itself, pays, and refuses what a full node must refuse. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RegtestChain } from './chain.ts';

/** Pay to a witness script hash of which nobody knows the script. */
const SCRIPT = new Uint8Array([0, 32, ...new Uint8Array(32).fill(7)]);

let chain: RegtestChain;

beforeAll(async () => {
  chain = await RegtestChain.open();
});

afterAll(() => chain.stop());

it('starts with segwit active and no block in the future', () => {
  const { height, hash, timeSec } = chain.tip();
  expect(height).toBeGreaterThanOrEqual(432);
  expect(hash).toHaveLength(32);
  expect(timeSec).toBeLessThanOrEqual(Math.floor(Date.now() / 1000));
});

it('pays a script, confirms it, and tells of each block once', async () => {
  const heard: [number, number][] = [];
  const stop = chain.onBlock((block, height) => heard.push([height, block.length]));
  const before = chain.tip().height;
  await chain.mine();
  await chain.broadcast(await chain.fundScript(SCRIPT, 1_000_000n));
  await Promise.all([chain.mine(), chain.mine()]);
  stop();
  await chain.mine();
  expect(chain.tip().height).toBe(before + 4);
  expect(heard.map(([height]) => height)).toEqual([before + 1, before + 2, before + 3]);
  const [empty, withPayment] = heard;
  expect(withPayment?.[1]).toBeGreaterThan(empty?.[1] ?? 0);
});

it('refuses to spend the same coin twice', async () => {
  const raw = await chain.fundScript(SCRIPT, 1_000_000n);
  await chain.broadcast(raw);
  await chain.mine();
  await expect(chain.broadcast(raw)).rejects.toThrow();
  expect(chain.transactionCount).toBe(2);
});

it('keeps dates right when many blocks are mined at once', async () => {
  await chain.mine(30);
  expect(chain.tip().timeSec - Date.now() / 1000).toBeLessThan(10);
});
