/** What relays must not be able to do to the client: hide what is genuine, learn who asks. */
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { verify, type SignedEvent } from '@realyield/protocol';
import {
  startRelay,
  type RelayHandle,
  type RelayOptions,
} from '../relay-rules/src/relay/server.ts';
import type { Relays, Signer } from '../web/lib/engine/ports.ts';
import { createRelays } from '../web/lib/nostr/relays.ts';
import { createLocalSigner } from '../web/lib/signer/local-signer.ts';

const webSocket = WebSocket as unknown as typeof globalThis.WebSocket;
const timings = { connectMs: 10_000, publishMs: 10_000, firstRetryMs: 20, lastRetryMs: 100 };
const PATIENCE = { timeout: 30_000 };
const NOW_SEC = Math.floor(Date.now() / 1_000);
const WRAP_KIND = 1_059;
const ends: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function relay(options: RelayOptions = {}): Promise<RelayHandle> {
  const handle = await startRelay(options);
  ends.push(() => handle.stop());
  return handle;
}

function open(...urls: string[]): Relays {
  const relays = createRelays({ urls, webSocket, timings });
  ends.push(() => {
    relays.close();
  });
  return relays;
}

function signed(fields: { kind: number; content: string; tags?: string[][]; at?: number }) {
  const { kind, content, tags = [], at = NOW_SEC } = fields;
  const event = finalizeEvent({ kind, content, tags, created_at: at }, generateSecretKey());
  return JSON.parse(JSON.stringify(event)) as SignedEvent;
}

/** A signer that notes what it signed. */
function watched(kind: Signer['kind'] = 'local'): { signer: Signer; kinds: number[] } {
  const local = createLocalSigner(generateSecretKey());
  const kinds: number[] = [];
  const signer: Signer = {
    kind,
    publicKey: local.publicKey,
    sign: (template) => {
      kinds.push(template.kind);
      return local.sign(template);
    },
    encrypt: (peer, text) => local.encrypt(peer, text),
    decrypt: (peer, text) => local.decrypt(peer, text),
    close: () => {
      local.close();
    },
  };
  return { signer, kinds };
}

function wrapFor(...publicKeys: string[]): SignedEvent[] {
  return publicKeys.map((key) =>
    signed({ kind: WRAP_KIND, content: `for ${key}`, tags: [['p', key]], at: NOW_SEC - 90_000 }),
  );
}

describe('a forged copy under the genuine id', () => {
  test('that comes first does not keep the genuine event out', async () => {
    const genuine = signed({ kind: 1, content: 'genuine' });
    const forged = { ...genuine, sig: '0'.repeat(128) };
    const altered = { ...genuine, content: 'altered' };
    const [one, two] = [await relay(), await relay()];
    const relays = open(one.url, two.url);
    const raws: unknown[] = [];
    relays.subscribe([{ kinds: [1] }], (raw) => raws.push(raw));
    const isAsked = (handle: RelayHandle): boolean => handle.statistics().subscriptions === 1;
    await vi.waitUntil(() => isAsked(one) && isAsked(two), PATIENCE);
    // Each on the same relay as the genuine one, and before it.
    one.injectUnchecked(forged);
    one.injectUnchecked(altered);
    await vi.waitUntil(() => raws.length === 2, PATIENCE);
    one.injectUnchecked(genuine);
    two.injectUnchecked(genuine);
    await vi.waitUntil(() => raws.length === 4, PATIENCE);
    const good = raws.map((raw) => verify(raw)).filter((result) => result.ok);
    expect(good).toHaveLength(2);
    expect(raws.slice(2)).toEqual([genuine, genuine]);
    const { events } = await relays.query([{ ids: [genuine.id] }], { urls: [two.url] });
    expect(events).toEqual([genuine]);
  });
});

describe('relays that may be contacted', () => {
  test('are reached encrypted, or are on this machine', async () => {
    const relays = open();
    const urls = ['ws://relay.example', 'http://127.0.0.1', 'wss://', 'nonsense'];
    const outcomes = await relays.publish(signed({ kind: 1, content: '' }), urls);
    expect(outcomes.map(({ reason }) => reason)).toEqual(urls.map(() => 'not a relay'));
  });

  test('change while the client is open, and what was subscribed follows', async () => {
    const [one, two] = [await relay(), await relay()];
    const relays = open(one.url);
    const seen: string[] = [];
    relays.subscribe([{ kinds: [1] }], (raw, url) => {
      seen.push(`${(raw as SignedEvent).content} from ${url}`);
    });
    relays.use([{ url: two.url, read: true, write: false }]);
    expect(relays.writeUrls).toEqual([]);
    two.injectUnchecked(signed({ kind: 1, content: 'second' }));
    await vi.waitUntil(() => seen.length === 1, PATIENCE);
    expect(seen).toEqual([`second from ${two.url}`]);
    await vi.waitUntil(() => one.statistics().subscriptions === 0, PATIENCE);
  });
});

describe('a relay that gives wraps only to those they are for', () => {
  test('gives them all to the keys held here, and nothing but kind 22242 is signed', async () => {
    const { url } = await relay({ requireAuthForWraps: true });
    const keys = Array.from({ length: 5 }, () => watched());
    const publicKeys = keys.map(({ signer }) => signer.publicKey);
    const stranger = getPublicKey(generateSecretKey());
    const relays = open(url);
    relays.identify((key) => keys.find(({ signer }) => signer.publicKey === key)?.signer);
    for (const event of wrapFor(...publicKeys, stranger)) await relays.publish(event);
    const seen: string[] = [];
    relays.subscribe([{ kinds: [WRAP_KIND], '#p': [...publicKeys, stranger] }], (raw) => {
      seen.push((raw as SignedEvent).content);
    });
    await vi.waitUntil(() => seen.length >= 5, PATIENCE);
    expect([...seen].sort()).toEqual(publicKeys.map((key) => `for ${key}`).sort());
    expect(keys.map(({ kinds }) => kinds)).toEqual(keys.map(() => [22_242]));
  });

  test('is answered by the person’s own signer once for each connection', async () => {
    const handle = await relay({ requireAuthForWraps: true });
    const { signer, kinds } = watched('nip07');
    const relays = open(handle.url);
    relays.identify((key) => (key === signer.publicKey ? signer : undefined));
    const seen: unknown[] = [];
    for (let count = 0; count < 3; count += 1) {
      relays.subscribe([{ kinds: [WRAP_KIND], '#p': [signer.publicKey] }], (raw) => seen.push(raw));
    }
    for (const event of wrapFor(signer.publicKey)) await relays.publish(event);
    await vi.waitUntil(() => seen.length === 3, PATIENCE);
    expect(kinds).toEqual([22_242]);
    handle.dropConnections();
    await vi.waitUntil(() => seen.length === 6, PATIENCE);
    expect(kinds).toEqual([22_242, 22_242]);
  });

  test('learns nothing from a client that holds no such key', async () => {
    const { url } = await relay({ requireAuthForWraps: true });
    const answer = await open(url).query([{ kinds: [WRAP_KIND], '#p': ['0'.repeat(64)] }]);
    expect(answer.incomplete).toEqual([
      { url, reason: 'refused: auth-required: gift wraps are for their recipient' },
    ]);
  });
});

describe('what a relay lacks', () => {
  test('is found by reconciliation, and not guessed where the relay takes no part', async () => {
    const { url } = await relay();
    const events = Array.from({ length: 400 }, (_, at) =>
      signed({ kind: 1, content: `n${at}`, tags: [['e', '1'.repeat(64)]], at: NOW_SEC - at }),
    );
    const relays = open(url);
    const kept = events.filter((_, at) => at % 100 !== 7);
    await Promise.all(kept.map((event) => relays.publish(event)));
    const lacking = await relays.lacking(url, { '#e': ['1'.repeat(64)] }, events);
    const lost = events.filter((_, at) => at % 100 === 7).map(({ id }) => id);
    expect([...(lacking ?? [])].sort()).toEqual(lost.sort());

    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket) => {
      socket.on('message', () => {
        socket.send(JSON.stringify(['NEG-ERR', 'n1', 'blocked: no']));
      });
    });
    await new Promise((resolve) => server.once('listening', resolve));
    ends.push(() => {
      for (const socket of server.clients) socket.terminate();
      server.close();
    });
    const unwilling = `ws://127.0.0.1:${(server.address() as { port: number }).port}`;
    expect(await relays.lacking(unwilling, { '#e': ['1'.repeat(64)] }, events)).toBeUndefined();
  });
});
