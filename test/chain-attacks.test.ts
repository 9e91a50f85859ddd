/**
 * What sources of the chain can try, each refused by whoever looks at a bond: the attacks of
 * specs/bonds.md, one test each.
 */
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { checkInclusion, placeOf, readBlockHeader, readTransaction } from '@realyield/protocol';
import { expect, it } from 'vitest';
import { fundedOutput, headerOver, transactionOf, twice } from './fixtures/blocks.ts';
import {
  both,
  FUNDED,
  inBlock,
  pledged,
  scene,
  settle,
  standing,
  unverified,
} from './fixtures/bond-sources.ts';
import { COLLATERAL } from './fixtures/bonds.ts';
import { hashOf } from './fixtures/loan.ts';
import { must } from './fixtures/must.ts';

it('an output that a reorganisation took out of its block', async () => {
  // In another block by one, in none by both.
  const moved = fundedOutput(placeOf(COLLATERAL, 'regtest').scriptPubKey, undefined, 'beside');
  const seen = await standing([FUNDED.report, moved.report]);
  expect(seen).toEqual(unverified('disagree'));
  const { block: _block, ...waiting } = FUNDED.report;
  expect(await standing([FUNDED.report, waiting])).toEqual(unverified('disagree'));
  expect(await standing(both(waiting))).toEqual({ state: 'unconfirmed' });
});

it('a forged Merkle proof', async () => {
  const { block } = FUNDED.report;
  const hashes = block?.branch.hashes ?? [];
  for (const branch of [
    { position: 0, hashes: [hashOf('forged')] },
    { position: 1, hashes },
    { position: 2, hashes },
    { position: 0, hashes: [] },
    { position: 0, hashes: [...hashes, hashOf('forged')] },
  ]) {
    const forged = inBlock(FUNDED, { branch });
    expect(await standing(both(forged))).toEqual(unverified('unproven'));
    expect(await standing([FUNDED.report, forged])).toEqual(unverified('unproven'));
  }
});

it('a transaction of 64 bytes, shown as two hashes below which there is another', async () => {
  // A funding that was never mined, the hash of which can begin a transaction.
  const funding = Array.from({ length: 4_096 }, (_, index) => {
    const sequence = index.toString(16).padStart(8, '0');
    return transactionOf('51', placeOf(COLLATERAL, 'regtest').scriptPubKey, sequence);
  }).find((each) => twice(hexToBytes(each))[4] === 1);
  const leaf = twice(hexToBytes(funding ?? ''));
  // The rest of one input, one output, and scripts of 4 bytes in all.
  const rest = new Uint8Array(32).fill(0x51);
  [rest[9], rest[14], rest[23]] = [0, 1, 4];
  const report = (beside: Uint8Array) => {
    const header = headerOver(twice(concatBytes(leaf, beside)));
    const branch = { position: 0, hashes: [bytesToHex(beside.slice().reverse())] };
    const block = { height: 500, header, branch };
    return { ...FUNDED.report, transaction: funding ?? '', block };
  };
  const txid = bytesToHex(leaf.slice().reverse());
  const pledge = pledged({ outpoint: { txid, vout: 0 } });
  expect(await standing(both(report(rest)), pledge)).toEqual(unverified('unproven'));
  const honest = rest.slice();
  honest[23] = 5;
  expect(await standing(both(report(honest)), pledge)).toMatchObject({ state: 'live' });
});

it('a transaction of 64 bytes', () => {
  const transaction = transactionOf('5151', '5151');
  expect(transaction).toHaveLength(128);
  const hash = twice(hexToBytes(transaction));
  const header = must(readBlockHeader(headerOver(hash)));
  const read = must(readTransaction(transaction));
  const alone = { position: 0, hashes: [] };
  const proven = checkInclusion(read, alone, header, 'regtest');
  expect(proven).toMatchObject({ code: 'CHAIN_TRANSACTION' });
});

it.each(['mainnet', 'testnet', 'signet'] as const)(
  'headers of too little work: %s',
  async (network) => {
    const seen = await standing(both(FUNDED.report), pledged({ network }), network);
    expect(seen).toEqual(unverified('unproven'));
  },
);

it('a header whose hash is above the target it names', async () => {
  const header = FUNDED.report.block?.header.replace('ffff7f20', 'ffff001d') ?? '';
  const seen = await standing(both(inBlock(FUNDED, { header })));
  expect(seen).toEqual(unverified('unproven'));
});

it.each([
  ['spent, where it is not', { ...FUNDED.report, isSpent: true }, 'disagree'],
  ['that there is none', 'none', 'disagree'],
  ['another block', inBlock(FUNDED, { header: '00'.repeat(80) }), 'unproven'],
  ['another transaction', { ...FUNDED.report, transaction: transactionOf('51', '51') }, 'unproven'],
  ['nothing that can be read', { ...FUNDED.report, transaction: '00' }, 'unproven'],
] as const)('a lie of one of two: %s', async (_, lie, reason) => {
  expect(await standing([FUNDED.report, lie])).toEqual(unverified(reason));
  expect(await standing([lie, FUNDED.report])).toEqual(unverified(reason));
});

it('to hang: the bond is neither good nor bad, and the page waits for nobody', async () => {
  expect(await standing([FUNDED.report, 'hangs'])).toEqual(unverified('oneSource'));
  const { clock, one, two, watch, pledge } = scene();
  [one.said, two.said] = ['hangs', 'hangs'];
  watch.askNow(pledge);
  clock.pass(45_000);
  await settle();
  expect(watch.check(pledge)).toMatchObject({
    ...{ standing: unverified('unreachable'), isAsking: false },
  });
});
