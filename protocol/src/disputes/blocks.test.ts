// Blocks that steps name, by what sources of the chain answer about them.
import { hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockStanding, deniedBasis, readBlockHeader, type BlockReport } from '../index.ts';
import { hashOf } from '../testing/keys.ts';

/** Bitcoin's first block: its work is that of a test network. */
const GENESIS =
  '0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c' +
  '3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c';
const read = readBlockHeader(GENESIS);
if (!read.ok) throw new Error(read.code);
const named = { height: 0, hash: read.value.hash, medianTimeSec: read.value.timeSec };
const report: BlockReport = {
  tipHeight: 900_000,
  block: { header: GENESIS, medianTimeSec: named.medianTimeSec },
};
const other = { ...named, hash: hashOf('another block') };
const [checked, unchecked, denied] = ['checked', 'unchecked', 'denied'] as const;

describe('a block that a step names', () => {
  it('is checked when two sources prove the same of it, requires: DI-33', () => {
    expect(blockStanding(named, 'testnet', [report, report])).toEqual({ state: checked });
    const standing = (...reports: (BlockReport | undefined)[]) =>
      blockStanding(named, 'testnet', reports);
    expect(standing()).toEqual({ state: unchecked, reason: 'unreachable' });
    expect(standing(undefined, undefined)).toEqual({ state: unchecked, reason: 'unreachable' });
    expect(standing(report, undefined)).toEqual({ state: unchecked, reason: 'oneSource' });
    const silent = { tipHeight: 900_000 };
    expect(standing(report, silent)).toEqual({ state: unchecked, reason: 'unproven' });
    const later = { ...report, block: { header: GENESIS, medianTimeSec: 5 } };
    expect(standing(report, later)).toEqual({ state: unchecked, reason: 'disagree' });
  });

  it('is none where two sources have another block or time there, requires: DI-33', () => {
    const all = [report, report];
    expect(blockStanding(other, 'testnet', all)).toEqual({ state: denied, reason: 'otherBlock' });
    const early = { ...named, medianTimeSec: named.medianTimeSec - 1 };
    expect(blockStanding(early, 'testnet', all)).toEqual({ state: denied, reason: 'otherTime' });
    expect(blockStanding(other, 'testnet', [report, undefined])).toEqual({
      ...{ state: unchecked, reason: 'oneSource' },
    });
  });

  it('is not denied by a header of too little work', () => {
    const both = [report, report];
    expect(blockStanding(other, 'mainnet', both)).toEqual({ state: unchecked, reason: 'unproven' });
  });

  it('may be one that a source has not seen yet, and not one far above, requires: DI-33', () => {
    const at = (height: number, ...tips: number[]) =>
      blockStanding(
        { ...named, height },
        'testnet',
        tips.map((tipHeight) => ({ tipHeight })),
      );
    expect(at(106, 100, 100)).toEqual({ state: unchecked, reason: 'ahead' });
    expect(at(107, 100, 100)).toEqual({ state: denied, reason: 'beyond' });
    expect(at(107, 100, 101)).toEqual({ state: unchecked, reason: 'oneSource' });
    const behind = [{ tipHeight: -1 }, report];
    expect(blockStanding(named, 'testnet', behind)).toEqual({
      ...{ state: unchecked, reason: 'oneSource' },
    });
  });

  it('is never checked by any other header, whatever byte is changed', () => {
    const bytes = hexToBytes(GENESIS);
    fc.assert(
      fc.property(fc.nat(79), fc.integer({ min: 1, max: 255 }), (at, bits) => {
        const copy = bytes.slice();
        copy[at] = (copy[at] ?? 0) ^ bits;
        const header = Buffer.from(copy).toString('hex');
        const forged = { ...report, block: { header, medianTimeSec: named.medianTimeSec } };
        expect(blockStanding(named, 'testnet', [forged, forged]).state).not.toBe(checked);
      }),
    );
  });
});

it('keeps from signing what rests on a denied step, requires: DI-34', () => {
  const [dispute, join, taken, outcome] = ['case', 'join', 'taken', 'ruling'] as const;
  const isDenied =
    (...ids: string[]) =>
    (id: string) =>
      ids.includes(id);
  const basis = { dispute, admitted: [dispute, join], taken, outcome };
  expect(deniedBasis(basis, isDenied())).toBeUndefined();
  for (const id of [dispute, join, taken, outcome]) {
    expect(deniedBasis(basis, isDenied(id))).toBe(id);
  }
  // A claim that joined with such a block stops nobody who leaves it out.
  expect(deniedBasis({ dispute, admitted: [dispute] }, isDenied(join))).toBeUndefined();
});
