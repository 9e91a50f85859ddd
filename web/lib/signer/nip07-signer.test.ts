/**
 * The browser's signer. An extension cannot be had in tests, so a stand-in answers as extensions
 * do, over a real key; its faults are staged, since no real one would show them on demand.
 */
import { generateSecretKey } from 'nostr-tools';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { EventTemplate, Signer } from '../engine/ports.ts';
import { createLocalSigner } from './local-signer.ts';
import { createNip07Signer } from './nip07-signer.ts';

const TEMPLATE = { kind: 1, created_at: 1, tags: [['a', 'b']], content: 'x' };

/** Answers like an extension, for one key. */
function standIn(signer: Signer = createLocalSigner(generateSecretKey())) {
  return {
    getPublicKey: async (): Promise<unknown> => signer.publicKey,
    signEvent: async (template: EventTemplate): Promise<unknown> => signer.sign(template),
    nip44: {
      encrypt: async (peer: string, text: string): Promise<unknown> => signer.encrypt(peer, text),
      decrypt: async (peer: string, text: string): Promise<unknown> => signer.decrypt(peer, text),
    },
  };
}

function install(extension: unknown): void {
  vi.stubGlobal('nostr', extension);
}

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('signs and encrypts with the key of the extension', async () => {
  const inner = createLocalSigner(generateSecretKey());
  install(standIn(inner));
  const signer = await createNip07Signer();
  expect(signer).toMatchObject({ kind: 'nip07', publicKey: inner.publicKey });
  const event = await signer.sign(TEMPLATE);
  expect(event).toMatchObject({ ...TEMPLATE, pubkey: inner.publicKey });
  const sealed = await signer.encrypt(inner.publicKey, 'hello');
  expect(await signer.decrypt(inner.publicKey, sealed)).toBe('hello');
  signer.close();
  await expect(signer.sign(TEMPLATE)).rejects.toMatchObject({ code: 'LOCKED' });
});

describe('at the start', () => {
  test('an extension that arrives late is waited for', async () => {
    vi.useFakeTimers();
    const connecting = createNip07Signer();
    await vi.advanceTimersByTimeAsync(2_500);
    const inner = createLocalSigner(generateSecretKey());
    install(standIn(inner));
    await vi.advanceTimersByTimeAsync(100);
    expect((await connecting).publicKey).toBe(inner.publicKey);
  });

  test('none at all, or one that cannot encrypt, is said to be so', async () => {
    vi.useFakeTimers();
    const connecting = expect(createNip07Signer()).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: 'No Nostr signer was found in this browser.',
    });
    await vi.advanceTimersByTimeAsync(3_100);
    await connecting;
    vi.useRealTimers();
    const { getPublicKey, signEvent } = standIn();
    for (const extension of [null, 1, {}, { getPublicKey }, { signEvent }]) {
      install(extension);
      await expect(createNip07Signer()).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    }
    for (const nip44 of [undefined, null, {}, { encrypt: getPublicKey }]) {
      install({ getPublicKey, signEvent, nip44 });
      await expect(createNip07Signer()).rejects.toMatchObject({
        code: 'UNSUPPORTED',
        message: /NIP-44/ as unknown,
      });
    }
  });

  test('a person who says no, and a key that is none, are told apart', async () => {
    install({ ...standIn(), getPublicKey: () => Promise.reject(new Error('User rejected')) });
    await expect(createNip07Signer()).rejects.toMatchObject({
      code: 'DECLINED',
      message: 'Your browser signer declined: User rejected.',
    });
    for (const answer of [undefined, '', 'npub1x', { hex: 'x' }]) {
      install({ ...standIn(), getPublicKey: async () => answer });
      await expect(createNip07Signer()).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    }
  });
});

describe('distrust', () => {
  const inner = createLocalSigner(generateSecretKey());
  const extension = standIn(inner);

  async function signWith(signEvent: (template: EventTemplate) => unknown): Promise<unknown> {
    install(extension);
    const signer = await createNip07Signer();
    install({ ...extension, signEvent });
    return signer.sign(TEMPLATE);
  }

  test('an event that is not the one asked for is thrown away', async () => {
    const other = createLocalSigner(generateSecretKey());
    const wrong: ((template: EventTemplate) => unknown)[] = [
      (template) => inner.sign({ ...template, content: 'y' }),
      (template) => inner.sign({ ...template, kind: 2 }),
      (template) => inner.sign({ ...template, created_at: 2 }),
      (template) => inner.sign({ ...template, tags: [['a', 'c']] }),
      (template) => inner.sign({ ...template, tags: [...template.tags, ['client', 'x']] }),
      (template) => other.sign(template),
      async (template) => ({ ...(await inner.sign(template)), content: 'y' }),
      async (template) => ({ ...(await inner.sign(template)), sig: '0'.repeat(128) }),
      (template) => template,
      () => undefined,
      () => 'signed',
    ];
    for (const signEvent of wrong) {
      await expect(signWith(signEvent)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    }
  });

  test('what is added beside the event stays behind', async () => {
    const signed = await signWith(async (template) => ({
      ...(await inner.sign(template)),
      rider: 1,
    }));
    expect(Object.keys(signed as object).sort()).toEqual(
      ['content', 'created_at', 'id', 'kind', 'pubkey', 'sig', 'tags'].sort(),
    );
  });

  test('a refusal, thrown or rejected, with whatever reason', async () => {
    const refusals = [
      () => Promise.reject(new Error('no')),
      () => {
        throw new Error('no');
      },
      // Extensions reject with anything, not only with errors.
      () => ({ then: (_done: unknown, refuse: (reason: unknown) => void) => refuse(null) }),
      () => ({ then: (_done: unknown, refuse: (reason: unknown) => void) => refuse({ code: 1 }) }),
    ];
    for (const signEvent of refusals) {
      await expect(signWith(signEvent)).rejects.toMatchObject({
        name: 'SignerError',
        code: 'DECLINED',
      });
    }
  });

  test('a changed account encrypts nothing', async () => {
    install(extension);
    const signer = await createNip07Signer();
    install(standIn());
    await expect(signer.encrypt(inner.publicKey, 'x')).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
    install(undefined);
    await expect(signer.decrypt(inner.publicKey, 'x')).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
  });

  test('silence ends after two minutes', async () => {
    install(extension);
    const signer = await createNip07Signer();
    vi.useFakeTimers();
    install({ ...extension, signEvent: () => new Promise(() => undefined) });
    const signing = expect(signer.sign(TEMPLATE)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await vi.advanceTimersByTimeAsync(120_001);
    await signing;
  });
});

test('is asked one thing at a time, and a refusal does not hold up the rest', async () => {
  const extension = standIn();
  let asked = 0;
  let most = 0;
  let count = 0;
  install({
    ...extension,
    signEvent: async (template: EventTemplate) => {
      asked += 1;
      most = Math.max(most, asked);
      count += 1;
      const isRefused = count === 2;
      await new Promise((resolve) => setTimeout(resolve, 1));
      asked -= 1;
      if (isRefused) throw new Error('no');
      return extension.signEvent(template);
    },
  });
  const signer = await createNip07Signer();
  const outcomes = await Promise.allSettled(
    Array.from({ length: 5 }, (_, at) => signer.sign({ ...TEMPLATE, created_at: at })),
  );
  expect(most).toBe(1);
  expect(outcomes.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
    'fulfilled',
  ]);
});
