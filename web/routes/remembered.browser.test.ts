/** What is said to somebody this device remembers, before it is known who they are. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { KEPT_CONNECTION, saveConnection } from '$lib/state/connection.ts';
import type { Connection } from '$lib/state/kept.ts';
import Remembered from './connect/Remembered.svelte';
import SignerNotices from './SignerNotices.svelte';

const app = vi.hoisted(() => ({
  version: 1,
  isKnown: true,
  isReady: false,
  session: undefined,
  problem: undefined as string | undefined,
  wallet: { busy: false, view: undefined },
  signIn: { locked: undefined, waiting: undefined, approvalUrl: undefined, trouble: undefined },
}));

vi.mock('$lib/state/app.svelte.ts', () => ({ useApp: () => app }));

const bunker: Connection = { type: 'bunker', uri: 'bunker://', clientSecret: '' };
const key: Connection = { type: 'ncryptsec', ncryptsec: 'ncryptsec1' };
/** Longer than most signers take, ms. */
const LONG_MS = 4_000;

beforeEach(() => {
  app.isKnown = true;
  app.problem = undefined;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  saveConnection(undefined);
  vi.useRealTimers();
});

/** What the page to connect says at once, and what every other page says after a while. */
async function said(): Promise<{ readonly here: string; readonly elsewhere: string }> {
  const here = await render(Remembered, {});
  const elsewhere = await render(SignerNotices, { path: '/', isFull: false });
  await vi.advanceTimersByTimeAsync(LONG_MS);
  const textOf = (screen: { readonly container: Element }) => screen.container.textContent.trim();
  return { here: textOf(here), elsewhere: textOf(elsewhere) };
}

it('a signer elsewhere is reached, and said to be slow where it is', async () => {
  saveConnection(bunker);
  const { here, elsewhere } = await said();
  expect(here).toContain('Reaching your signer …');
  expect(elsewhere).toContain('Your signer has not answered yet.');
});

it('a key kept here is no signer to be reached', async () => {
  saveConnection(key);
  const { here, elsewhere } = await said();
  expect(here).toContain('Looking for your key on this device …');
  expect(here + elsewhere).not.toContain('signer');
});

it('where it cannot be read who it was, no signer is connected, also later', async () => {
  localStorage.setItem(KEPT_CONNECTION, '{');
  for (const isKnown of [true, false]) {
    app.isKnown = isKnown;
    const { here, elsewhere } = await said();
    expect(here).toContain('No signer is connected.');
    expect(elsewhere).not.toContain('signer');
  }
});

it('who was never here is told nothing of it', async () => {
  app.isKnown = false;
  expect(await said()).toMatchObject({ here: '', elsewhere: '' });
});

it('where this client could not start, it says so and waits for no signer', async () => {
  saveConnection(bunker);
  app.problem = 'The client could not start.';
  const { here, elsewhere } = await said();
  expect(here).toBe('');
  expect(elsewhere).toContain(app.problem);
  expect(elsewhere).not.toContain('signer');
});
