/** How a remote signer is asked to let this client in, and what is said when it does not. */
import { bytesToHex } from '@noble/hashes/utils.js';
import { generateSecretKey } from 'nostr-tools';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startRelay, type RelayHandle } from '../relay-rules/src/relay/server.ts';
import type { Signer } from '../web/lib/engine/ports.ts';
import { createBunkerSigner, type BunkerOptions } from '../web/lib/signer/bunker-signer.ts';
import { stageBunker, type StagedAnswer } from './fixtures/staged-bunker.ts';
import { nodeWebSocket } from './world/node-web-socket.ts';

let relay: RelayHandle;
const cleanups: (() => void)[] = [];

beforeEach(async () => {
  relay = await startRelay();
});

afterEach(async () => {
  for (const clean of cleanups.splice(0)) clean();
  await relay.stop();
});

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

const encrypts: StagedAnswer = async ({ id, method, params }, inner) => {
  const [peer = '', text = ''] = params;
  const act = method === 'nip44_encrypt' ? inner.encrypt(peer, text) : inner.decrypt(peer, text);
  return { id, result: await act };
};

async function stage(answer: StagedAnswer, takesOver: readonly string[] = []) {
  const staged = await stageBunker(relay.url, answer, takesOver);
  cleanups.push(() => staged.stop());
  return staged;
}

test('it is asked for the kinds a main key signs here and NIP-44, nothing else', async () => {
  const { uri, heard, inner } = await stage(encrypts);
  const signer = await connect(`${uri}&secret=once`, { isTried: true });
  expect(signer.publicKey).toBe(inner.publicKey);
  expect(heard.map(({ method }) => method)).toEqual([
    'connect',
    'get_public_key',
    'nip44_encrypt',
    'nip44_decrypt',
  ]);
  const [, secret, permissions = ''] = heard[0]?.params ?? [];
  expect(secret).toBe('once');
  const asked = permissions.split(',');
  const parties = [2_811, 2_815, 2_816, 2_818, 32_810, 32_811, 32_812];
  const kinds = [13, 22_242, 30_078, ...parties, 2_821, 2_817, 32_815];
  expect(asked).toEqual([
    ...kinds.map((kind) => `sign_event:${kind}`),
    'nip44_encrypt',
    'nip44_decrypt',
  ]);
});

test('a client it knows is not introduced again, so that nobody has to approve again', async () => {
  const { uri, heard, inner } = await stage(encrypts);
  const known = { knownPublicKey: inner.publicKey };
  expect((await connect(uri, known)).publicKey).toBe(inner.publicKey);
  expect(heard.map(({ method }) => method)).toEqual(['get_public_key']);
  await expect(connect(uri, { knownPublicKey: 'a'.repeat(64) })).rejects.toThrow(
    'Your signer now signs with another key than the one you connected with.',
  );
});

test('one that has forgotten this client is introduced to it', async () => {
  let isKnown = false;
  const answer: StagedAnswer = ({ id, method }, inner) => {
    if (method === 'connect') isKnown = true;
    const error = isKnown ? undefined : 'connect first';
    return { id, result: method === 'connect' ? 'ack' : inner.publicKey, error };
  };
  const { uri, heard, inner } = await stage(answer, ['connect', 'get_public_key']);
  await connect(uri, { knownPublicKey: inner.publicKey });
  expect(heard.map(({ method }) => method)).toEqual([
    'get_public_key',
    'connect',
    'get_public_key',
  ]);
});

test('each trouble has its sentence', async () => {
  const declining = await stage(
    ({ id }) => ({ id, error: 'wrong secret' }),
    ['connect', 'get_public_key'],
  );
  await expect(connect(declining.uri)).rejects.toThrow('Your signer declined: wrong secret');
  const plain = await stage(({ id }) => ({ id, error: 'unknown method' }));
  await expect(connect(plain.uri, { isTried: true })).rejects.toThrow(
    'Your signer does not encrypt (NIP-44).',
  );
  const lying = await stage(({ id }) => ({ id, result: 'not what was sealed' }));
  await expect(connect(lying.uri, { isTried: true })).rejects.toMatchObject({
    code: 'UNSUPPORTED',
  });
  const off = await stage(() => []);
  off.stop();
  await expect(connect(off.uri, { timeoutMs: 2_000 })).rejects.toThrow(
    'Your signer did not answer in time. Check that it is switched on and connected.',
  );
  const nowhere = off.uri.replace(/relay=.+/, `relay=${encodeURIComponent('ws://127.0.0.1:9')}`);
  await expect(connect(nowhere, { timeoutMs: 500 })).rejects.toThrow(
    'The relay of your signer cannot be reached',
  );
});
