/** Whom the page of a case asks about its blocks: its own chain's sources, and nobody unasked. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { foldDispute, type BitcoinNetwork, type ParsedDispute } from '@realyield/protocol';
import { TestCase, unpaidLoan } from '../protocol/src/testing/disputes.ts';
import type { CaseView } from '../web/lib/engine/cases/case-book.ts';
import type { App } from '../web/lib/state/app.svelte.ts';
import { BondDesk } from '../web/lib/state/bonds.svelte.ts';
import { CaseBlocks } from '../web/lib/state/case-blocks.svelte.ts';
import { addressSourcesOf, chainOf } from '../web/lib/state/chain.ts';
import { saveSources, type ChosenSources } from '../web/lib/state/chain-choice.ts';
import { refusalInWords } from '../web/lib/state/refusals-in-words.ts';
import { unsetChainWords } from '../web/lib/state/views/fallback.ts';
import { asleepWords } from '../web/lib/state/views/block-words.ts';

const made = new TestCase(unpaidLoan());
made.open(1_020_000_000n);
made.take();
const folded = foldDispute(made.id, made.parsed, made.states);
if (!folded.ok) throw new Error(folded.code);
const { value: fold } = folded;
const steps = made.parsed.filter((parsed): parsed is ParsedDispute => parsed.name === 'dispute');

function caseOn(network: BitcoinNetwork): CaseView {
  const states = new Map(
    [...made.states].map(([root, state]) => {
      const document = { ...state.contract.document, network };
      return [root, { ...state, contract: { ...state.contract, document } }];
    }),
  );
  return { id: made.id, fold, steps, states };
}

/** Addresses that were asked, up to the path of the question. */
const asked = new Set<string>();

beforeEach(() => {
  asked.clear();
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
  vi.stubGlobal('fetch', (url: string) => {
    asked.add(url.replace(/\/(blocks|block-height|block)\/.*$/, ''));
    return Promise.resolve(new Response('', { status: 404 }));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

function blocksWith(chosen: ChosenSources): CaseBlocks {
  saveSources(chosen);
  const app: unknown = { world: undefined };
  return new CaseBlocks(new BondDesk(app as App));
}

const mainnet = ['https://chain.example/api'];
const signet = ['https://one.example/api', 'https://two.example/api'];

it('asks sources of the chain of the case, requires: DI-39', async () => {
  const blocks = blocksWith({ mainnet, signet });
  const view = caseOn('signet');
  expect(blocks.asleep(view)).toBeUndefined();
  blocks.follow(view);
  await vi.waitFor(() => expect(blocks.standings.size).toBeGreaterThan(0), { timeout: 60_000 });
  expect([...asked].sort()).toEqual(signet);
  expect([...blocks.standings.values()]).not.toContainEqual(
    expect.objectContaining({ reason: 'otherNetwork' }),
  );
});

it('asks nobody about a chain no sources are set for, until the person says so', async () => {
  const blocks = blocksWith({ mainnet });
  const view = caseOn('signet');
  blocks.follow(view);
  const asleep = blocks.asleep(view);
  expect(asleep).toMatchObject({ network: 'signet', isSet: false });
  if (!asleep) throw new Error('awake');
  const { todo, act } = asleepWords(asleep);
  expect(todo).toContain('You have set no sources for Bitcoin’s signet, the chain of this case');
  expect(act).toBe('Use them and check');
  expect(blocks.isAsking).toBe(false);
  expect(asked.size).toBe(0);
  await blocks.askNow(view);
  expect([...asked].sort()).toEqual([...asleep.urls].sort());
  expect([...asked].every((url) => url.includes('signet'))).toBe(true);
  // They are set for that chain from then on, and those of the other stay.
  expect(blocks.asleep(view)).toBeUndefined();
  expect(blocks.asleep(caseOn('mainnet'))).toBeUndefined();
});

it('waits for a word before those are asked that the client came with', async () => {
  const blocks = blocksWith({});
  const view = caseOn('mainnet');
  blocks.follow(view);
  const asleep = blocks.asleep(view);
  expect(asleep).toMatchObject({ network: 'mainnet', isSet: true });
  expect(asked.size).toBe(0);
  await blocks.askNow(view);
  expect([...asked].sort()).toEqual([...(asleep?.urls ?? [])].sort());
});

it('has nobody to ask about a chain for tests of one machine', () => {
  const asleep = blocksWith({ mainnet }).asleep(caseOn('regtest'));
  expect(asleep).toMatchObject({ isSet: false, urls: [] });
  expect(asleep && asleepWords(asleep).act).toBe('');
});

it('signs with a block of the contract’s chain alone, or of none, requires: DI-38', async () => {
  saveSources({ mainnet });
  const chain = chainOf(undefined);
  expect(await chain.newestBlock('signet')).toBeUndefined();
  expect((await chain.blockLookups?.('signet'))?.sources).toEqual([]);
  expect(await chain.sources?.('signet')).toEqual([]);
  expect(asked.size).toBe(0);
  saveSources({ mainnet, signet });
  await chain.newestBlock('signet');
  expect([...asked].sort()).toEqual(signet);
  expect(refusalInWords({ code: 'BLOCK_UNKNOWN', detail: 'signet' })).toContain(
    'You have set no source for Bitcoin’s signet, the chain of this contract',
  );
});

it('asks sources of the contract’s chain about an address, or none, requires: TE-26', async () => {
  saveSources({ mainnet });
  expect(await addressSourcesOf(undefined, 'signet')).toEqual([]);
  saveSources({ mainnet, signet });
  const sources = await addressSourcesOf(undefined, 'signet');
  for (const source of sources) await source.newestBlock();
  expect([...asked].sort()).toEqual(signet);
  expect(unsetChainWords('signet', ['https://one.example/api']).todo).toContain('one.example');
});
