/** An extension (NIP-07) whose person changes the account behind this client's back. */
import { generateSecretKey } from 'nostr-tools';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { EventTemplate, Signer } from '../engine/ports.ts';
import { createLocalSigner } from '../signer/local-signer.ts';
import { SignIn } from './sign-in.svelte.ts';

const TEMPLATE = { kind: 1, created_at: 1, tags: [], content: 'x' };

/** Puts an extension into the page that holds one account. */
function hold(signer: Signer): void {
  vi.stubGlobal('nostr', {
    getPublicKey: () => Promise.resolve(signer.publicKey),
    signEvent: (template: EventTemplate) => signer.sign(template),
    nip44: {
      encrypt: (peer: string, text: string) => signer.encrypt(peer, text),
      decrypt: (peer: string, text: string) => signer.decrypt(peer, text),
    },
  });
}

const ana = createLocalSigner(generateSecretKey());
const ben = createLocalSigner(generateSecretKey());

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('an extension whose account changes', () => {
  it('is remembered by its key, and not taken for another after a reload', async () => {
    hold(ana);
    const { person, connection } = await new SignIn().open({ type: 'nip07' });
    expect(person.publicKey).toBe(ana.publicKey);
    expect(connection).toEqual({ type: 'nip07', publicKey: ana.publicKey });
    hold(ben);
    const again = new SignIn().open(connection);
    await expect(again).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: /^Your browser signer holds another key now/ as unknown,
    });
    hold(ana);
    expect((await new SignIn().open(connection)).person.publicKey).toBe(ana.publicKey);
  });

  it('signs and encrypts nothing for the other, says so, and goes on when it is back', async () => {
    hold(ana);
    const signIn = new SignIn();
    const { person } = await signIn.open({ type: 'nip07' });
    hold(ben);
    await expect(person.sign(TEMPLATE)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    expect(signIn.trouble).toMatch(/\.$/);
    await expect(person.encrypt(ben.publicKey, 'x')).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
    hold(ana);
    const signed = await person.sign(TEMPLATE);
    expect(signed.pubkey).toBe(ana.publicKey);
    expect(signIn.trouble).toBeUndefined();
  });

  it('leaves no trouble behind when it is closed', async () => {
    hold(ana);
    const signIn = new SignIn();
    const { person } = await signIn.open({ type: 'nip07' });
    hold(ben);
    const asking = person.sign(TEMPLATE);
    person.close();
    await expect(asking).rejects.toThrow();
    expect(signIn.trouble).toBeUndefined();
  });
});
