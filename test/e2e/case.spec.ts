/**
 * Cases in browsers, on the local market's loans that are late. One is ruled on and paid over
 * Lightning; one is settled half-way, paid, and closed though nobody had to take it. Anybody reads
 * them by their links.
 */
import { expect, test, type Page } from '@playwright/test';
import * as at from './case-world.ts';
import { CaseWorld, go, standing } from './case-world.ts';
import { be } from './people.ts';

const [LENDER, OTHER, BANK, BUSINESS] = [
  ...['Lars Nygaard', 'Mei Tanaka', 'Winam Members’ Savings', 'Dunga Boatworks'],
] as const;
const ARBITER = 'Wanjiru Kamau';

let world: CaseWorld;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  world = await CaseWorld.start();
});

test.afterEach(() => world.leave());

test.afterAll(() => world.stop());

test('goes from a complaint to money paid', async ({ browser }) => {
  const page = await world.open(browser, LENDER);
  await at.claim(page, { statement: 'The boat is not launched, and nothing came.' });
  await expect(page.getByText(/can answer until \d+ \w+ \d{4}/)).toBeVisible();
  const path = await at.openCase(page);

  await be(page, LENDER, BANK);
  await go(page, '/desk');
  await page.getByRole('link', { name: /answer the claim/ }).click();
  await page.getByRole('button', { name: 'Answer the claim' }).click();
  await page.getByLabel('Your answer').fill('The yard was flooded. We expect it in January.');
  await page.getByRole('button', { name: 'Sign and answer' }).click();
  await expect(page.getByText('Opened and answered.')).toBeVisible();

  await be(page, BANK, ARBITER);
  await at.take(page);
  await page.getByLabel('Awarded').fill('150000');
  await page.getByLabel('Findings').fill('It was due and nothing was paid.');
  await page.getByRole('button', { name: 'Look at it once more' }).click();
  await expect(page.getByText('Say why you award something else')).toBeVisible();
  await page.getByLabel('Why you depart from the ledger').fill('The flood was nobody’s fault.');
  await at.rule(page);
  await expect(standing(page, 'ruled')).toBeVisible();

  await be(page, ARBITER, BUSINESS);
  await at.payPart(page, path, '150000');
  await be(page, BUSINESS, ARBITER);
  await at.close(page, path);

  const stranger = await world.open(browser);
  await go(stranger, path);
  await expect(standing(stranger, 'closed')).toBeVisible();
  await expect(stranger.getByText(/150.000.sat\s*paid/)).toBeVisible();
  await expect(stranger.getByText('The flood was nobody’s fault.')).toBeVisible();
});

/** Finds the case on one's list by what it asks for, and accepts the proposal in it. */
async function accept(page: Page, list: string): Promise<void> {
  await go(page, list);
  await page.getByRole('link', { name: /read a proposal/ }).click();
  await expect(page.getByText('Half now, the rest with the next boat.').first()).toBeVisible();
  await page.getByRole('button', { name: 'Accept this proposal' }).click();
  await page.getByRole('button', { name: 'Sign and accept' }).click();
  await expect(page.getByRole('button', { name: 'Sign and accept' })).toBeHidden();
}

test('is settled half-way, paid and closed', async ({ browser }) => {
  const page = await world.open(browser, OTHER);
  await at.claim(page, { statement: 'Nothing came in October, and nobody answers.' });
  const path = await at.openCase(page);

  await be(page, OTHER, BUSINESS);
  await go(page, path);
  await page.getByRole('button', { name: 'Propose to settle' }).click();
  await page.getByLabel('To be paid', { exact: true }).fill('60000');
  await page.getByLabel('A word with it').fill('Half now, the rest with the next boat.');
  await page.getByRole('button', { name: 'Sign and propose' }).click();
  await expect(page.getByText('You have signed it.')).toBeVisible();

  await be(page, BUSINESS, BANK);
  await accept(page, '/desk');
  await be(page, BANK, OTHER);
  await accept(page, '/portfolio');
  await expect(standing(page, 'settled')).toBeVisible();
  await expect(page.getByText(/^What was settled is to be paid by/)).toBeVisible();

  await be(page, OTHER, BUSINESS);
  await at.payPart(page, path, '60000');
  // Nobody had to take it: the arbiter ends it all the same.
  await be(page, BUSINESS, ARBITER);
  await at.close(page, path);
  await expect(page.getByText('Everything that was settled is paid.')).toBeVisible();
});
