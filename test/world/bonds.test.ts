/**
 * Bonds on a real chain: bcoin's consensus says what the scripts let through. Spec: specs/bonds.md.
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import {
  bondStanding,
  buildSpending,
  finaliseSpending,
  placeOf,
  readTransaction,
  signSpending,
  spendingVirtualBytes,
  type BondScript,
  type BondStanding,
  type FundedBond,
  type PledgeDocument,
  type SpendingPlan,
} from '@realyield/protocol';
import bcoin from 'bcoin';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EsploraSource, firstOf } from '../../web/lib/chain/esplora.ts';
import type { ChainSource } from '../../web/lib/engine/bonds/ports.ts';
import { bitcoinKey, bitcoinSecret, COLLATERAL, pledgeOf } from '../fixtures/bonds.ts';
import { hashOf, publicOf } from '../fixtures/loan.ts';
import { RegtestChain } from './chain.ts';
import { serveEsplora, type EsploraHandle } from './esplora.ts';
import { must } from '../engine/agreement-scene.ts';

const VALUE_SAT = 1_000_000n;

let chain: RegtestChain;

beforeAll(async () => {
  chain = await RegtestChain.open();
});

afterAll(async () => {
  await chain.stop();
});

const [ARBITER, FALLBACK, TRUSTEE, BANK] = [
  ...['arbiter', 'fallbackArbiter', 'trustee', 'bank'].map(bitcoinSecret),
] as [string, string, string, string];

const collateral = (lockTimeSec: number): BondScript => ({ ...COLLATERAL, lockTimeSec });

function fundedBy(raw: Uint8Array, script: BondScript): FundedBond {
  const { scriptPubKey } = placeOf(script, 'regtest');
  const { txid, outputs } = must(readTransaction(bytesToHex(raw)));
  const vout = outputs.findIndex((output) => output.scriptPubKey === scriptPubKey);
  return { network: 'regtest', script, outpoint: { txid, vout }, valueSat: VALUE_SAT };
}

/** Pays a bond's address and mines it. */
async function fund(script: BondScript): Promise<FundedBond> {
  const { scriptPubKey } = placeOf(script, 'regtest');
  const raw = await chain.fundScript(hexToBytes(scriptPubKey), VALUE_SAT);
  await chain.broadcast(raw);
  await chain.mine();
  return fundedBy(raw, script);
}

/** A stranger's address: what it can be spent by does not matter. */
const recipient = placeOf(
  { kind: 'timeLocked', bankKey: bitcoinKey('stranger'), lockTimeSec: 1_577_836_800 },
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
});

/** Mines two blocks beside the last one; what was in it waits again, or is in another. */
async function replaceLastBlock(): Promise<void> {
  const { node } = chain;
  const nobody = bcoin.KeyRing.generate('regtest').getAddress();
  let before = await node.chain.getEntry(chain.tip().height - 1);
  for (let count = 0; count < 2 && before; count += 1) {
    const job = await node.miner.createJob(before, nobody);
    before = await node.chain.add(job.mine());
  }
}

describe('sources of the chain', () => {
  const NOW_SEC = 1_800_000_000;
  const clock = {
    nowSec: () => NOW_SEC,
    after(delayMs: number, callback: () => void): () => void {
      const timer = setTimeout(callback, delayMs);
      return () => {
        clearTimeout(timer);
      };
    },
  };
  const bank = publicOf('bank');
  let explorers: readonly EsploraHandle[];
  let sources: readonly ChainSource[];

  beforeAll(async () => {
    explorers = await Promise.all([serveEsplora(chain), serveEsplora(chain)]);
    sources = explorers.map(({ url }) => new EsploraSource(url, clock));
  });

  afterAll(async () => {
    for (const explorer of explorers) await explorer.stop();
  });

  function pledgeFor({ outpoint, valueSat }: FundedBond): PledgeDocument {
    return pledgeOf({ outpoint, valueSat: valueSat.toString(), allocations: [] });
  }

  async function standing(document: PledgeDocument, asked = sources): Promise<BondStanding> {
    const answers = await Promise.all(asked.map((source) => source.lookUp(document.outpoint)));
    return bondStanding(document, bank, answers, NOW_SEC);
  }

  /** A source that says everything the first does, but for one path. */
  function lying(path: RegExp, instead: (body: string) => string): ChainSource {
    return new EsploraSource(explorers[0]?.url ?? '', clock, async (input, init) => {
      const response = await fetch(input, init);
      const isIt = path.test(input instanceof Request ? input.url : String(input));
      return isIt ? new Response(instead(await response.text())) : response;
    });
  }

  const silent = new EsploraSource(
    'http://127.0.0.1:9',
    { ...clock, after: () => () => undefined },
    () => Promise.reject(new Error('no route')),
  );
  const hanging = new EsploraSource(
    'http://127.0.0.1:9',
    {
      ...clock,
      after(_delayMs, callback) {
        queueMicrotask(callback);
        return () => undefined;
      },
    },
    (_input, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
      }),
  );

  it('show a bond from its funding to its end, two saying the same', async () => {
    const raw = await chain.fundScript(
      hexToBytes(placeOf(COLLATERAL, 'regtest').scriptPubKey),
      VALUE_SAT,
    );
    const bond = fundedBy(raw, COLLATERAL);
    const pledge = pledgeFor(bond);
    expect(await standing(pledge)).toEqual({ state: 'notThere' });
    await chain.broadcast(raw);
    expect(await standing(pledge)).toEqual({ state: 'unconfirmed' });
    await chain.mine();
    expect(await standing(pledge)).toEqual({
      ...{ state: 'live', height: chain.tip().height, confirmedAtSec: chain.tip().timeSec },
    });
    const names = ['arbiter', 'trustee'].map(bitcoinSecret);
    const [first] = sources;
    const payout = spend(bond, planOf(bond, 'holders', 10_000n), names);
    expect(await first?.broadcast(bytesToHex(payout))).toBeUndefined();
    expect(await first?.broadcast(bytesToHex(payout.slice(0, -1)))).toMatch(/./);
    expect(await standing(pledge)).toEqual({ state: 'spent' });
  });

  it('make no bond good or bad where one is silent or lies, requires: BD-13', async () => {
    const bond = await fund(COLLATERAL);
    const pledge = pledgeFor(bond);
    const [first] = sources as [ChainSource];
    const unverified = (reason: string) => ({ state: 'unverified', reason });
    expect(await standing(pledge, [silent, hanging])).toEqual(unverified('unreachable'));
    expect(await standing(pledge, [first, silent])).toEqual(unverified('oneSource'));
    const liars: [string, ChainSource][] = [
      ['disagree', lying(/outspend/, () => '{"spent":true}')],
      ['unproven', lying(/merkle-proof/, (body) => body.replace(/[0-9a-f]{64}/, hashOf('x')))],
      ['unproven', lying(/header/, (body) => body.slice(0, 72) + hashOf('x') + body.slice(136))],
      ['unproven', lying(/hex/, () => '00')],
      ['oneSource', lying(/outspend/, () => '<html>')],
      ['oneSource', lying(/tip/, () => 'NaN')],
    ];
    for (const [reason, liar] of liars) {
      expect(await standing(pledge, [first, liar])).toEqual(unverified(reason));
    }
    const old = await first.lookUp(pledge.outpoint);
    expect(bondStanding(pledge, bank, [old], NOW_SEC + 3_601)).toEqual(unverified('stale'));
    // A reorganisation: what was in the last block is in none.
    await replaceLastBlock();
    const fresh = await first.lookUp(pledge.outpoint);
    expect(bondStanding(pledge, bank, [old, fresh], NOW_SEC)).toEqual(unverified('disagree'));
  });

  it('say a fee and the newest block, and are not believed a time to come', async () => {
    const [first] = sources as [ChainSource];
    expect(await Promise.all(sources.map((each) => each.feeRate()))).toEqual([1, 1]);
    const height = chain.tip().height;
    const block = await first.newestBlock();
    expect(block).toMatchObject({ height });
    expect(block?.medianTimeSec).toBeLessThanOrEqual(chain.tip().timeSec);
    const ahead = lying(/block\//, () => `{"height":1,"mediantime":${NOW_SEC + 7_200}}`);
    expect(await ahead.newestBlock()).toBeUndefined();
    expect(await silent.newestBlock()).toBeUndefined();
    expect(await firstOf([silent, ahead, first]).newestBlock()).toEqual(block);
  });

  it('show another output for what it is, requires: BD-14, BD-15', async () => {
    const bond = await fund(COLLATERAL);
    const changes: Partial<PledgeDocument>[] = [
      { valueSat: '999999' },
      { lockTimeSec: COLLATERAL.lockTimeSec + 1 },
      { outpoint: { ...bond.outpoint, vout: 1 - bond.outpoint.vout } },
    ];
    for (const change of changes) {
      expect(await standing({ ...pledgeFor(bond), ...change })).toEqual({ state: 'notThere' });
    }
    const late = { ...pledgeFor(bond), lockTimeSec: NOW_SEC };
    expect(await standing(late)).toEqual({ state: 'notThere' });
    const ended = { ...pledgeFor(bond), certificate: { ...pledgeOf().certificate, endPeriod: 0 } };
    expect(await standing(ended)).toEqual({ state: 'uncertified' });
    const answers = await Promise.all(sources.map((each) => each.lookUp(bond.outpoint)));
    const nearEnd = COLLATERAL.lockTimeSec - 7_200;
    const later = answers.map((each) => ({ ...each, atSec: nearEnd }));
    expect(bondStanding(pledgeFor(bond), bank, later, nearEnd)).toEqual({ state: 'unlocked' });
    expect(bondStanding(pledgeFor(bond), bank, later, nearEnd - 1)).toMatchObject({
      state: 'live',
    });
  });

  it('are asked seven things about a bond seen for the first time', async () => {
    const pledge = pledgeFor(await fund(COLLATERAL));
    const source = new EsploraSource(explorers[0]?.url ?? '', clock);
    await source.lookUp(pledge.outpoint);
    expect(source.requests).toBe(7);
  });
});
