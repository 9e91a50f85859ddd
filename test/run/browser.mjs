/**
 * Which Chromium the tests drive, and how it is started. The order: the one PW_CHROMIUM names,
 * the one Playwright has downloaded, the system's. `ensureBrowser` installs one where it can.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

const SYSTEM_BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Quiet: no calls home, no first-run pages, and no UDP that a firewall would only delay. */
const QUIET = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Pixels drawn without a graphics card's help cost less than pretending to have one.
  '--disable-gpu',
];

/** Whether this process is root, which Chromium's sandbox refuses. */
function isRoot() {
  return process.getuid?.() === 0;
}

/**
 * Path of the browser to use: `undefined` for Playwright's own, `null` where there is none.
 * @returns {string | undefined | null}
 */
function findBrowser() {
  const named = process.env['PW_CHROMIUM'];
  if (named) return existsSync(named) ? named : null;
  /** @type {typeof import('@playwright/test')} */
  const { chromium } = createRequire(import.meta.url)('@playwright/test');
  if (existsSync(chromium.executablePath())) return undefined;
  return SYSTEM_BROWSERS.find((path) => existsSync(path)) ?? null;
}

/**
 * Launch options for Playwright and for Vitest's browser mode.
 * @returns {{ executablePath?: string, args: string[] }}
 */
export function launchOptions() {
  const executablePath = findBrowser();
  return {
    ...(executablePath ? { executablePath } : {}),
    args: [...(isRoot() ? ['--no-sandbox'] : []), ...QUIET],
  };
}

/** Makes sure there is a browser: installs Debian's where allowed, else says what to do. */
export function ensureBrowser() {
  if (findBrowser() !== null) return;
  if (process.env['PW_CHROMIUM']) throw new Error('PW_CHROMIUM names a browser that is not there.');
  if (isRoot() && existsSync('/usr/bin/apt-get')) {
    console.log('Installing Chromium for the browser tests …');
    for (const step of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
      spawnSync('apt-get', step, {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
    }
    if (findBrowser() !== null) return;
  }
  throw new Error(
    'The browser tests need Chromium. Run "npx playwright install --with-deps chromium", install ' +
      'Chromium with the system’s package manager, or set PW_CHROMIUM to its path.',
  );
}
