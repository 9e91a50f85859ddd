/** A saved evidence file, read as a court would: by this machine alone. */
import { expect, type Page } from '@playwright/test';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { go } from './case-world.ts';

const COMMAND = join(import.meta.dirname, '../../relay-rules/bin/realyield.mjs');
/** Loaded before the command: whoever opens a connection dies. */
const NO_NETWORK = `
import net from 'node:net';
net.Socket.prototype.connect = () => { throw new Error('a connection was opened'); };
`;

/** What the command said of a file, and whether it calls it whole. */
interface Verdict {
  readonly isWhole: boolean;
  readonly text: string;
}

function verify(folder: string, file: string): Promise<Verdict> {
  const args = ['--import', join(folder, 'no-network.mjs'), COMMAND, 'verify', file];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      resolve({ isWhole: error === null, text: stdout + stderr });
    });
  });
}

/** The line in which a byte of a text stands, counted from 1. */
const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length;

/** Saves the evidence by a button of the page that is open; yields its text. */
export async function saveEvidence(page: Page, name: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name }).click(),
  ]);
  return readFile(await download.path(), 'utf8');
}

/** The command reads it without a network, and names the line of any byte that was changed. */
export async function expectToVerify(text: string, sentences: readonly RegExp[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'realyield-'));
  try {
    await writeFile(join(folder, 'no-network.mjs'), NO_NETWORK);
    const file = join(folder, 'evidence.json');
    await writeFile(file, text);
    const whole = await verify(folder, file);
    expect(whole.text).toContain('as it was written, every byte');
    for (const sentence of sentences) expect(whole.text).toMatch(sentence);
    expect(whole.isWhole).toBe(true);

    const step = text.indexOf('"kind":2817');
    expect(step).toBeGreaterThan(0);
    const digest = text.lastIndexOf('"events":"');
    for (const at of [20, step + 10, digest + 20]) {
      const changed = text.charAt(at) === '0' ? '1' : '0';
      await writeFile(file, text.slice(0, at) + changed + text.slice(at + 1));
      const damaged = await verify(folder, file);
      expect(damaged.isWhole).toBe(false);
      expect(damaged.text).toMatch(new RegExp(`line ${lineOf(text, at)}\\b`));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The client reads it too, with no network once its page is there. */
export async function expectToRead(page: Page, text: string, sentence: RegExp): Promise<void> {
  await go(page, '/evidence');
  const choose = async (content: string): Promise<void> => {
    const buffer = Buffer.from(content);
    await page
      .getByLabel('Evidence file')
      .setInputFiles({ name: 'evidence.json', mimeType: 'application/json', buffer });
  };
  // The reader's own code comes with the first file.
  await choose('');
  await expect(page.getByText('This file is empty.')).toBeVisible();
  await page.context().setOffline(true);
  await choose(text);
  await expect(page.getByText('The file is as it was written, every byte.')).toBeVisible();
  await expect(page.getByText(sentence).first()).toBeVisible();
  await page.context().setOffline(false);
}
