/**
 * On the local market, in browsers. A case on the loan that is late: an investor opens it, the bank
 * answers, the arbiter takes it and awards less than was claimed, the business pays over Lightning,
 * and the arbiter closes it; anybody reads it by its link. One bank vouches for another. And a till
 * on the loan in default: the bank runs it, and the recovery share of each sale goes to both who
 * lent; a sale that is paid while the till is closed is found when it opens again. What takes
 * longer: bond-case.spec.ts, till.spec.ts.
 */
import { expect, test } from '@playwright/test';
import * as at from './case-world.ts';
import { CaseWorld, go, standing } from './case-world.ts';
import { charge, openTill, payAndSee } from './counter.ts';
import { settledRows } from './ledgers.ts';
import { be } from './people.ts';
import { openWallet } from './purse.ts';

const [LENDER, BANK, BUSINESS] = [
  ...['Lars Nygaard', 'Winam Members’ Savings', 'Dunga Boatworks'],
] as const;
const ARBITER = 'Wanjiru Kamau';

/** Of each sale 30 % for the loan, of which Ana lent a third and Priya the rest. */
const [FIRST_SAT, SECOND_SAT] = [6_000n, 9_000n];
const SHARES_SAT = { ana: 1_500n, priya: 3_000n } as const;

let world: CaseWorld;

test.beforeAll(async () => {
  world = await CaseWorld.start();
});

test.afterEach(() => world.leave());

test.afterAll(() => world.stop());

test('says of a bank that another bank vouches for it', async ({ browser }) => {
  const bank = world.process.personas.find(({ id }) => id === 'bank');
  const path = `/banks/${bank?.publicKey ?? ''}`;
  const words = 'We have read its books for two years, and they add up.';
  const page = await world.open(browser, BANK);
  await go(page, path);
  await page.getByRole('button', { name: 'Vouch for this bank' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('checkbox', { name: 'I have seen its books' }).check();
  await dialog.getByRole('textbox').fill(words);
  await dialog.getByRole('button', { name: 'Sign and publish' }).click();
  await expect(dialog).toBeHidden();

  // Whoever comes by reads it among banks, by that bank's name; nobody but its bank takes it back.
  const stranger = await world.open(browser);
  await go(stranger, path);
  const said = stranger.getByRole('region', { name: 'Who vouches for it' });
  await expect(said.getByRole('heading', { name: 'Other banks' })).toBeVisible();
  await expect(said.getByRole('listitem').filter({ hasText: words })).toContainText(BANK);
  await expect(said.getByText('has seen its books')).toBeVisible();
  await expect(said.getByRole('button')).toHaveCount(0);
  await page.getByRole('button', { name: 'Take it back' }).click();
  await expect(said.getByText(words)).toHaveCount(0);
});

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

/** What a wallet has received, whole satoshis. */
async function receivedSat(persona: string): Promise<bigint> {
  const rows = await settledRows(world.process, persona);
  const incoming = rows.filter(({ direction }) => direction === 'incoming');
  return incoming.reduce((sum, { amountMsat }) => sum + BigInt(amountMsat), 0n) / 1_000n;
}

test('a till finds what was paid while it was closed, and both lenders get theirs', async ({
  browser,
}) => {
  const before = {
    ...{ ana: await receivedSat('ana'), priya: await receivedSat('priya') },
    boats: await receivedSat('boats'),
  };
  const customer = { id: 'ben', wallet: await openWallet(world.process, 'ben') };
  const page = await world.open(browser, BUSINESS);
  await page.setViewportSize({ width: 390, height: 844 });
  await openTill(page, BANK);
  await expect(page.getByText(/Recovery: 30\s% of each sale/)).toBeVisible();
  await payAndSee(page, customer, await charge(page, FIRST_SAT));

  // The till is closed with the code on its screen; the customer pays all the same.
  const invoice = await charge(page, SECOND_SAT);
  await page.goto('about:blank');
  const paid = await customer.wallet.pay(invoice);
  expect(paid.state === 'answered' ? 'paid' : paid.sentence).toBe('paid');
  await go(page, '/till');
  await expect(page.getByText('Paid', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'New sale' }).click();

  for (const [lender, share] of Object.entries(SHARES_SAT) as ['ana' | 'priya', bigint][]) {
    await expect.poll(async () => (await receivedSat(lender)) - before[lender]).toBe(share);
  }
  const restSat = FIRST_SAT + SECOND_SAT - SHARES_SAT.ana - SHARES_SAT.priya;
  await expect.poll(async () => (await receivedSat('boats')) - before.boats).toBe(restSat);

  await go(page, '/till/sales');
  const day = page.getByRole('region', { name: 'Today' });
  await expect(day.getByText(/15\s000/)).toBeVisible();
  await expect(day.getByText(/2 sales; of it 4\s500\ssat\s+to those who lent/)).toBeVisible();

  // Other devices of the business, and of the bank, know of it.
  const other = await world.open(browser, BUSINESS);
  await go(other, '/till/sales');
  await expect(other.getByRole('region', { name: 'Today' }).getByText(/15\s000/)).toBeVisible();
  const bank = await world.open(browser, BANK);
  await go(bank, '/desk');
  const tills = bank.getByRole('region', { name: 'Tills you run' });
  await expect(tills.getByText('no sale on this device, the recovery share applies')).toBeVisible();
  await expect(tills.getByText(/other devices have paid on 15\s000\ssat/)).toBeVisible();
  customer.wallet.close();
});
