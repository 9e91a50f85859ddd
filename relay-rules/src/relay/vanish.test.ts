/**
 * Requests to vanish, and wraps deleted by their recipient. Spec: NIP-62, NIP-09.
 */
import { expect, test } from 'vitest';
import { DEFAULT_RULES } from '../decide.ts';
import { createSigner, nowSec, useRelays } from './testing.ts';

const { start, connect } = useRelays();
const KEY_VANISHED =
  'blocked: Its author has asked this relay to forget what this key published. (KEY_VANISHED)';

test('all of a key goes and stays away, wraps to it too; a new beginning is possible', async () => {
  const relay = await start({ rules: { ...DEFAULT_RULES, kinds: 'all' } });
  const client = await connect(relay);
  const [author, other] = [createSigner(), createSigner()];
  const at = nowSec() - 100;
  const own = author.sign({ content: 'mine', created_at: at });
  const deletion = author.sign({ kind: 5, tags: [['e', own.id]], created_at: at - 5 });
  const profile = author.sign({ kind: 0, created_at: at });
  const wrap = other.sign({ kind: 1_059, tags: [['p', author.publicKeyHex]], created_at: at });
  const foreign = other.sign({ content: JSON.stringify(own), created_at: at });
  const later = author.sign({ content: 'again', created_at: at + 20 });
  for (const event of [profile, deletion, wrap, foreign, later]) await client.publish(event);
  const request = author.sign({ kind: 62, tags: [['relay', relay.url]], created_at: at + 10 });
  expect(await client.publish(request)).toEqual([true, '']);
  const left = await client.request('left', {});
  expect(left.map(({ id }) => id).sort()).toEqual([foreign.id, later.id, request.id].sort());
  for (const event of [own, profile, deletion, wrap]) {
    expect(await client.publish(event)).toEqual([false, KEY_VANISHED]);
  }
  expect(await client.publish(author.sign({ kind: 0 }))).toEqual([true, '']);
  await client.publish(author.sign({ kind: 5, tags: [['e', request.id]] }));
  expect(await client.request('kept', { kinds: [62] })).toEqual([request]);
});

test('a request that names another relay is refused and changes nothing', async () => {
  const client = await connect(await start());
  const author = createSigner();
  const event = author.sign({});
  await client.publish(event);
  for (const tags of [[], [['relay', 'wss://other.example']]]) {
    const [accepted, reason] = await client.publish(author.sign({ kind: 62, tags }));
    expect([accepted, reason]).toEqual([
      false,
      'blocked: The request to vanish does not name this relay. (VANISH_ELSEWHERE)',
    ]);
  }
  expect(await client.request('all', {})).toEqual([event]);
  const everywhere = author.sign({ kind: 62, tags: [['relay', 'ALL_RELAYS']] });
  expect(await client.publish(everywhere)).toEqual([true, '']);
  expect(await client.request('none', { kinds: [1] })).toEqual([]);
});

test('a wrap goes when its recipient says so, and only then', async () => {
  const client = await connect(await start());
  const [sender, recipient, stranger] = [createSigner(), createSigner(), createSigner()];
  const wrap = sender.sign({ kind: 1_059, tags: [['p', recipient.publicKeyHex]] });
  const tags = [
    ['e', wrap.id],
    ['k', '1059'],
  ];
  await client.publish(wrap);
  await client.publish(stranger.sign({ kind: 5, tags }));
  await client.publish(recipient.sign({ kind: 5, tags: [['e', wrap.id]] }));
  expect(await client.request('there', { ids: [wrap.id] })).toEqual([wrap]);
  await client.publish(recipient.sign({ kind: 5, tags }));
  expect(await client.request('gone', { ids: [wrap.id] })).toEqual([]);
  expect((await client.publish(wrap))[0]).toBe(false);
});
