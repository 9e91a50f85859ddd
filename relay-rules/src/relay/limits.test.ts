/**
 * What the relay does with too much, with nonsense and with silence, and that it says so.
 * Spec: NIP-01 (NOTICE, CLOSED), NIP-11.
 */
import { connect as connectTcp } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { createSigner, useRelays } from './testing.ts';

const { start, connect } = useRelays();
const PATIENCE = { timeout: 30_000 };

describe('nonsense', () => {
  test.each([
    'no JSON',
    '{}',
    '[]',
    'null',
    '[1]',
    '["EVENT"]',
    '["EVENT",null]',
    '["EVENT",{"id":5}]',
    '["AUTH","challenge"]',
    '["REQ"]',
    '["REQ",""]',
    '["REQ",5,{}]',
    `["REQ","${'x'.repeat(65)}",{}]`,
    '["NEG-OPEN","n",{}]',
    '["NEG-MSG","n"]',
    '["WHAT","x"]',
    '['.repeat(10_000),
  ])('%s is answered with a NOTICE', async (text) => {
    const client = await connect(await start());
    client.socket.send(text);
    expect((await client.next('NOTICE'))[1]).toMatch(/^(invalid|unsupported): /);
    await client.settle();
  });

  test.each<{ readonly filters: readonly unknown[] }>([
    { filters: [] },
    { filters: [null] },
    { filters: [[]] },
    { filters: [{ ids: ['ab'] }] },
    { filters: [{ authors: 'x' }] },
    { filters: [{ kinds: ['1'] }] },
    { filters: [{ since: -1 }] },
    { filters: [{ until: 1.5 }] },
    { filters: [{ limit: '10' }] },
    { filters: [{ '#t': [1] }] },
    { filters: [{ '#long': ['x'] }] },
    { filters: [{ search: 'words' }] },
    { filters: [{}, { constructor: 1 }] },
  ])('$filters is refused with CLOSED', async ({ filters }) => {
    const relay = await start();
    const client = await connect(relay);
    client.send(['REQ', 'bad', ...filters]);
    expect((await client.next('CLOSED', 'bad'))[2]).toMatch(/^(invalid|unsupported): /);
    expect(relay.statistics().subscriptions).toBe(0);
  });

  test('binary messages and broken tags do not stop it', async () => {
    const client = await connect(await start());
    client.socket.send(Buffer.from([1, 2, 3]));
    expect((await client.next('NOTICE'))[1]).toBe('invalid: messages are text');
    const event = createSigner().sign({ tags: [['e'], ['t', '\0'], ['\u{1F33E}', 'x']] });
    expect(await client.publish(event)).toEqual([true, '']);
    expect(await client.request('tag', { '#t': ['\0'] })).toEqual([event]);
  });
});

describe('too much', () => {
  test('an event of 65,536 bytes is the largest', async () => {
    const client = await connect(await start());
    const signer = createSigner();
    const empty = JSON.stringify(signer.sign({ tags: [['x', '']] })).length;
    const fitting = signer.sign({ tags: [['x', 'y'.repeat(65_536 - empty)]] });
    const larger = signer.sign({ tags: [['x', 'y'.repeat(65_537 - empty)]] });
    expect(await client.publish(fitting)).toEqual([true, '']);
    const [accepted, reason] = await client.publish(larger);
    expect([accepted, reason.startsWith('invalid: The event is larger')]).toEqual([false, true]);
  });

  test('a message beyond the limit ends its connection with 1009, and only that', async () => {
    const relay = await start();
    const [client, other] = [await connect(relay), await connect(relay)];
    client.socket.send(JSON.stringify(['REQ', 'x', { '#t': ['y'.repeat(131_072)] }]));
    expect(await client.closed).toBe(1009);
    await other.settle();
  });

  test('one subscription too many is closed in words, the others live on', async () => {
    const relay = await start({ maxSubscriptions: 3 });
    const client = await connect(relay);
    for (const id of ['a', 'b', 'c']) await client.request(id, { kinds: [1] });
    client.send(['REQ', 'd', { kinds: [1] }]);
    expect((await client.next('CLOSED', 'd'))[2]).toMatch(/^restricted: at most 3 /);
    const event = createSigner().sign({});
    await client.publish(event);
    for (const id of ['a', 'b', 'c']) {
      expect((await client.next('EVENT', id))[2]).toEqual(event);
    }
    await client.request('c', { kinds: [2] });
    expect(relay.statistics().subscriptions).toBe(3);
  });

  test('filters, results, connections and keys are limited', async () => {
    const relay = await start({
      maxFilters: 2,
      maxLimit: 2,
      maxConnections: 2,
      maxAuthenticatedKeys: 1,
    });
    const client = await connect(relay);
    client.send(['REQ', 'many', {}, {}, {}]);
    expect((await client.next('CLOSED', 'many'))[2]).toBe('invalid: at most 2 filters at once');
    const signer = createSigner();
    for (const content of ['1', '2', '3']) await client.publish(signer.sign({ content }));
    expect(await client.request('some', { limit: 100 })).toHaveLength(2);
    await client.authenticate(signer, relay.url);
    expect((await client.authenticate(createSigner(), relay.url))[1]).toMatch(/^restricted: /);
    await connect(relay);
    expect(await (await connect(relay)).closed).toBe(1013);
  });

  test('a reader that stops reading is disconnected, others are served', async () => {
    const relay = await start({ maxBufferedBytes: 200_000 });
    const [slow, writer] = [await connect(relay), await connect(relay)];
    await slow.request('live', { kinds: [20_001] });
    slow.socket.pause();
    const signer = createSigner();
    while (relay.statistics().connections === 2) {
      const event = signer.sign({ kind: 20_001, content: 'x'.repeat(59_000) });
      expect(await writer.publish(event)).toEqual([true, '']);
    }
    await writer.settle();
  });

  test('a long answer waits for a slow reader and arrives whole', async () => {
    const relay = await start({ maxBufferedBytes: 2_000_000 });
    const [slow, writer] = [await connect(relay), await connect(relay)];
    const signer = createSigner();
    for (let at = 0; at < 100; at += 1) {
      await writer.publish(signer.sign({ content: `${at}${'x'.repeat(59_000)}` }));
    }
    slow.send(['REQ', 'all', {}]);
    slow.socket.pause();
    await writer.settle();
    slow.socket.resume();
    await slow.next('EOSE', 'all');
    expect(slow.takeEvents('all')).toHaveLength(100);
  });
});

describe('the document', () => {
  test('announces NIPs and limits to any origin', async () => {
    const relay = await start({ name: 'Test relay', maxSubscriptions: 7, maxEventBytes: 90_000 });
    const url = relay.url.replace('ws:', 'http:');
    const response = await fetch(url, { headers: { accept: 'application/nostr+json' } });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('content-type')).toBe('application/nostr+json');
    expect(await response.json()).toMatchObject({
      name: 'Test relay',
      supported_nips: [1, 9, 11, 40, 42, 45, 62, 70, 77],
      limitation: { max_subscriptions: 7, max_event_bytes: 65_536, max_limit: 5_000 },
    });
    const preflight = await fetch(url, { method: 'OPTIONS' });
    expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([
      204,
      '*',
    ]);
    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
    expect(await (await fetch(url)).text()).toContain('websocket');
  });
});

describe('the end', () => {
  test('a silent peer is disconnected, an answering one stays', async () => {
    const relay = await start({ pingIntervalMs: 1_000 });
    const alive = await connect(relay);
    const silent = await connect(relay, { autoPong: false });
    await silent.request('s', {});
    expect(await silent.closed).toBe(1006);
    await vi.waitUntil(() => relay.statistics().subscriptions === 0, PATIENCE);
    await alive.settle();
  });

  test('closing clients leave nothing behind', async () => {
    const relay = await start();
    for (let at = 0; at < 20; at += 1) {
      const client = await connect(relay);
      await client.request('s', {});
      client.send(['NEG-OPEN', 'n', {}, '6100000200']);
      await client.next('NEG-MSG', 'n');
      client.socket.close();
      await client.closed;
    }
    await vi.waitUntil(() => relay.statistics().connections === 0, PATIENCE);
    expect(relay.statistics()).toEqual({ connections: 0, subscriptions: 0, storedEvents: 0 });
  });

  test('stop says goodbye, frees the port, and may be called twice', async () => {
    const relay = await start();
    const client = await connect(relay);
    const idle = connectTcp(relay.port, '127.0.0.1');
    const ended = new Promise((resolve) => idle.on('close', resolve));
    await new Promise((resolve) => idle.on('connect', resolve));
    await Promise.all([relay.stop(), relay.stop()]);
    expect(await client.closed).toBe(1001);
    await ended;
    const next = await start({ port: relay.port });
    expect(next.port).toBe(relay.port);
    await expect(start({ port: relay.port })).rejects.toThrow(/EADDRINUSE/);
  });
});
