/**
 * The browser half: a production build of the page, served under a strict policy from loopback.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import sirv from 'sirv';
import { build } from 'vite';
import { launchOptions } from '../../run/browser.mjs';
import type { Timings } from './events.ts';
import type { PageGlobals, Round } from './page.ts';

const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
].join('; ');

async function buildPage(folder: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    root: fileURLToPath(new URL('.', import.meta.url)),
    resolve: { conditions: ['@realyield/source', 'module', 'browser', 'production'] },
    worker: { format: 'es' },
    build: { outDir: folder, emptyOutDir: true, target: 'es2022' },
  });
}

/** Measures in Chromium; the first list warms up and is left out. */
export async function measureChromium(lists: readonly string[]): Promise<Timings> {
  const folder = mkdtempSync(join(tmpdir(), 'verify-page-'));
  await buildPage(folder);
  const serve = sirv(folder);
  const server = createServer((request, response) => {
    response.setHeader('content-security-policy', POLICY);
    serve(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch(launchOptions());
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction('typeof runRound === "function"');
    const rounds: Round[] = [];
    for (const list of lists) {
      rounds.push(
        await page.evaluate((json) => (globalThis as unknown as PageGlobals).runRound(json), list),
      );
    }
    if (problems.length > 0) throw new Error(problems.join('\n'));
    const measured = rounds.slice(1);
    return {
      ours: measured.map((round) => round.ours),
      nostrTools: measured.map((round) => round.nostrTools),
      ndk: measured.map((round) => round.ndk),
    };
  } finally {
    await browser.close();
    server.close();
    rmSync(folder, { recursive: true });
  }
}
