/** The signer over a key in memory, and what it does once it has been put away. */
import { verify } from '@realyield/protocol';
import { generateSecretKey, getPublicKey } from 'nostr-tools';
import { v2 } from 'nostr-tools/nip44';
import { expect, test } from 'vitest';
import { createLocalSigner } from './local-signer.ts';

const TEMPLATE = { kind: 1, created_at: 1, tags: [['a', 'b']], content: 'x' };

test('signs what it was given and nothing else, as a plain object', async () => {
  const secretKey = generateSecretKey();
  const signer = createLocalSigner(secretKey.slice());
  const event = await signer.sign({ ...TEMPLATE, rider: 1 } as typeof TEMPLATE);
  expect(verify(event)).toMatchObject({ ok: true });
  expect(event).toMatchObject({ ...TEMPLATE, pubkey: getPublicKey(secretKey) });
  expect(Object.keys(event)).toHaveLength(7);
  expect(Object.getOwnPropertySymbols(event)).toEqual([]);
});

test('encrypts as NIP-44 does, to others and to itself', async () => {
  const [ours, theirs] = [generateSecretKey(), generateSecretKey()];
  const signer = createLocalSigner(ours.slice());
  const peer = getPublicKey(theirs);
  const key = v2.utils.getConversationKey(theirs, signer.publicKey);
  for (const text of ['a', 'ñ🥐', 'x'.repeat(60_000)]) {
    expect(v2.decrypt(await signer.encrypt(peer, text), key)).toBe(text);
    expect(await signer.decrypt(peer, v2.encrypt(text, key))).toBe(text);
    const own = await signer.encrypt(signer.publicKey, text);
    expect(await signer.decrypt(signer.publicKey, own)).toBe(text);
  }
  const [a, b] = [await signer.encrypt(peer, 'same'), await signer.encrypt(peer, 'same')];
  expect(a).not.toBe(b);
});

test('rejects, and does not throw, what cannot be decrypted', async () => {
  const signer = createLocalSigner(generateSecretKey());
  const peer = getPublicKey(generateSecretKey());
  const sealed = await signer.encrypt(peer, 'hello');
  const flipped = `${sealed.slice(0, -2)}${sealed.endsWith('A=') ? 'B' : 'A'}=`;
  for (const text of ['', 'x', '#', 'AgAA', sealed.slice(4), flipped]) {
    await expect(signer.decrypt(peer, text), text).rejects.toThrow();
  }
  for (const key of ['', 'zz', 'f'.repeat(64), '0'.repeat(64), peer.slice(2)]) {
    await expect(signer.decrypt(key, sealed), key).rejects.toThrow();
    await expect(signer.encrypt(key, 'x'), key).rejects.toThrow();
  }
});

test('once put away it forgets its key and says so', async () => {
  const secretKey = generateSecretKey();
  const signer = createLocalSigner(secretKey);
  await signer.encrypt(signer.publicKey, 'x');
  signer.close();
  signer.close();
  expect(secretKey.every((byte) => byte === 0)).toBe(true);
  const locked = { name: 'SignerError', code: 'LOCKED' };
  await expect(signer.sign(TEMPLATE)).rejects.toMatchObject(locked);
  await expect(signer.encrypt(signer.publicKey, 'x')).rejects.toMatchObject(locked);
  await expect(signer.decrypt(signer.publicKey, 'x')).rejects.toMatchObject(locked);
});

test('a key that is none is refused at once', () => {
  for (const bytes of [new Uint8Array(32), new Uint8Array(31), new Uint8Array(32).fill(255)]) {
    expect(() => createLocalSigner(bytes)).toThrow();
  }
});
