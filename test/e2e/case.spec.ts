/**
 * A case in browsers, on the local market's loan that is late: an investor opens it, the bank
 * answers, the arbiter takes it and awards less than was claimed, the business pays over Lightning,
 * and the arbiter closes it. Anybody reads it by its link.
 */
import { expect, test, type Page } from '@playwright/test';
import { be, openBrowser, ready } from './people.ts';
import { startWorldProcess, type WorldProcess } from './world-process.ts';

const [LENDER, BANK, BUSINESS, ARBITER] = [
  ...['Lars Nygaard', 'Winam Members’ Savings', 'Dunga Boatworks', 'Wanjiru Kamau'],
] as const;

let world: WorldProcess;

test.beforeAll(async () => {
  world = await startWorldProcess(['--no-small']);
});

test.afterAll(() => world.stop());

/** Opens a page of the client. */
async function go(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await ready(page);
}

const standing = (page: Page, status: string) => page.locator(`[data-status="${status}"]`);

test('goes from a complaint to money paid', async ({ browser }) => {
  const page = await openBrowser(browser, world.url);
  await be(page, 'Connect', LENDER);
  await go(page, '/portfolio');
  await page.getByRole('link', { name: /see why it is late/ }).click();
  await page.getByRole('link', { name: 'Open a case' }).click();
  await expect(page.getByText(/can answer until \d+ \w+ \d{4}/)).toBeVisible();
  const amount = page.getByLabel('How much do you claim?');
  await expect(amount).not.toHaveValue('');
  await page.getByLabel('What happened?').fill('The boat is not launched, and nothing came.');
  await page.getByRole('button', { name: 'Sign and open the case' }).click();
  await expect(standing(page, 'open')).toBeVisible();
  const path = new URL(page.url()).pathname;

  await be(page, LENDER, BANK);
  await go(page, '/desk');
  await page.getByRole('link', { name: /answer the claim/ }).click();
  await page.getByRole('button', { name: 'Answer the claim' }).click();
  await page.getByLabel('Your answer').fill('The yard was flooded. We expect it in January.');
  await page.getByRole('button', { name: 'Sign and answer' }).click();
  await expect(page.getByText('Opened and answered.')).toBeVisible();

  await be(page, BANK, ARBITER);
  await go(page, '/desk');
  await page.getByRole('link', { name: /take the case/ }).click();
  await page.getByRole('button', { name: 'Take the case' }).click();
  await page.getByRole('button', { name: 'Sign and take it' }).click();
  await page.getByLabel('Awarded').fill('150000');
  await page.getByLabel('Findings').fill('It was due and nothing was paid.');
  await page.getByRole('button', { name: 'Look at it once more' }).click();
  await expect(page.getByText('Say why you award something else')).toBeVisible();
  await page.getByLabel('Why you depart from the ledger').fill('The flood was nobody’s fault.');
  await page.getByRole('button', { name: 'Look at it once more' }).click();
  await page.getByRole('button', { name: 'Sign the ruling' }).click();
  await expect(standing(page, 'ruled')).toBeVisible();

  await be(page, ARBITER, BUSINESS);
  await go(page, path);
  await page.getByRole('link', { name: 'Pay on the contract’s page' }).click();
  await page.getByLabel('Or a part of it').fill('150000');
  await page.getByRole('button', { name: 'Repay this part' }).click();
  await page.getByRole('dialog').getByRole('button', { name: /^Pay/ }).click();
  await go(page, path);
  await expect(standing(page, 'complied')).toBeVisible({ timeout: 20_000 });

  await be(page, BUSINESS, ARBITER);
  await go(page, path);
  await page.getByRole('button', { name: 'Close the case' }).click();
  await page.getByRole('button', { name: 'Sign and close' }).click();
  await expect(standing(page, 'closed')).toBeVisible();

  const stranger = await openBrowser(browser, world.url);
  await go(stranger, path);
  await expect(standing(stranger, 'closed')).toBeVisible();
  await expect(stranger.getByText(/150.000.sat\s*paid/)).toBeVisible();
  await expect(stranger.getByText('The flood was nobody’s fault.')).toBeVisible();
});
