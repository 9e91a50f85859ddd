/**
 * A case in browsers, on the local market's loan that is late: an investor opens it, the bank
 * answers, the arbiter takes it and awards less than was claimed, the business pays over Lightning,
 * and the arbiter closes it. Anybody reads it by its link. What takes longer: bond-case.spec.ts.
 */
import { expect, test } from '@playwright/test';
import * as at from './case-world.ts';
import { CaseWorld, go, standing } from './case-world.ts';
import { be } from './people.ts';

const [LENDER, BANK, BUSINESS] = [
  ...['Lars Nygaard', 'Winam Members’ Savings', 'Dunga Boatworks'],
] as const;
const ARBITER = 'Wanjiru Kamau';

let world: CaseWorld;

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
