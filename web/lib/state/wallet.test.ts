/** Whether a wallet is kept is not known at once: the store is read, and the signer opens it. */
import { generateSecretKey } from 'nostr-tools';
import { expect, it } from 'vitest';
import type { Store } from '../engine/ports.ts';
import type { Session } from '../engine/session.ts';
import { createLocalSigner } from '../signer/local-signer.ts';
import { WalletDesk } from './wallet.svelte.ts';

const session = { person: createLocalSigner(generateSecretKey()) } as unknown as Session;

const storeOf = (kept: Promise<unknown>): Store => ({ get: () => kept }) as unknown as Store;

it('knows that no wallet is kept when the store has said so, not before', async () => {
  const desk = new WalletDesk();
  expect(desk.isRead).toBe(false);
  let answer: (kept: undefined) => void = () => undefined;
  const kept = new Promise<undefined>((resolve) => (answer = resolve));
  const restored = desk.restore(session, storeOf(kept));
  await Promise.resolve();
  expect(desk.isRead).toBe(false);
  answer(undefined);
  await restored;
  expect(desk).toMatchObject({ isRead: true, view: undefined });
  // Of the next person it is not known yet.
  desk.clear();
  expect(desk.isRead).toBe(false);
});

it('lets a wallet be connected where the kept one cannot be read', async () => {
  const desk = new WalletDesk();
  const store = storeOf(Promise.reject(new Error('damaged')));
  await expect(desk.restore(session, store)).rejects.toThrow('damaged');
  expect(desk.isRead).toBe(true);
});
