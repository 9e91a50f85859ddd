/**
 * Bonds on a real chain: bcoin's consensus says what the scripts let through. Spec: specs/bonds.md.
 */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import {
  buildSpending,
  checkInclusion,
  finaliseSpending,
  placeOf,
  readBlockHeader,
  readTransaction,
  signSpending,
  spendingVirtualBytes,
  type BondScript,
  type FundedBond,
  type MerkleBranch,
  type SpendingPlan,
} from '@realyield/protocol';
import bcoin from 'bcoin';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RegtestChain } from './chain.ts';
import { must } from '../engine/agreement-scene.ts';

const secretOf = (fill: number): string => bytesToHex(new Uint8Array(32).fill(fill));
const keyOf = (secret: string): string =>
  bytesToHex(secp256k1.getPublicKey(hexToBytes(secret), true));

const [ARBITER, FALLBACK, TRUSTEE, BANK, STRANGER] = [1, 2, 3, 4, 5].map(secretOf) as [
  string,
  string,
  string,
  string,
  string,
];
const VALUE_SAT = 1_000_000n;

let chain: RegtestChain;

beforeAll(async () => {
  chain = await RegtestChain.open();
});

afterAll(async () => {
  await chain.stop();
});

function collateral(lockTimeSec: number): BondScript {
  const holderKeys = {
    arbiter: keyOf(ARBITER),
    fallbackArbiter: keyOf(FALLBACK),
    trustee: keyOf(TRUSTEE),
  };
  return { kind: 'collateral', bankKey: keyOf(BANK), lockTimeSec, holderKeys };
}

/** Pays a bond's address and mines it. */
async function fund(script: BondScript): Promise<FundedBond> {
  const { scriptPubKey } = placeOf(script, 'regtest');
  const raw = await chain.fundScript(hexToBytes(scriptPubKey), VALUE_SAT);
  await chain.broadcast(raw);
  await chain.mine();
  const { txid, outputs } = must(readTransaction(bytesToHex(raw)));
  const vout = outputs.findIndex((output) => output.scriptPubKey === scriptPubKey);
  return { network: 'regtest', script, outpoint: { txid, vout }, valueSat: VALUE_SAT };
}

/** A stranger's address: what it can be spent by does not matter. */
const recipient = placeOf(
  { kind: 'timeLocked', bankKey: keyOf(STRANGER), lockTimeSec: 1_577_836_800 },
  'regtest',
).address;

function planOf(bond: FundedBond, path: SpendingPlan['path'], valueSat: bigint): SpendingPlan {
  const feeSat = BigInt(2 * spendingVirtualBytes(bond, path, [recipient]));
  return { path, outputs: [{ address: recipient, valueSat }], feeSat };
}

function spend(bond: FundedBond, plan: SpendingPlan, secrets: readonly string[]): Uint8Array {
  const unsigned = must(buildSpending(bond, plan));
  const signed = secrets.map((secret) => must(signSpending(unsigned, bond, plan, secret)));
  return hexToBytes(must(finaliseSpending(signed, bond, plan)));
}

/** Mines until the chain's own clock, the median of eleven blocks, is past a time. */
async function passTime(timeSec: number): Promise<void> {
  const { node } = chain;
  const nobody = bcoin.KeyRing.generate('regtest').getAddress();
  for (let index = 1; index <= 11; index += 1) {
    const job = await node.miner.createJob(node.chain.tip, nobody);
    job.attempt.time = timeSec + index;
    await node.chain.add(job.mine());
  }
}

/** The branch of a transaction in a block, reckoned from the whole block. */
function branchOf(txids: readonly string[], position: number): MerkleBranch {
  const hashes: string[] = [];
  let row = txids.map((txid) => hexToBytes(txid).reverse());
  for (let place = position; row.length > 1; place = Math.floor(place / 2)) {
    const last = row.at(-1);
    if (row.length % 2 === 1 && last) row.push(last);
    hashes.push(
      bytesToHex(
        (row[place % 2 === 1 ? place - 1 : place + 1] ?? new Uint8Array()).slice().reverse(),
      ),
    );
    const above: Uint8Array<ArrayBuffer>[] = [];
    for (let at = 0; at < row.length; at += 2) {
      above.push(sha256(sha256(concatBytes(...row.slice(at, at + 2)))) as Uint8Array<ArrayBuffer>);
    }
    row = above;
  }
  return { position, hashes };
}

describe('a collateral bond', () => {
  it('is paid out by arbiter and trustee, and what is left is still a bond', async () => {
    const bond = await fund(collateral(4_000_000_000));
    const plan = planOf(bond, 'holders', 400_000n);
    const raw = spend(bond, plan, [TRUSTEE, ARBITER]);
    const virtualBytes = spendingVirtualBytes(bond, 'holders', [recipient]);
    await chain.broadcast(raw);
    await chain.mine();
    const spent = must(readTransaction(bytesToHex(raw)));
    expect(spent.spends).toEqual([bond.outpoint]);
    expect(spent.outputs.map(({ valueSat }) => valueSat)).toEqual([
      400_000n,
      VALUE_SAT - 400_000n - plan.feeSat,
    ]);
    expect(spent.outputs[1]?.scriptPubKey).toBe(placeOf(bond.script, 'regtest').scriptPubKey);
    // Signatures are at most two bytes shorter than reckoned with.
    const real = Math.ceil((3 * spent.strippedBytes + raw.length) / 4);
    expect(virtualBytes - real).toBeGreaterThanOrEqual(0);
    expect(virtualBytes - real).toBeLessThanOrEqual(2);
    const change: FundedBond = {
      ...bond,
      outpoint: { txid: spent.txid, vout: 1 },
      valueSat: spent.outputs[1]?.valueSat ?? 0n,
    };
    await chain.broadcast(spend(change, planOf(change, 'holders', 1_000n), [FALLBACK, TRUSTEE]));
  });

  it('is out of the bank’s reach before its time and the bank’s after it', async () => {
    const lockTimeSec = chain.tip().timeSec + 60;
    const bond = await fund(collateral(lockTimeSec));
    const raw = spend(bond, planOf(bond, 'bank', 900_000n), [BANK]);
    await expect(chain.broadcast(raw)).rejects.toThrow('non-final');
    const early = { ...bond, script: collateral(lockTimeSec - 1) };
    const swapped = spend(early, planOf(early, 'bank', 900_000n), [BANK]);
    await expect(chain.broadcast(swapped)).rejects.toThrow();
    await passTime(lockTimeSec);
    await chain.broadcast(raw);
    await chain.mine();
  });

  it('is proven to lie in its block by the branch to its root', async () => {
    const bond = await fund(collateral(4_000_000_000));
    const block = (await chain.blocksAfter(chain.tip().height - 1))[0];
    const transactions = (block?.transactions ?? []).map((raw) =>
      must(readTransaction(bytesToHex(raw))),
    );
    const position = transactions.findIndex(({ txid }) => txid === bond.outpoint.txid);
    const header = must(readBlockHeader(bytesToHex(block?.header ?? new Uint8Array())));
    const branch = branchOf(
      transactions.map(({ txid }) => txid),
      position,
    );
    const [funding] = transactions.slice(position);
    if (!funding) throw new Error('The funding transaction is not in the last block.');
    expect(checkInclusion(funding, branch, header, 'regtest').ok).toBe(true);
    expect(checkInclusion(funding, branch, header, 'mainnet')).toMatchObject({
      code: 'CHAIN_BLOCK',
    });
    const elsewhere = { ...branch, position: position ^ 1 };
    expect(checkInclusion(funding, elsewhere, header, 'regtest')).toMatchObject({
      code: 'CHAIN_BRANCH',
    });
  });
});
