import { expect, it } from 'vitest';
import { readSource, sourcesFor, sourcesIn } from './chain-choice.ts';

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

it('asks those it came with only when the person says so, and in a world the world’s alone', () => {
  expect(sourcesIn(undefined, undefined)).toMatchObject({ network: 'mainnet', isChosen: false });
  const chosen = ['https://mempool.space/api'];
  expect(sourcesIn(undefined, chosen)).toMatchObject({ urls: chosen, isChosen: true });
  const world = { relays: [], network: 'regtest', personas: [], chains: ['http://127.0.0.1:9'] };
  expect(sourcesIn(world, chosen)).toEqual({
    ...{ network: 'regtest', urls: world.chains, isChosen: true },
  });
});

it('asks about a contract’s own chain, whichever network is looked at, requires: DI-38', () => {
  const own = sourcesIn(undefined, ['https://chain.example/api'], 'mainnet');
  expect(sourcesFor(own, 'mainnet')).toBe(own);
  expect(sourcesFor(own, undefined)).toBe(own);
  const other = sourcesFor(own, 'signet');
  expect(other).toMatchObject({ network: 'signet', isChosen: false });
  expect(other.urls.length).toBeGreaterThan(0);
  expect(other.urls.every((url) => url.includes('signet'))).toBe(true);
  expect(sourcesFor(own, 'regtest').urls).toEqual([]);
  const world = { relays: [], network: 'regtest', personas: [], chains: ['http://127.0.0.1:9'] };
  expect(sourcesFor(sourcesIn(world, undefined), 'mainnet').urls).toEqual([]);
});
