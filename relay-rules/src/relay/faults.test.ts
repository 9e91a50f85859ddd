/**
 * The faults a test can order, the operator's rules, and a disk that fails.
 */
import { expect, test, vi } from 'vitest';
import { createSigner, useRelays } from './testing.ts';
import { createWriter } from './writer.ts';
import { openStore } from './store.ts';
import { verify } from '@realyield/protocol';

const { start, connect } = useRelays();

test('dropConnections cuts everybody off and lets them come back', async () => {
  const relay = await start();
  const client = await connect(relay);
  const event = createSigner().sign({});
  await client.publish(event);
  relay.dropConnections();
  expect(await client.closed).toBe(1006);
  expect(await (await connect(relay)).request('all', {})).toEqual([event]);
});

test('withheld events are in no answer, and back when the fault ends', async () => {
  const relay = await start();
  const client = await connect(relay);
  const signer = createSigner();
  const [shown, hidden] = [signer.sign({ kind: 1 }), signer.sign({ kind: 2 })];
  for (const event of [shown, hidden]) await client.publish(event);
  relay.setWithhold((event) => event.kind === 2);
  expect(await client.request('all', {})).toEqual([shown]);
  client.send(['COUNT', 'count', { limit: 1 }]);
  expect((await client.next('COUNT', 'count'))[2]).toEqual({ count: 1 });
  const live = signer.sign({ kind: 2, content: 'live' });
  expect(await client.publish(live)).toEqual([true, '']);
  await client.settle();
  expect(client.takeEvents('all')).toEqual([]);
  relay.setWithhold(null);
  expect(await client.request('all', { kinds: [2] })).toHaveLength(2);
});

test('an injected event is stored and sent though nobody could have signed it', async () => {
  const relay = await start();
  const client = await connect(relay);
  await client.request('live', {});
  const genuine = createSigner().sign({ content: 'genuine' });
  await client.publish(genuine);
  await client.next('EVENT', 'live');
  const forged = { ...genuine, content: 'forged' };
  relay.injectUnchecked(forged);
  expect((await client.next('EVENT', 'live'))[2]).toEqual(forged);
  expect(await client.request('stored', { ids: [genuine.id] })).toEqual([forged]);
});

test('the operator decides, with a reason, after the signature has been checked', async () => {
  const asked: number[] = [];
  const relay = await start({
    decide(event) {
      asked.push(event.kind);
      if (event.kind === 4) throw new Error('a rule with a mistake');
      if (event.kind === 3) return { accept: false, reason: 'restricted: members only' };
      return event.kind === 1 ? { accept: true } : { accept: false, reason: 'not this kind' };
    },
  });
  const client = await connect(relay);
  const signer = createSigner();
  expect(await client.publish(signer.sign({ kind: 1 }))).toEqual([true, '']);
  expect(await client.publish(signer.sign({ kind: 2 }))).toEqual([false, 'blocked: not this kind']);
  expect(await client.publish(signer.sign({ kind: 3 }))).toEqual([
    false,
    'restricted: members only',
  ]);
  expect((await client.publish(signer.sign({ kind: 4 })))[1]).toMatch(/^error: /);
  await client.publish({ ...signer.sign({ kind: 5 }), content: 'forged' });
  expect(asked).toEqual([1, 2, 3, 4]);
});

test('a disk that refuses is reported as failed, never as stored', async () => {
  const store = openStore(':memory:');
  const writer = createWriter(store);
  const verified = verify(createSigner().sign({}));
  if (!verified.ok) throw new Error(verified.code);
  const done = vi.fn();
  // A closed database fails each transaction, as a full disk would.
  store.close();
  writer.write(verified.value, done);
  await vi.waitUntil(() => done.mock.calls.length > 0, { timeout: 30_000 });
  expect(done).toHaveBeenCalledWith('failed');
});
