/** How a document too large for messages goes from a business to a bank, by way of a server. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { startBlossom, type BlossomHandle, type Conduct } from '../world/blossom.ts';
import { apply, hashOf, keyOf, savedHash } from './applying.ts';
import { ready, type Person } from './people.ts';
import type { WorldProcess } from './world-process.ts';

const FILM = randomBytes(716_800);

const says = (page: Page, words: string | RegExp): Promise<void> =>
  expect(page.getByText(words).first()).toBeVisible();

const press = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('button', { name }).click();

/** The business names a server; what is no address of one is said to be none. */
async function nameServer(page: Page, url: string): Promise<void> {
  await page.goto('/settings/storage');
  await ready(page);
  const field = page.getByLabel('Address of the server');
  await field.fill('http://files.example.org');
  await press(page, 'Use this server');
  await says(page, 'This is not the address of a Blossom server.');
  await field.fill(url);
  await press(page, 'Use this server');
  await expect(page.getByRole('heading', { name: 'Your server' })).toBeVisible();
  await says(page, url);
}

/** The business chooses a large file, and some that are of no use. */
async function nameFiles(page: Page, folder: string): Promise<void> {
  const path = (name: string): string => join(folder, name);
  await writeFile(path('film.mp4'), FILM);
  await writeFile(path('copy.mp4'), FILM);
  await writeFile(path('empty.pdf'), '');
  await writeFile(path('backup.iso'), '');
  await truncate(path('backup.iso'), 2 ** 31);
  const names = ['empty.pdf', 'backup.iso', 'film.mp4', 'copy.mp4'];
  await page.getByLabel('Documents').setInputFiles(names.map(path));
  await says(page, '“empty.pdf” is empty.');
  await says(page, '“backup.iso” is larger than 25 MB');
  await says(page, '“copy.mp4” is the same file as “film.mp4”, which is here already.');
  await says(page, /Larger than .*: it goes by way of a server/);
}

/** What the business reads of an upload, by what the server does. */
const UPLOADS: readonly (readonly [Conduct, string])[] = [
  ['refuses', 'refused it: some servers take files only from keys they know.'],
  ['small', 'takes no file of this size.'],
  ['mistakes', 'did not confirm that it has the very file.'],
  ['busy', 'cannot take it now.'],
  ['redirects', 'did not answer, or broke off.'],
];

/** And the bank of a fetch. */
const FETCHES: readonly (readonly [Conduct, string])[] = [
  ['lies', 'sent something else. It was not kept.'],
  ['endless', 'sent something else. It was not kept.'],
  ['busy', 'cannot hand it over now.'],
  ['redirects', 'did not answer, broke off, or sent on to another address.'],
  ['refuses', 'does not hand it over.'],
];

/** Uploads until the server has it, whatever it does before. */
async function upload(page: Page, server: BlossomHandle): Promise<BlossomHandle> {
  const host = new URL(server.url).host;
  const elsewhere = await startBlossom();
  server.elsewhere = elsewhere.url;
  await press(page, `Upload 700 kB to ${host}: film.mp4`);
  // All has left, and no answer comes.
  const bar = page.getByRole('progressbar', { name: '700 kB of 700 kB' });
  await expect(bar).toHaveAttribute('aria-valuenow', '100');
  await press(page, 'Stop: film.mp4');
  await says(page, 'not uploaded yet');
  for (const [conduct, words] of UPLOADS) {
    server.conduct = conduct;
    await press(page, new RegExp(`^(Upload 700 kB to|Try) ${host}.*: film\\.mp4$`));
    await says(page, words);
    await says(page, 'not uploaded');
  }
  expect(elsewhere.blobs.size).toBe(0);
  await elsewhere.stop();
  await page.reload();
  await ready(page);
  await server.stop();
  await press(page, `Upload 700 kB to ${host}: film.mp4`);
  await says(page, 'did not answer, or broke off.');
  const again = await startBlossom(Number(new URL(server.url).port));
  await press(page, `Try ${host} again: film.mp4`);
  await says(page, `It waits, encrypted, at ${host}`);
  return again;
}

/** Fetches until it is here, whatever the server does before. */
async function fetchAll(bank: Page, bakery: Page, server: BlossomHandle): Promise<BlossomHandle> {
  const host = new URL(server.url).host;
  const fetchIt = `Fetch 700 kB from ${host}: film.mp4`;
  await press(bank, /^Ask( for it)?: film\.mp4$/);
  await says(bank, `It waits, encrypted, at ${host}, which sees that you fetch it`);
  expect(server.fetches).toBe(0);
  server.conduct = 'hangs';
  await press(bank, fetchIt);
  const bar = bank.getByRole('progressbar', { name: '350 kB of 700 kB' });
  await expect(bar).toHaveAttribute('aria-valuenow', '50');
  await press(bank, 'Stop: film.mp4');
  for (const [conduct, words] of FETCHES) {
    server.conduct = conduct;
    await press(bank, fetchIt);
    await says(bank, words);
    await expect(bank.getByRole('button', { name: fetchIt })).toBeEnabled();
  }
  await server.stop();
  await press(bank, fetchIt);
  await says(bank, 'did not answer, broke off, or sent on to another address.');
  const again = await startBlossom(Number(new URL(server.url).port));
  await bank.reload();
  await ready(bank);
  await press(bank, fetchIt);
  await says(bank, 'does not have it any more.');
  await press(bakery, 'Upload it again: film.mp4');
  await expect.poll(() => again.blobs.size).toBe(1);
  await press(bank, fetchIt);
  await says(bank, 'here, and the very file');
  return again;
}

/** A business and a bank, a large document, and a server of every kind. */
export async function byWayOfServer(
  world: WorldProcess,
  bank: Person,
  bakery: Person,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'files-'));
  let server = await startBlossom();
  try {
    await nameServer(bakery.page, server.url);
    const id = await apply(bakery.page, keyOf(world, bank), (page) => nameFiles(page, folder));
    server.conduct = 'hangs';
    server = await upload(bakery.page, server);
    const [blob] = server.blobs.keys();
    expect(blob).not.toBe(hashOf(FILM));
    await bank.page.goto(`/applications/${id}`);
    await ready(bank.page);
    server = await fetchAll(bank.page, bakery.page, server);
    expect(await savedHash(bank.page, 'film.mp4')).toBe(hashOf(FILM));
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
}
