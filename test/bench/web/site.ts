/** The built client in Chromium, with a relay that can be taken away. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test';
import sirv from 'sirv';
import { startRelay, type RelayHandle } from '../../../relay-rules/src/relay/server.ts';
import type { SignedEvent } from '@realyield/protocol';
import { launchOptions } from '../../run/browser.mjs';

/** First card on the page, by the page's own clock: ms since the navigation began. */
interface PageGlobals {
  readonly firstCardMs?: number;
}

/** A client, a browser and a relay. */
export interface Site {
  readonly relay: RelayHandle;
  /** A fresh browser profile whose client uses the relay. */
  open(): Promise<BrowserContext>;
  /** Opens the first page; ms from the start of the navigation to the first offer's card. */
  timeToOffers(context: BrowserContext): Promise<number>;
  /** Opens the first page and waits until all these offers are in the store. */
  fill(context: BrowserContext, offers: number): Promise<void>;
  /** Ms from choosing a country to the list that has it, on a page with all offers. */
  timeToFilter(context: BrowserContext): Promise<number>;
  stop(): Promise<void>;
}

const STORE = 'realyield-public';
/** A busy machine is slow; nothing is measured by giving up, ms. */
const PATIENCE_MS = 180_000;

/** Serves a folder; unknown paths get the client's fallback. */
async function serve(folder: string): Promise<Server> {
  const files = sirv(folder, { single: '200.html' });
  const server = createServer((request, response) => {
    if (request.url === '/world.json') {
      response.writeHead(404).end();
      return;
    }
    files(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/**
 * Notes when the first card is in the document; runs before the page's own scripts. No function
 * in it has a name: what loads TypeScript here would add a helper that the page does not have.
 */
function noteFirstCard(): void {
  new MutationObserver((_, observer) => {
    if (document.querySelector('article h3 a') === null) return;
    observer.disconnect();
    // After the frame that shows it.
    requestAnimationFrame(() => {
      Object.assign(globalThis, { firstCardMs: performance.now() });
    });
  }).observe(document, { childList: true, subtree: true });
}

class BenchSite implements Site {
  readonly relay: RelayHandle;
  readonly #server: Server;
  readonly #browser: Browser;

  constructor(relay: RelayHandle, server: Server, browser: Browser) {
    this.relay = relay;
    this.#server = server;
    this.#browser = browser;
  }

  get #url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async open(): Promise<BrowserContext> {
    const context = await this.#browser.newContext({ serviceWorkers: 'block' });
    const relays = JSON.stringify([this.relay.url]);
    await context.addInitScript((kept) => {
      localStorage.setItem('realyield.relays', kept);
    }, relays);
    await context.addInitScript(noteFirstCard);
    return context;
  }

  async timeToOffers(context: BrowserContext): Promise<number> {
    const page = await context.newPage();
    await page.goto(this.#url, { waitUntil: 'commit', timeout: PATIENCE_MS });
    await page.waitForFunction(
      () => (globalThis as PageGlobals).firstCardMs !== undefined,
      undefined,
      { timeout: PATIENCE_MS },
    );
    const ms = await page.evaluate(() => (globalThis as PageGlobals).firstCardMs);
    await page.close();
    return ms ?? NaN;
  }

  async fill(context: BrowserContext, offers: number): Promise<void> {
    const page = await context.newPage();
    await page.goto(this.#url, { timeout: PATIENCE_MS });
    // The client has made its store by then; who opens one before it would make another.
    await page.locator('article h3 a').first().waitFor({ timeout: PATIENCE_MS });
    await page.waitForFunction(
      async ([name, count]) => {
        const opening = indexedDB.open(name);
        await new Promise((resolve) => opening.addEventListener('success', resolve));
        const counting = opening.result.transaction('events').objectStore('events').count();
        await new Promise((resolve) => counting.addEventListener('success', resolve));
        opening.result.close();
        return counting.result >= count;
      },
      [STORE, offers] as const,
      { timeout: PATIENCE_MS, polling: 500 },
    );
    await page.close();
  }

  async timeToFilter(context: BrowserContext): Promise<number> {
    const page = await context.newPage();
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(this.#url, { timeout: PATIENCE_MS });
    const choice = page.getByRole('checkbox', { name: /^Kenya/ }).first();
    await choice.waitFor({ timeout: PATIENCE_MS });
    const ms = await this.#timeChoice(page);
    await page.close();
    return ms;
  }

  /** From the click to the frame after the chip of the choice has been drawn. */
  #timeChoice(page: Page): Promise<number> {
    return page.evaluate(
      () =>
        new Promise<number>((resolve, reject) => {
          const boxes = [...document.querySelectorAll<HTMLInputElement>('aside input')];
          const box = boxes.find((each) => each.parentElement?.textContent.includes('Kenya'));
          if (!box) {
            reject(new Error('no such filter'));
            return;
          }
          const startMs = performance.now();
          const observer = new MutationObserver(() => {
            if (!document.querySelector('[aria-label="Active filters"] .chip')) return;
            observer.disconnect();
            requestAnimationFrame(() => {
              resolve(performance.now() - startMs);
            });
          });
          observer.observe(document.body, { childList: true, subtree: true });
          box.click();
        }),
    );
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    this.#server.close();
    await this.relay.stop();
  }
}

/** Starts everything; the relay holds these events. */
export async function openSite(folder: string, events: readonly SignedEvent[]): Promise<Site> {
  const relay = await startRelay({ port: 0 });
  for (const event of events) {
    relay.injectUnchecked({ ...event, tags: event.tags.map((tag) => [...tag]) });
  }
  const [server, browser] = await Promise.all([serve(folder), chromium.launch(launchOptions())]);
  return new BenchSite(relay, server, browser);
}
