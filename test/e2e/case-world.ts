/** The local market for tests of cases: people at their pages, and time that leaps. */
import {
  expect,
  type Browser,
  type BrowserContext,
  type Locator,
  type Page,
} from '@playwright/test';
import { be, ready } from './people.ts';
import { startWorldProcess, type WorldProcess } from './world-process.ts';

const DAY_SEC = 86_400;

/** Sets the clock of a page ahead, before anything of it runs; again on top of what it is. */
function setAhead(milliseconds: number): void {
  const now = Date.now.bind(Date);
  Date.now = () => now() + milliseconds;
}

/** A world whose time can leap, with the browsers in it. */
export class CaseWorld {
  readonly process: WorldProcess;
  readonly #contexts: BrowserContext[] = [];
  #aheadMs = 0;

  private constructor(process: WorldProcess) {
    this.process = process;
  }

  /** Starts the whole market. */
  static async start(): Promise<CaseWorld> {
    return new CaseWorld(await startWorldProcess(['--no-small']));
  }

  /** Opens a fresh browser, at the world's time; as nobody unless somebody is named. */
  async open(browser: Browser, name?: string): Promise<Page> {
    const context = await browser.newContext({ baseURL: this.process.url });
    this.#contexts.push(context);
    await context.addInitScript(setAhead, this.#aheadMs);
    const page = await context.newPage();
    await go(page, '/');
    if (name !== undefined) await be(page, 'Connect', name);
    return page;
  }

  /** Lets days pass for the world and for one browser, which reads its page anew. */
  async leap(page: Page, days: number): Promise<void> {
    await this.process.control({ do: 'leap', seconds: days * DAY_SEC });
    const milliseconds = days * DAY_SEC * 1_000;
    this.#aheadMs += milliseconds;
    await page.context().addInitScript(setAhead, milliseconds);
    await page.reload();
    await ready(page);
  }

  mine(): Promise<void> {
    return this.process.control({ do: 'mine', blocks: 1 });
  }

  /** Closes every browser: their clocks stand behind the world's once that has leapt. */
  async leave(): Promise<void> {
    await Promise.all(this.#contexts.splice(0).map((context) => context.close()));
  }

  stop(): Promise<void> {
    return this.process.stop();
  }
}

/** Opens a page of the client. */
export async function go(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await ready(page);
}

/** A case's page in a status. */
export const standing = (page: Page, status: string): Locator =>
  page.locator(`[data-status="${status}"]`);

/** What somebody claims. */
export interface Claim {
  readonly reason?: string;
  readonly statement: string;
  readonly address?: string;
  /** What is due by the ledger unless given. */
  readonly sats?: string;
}

/** Comes from the portfolio to the form about the loan that is late, and fills it in. */
export async function claim(page: Page, order: Claim): Promise<void> {
  const { reason, statement, address, sats } = order;
  await go(page, '/portfolio');
  await page.getByRole('link', { name: /see why it is late/ }).click();
  await page.getByRole('link', { name: 'Open a case' }).click();
  await expect(page.getByLabel('How much do you claim?')).not.toHaveValue('');
  if (reason !== undefined) await page.getByRole('radio', { name: reason }).check();
  if (sats !== undefined) await page.getByLabel('How much do you claim?').fill(sats);
  await page.getByLabel('What happened?').fill(statement);
  if (address !== undefined) await page.getByLabel('Your Bitcoin address').fill(address);
}

/** Signs a claim that was filled in; yields the path of its case. */
export async function openCase(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Sign and open the case' }).click();
  await expect(standing(page, 'open')).toBeVisible();
  return new URL(page.url()).pathname;
}

/** The arbiter who is asked takes the case that waits on their desk. */
export async function take(page: Page): Promise<void> {
  await go(page, '/desk');
  await page.getByRole('link', { name: /take the case/ }).click();
  await page.getByRole('button', { name: 'Take the case' }).click();
  await page.getByRole('button', { name: 'Sign and take it' }).click();
  await expect(page.getByRole('heading', { name: 'Your ruling' })).toBeVisible();
}

/** Signs the ruling that was filled in. */
export async function rule(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Look at it once more' }).click();
  await page.getByRole('button', { name: 'Sign the ruling' }).click();
}

/** The business pays a part on the contract's page. */
export async function payPart(page: Page, path: string, sats: string): Promise<void> {
  await go(page, path);
  await page.getByRole('link', { name: 'Pay on the contract’s page' }).click();
  await page.getByLabel('Or a part of it').fill(sats);
  await page.getByRole('button', { name: 'Repay this part' }).click();
  await page.getByRole('dialog').getByRole('button', { name: /^Pay/ }).click();
  await go(page, path);
  await expect(standing(page, 'complied')).toBeVisible({ timeout: 60_000 });
}

/** Who decides ends a case of which nothing is owed. */
export async function close(page: Page, path: string): Promise<void> {
  await go(page, path);
  await page.getByRole('button', { name: 'Close the case' }).click();
  await page.getByRole('button', { name: 'Sign and close' }).click();
  await expect(standing(page, 'closed')).toBeVisible();
}
