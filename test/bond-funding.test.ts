/** Proofs of a bond’s funding that a client asks its sources for, and what it says of them. */
import {
  placeOf,
  proofIn,
  readEvent,
  type ParsedPledge,
  type SourceAnswer,
} from '@realyield/protocol';
import { describe, expect, it } from 'vitest';
import { fundingProofs } from '../web/lib/engine/bonds/funding.ts';
import { isPledge } from '../web/lib/engine/bonds/pledge-book.ts';
import { bondProvingWords } from '../web/lib/state/views/evidence-words.ts';
import { fundedOutput } from './fixtures/blocks.ts';
import { COLLATERAL, pledgeEvent } from './fixtures/bonds.ts';
import { HandClock } from './fixtures/hand-clock.ts';
import { must } from './fixtures/must.ts';

const { scriptPubKey } = placeOf(COLLATERAL, 'regtest');
const { txid, report } = fundedOutput(scriptPubKey);
const clock = new HandClock();

function pledgeOn(changes: object = {}): ParsedPledge {
  const event = pledgeEvent({ outpoint: { txid, vout: 0 }, ...changes });
  const pledge = must(readEvent(event)).find(isPledge);
  if (!pledge) throw new Error('no pledge');
  return pledge;
}

/** A source that says this, and how often it was asked. */
function source(said: SourceAnswer['report']) {
  const made = {
    asked: 0,
    lookUp: () => {
      made.asked += 1;
      return Promise.resolve({ source: 'one', atSec: 0, report: said });
    },
  };
  return made;
}

describe('proofs for an evidence file', () => {
  it('are those of the first source that proves it', async () => {
    const sources = [source(undefined), source('none'), source(report), source(report)];
    const found = await fundingProofs([pledgeOn()], sources, clock);
    expect(found).toEqual({ proofs: [proofIn(report)], state: 'proven' });
    expect(sources.map(({ asked }) => asked)).toEqual([1, 1, 1, 0]);
  });

  it('are none where nobody answers, or what is answered proves nothing', async () => {
    const ask = (...said: SourceAnswer['report'][]) =>
      fundingProofs([pledgeOn()], said.map(source), clock);
    expect(await ask()).toEqual({ proofs: [], state: 'unanswered' });
    expect(await ask(undefined, undefined)).toEqual({ proofs: [], state: 'unanswered' });
    const { block, ...waiting } = report;
    const moved = block && { ...block, branch: { ...block.branch, position: 1 } };
    const other = fundedOutput(scriptPubKey, 'fdffffff').report;
    for (const said of [
      'none' as const,
      waiting,
      other,
      { ...report, ...(moved && { block: moved }) },
    ]) {
      expect(await ask(said)).toEqual({ proofs: [], state: 'unproven' });
    }
  });

  it('do not wait for a source that never answers', async () => {
    const silent = { lookUp: () => new Promise<never>(() => undefined) };
    const asking = fundingProofs([pledgeOn()], [silent, source(report)], clock);
    clock.pass(60_000);
    expect((await asking).state).toBe('proven');
  });

  it('are taken too where they show that something else is there', async () => {
    const more = pledgeOn({ valueSat: '1000001' });
    const found = await fundingProofs([more], [source(report)], clock);
    expect(found).toMatchObject({ proofs: [proofIn(report)], state: 'other' });
  });
});

it('says what the saved file proves, and who would have to be asked, requires: EB-12', () => {
  expect(bondProvingWords({ state: 'proven' }).kind).toBe('done');
  for (const state of ['unproven', 'unanswered'] as const) {
    const { title, act } = bondProvingWords({ state });
    expect(title).toBe('The file is saved, without proof that the bond was funded.');
    expect(act).toBe('Ask again and save');
  }
  expect(bondProvingWords({ state: 'other' }).kind).toBe('problem');
  const urls = ['https://one.example/api', 'https://two.example/api'];
  const asleep = { state: 'notAsked', network: 'signet', isSet: false, urls } as const;
  const { todo, act } = bondProvingWords(asleep);
  expect(todo).toContain('You have set no sources for Bitcoin’s signet. To prove it, one.example');
  expect(act).toBe('Ask them and save again');
  expect(bondProvingWords({ ...asleep, urls: [] })).not.toHaveProperty('act');
});
