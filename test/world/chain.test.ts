/** The local chain: it mines by itself, pays, and refuses what a full node must refuse. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { payoutScript } from '@realyield/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { outputsAt, transactionsOf } from './chain-queries.ts';
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

it('lists what lies at an address, from a folder too, and after it was opened again', async () => {
  const address = 'bcrt1qfmwavx6redw8xjhj5pye5udeph9jucel6398pq0lyfcueah7jtuq5342tf';
  const script = payoutScript(address, 'regtest');
  if (!script.ok) throw new Error(script.code);
  const folder = mkdtempSync(join(tmpdir(), 'real-yield-chain-'));
  let kept = await RegtestChain.open(folder);
  expect(await outputsAt(kept, address)).toEqual([]);
  await kept.broadcast(await kept.fundScript(script.value, 400_000n));
  expect(await outputsAt(kept, address)).toMatchObject([{ status: { confirmed: false } }]);
  await kept.mine();
  const found = [{ value: 400_000, status: { confirmed: true } }];
  expect(await outputsAt(kept, address)).toMatchObject(found);
  await kept.stop();
  kept = await RegtestChain.open(folder);
  expect(await outputsAt(kept, address)).toMatchObject(found);
  expect(await transactionsOf(kept, address)).toHaveLength(1);
  await kept.stop();
  rmSync(folder, { recursive: true });
});
