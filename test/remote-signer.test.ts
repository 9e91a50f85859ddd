/**
 * The remote signer (NIP-46) against a real bunker over a real relay: many requests, several
 * clients, lost connections, and, staged because no honest bunker does it, lies and nonsense.
 */
import { generateSecretKey, getPublicKey } from 'nostr-tools';
import { bytesToHex } from '@noble/hashes/utils.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startRelay, type RelayHandle } from '../relay-rules/src/relay/server.ts';
import type { EventTemplate, Signer } from '../web/lib/engine/ports.ts';
import { createBunkerSigner, type BunkerOptions } from '../web/lib/signer/bunker-signer.ts';
import { createLocalSigner } from '../web/lib/signer/local-signer.ts';
import { until } from './engine/until.ts';
import { startBunker, type BunkerServer } from './world/bunker.ts';
import { stageBunker, type Asked, type StagedAnswer } from './fixtures/staged-bunker.ts';
import { nodeWebSocket } from './world/node-web-socket.ts';

const TEMPLATE = { kind: 1, created_at: 1, tags: [['a', 'b']], content: 'x' };
const NOSTR_CONNECT_KIND = 24_133;

let relay: RelayHandle;
const cleanups: (() => void)[] = [];

beforeEach(async () => {
  relay = await startRelay();
});

afterEach(async () => {
  for (const clean of cleanups.splice(0)) clean();
  await relay.stop();
});

async function bunkerFor(secretKey: Uint8Array, secret?: string): Promise<BunkerServer> {
  const bunker = await startBunker({
    secretKey,
    relayUrl: relay.url,
    ...(secret === undefined ? {} : { secret }),
  });
  cleanups.push(() => bunker.stop());
  return bunker;
}

async function connect(uri: string, options: Partial<BunkerOptions> = {}): Promise<Signer> {
  const signer = await createBunkerSigner(uri, {
    clientSecretHex: bytesToHex(generateSecretKey()),
    webSocket: nodeWebSocket,
    timeoutMs: 10_000,
    ...options,
  });
  cleanups.push(() => signer.close());
  return signer;
}

describe('a bunker', () => {
  const secretKey = generateSecretKey();
  const publicKey = getPublicKey(secretKey);

  test('signs and encrypts for two clients at once, in as many requests as they like', async () => {
    const { uri } = await bunkerFor(secretKey, 'open sesame');
    const signers = await Promise.all([connect(uri), connect(uri)]);
    expect(uri).not.toContain(publicKey);
    const events = await Promise.all(
      signers.flatMap((signer) =>
        Array.from({ length: 15 }, (_, at) => signer.sign({ ...TEMPLATE, created_at: at })),
      ),
    );
    expect(new Set(events.map(({ id }) => id))).toHaveLength(15);
    expect(events.every(({ pubkey }) => pubkey === publicKey)).toBe(true);
    const [one, other] = signers;
    const peer = createLocalSigner(generateSecretKey());
    const sealed = await one.encrypt(peer.publicKey, 'ñ🥐');
    expect(await peer.decrypt(publicKey, sealed)).toBe('ñ🥐');
    expect(await other.decrypt(peer.publicKey, sealed)).toBe('ñ🥐');
  });

  test('lets in who knows its secret, and knows them again', async () => {
    const { uri } = await bunkerFor(secretKey, 'open sesame');
    const clientSecretHex = bytesToHex(generateSecretKey());
    const wrong = uri.replace('open+sesame', 'guess');
    expect(wrong).not.toBe(uri);
    const declined = { name: 'SignerError', code: 'DECLINED' };
    await expect(connect(wrong, { clientSecretHex })).rejects.toMatchObject(declined);
    const first = await connect(uri, { clientSecretHex });
    first.close();
    // A secret that is used up does not shut out a client that the signer remembers.
    expect((await connect(wrong, { clientSecretHex })).publicKey).toBe(publicKey);
  });

  test('that cannot do what it is asked says so, and goes on', async () => {
    const { uri } = await bunkerFor(secretKey);
    const signer = await connect(uri);
    await expect(signer.decrypt(publicKey, 'nonsense')).rejects.toMatchObject({ code: 'DECLINED' });
    await expect(signer.encrypt('zz', 'x')).rejects.toMatchObject({ code: 'DECLINED' });
    await expect(signer.encrypt(publicKey, 'x'.repeat(65_500))).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
    expect(await signer.sign(TEMPLATE)).toMatchObject({ pubkey: publicKey });
  });

  test('loses nothing when every connection is cut in the middle', async () => {
    const { uri } = await bunkerFor(secretKey);
    const signer = await connect(uri, { timeoutMs: 20_000 });
    const signing = Promise.all(
      Array.from({ length: 20 }, (_, at) => signer.sign({ ...TEMPLATE, created_at: at })),
    );
    relay.dropConnections();
    expect(await signing).toHaveLength(20);
    relay.dropConnections();
    expect(await signer.sign(TEMPLATE)).toMatchObject({ pubkey: publicKey });
  });

  test('that is gone is unreachable, and found again when it is back', async () => {
    const bunker = await bunkerFor(secretKey);
    const signer = await connect(bunker.uri, { timeoutMs: 3_000 });
    bunker.stop();
    const unreachable = { name: 'SignerError', code: 'UNREACHABLE' };
    await expect(signer.sign(TEMPLATE)).rejects.toMatchObject(unreachable);
    const options = { timeoutMs: 300 };
    await expect(connect(bunker.uri, options)).rejects.toMatchObject(unreachable);
    const again = await bunkerFor(secretKey);
    expect(again.uri).toBe(bunker.uri);
    expect((await connect(again.uri)).publicKey).toBe(publicKey);
  });

  test('on a relay that is away is unreachable', async () => {
    const { uri } = await bunkerFor(secretKey);
    const nowhere = uri.replace(/relay=[^&]+/, `relay=${encodeURIComponent('ws://127.0.0.1:9')}`);
    await expect(connect(nowhere, { timeoutMs: 700 })).rejects.toMatchObject({
      code: 'UNREACHABLE',
    });
  });

  test('a closed signer answers at once, also what was still being asked', async () => {
    const { uri } = await bunkerFor(secretKey);
    const signer = await connect(uri);
    const asked = Array.from({ length: 12 }, () => signer.sign(TEMPLATE));
    signer.close();
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    await expect(signer.sign(TEMPLATE)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await until('no connection is left behind', () => relay.statistics().connections === 1);
  });
});

/** A staged bunker on this test's relay. */
async function stage(answer: StagedAnswer) {
  const staged = await stageBunker(relay.url, answer);
  cleanups.push(() => staged.stop());
  return staged;
}

const templateOf = (asked: Asked): EventTemplate =>
  JSON.parse(asked.params[0] ?? '') as EventTemplate;

describe('distrust of a bunker', () => {
  test('an event that is not the one asked for is thrown away', async () => {
    const other = createLocalSigner(generateSecretKey());
    let lie: (template: EventTemplate, inner: Signer) => unknown = () => null;
    const { uri } = await stage(async (asked, inner) => {
      const result = JSON.stringify(await lie(templateOf(asked), inner));
      return { id: asked.id, result };
    });
    const signer = await connect(uri);
    const lies: (typeof lie)[] = [
      (template, inner) => inner.sign({ ...template, content: 'pay somebody else' }),
      (template, inner) => inner.sign({ ...template, tags: [] }),
      (template) => other.sign(template),
      async (template, inner) => ({ ...(await inner.sign(template)), content: 'y' }),
      async (template, inner) => ({ ...(await inner.sign(template)), sig: '0'.repeat(128) }),
      () => null,
      () => 'signed',
    ];
    for (lie of lies) {
      await expect(signer.sign(TEMPLATE)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    }
    lie = (template, inner) => inner.sign(template);
    expect(await signer.sign(TEMPLATE)).toMatchObject(TEMPLATE);
  });

  test('nonsense before the answer is passed over', async () => {
    const { uri } = await stage(async (asked, inner) => {
      const result = JSON.stringify(await inner.sign(templateOf(asked)));
      return ['{', 'null', '[]', '{"id":5}', { id: 'other', result }, { id: asked.id, result }];
    });
    const signer = await connect(uri);
    expect(await signer.sign(TEMPLATE)).toMatchObject(TEMPLATE);
  });

  test('an answer that is no text is no answer', async () => {
    const { uri } = await stage((asked) => ({ id: asked.id, result: { deep: true } }));
    const signer = await connect(uri);
    await expect(signer.encrypt(signer.publicKey, 'x')).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
  });

  test('a stranger who answers in its name is not heard', async () => {
    const stranger = createLocalSigner(generateSecretKey());
    const { uri, inner } = await stage(async (asked, own) => {
      const result = JSON.stringify(await own.sign(templateOf(asked)));
      const forged = await stranger.sign({
        kind: NOSTR_CONNECT_KIND,
        created_at: Math.floor(Date.now() / 1_000),
        tags: [['p', clientPublicKey]],
        content: await stranger.encrypt(
          clientPublicKey,
          JSON.stringify({ id: asked.id, error: 'no' }),
        ),
      });
      relay.injectUnchecked({ ...forged, pubkey: own.publicKey });
      return { id: asked.id, result };
    });
    const clientSecret = generateSecretKey();
    const clientPublicKey = getPublicKey(clientSecret);
    const signer = await connect(uri, { clientSecretHex: bytesToHex(clientSecret) });
    expect(await signer.sign(TEMPLATE)).toMatchObject({ pubkey: inner.publicKey });
  });

  test('that wants its owner’s approval names the place, once there is one to show', async () => {
    const url = 'https://bunker.example/approve/1';
    let auth = url;
    const { uri } = await stage(async (asked, inner) => [
      { id: asked.id, result: 'auth_url', error: auth },
      { id: asked.id, result: JSON.stringify(await inner.sign(templateOf(asked))) },
    ]);
    const shown: string[] = [];
    const patient = await connect(uri, { onApprovalUrl: (place) => shown.push(place) });
    expect(await patient.sign(TEMPLATE)).toMatchObject(TEMPLATE);
    expect(shown).toEqual([url]);
    auth = 'javascript:alert(1)';
    const declined = { code: 'DECLINED' };
    await expect(patient.sign(TEMPLATE)).rejects.toMatchObject(declined);
    expect(shown).toEqual([url]);
    auth = url;
    const hasty = await connect(uri);
    await expect(hasty.sign(TEMPLATE)).rejects.toThrow(url);
  });
});

test('what is no address of a bunker is refused with a sentence', async () => {
  const key = getPublicKey(generateSecretKey());
  const wrong = [
    '',
    'bunker://',
    `bunker://${key}`,
    `bunker://${key}?`,
    `bunker://${key}?secret=x`,
    `bunker://${key}?relay=`,
    `bunker://${key}?relay=https://relay.example`,
    `bunker://${key.slice(2)}?relay=wss://relay.example`,
    `bunker://${'f'.repeat(64)}?relay=wss://relay.example`,
    `nostrconnect://${key}?relay=wss://relay.example`,
    'name@example.org',
    `bunker://${key}?relay=wss://relay.example&secret=${'x'.repeat(3_000)}`,
  ];
  for (const uri of wrong) {
    await expect(connect(uri), uri).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  }
});
