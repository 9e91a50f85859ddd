import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  loadSources,
  offeredSources,
  readSource,
  saveSources,
  sourcesFor,
} from './chain-choice.ts';

it.each([
  ['mempool.space/api/', 'https://mempool.space/api'],
  [' https://Blockstream.info/api ', 'https://blockstream.info/api'],
  ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
])('reads %j as an address', (typed, url) => {
  expect(readSource(typed, [])).toEqual({ ok: true, url });
});

it.each([
  '',
  'http://mempool.space/api',
  'https://me:secret@mempool.space/api',
  'https://mempool.space/api?key=1',
  'javascript:alert(1)',
  'wss://relay.example.org',
  'mempool space/api',
  'https://mempool!space/api',
])('takes %j for none', (typed) => {
  expect(readSource(typed, [])).toMatchObject({ ok: false });
});

it('takes a host only once, and no more than five', () => {
  const inUse = ['https://mempool.space/api'];
  expect(readSource('https://mempool.space/signet/api', inUse)).toMatchObject({ ok: false });
  const five = ['a', 'b', 'c', 'd', 'e'].map((name) => `https://${name}.example`);
  expect(readSource('https://f.example', five)).toMatchObject({ ok: false });
});

const world = { relays: [], network: 'regtest', personas: [], chains: ['http://127.0.0.1:9'] };

it('asks those it came with only when the person says so, and in a world the world’s alone', () => {
  const none = sourcesFor(undefined, {}, undefined, 'mainnet');
  expect(none).toMatchObject({ network: 'mainnet', isChosen: false });
  expect(none.urls.length).toBeGreaterThan(0);
  const mainnet = ['https://mempool.space/api'];
  const own = sourcesFor(undefined, { mainnet }, undefined, 'mainnet');
  expect(own).toEqual({ network: 'mainnet', urls: mainnet, isChosen: true });
  expect(sourcesFor(world, { mainnet })).toEqual({
    ...{ network: 'regtest', urls: world.chains, isChosen: true },
  });
});

it('asks of another chain than is looked at nobody unasked, requires: DI-38, DI-39', () => {
  const chosen = { mainnet: ['https://chain.example/api'] };
  const [same, other, local] = (['mainnet', 'signet', 'regtest'] as const).map((network) =>
    sourcesFor(undefined, chosen, network, 'mainnet'),
  );
  expect(same?.urls).toEqual(chosen.mainnet);
  // Neither those of the network looked at, nor those the client came with.
  expect(other).toEqual({ network: 'signet', urls: [], isChosen: false });
  expect(local?.urls).toEqual([]);
  const both = { ...chosen, signet: ['https://signet.example/api'] };
  expect(sourcesFor(undefined, both, 'signet', 'mainnet')).toEqual({
    ...{ network: 'signet', urls: both.signet, isChosen: true },
  });
  expect(sourcesFor(world, both, 'mainnet').urls).toEqual([]);
});

it('offers those it came with for another chain, and none in a local world', () => {
  const offered = offeredSources(undefined, 'signet');
  expect(offered.length).toBeGreaterThan(0);
  expect(offered.every((url) => url.includes('signet'))).toBe(true);
  expect(offeredSources(world, 'signet')).toEqual([]);
  expect(offeredSources(undefined, 'regtest')).toEqual([]);
});

describe('what is kept on the device', () => {
  const kept = new Map<string, string>();
  beforeEach(() => {
    kept.clear();
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('is a list for each network', () => {
    const chosen = { mainnet: ['https://a.example/api'], signet: ['https://b.example/api'] };
    saveSources(chosen);
    expect(loadSources()).toEqual(chosen);
    saveSources({});
    expect(kept.size).toBe(0);
  });

  it('is of the network looked at where an earlier client kept one list', () => {
    kept.set('realyield.chain-network', 'signet');
    kept.set('realyield.chain-sources', '["https://b.example/api"]');
    expect(loadSources()).toEqual({ signet: ['https://b.example/api'] });
  });

  it('is nothing where it is not a list of addresses', () => {
    for (const text of ['{', '7', '{"mainnet":7}', '{"mainnet":["ftp://a"],"other":["x"]}']) {
      kept.set('realyield.chain-sources', text);
      expect(loadSources()).toEqual({});
    }
  });
});
