/**
 * Deletion requests: stored, passed on, obeyed for the author's own events. Spec: NIP-09.
 */
import { expect, test } from 'vitest';
import { createSigner, nowSec, useRelays } from './testing.ts';

const { start, connect } = useRelays();
const DELETED = [false, 'blocked: its author has deleted this event'];

test('an own event goes, stays away, and the deletion is served and passed on', async () => {
  const relay = await start();
  const [writer, reader] = [await connect(relay), await connect(relay)];
  const signer = createSigner();
  const event = signer.sign({ content: 'regretted', tags: [['t', 'x']] });
  await writer.publish(event);
  await reader.request('live', { kinds: [5] });
  const deletion = signer.sign({ kind: 5, tags: [['e', event.id]] });
  expect(await writer.publish(deletion)).toEqual([true, '']);
  expect((await reader.next('EVENT', 'live'))[2]).toEqual(deletion);
  expect(await reader.request('gone', { ids: [event.id] }, { '#t': ['x'] })).toEqual([]);
  expect(await writer.publish(event)).toEqual(DELETED);
  expect(await reader.request('kept', { kinds: [5], '#e': [event.id] })).toEqual([deletion]);
});

test('a deletion that arrives first keeps the event out', async () => {
  const client = await connect(await start());
  const signer = createSigner();
  const event = signer.sign({ content: 'late' });
  await client.publish(signer.sign({ kind: 5, tags: [['e', event.id]] }));
  expect(await client.publish(event)).toEqual(DELETED);
});

test('an address is deleted up to the time of the deletion', async () => {
  const client = await connect(await start());
  const signer = createSigner();
  const now = nowSec();
  const sign = (kind: number, created_at: number, d: string) =>
    signer.sign({ kind, created_at, tags: [['d', d]] });
  const [old, other] = [sign(30_001, now - 10, 'x:y\nz'), sign(30_001, now - 10, 'other')];
  const replaceable = signer.sign({ kind: 10_002, created_at: now - 10 });
  for (const event of [old, other, replaceable]) await client.publish(event);
  const tags = [
    ['a', `30001:${signer.publicKeyHex}:x:y\nz`],
    ['a', `10002:${signer.publicKeyHex}:`],
    ['a', 'nonsense'],
    ['a', ''],
  ];
  await client.publish(signer.sign({ kind: 5, created_at: now - 5, tags }));
  expect(await client.request('left', { kinds: [30_001, 10_002] })).toEqual([other]);
  expect(await client.publish(sign(30_001, now - 6, 'x:y\nz'))).toEqual(DELETED);
  expect(await client.publish(replaceable)).toEqual(DELETED);
  const renewed = sign(30_001, now - 4, 'x:y\nz');
  expect(await client.publish(renewed)).toEqual([true, '']);
  expect(await client.request('new', { '#d': ['x:y\nz'] })).toEqual([renewed]);
  expect(await client.publish(signer.sign({ created_at: now - 10 }))).toEqual([true, '']);
});
