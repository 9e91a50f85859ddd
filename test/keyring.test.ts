/**
 * Contract keys that come back, over real relays: read back before they sign, restored by the
 * signer alone, whatever relays lose or withhold and whatever the signer declines.
 */
import { generateSecretKey } from 'nostr-tools';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startRelay, type RelayHandle } from '../relay-rules/src/relay/server.ts';
import { Keyring } from '../web/lib/engine/keyring.ts';
import { SignerError, type Signer, type Store } from '../web/lib/engine/ports.ts';
import { createRelays } from '../web/lib/nostr/relays.ts';
import { createInlineVerifier } from '../web/lib/nostr/verifier/inline-verifier.ts';
import { loadWasmVerifier } from '../web/lib/nostr/verifier/load-wasm.ts';
import { createLocalSigner } from '../web/lib/signer/local-signer.ts';
import { nodeWebSocket as webSocket } from './world/node-web-socket.ts';
import { openSqliteStore } from './world/sqlite-store.ts';

const verifier = createInlineVerifier(await loadWasmVerifier());
const nowSec = Math.floor(Date.now() / 1_000);
const ends: (() => Promise<void> | void)[] = [];
let one: RelayHandle;
let two: RelayHandle;
let secret: Uint8Array;

beforeEach(async () => {
  secret = generateSecretKey();
  [one, two] = await Promise.all([startRelay(), startRelay()]);
});

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await Promise.all([one.stop(), two.stop()]);
});

interface Device {
  readonly keyring: Keyring;
  readonly person: Signer;
  readonly store: Store;
  /** Ciphertexts the signer was asked to open, in order. */
  readonly asked: string[];
}

/** A device of the same person with an empty store; `decide` may refuse a decryption. */
function device(
  urls: readonly string[] = [one.url, two.url],
  decide: (count: number) => SignerError | undefined = () => undefined,
  store: Store = openSqliteStore(':memory:'),
): Device {
  const local = createLocalSigner(secret.slice());
  const asked: string[] = [];
  const person: Signer = {
    kind: 'nip07',
    publicKey: local.publicKey,
    sign: (template) => local.sign(template),
    encrypt: (peer, text) => local.encrypt(peer, text),
    decrypt: async (peer, ciphertext) => {
      const refusal = decide(asked.push(ciphertext));
      if (refusal) throw refusal;
      return local.decrypt(peer, ciphertext);
    },
    close: () => {
      local.close();
    },
  };
  const relays = createRelays({ urls, webSocket });
  ends.push(() => {
    relays.close();
  });
  return { keyring: new Keyring(person, { store, relays, verifier }), person, store, asked };
}

async function make(from: Device, count: number): Promise<string[]> {
  const made: string[] = [];
  for (let at = 0; at < count; at += 1) {
    made.push((await from.keyring.create({ use: 'investor', atSec: nowSec })).publicKey);
  }
  return made.sort();
}

const keysOf = ({ keyring }: Device): string[] =>
  keyring
    .keys()
    .map(({ publicKey }) => publicKey)
    .sort();

const declines = (): SignerError => new SignerError('DECLINED', 'Not now.');

describe('a new key', () => {
  test('is handed out once two relays give its backup back', async () => {
    const fresh = device();
    const [key] = await make(fresh, 1);
    expect(keysOf(fresh)).toEqual([key]);
    expect((await device([one.url]).keyring.restore()).found).toBe(1);
    expect((await device([two.url]).keyring.restore()).found).toBe(1);
  });

  test('is not when a relay says OK and drops it; the next try makes no second one', async () => {
    const fresh = device();
    two.setWithhold(({ kind }) => kind === 30_078);
    await expect(make(fresh, 1)).rejects.toThrow('read back from 1 of the 2');
    await expect(make(fresh, 1)).rejects.toThrow('Nothing was signed');
    expect(keysOf(fresh)).toEqual([]);
    two.setWithhold(null);
    await make(fresh, 1);
    expect((await device().keyring.restore()).found).toBe(1);
  });

  test('with only one relay takes its owner’s word for it', async () => {
    for (const urls of [[one.url], [one.url, `${one.url}/`, `${one.url}/other`]]) {
      const fresh = device(urls);
      await expect(make(fresh, 1)).rejects.toThrow('Only one relay is in use.');
      const order = { use: 'investor', atSec: nowSec, copies: 1 } as const;
      expect(keysOf(fresh)).toEqual([]);
      const key = await fresh.keyring.create(order);
      expect(keysOf(fresh)).toEqual([key.publicKey]);
    }
  });

  test('does not show when, nor for what', async () => {
    const fresh = device();
    await make(fresh, 3);
    const relays = createRelays({ urls: [one.url], webSocket });
    ends.push(() => {
      relays.close();
    });
    const { events } = await relays.query([{ authors: [fresh.person.publicKey] }]);
    const backups = events as { created_at: number; tags: string[][] }[];
    expect(backups).toHaveLength(3);
    expect(new Set(backups.map(({ created_at }) => created_at)).size).toBe(3);
    for (const { created_at, tags } of backups) {
      expect(created_at).toBeLessThan(nowSec + 1);
      expect(tags).toEqual([['d', expect.stringMatching(/^[0-9a-f]{64}$/)]]);
    }
  });
});

describe('restoring', () => {
  test('finds every key though each relay lacks another, and mends the copies', async () => {
    const made = await make(device(), 4);
    const fresh = device();
    one.setWithhold(({ kind, id }) => kind === 30_078 && id < '8');
    two.setWithhold(({ kind, id }) => kind === 30_078 && id >= '8');
    expect(await fresh.keyring.restore()).toMatchObject({ found: 4, declined: 0, left: 0 });
    expect(keysOf(fresh)).toEqual(made);
    one.setWithhold(null);
    two.setWithhold(null);
    // One that truly lost everything gets it again from whoever restores next.
    const third = await startRelay();
    ends.push(() => third.stop());
    const urls = [one.url, third.url];
    await device(urls).keyring.restore();
    expect((await device([third.url]).keyring.restore()).found).toBe(4);
  });

  test('says which relay was away, and finds the rest when it is back', async () => {
    const made = await make(device(), 2);
    await one.stop();
    const { port } = one;
    two.setWithhold(({ kind, id }) => kind === 30_078 && id.length > 0);
    const fresh = device();
    expect(await fresh.keyring.restore()).toMatchObject({ found: 0, incomplete: [one.url] });
    two.setWithhold(null);
    one = await startRelay({ port });
    expect((await fresh.keyring.restore()).found).toBe(2);
    expect(keysOf(fresh)).toEqual(made);
  });

  test('asks the signer once for each key, says how far it is, and can be stopped', async () => {
    const made = await make(device(), 5);
    const fresh = device();
    const ending = new AbortController();
    const told: string[] = [];
    const halfway = await fresh.keyring.restore({
      signal: ending.signal,
      onProgress: ({ done, total }) => {
        told.push(`${done} of ${total}`);
        if (done === 2) ending.abort();
      },
    });
    expect(halfway).toMatchObject({ found: 2, left: 3 });
    expect(told).toEqual(['0 of 5', '1 of 5', '2 of 5']);
    expect(await fresh.keyring.restore()).toMatchObject({ found: 3, left: 0 });
    expect(keysOf(fresh)).toEqual(made);
    expect(fresh.asked).toHaveLength(5);
    await fresh.keyring.restore();
    expect(fresh.asked).toHaveLength(5);
    // The next start asks once, for the device's own key.
    const restarted = device(undefined, undefined, fresh.store);
    await restarted.keyring.load();
    await restarted.keyring.restore();
    expect(keysOf(restarted)).toEqual(made);
    expect(restarted.asked).toHaveLength(1);
  });

  test('one decryption declined costs one key, until it is asked for again', async () => {
    const made = await make(device(), 3);
    const fresh = device(undefined, (count) => (count === 2 ? declines() : undefined));
    expect(await fresh.keyring.restore()).toMatchObject({ found: 2, declined: 1 });
    expect(await fresh.keyring.restore()).toMatchObject({ found: 0, declined: 1 });
    expect(fresh.asked).toHaveLength(3);
    expect(await fresh.keyring.restore({ again: true })).toMatchObject({ found: 1, declined: 0 });
    expect(keysOf(fresh)).toEqual(made);
  });

  test('a signer that has gone ends it with its sentence, and nothing is given up', async () => {
    const made = await make(device(), 3);
    const gone = new SignerError('UNREACHABLE', 'Your signer did not answer in time.');
    const fresh = device(undefined, (count) => (count === 2 ? gone : undefined));
    expect(await fresh.keyring.restore()).toMatchObject({ found: 1, left: 2, problem: gone });
    expect(await fresh.keyring.restore()).toMatchObject({ found: 2, left: 0 });
    expect(keysOf(fresh)).toEqual(made);
  });

  test('leaves other applications’ data alone, and asks about look-alikes once', async () => {
    const fresh = device();
    const made = await make(device(), 1);
    const relays = createRelays({ urls: [one.url, two.url], webSocket });
    ends.push(() => {
      relays.close();
    });
    const { person } = fresh;
    const sealed = await person.encrypt(
      person.publicKey,
      JSON.stringify({ theme: 'x'.repeat(250) }),
    );
    const data = (d: string, content: string, kind = 30_078) =>
      person.sign({ kind, created_at: nowSec, tags: [['d', d]], content });
    const [own] = (await relays.query([{ authors: [person.publicKey] }])).events;
    const copied = (own as { content: string }).content;
    for (let at = 0; at < 60; at += 1) {
      await relays.publish(await data(`another app/${at}`, sealed), [one.url]);
    }
    await relays.publish(await data('a'.repeat(64), 'plain text'));
    await relays.publish(await data('b'.repeat(64), sealed, 30_079));
    await relays.publish(await data('c'.repeat(64), sealed));
    await relays.publish(await data('d'.repeat(64), copied));
    expect(await fresh.keyring.restore()).toMatchObject({ found: 1 });
    expect(keysOf(fresh)).toEqual(made);
    expect(fresh.asked.sort()).toEqual([copied, sealed].sort());
    const restarted = device(undefined, undefined, fresh.store);
    await restarted.keyring.load();
    await restarted.keyring.restore();
    expect(restarted.asked).toHaveLength(1);
  });

  test('believes no relay that hands out somebody else’s', async () => {
    const mallory = createLocalSigner(generateSecretKey());
    const { person, keyring } = device();
    const [key] = await make(device(), 1);
    const content = await mallory.encrypt(person.publicKey, 'x'.repeat(300));
    const tags = [['d', 'e'.repeat(64)]];
    const forged = await mallory.sign({ kind: 30_078, created_at: nowSec, tags, content });
    one.injectUnchecked({ ...forged, pubkey: person.publicKey });
    expect((await keyring.restore()).found).toBe(1);
    expect(keyring.find(key ?? '')?.use).toBe('investor');
  });
});

test('a damaged store is no reason to stop: the relays bring back what it lost', async () => {
  const first = device();
  const [kept = '', lost = ''] = await make(first, 2);
  await first.store.write([
    { table: 'keys', key: lost, value: { nonsense: true } },
    { table: 'settings', key: 'device key', value: 'garbage' },
  ]);
  const again = device([one.url, two.url], () => undefined, first.store);
  await again.keyring.load();
  expect(again.keyring.keys()).toEqual([]);
  expect((await again.keyring.restore()).left).toBe(0);
  expect(
    again.keyring
      .keys()
      .map(({ publicKey }) => publicKey)
      .sort(),
  ).toEqual([kept, lost].sort());
});
