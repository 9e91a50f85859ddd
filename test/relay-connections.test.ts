/** The client's relay connections against real relays, and against one that misbehaves. */
import { finalizeEvent, generateSecretKey } from 'nostr-tools';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer, type WebSocket as Socket } from 'ws';
import type { SignedEvent } from '@realyield/protocol';
import {
  startRelay,
  type RelayHandle,
  type RelayOptions,
} from '../relay-rules/src/relay/server.ts';
import type { Relays } from '../web/lib/engine/ports.ts';
import { createRelays } from '../web/lib/nostr/relays.ts';

const webSocket = WebSocket as unknown as typeof globalThis.WebSocket;
/** Quick to come back, patient otherwise: the machine may be busy. */
const timings = { connectMs: 10_000, publishMs: 10_000, firstRetryMs: 20, lastRetryMs: 100 };
/** What is waited for in vain is not waited for long; the rest may take its time. */
const NO_ANSWER = { ...timings, publishMs: 300 };
const NO_CONNECTION = { ...timings, connectMs: 300 };
const PATIENCE = { timeout: 30_000 };
const author = generateSecretKey();
const NOW_SEC = Math.floor(Date.now() / 1_000);
const ends: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function signed(content: string, createdAtSec = NOW_SEC, kind = 1): SignedEvent {
  const event = finalizeEvent({ kind, content, tags: [], created_at: createdAtSec }, author);
  return JSON.parse(JSON.stringify(event)) as SignedEvent;
}

async function relay(options: RelayOptions = {}): Promise<RelayHandle> {
  const handle = await startRelay(options);
  ends.push(() => handle.stop());
  return handle;
}

function open(...urls: string[]): Relays {
  return openWith(timings, ...urls);
}

function openWith(pace: Partial<typeof timings & { idleMs: number }>, ...urls: string[]): Relays {
  const relays = createRelays({ urls, webSocket, timings: pace });
  ends.push(() => {
    relays.close();
  });
  return relays;
}

/** Publishes and insists that a relay took it. */
async function publish(relays: Relays, event: SignedEvent): Promise<void> {
  const outcomes = await relays.publish(event);
  expect(outcomes.map(({ accepted }) => accepted)).toContain(true);
}

/** A fake relay, for faults no real one will produce on demand. */
async function scripted(onMessage: (socket: Socket, message: unknown[]) => void): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      onMessage(socket, JSON.parse(data.toString()) as unknown[]);
    });
  });
  await new Promise((resolve) => server.once('listening', resolve));
  ends.push(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  return `ws://127.0.0.1:${(server.address() as { port: number }).port}`;
}

function contents(events: readonly unknown[]): string[] {
  return events.map((event) => (event as SignedEvent).content).sort();
}

describe('asking', () => {
  test('everything comes, though the relay caps its answers', async () => {
    const { url } = await relay({ maxLimit: 25 });
    const relays = open(url);
    const events = Array.from({ length: 90 }, (_, at) => signed(`n${at}`, NOW_SEC - at));
    await Promise.all(events.map((event) => publish(relays, event)));
    const answer = await relays.query([{ kinds: [1] }]);
    expect(contents(answer.events)).toEqual(contents(events));
    expect(answer).toMatchObject({ complete: [url], incomplete: [] });
  });

  test('a relay that is away is named, and the others answer', async () => {
    const { url } = await relay();
    const gone = 'ws://127.0.0.1:1';
    const relays = open(url, gone, 'not a relay');
    await relays.publish(signed('here'), [url]);
    const answer = await relays.query([{ kinds: [1] }]);
    expect(contents(answer.events)).toEqual(['here']);
    expect(answer.complete).toEqual([url]);
    expect(answer.incomplete).toEqual([
      { url: gone, reason: 'not reachable' },
      { url: 'not a relay', reason: 'not a relay' },
    ]);
  });

  test('a mute relay and one that refuses are not taken for empty ones', async () => {
    const mute = await scripted(() => undefined);
    const refusing = await scripted((socket, [type, id]) => {
      if (type === 'REQ') socket.send(JSON.stringify(['CLOSED', id, 'error: too busy']));
    });
    const answer = await open(mute, refusing).query([{ kinds: [1] }], { timeoutMs: 2_500 });
    expect(answer.complete).toEqual([]);
    expect(answer.incomplete).toEqual([
      { url: mute, reason: 'did not answer in time' },
      { url: refusing, reason: 'refused: error: too busy' },
    ]);
  });

  test('nonsense on the wire harms nobody', async () => {
    const good = signed('good');
    const url = await scripted((socket, [type, id]) => {
      if (type !== 'REQ') return;
      const nonsense = ['', '[', '{}', 'null', '[]', '["EVENT"]', `["EVENT","${String(id)}",null]`];
      for (const text of nonsense) socket.send(text);
      socket.send(Buffer.from([0, 1, 2]));
      socket.send(JSON.stringify(['EVENT', id, { id: 5, tags: 'none', kind: 1 }]));
      socket.send(JSON.stringify(['EVENT', 'another', good]));
      socket.send(JSON.stringify(['OK']));
      socket.send(JSON.stringify(['EVENT', id, good]));
      socket.send(JSON.stringify(['EOSE', id]));
    });
    const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined);
    const answer = await open(url).query([{ kinds: [1], authors: [good.pubkey] }]);
    warn.mockRestore();
    expect(contents(answer.events)).toEqual(['good']);
    expect(answer.complete).toEqual([url]);
  });
});

describe('publishing', () => {
  test('says what each relay said, also twice at once', async () => {
    const open1 = await relay();
    const closed = await relay({ decide: () => ({ accept: false, reason: 'blocked: no' }) });
    const relays = open(open1.url, closed.url);
    const event = signed('once');
    const [first, second] = await Promise.all([relays.publish(event), relays.publish(event)]);
    expect(first).toEqual([
      { url: open1.url, accepted: true, reason: '' },
      { url: closed.url, accepted: false, reason: 'blocked: no' },
    ]);
    expect(second).toEqual(first);
  });

  test('a mute relay costs the timeout and no more', async () => {
    const mute = await scripted(() => undefined);
    const [outcome] = await openWith(NO_ANSWER, mute).publish(signed('lost'));
    expect(outcome).toEqual({ url: mute, accepted: false, reason: 'publish timed out' });
  });

  test('a connection that never opens ends with an outcome, not with the process', async () => {
    // Listens and accepts, but speaks no HTTP.
    const { createServer } = await import('node:net');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => void server.close());
    const url = `ws://127.0.0.1:${(server.address() as { port: number }).port}`;
    const [outcome] = await openWith(NO_CONNECTION, url).publish(signed('lost'));
    expect(outcome).toEqual({ url, accepted: false, reason: 'not reachable' });
  });
});

describe('following', () => {
  test('stored events, then live ones, and nothing after the end', async () => {
    const { url } = await relay({ maxLimit: 25 });
    const relays = open(url);
    const before = Array.from({ length: 60 }, (_, at) => signed(`s${at}`, NOW_SEC - 100 - at));
    await Promise.all(before.map((event) => publish(relays, event)));
    const seen = new Set<string>();
    const onEndOfStored = vi.fn();
    const take = (event: unknown): void => {
      seen.add((event as SignedEvent).content);
    };
    const stop = relays.subscribe([{ kinds: [1] }], take, { onEndOfStored });
    await vi.waitUntil(() => seen.size === 60, PATIENCE);
    expect(onEndOfStored).toHaveBeenCalledTimes(1);
    await publish(relays, signed('live'));
    await vi.waitUntil(() => seen.has('live'), PATIENCE);
    stop();
    await publish(relays, signed('after'));
    expect((await relays.query([{ kinds: [1] }])).events).toHaveLength(62);
    expect(seen.has('after')).toBe(false);
  });

  test('what was published while the connection was down is not missed', async () => {
    const handle = await relay();
    const relays = open(handle.url);
    const seen: string[] = [];
    relays.subscribe([{ kinds: [1] }], (event) => {
      seen.push((event as SignedEvent).content);
    });
    await publish(relays, signed('first'));
    await vi.waitUntil(() => seen.includes('first'), PATIENCE);
    const states: string[] = [];
    relays.onState(([state]) => {
      if (state) states.push(state.state);
    });
    handle.dropConnections();
    // Dated back, as gift wraps are: a `since` of ours would have left it out.
    handle.injectUnchecked(signed('missed', NOW_SEC - 86_400));
    await vi.waitUntil(() => seen.includes('missed'), PATIENCE);
    expect(states).toEqual(['open', 'connecting', 'open']);
  });

  test('a relay that restarts on the same port is found again', async () => {
    const first = await startRelay();
    const relays = open(first.url);
    const seen: string[] = [];
    relays.subscribe([{ kinds: [1] }], (event) => {
      seen.push((event as SignedEvent).content);
    });
    await publish(relays, signed('first'));
    await first.stop();
    await vi.waitUntil(() => relays.states()[0]?.state === 'refused', PATIENCE);
    await relay({ port: first.port });
    await vi.waitUntil(() => relays.states()[0]?.state === 'open', PATIENCE);
    await publish(relays, signed('second'));
    await vi.waitUntil(() => seen.includes('second'), PATIENCE);
  });

  test('a subscription the relay ended is asked for again', async () => {
    let asked = 0;
    const event = signed('at last');
    const url = await scripted((socket, [type, id]) => {
      if (type !== 'REQ') return;
      asked += 1;
      if (asked === 1) socket.send(JSON.stringify(['CLOSED', id, 'rate-limited: later']));
      else socket.send(JSON.stringify(['EVENT', id, event]));
    });
    const seen: unknown[] = [];
    open(url).subscribe([{ kinds: [1] }], (raw) => seen.push(raw));
    await vi.waitUntil(() => seen.length > 0, PATIENCE);
    expect(seen).toEqual([event]);
  });

  test('one connection serves a relay however its address is written', async () => {
    const handle = await relay();
    const relays = open(handle.url, `${handle.url}/`);
    await Promise.all([
      relays.query([{ kinds: [1] }]),
      relays.query([{ kinds: [2] }], { urls: [`${handle.url}/#here`] }),
      relays.publish(signed('one')),
    ]);
    expect(handle.statistics().connections).toBe(1);
    await vi.waitUntil(() => handle.statistics().subscriptions === 0, PATIENCE);
  });

  test('a connection made in passing is let go of', async () => {
    const handle = await relay();
    const relays = openWith({ ...timings, idleMs: 50 });
    const [outcome] = await relays.publish(signed('passing'), [handle.url]);
    expect(outcome?.accepted).toBe(true);
    await vi.waitUntil(() => handle.statistics().connections === 0, PATIENCE);
  });
});
