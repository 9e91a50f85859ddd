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
  await says(page, 'others can fetch it once you have uploaded it');
}

/** What the business reads of an upload, by what the server does; no two alike in a row. */
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
  ['busy', 'cannot hand it over now.'],
  ['endless', 'sent something else. It was not kept.'],
  ['redirects', 'did not answer, broke off, or sent on to another address.'],
  ['refuses', 'does not hand it over.'],
  ['away', 'did not answer, broke off, or sent on to another address.'],
];

/** Uploads until the server has it, whatever it does before. */
async function upload(page: Page, server: BlossomHandle): Promise<void> {
  const { host } = new URL(server.url);
  const elsewhere = await startBlossom();
  server.elsewhere = elsewhere.url;
  server.conduct = 'hangs';
  await press(page, `Upload 700 kB to ${host}: film.mp4`);
  await says(page, `All of it went to ${host}, which has not said yet that it has it.`);
  const bar = page.getByRole('progressbar', { name: '700 kB of 700 kB' });
  await expect(bar).toHaveAttribute('aria-valuenow', '100');
  await press(page, 'Stop: film.mp4');
  await says(page, 'not uploaded yet');
  for (const [conduct, words] of UPLOADS) {
    server.conduct = conduct;
    await press(page, new RegExp(`^(Upload 700 kB to|Try) ${host}.*: film\\.mp4$`));
    await says(page, words);
    await says(page, 'Nothing is lost: it is on this device.');
  }
  expect(elsewhere.blobs.size).toBe(0);
  await elsewhere.stop();
  await page.reload();
  await ready(page);
  server.conduct = 'away';
  await press(page, `Upload 700 kB to ${host}: film.mp4`);
  await says(page, 'did not answer, or broke off.');
  server.conduct = 'honest';
  await press(page, `Try ${host} again: film.mp4`);
  await says(page, `It waits, encrypted, at ${host}`);
}

/** Fetches until it is here, whatever the server does before. */
async function fetchIt(bank: Page, bakery: Page, server: BlossomHandle): Promise<void> {
  const { host } = new URL(server.url);
  const button = `Fetch 700 kB from ${host}: film.mp4`;
  await press(bank, 'Ask for it: film.mp4');
  await says(bank, `It waits, encrypted, at ${host}, which sees that you fetch it`);
  expect(server.fetches).toBe(0);
  server.conduct = 'hangs';
  await press(bank, button);
  const bar = bank.getByRole('progressbar', { name: '350 kB of 700 kB' });
  await expect(bar).toHaveAttribute('aria-valuenow', '50');
  await press(bank, 'Stop: film.mp4');
  for (const [conduct, words] of FETCHES) {
    server.conduct = conduct;
    await press(bank, button);
    await says(bank, words);
  }
  server.conduct = 'honest';
  server.forget();
  await bank.reload();
  await ready(bank);
  await press(bank, button);
  await says(bank, 'does not have it any more.');
  await press(bakery, 'Upload it again: film.mp4');
  await expect.poll(() => server.blobs.size).toBe(1);
  await press(bank, button);
  await says(bank, 'here, and the very file');
}

/** A business and a bank, a large document, and a server of every kind. */
export async function byWayOfServer(
  world: WorldProcess,
  { bank, bakery }: { readonly bank: Person; readonly bakery: Person },
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'files-'));
  const server = await startBlossom();
  try {
    await nameServer(bakery.page, server.url);
    const id = await apply(bakery.page, keyOf(world, bank), (page) => nameFiles(page, folder));
    await upload(bakery.page, server);
    expect([...server.blobs.keys()]).not.toContain(hashOf(FILM));
    await bank.page.goto(`/applications/${id}`);
    await ready(bank.page);
    await fetchIt(bank.page, bakery.page, server);
    expect(await savedHash(bank.page, 'film.mp4')).toBe(hashOf(FILM));
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
}
