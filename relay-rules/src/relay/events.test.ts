/**
 * Publishing and asking over real websockets. Spec: NIP-01, NIP-40, NIP-45.
 */
import { describe, expect, test } from 'vitest';
import { createSigner, nowSec, useRelays } from './testing.ts';

const { start, connect } = useRelays();

describe('publishing', () => {
  test('a good event is stored once and sent to others live', async () => {
    const relay = await start();
    const [writer, reader] = [await connect(relay), await connect(relay)];
    expect(await reader.request('live', { kinds: [1] })).toEqual([]);
    const event = createSigner().sign({ content: 'hello', tags: [['t', 'x']] });
    expect(await writer.publish(event)).toEqual([true, '']);
    expect((await reader.next('EVENT', 'live'))[2]).toEqual(event);
    expect(await writer.publish(event)).toEqual([true, 'duplicate: the relay has this event']);
    expect(await writer.request('again', { ids: [event.id] })).toEqual([event]);
    await reader.settle();
    expect(reader.takeEvents('live')).toEqual([]);
  });

  test.each([
    ['a changed content', { content: 'changed' }],
    ['a changed time', { created_at: 1 }],
    ['an upper-case signature', { sig: 'A'.repeat(128) }],
    ['a kind that is no integer', { kind: 1.5 }],
    ['tags that are no lists', { tags: ['t'] }],
  ])('%s is refused as invalid', async (_name, change) => {
    const client = await connect(await start());
    const event = { ...createSigner().sign({ content: 'original' }), ...change };
    const [accepted, reason] = await client.publish(event);
    expect(accepted).toBe(false);
    expect(reason).toMatch(/^invalid: /);
  });

  test('the future is refused, the near future and the far past are not', async () => {
    const client = await connect(await start());
    const signer = createSigner();
    const late = await client.publish(signer.sign({ created_at: nowSec() + 1_000 }));
    expect(late).toEqual([
      false,
      'invalid: The event is dated further ahead than this relay allows. (TIME_FUTURE: 900 s)',
    ]);
    expect(await client.publish(signer.sign({ created_at: nowSec() + 800 }))).toEqual([true, '']);
    expect(await client.publish(signer.sign({ created_at: 0 }))).toEqual([true, '']);
  });

  test('an event expires: not served, not counted, not accepted', async () => {
    let clock = nowSec();
    const client = await connect(await start({ nowSec: () => clock }));
    const tags = [['expiration', String(clock + 60)]];
    const event = createSigner().sign({ tags });
    expect(await client.publish(event)).toEqual([true, '']);
    expect(await client.request('before', { kinds: [1] })).toHaveLength(1);
    clock += 60;
    expect(await client.request('after', { kinds: [1] })).toEqual([]);
    client.send(['COUNT', 'count', { kinds: [1] }]);
    expect((await client.next('COUNT', 'count'))[2]).toEqual({ count: 0 });
    expect(await client.publish(createSigner().sign({ tags }))).toEqual([
      false,
      'invalid: the event has expired',
    ]);
  });
});

describe('replaceable and addressable events', () => {
  test.each([
    [0, []],
    [10_002, []],
    [30_023, [['d', 'x']]],
  ])('kind %i keeps the newest, and the lowest id of one second', async (kind, tags) => {
    const relay = await start();
    const client = await connect(relay);
    const signer = createSigner();
    const created_at = nowSec();
    const sign = (content: string, time: number) =>
      signer.sign({ kind, tags, content, created_at: time });
    const old = sign('old', created_at - 1);
    const [low, high] = [sign('a', created_at), sign('b', created_at)].sort((left, right) =>
      left.id < right.id ? -1 : 1,
    );
    for (const event of [old, high, low]) expect(await client.publish(event)).toEqual([true, '']);
    const outdated = [true, 'duplicate: the relay has a newer version'];
    expect(await client.publish(high)).toEqual(outdated);
    expect(await client.publish(old)).toEqual(outdated);
    expect(await client.request('all', { kinds: [kind] })).toEqual([low]);
  });

  test('another d, another author or a regular kind replaces nothing', async () => {
    const client = await connect(await start());
    const [one, two] = [createSigner(), createSigner()];
    const events = [
      one.sign({ kind: 30_001, tags: [['d', 'a']] }),
      one.sign({ kind: 30_001, tags: [['d', 'b']] }),
      one.sign({ kind: 30_001 }),
      two.sign({ kind: 30_001, tags: [['d', 'a']] }),
    ];
    for (const event of events) await client.publish(event);
    expect(await client.request('all', { kinds: [30_001] })).toHaveLength(4);
    expect(await client.request('d', { '#d': ['a'] })).toHaveLength(2);
  });
});

describe('asking', () => {
  test('every filter field counts, newest first, lowest id first within a second', async () => {
    const client = await connect(await start());
    const [one, two] = [createSigner(), createSigner()];
    const base = nowSec() - 100;
    const tags = [
      ['t', 'x'],
      ['Z', 'upper'],
      ['g', 'u1'],
      ['long', 'x'],
    ];
    const events = [
      one.sign({ kind: 1, created_at: base, tags }),
      one.sign({ kind: 2, created_at: base + 1, tags: [['t', 'y', 'x']] }),
      two.sign({ kind: 1, created_at: base + 2, tags: [['t', 'x']] }),
      two.sign({ kind: 2, created_at: base + 2, tags: [['p', one.publicKeyHex]] }),
    ];
    for (const event of events) await client.publish(event);
    const sorted = [...events].sort(
      (left, right) => right.created_at - left.created_at || (left.id < right.id ? -1 : 1),
    );
    const ask = async (...filters: object[]) =>
      (await client.request('ask', ...filters)).map(({ id }) =>
        sorted.findIndex((e) => e.id === id),
      );
    const at = (...indexes: number[]) =>
      indexes.map((index) => sorted.findIndex((e) => e.id === events[index]?.id)).sort();
    expect(await ask({})).toEqual([0, 1, 2, 3]);
    expect(await ask({ ids: [events[1]?.id] })).toEqual(at(1));
    expect(await ask({ authors: [one.publicKeyHex] })).toEqual(at(0, 1));
    expect(await ask({ kinds: [1] })).toEqual(at(0, 2));
    expect(await ask({ kinds: [1, 2], authors: [two.publicKeyHex] })).toEqual(at(2, 3));
    expect(await ask({ '#t': ['x'] })).toEqual(at(0, 2));
    expect(await ask({ '#t': ['x', 'y'] })).toEqual(at(0, 1, 2));
    expect(await ask({ '#t': ['x'], '#Z': ['upper'], '#g': ['u1'] })).toEqual(at(0));
    expect(await ask({ '#z': ['upper'] })).toEqual([]);
    expect(await ask({ '#p': [one.publicKeyHex] })).toEqual(at(3));
    expect(await ask({ since: base + 1, until: base + 1 })).toEqual(at(1));
    expect(await ask({ until: 0 })).toEqual([]);
    expect(await ask({ limit: 2 })).toEqual([0, 1]);
    expect(await ask({ limit: 0 })).toEqual([]);
    expect(await ask({ kinds: [] })).toEqual([]);
    expect(await ask({ ids: [events[0]?.id] }, { kinds: [2], limit: 1 })).toEqual(at(0, 3));
    client.send(['COUNT', 'count', { kinds: [1] }, { '#t': ['x'], limit: 1 }, { kinds: [2] }]);
    expect((await client.next('COUNT', 'count'))[2]).toEqual({ count: 4 });
  });
});
