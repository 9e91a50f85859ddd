/** What people do in the client, step by step, as the end-to-end tests do it. */
import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { STANDS_MS } from '../engine/until.ts';

/** A person in a browser of their own. */
export interface Person {
  readonly name: string;
  readonly context: BrowserContext;
  readonly page: Page;
}

/** Waits until the page can be pressed: SvelteKit has taken over. */
export async function ready(page: Page): Promise<void> {
  await page.locator('html[data-ready="yes"]').waitFor();
}

/** Opens a fresh browser context on the world. */
export async function openBrowser(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: url });
  const page = await context.newPage();
  await page.goto('/');
  await ready(page);
  return page;
}

/** Becomes one of the local world's people. */
export async function become(browser: Browser, url: string, name: string): Promise<Person> {
  const page = await openBrowser(browser, url);
  await page.goto('/connect');
  await ready(page);
  const card = page.locator('article', { hasText: name });
  await card.getByRole('button', { name: 'Be this person' }).click();
  await expect(page.getByRole('heading', { name: 'You and your wallet' })).toBeVisible();
  await expect(page.getByText('connected', { exact: true }).first()).toBeVisible();
  return { name, context: page.context(), page };
}

/** Becomes somebody else from the menu that every page has. */
export async function be(page: Page, from: string, to: string): Promise<void> {
  await page.getByRole('button', { name: from }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: to }).click();
  await expect(page.getByRole('banner').getByRole('button', { name: to })).toBeVisible();
}

/** What the bank fills into its form. */
export const OFFER = {
  Title: 'A delivery bicycle',
  'What the money is for': 'A cargo bicycle for the morning round.',
  'Story and plan': 'The round takes three hours on foot and would take one by bicycle.',
  Sector: 'Food',
  Town: 'Suchitoto',
  'Amount sought': '400000',
  'Smallest ticket': '20000',
  'Interest a year': '12',
  // Nobody waits for it, and nothing lapses before.
  'Falls due after': '400',
  'Paid out over': '10',
  'In how many payments': '10',
  'What the bank does': 'The bank visits within ten days of a missed payment.',
  'Governing law and courts': 'Law of El Salvador',
  'Cooling-off': '0',
  Complaints: 'The supervisory board of the bank',
} as const;

/** The bank publishes an offer from its desk; `terms` says what is not as usual. */
export async function publishOffer(
  bank: Person,
  terms: (page: Page) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await bank.page.goto('/desk/offer');
  await ready(bank.page);
  await bank.page.getByText('Security, countries, tax and cooling-off').click();
  const businesses = bank.page.getByLabel('A business of this local world');
  await businesses.selectOption({ label: 'Panadería Luz' });
  for (const [label, value] of Object.entries(OFFER)) {
    await bank.page.getByLabel(label, { exact: true }).fill(value);
  }
  await bank.page.getByLabel('Country', { exact: true }).selectOption({ label: 'El Salvador' });
  await terms(bank.page);
  await bank.page.getByRole('button', { name: 'Sign and publish' }).click();
  await expect(bank.page).toHaveURL(/\/desk$/);
  await expect(bank.page.getByText(OFFER['What the money is for']).first()).toBeVisible();
}

/** How an offer is found in the list and known on its page. */
export interface Listed {
  readonly title: string;
  readonly purpose: string;
}

/** The offer of `publishOffer`. */
export const OWN_OFFER: Listed = { title: OFFER.Title, purpose: OFFER['What the money is for'] };

/** One the local world begins with: 30 payments, a second apart. */
export const FLOUR: Listed = {
  title: 'Flour and sugar for December',
  purpose: 'Stock for the busiest month, bought in October when it is cheap.',
};

/** Another: 60 payments in a minute. */
export const OVEN: Listed = {
  title: 'A second oven for Panadería Luz',
  purpose: 'A second deck oven, to bake for the two schools that asked.',
};

/** An investor finds the offer, chooses an amount and signs; yields the contract's id. */
export async function invest(
  investor: Person,
  sats: string,
  offer: Listed = OWN_OFFER,
): Promise<string> {
  const { page } = investor;
  await page.goto('/');
  await ready(page);
  await page.getByText(offer.purpose).first().click();
  await expect(page.getByRole('heading', { name: offer.title })).toBeVisible();
  await page.getByLabel('How much you lend').fill(sats);
  await page.getByRole('button', { name: /^Invest/ }).click();
  const risk = page.getByLabel('I understand that I may lose all');
  await page.getByRole('button', { name: 'Sign and propose' }).click();
  await expect(risk).toBeFocused();
  await risk.check();
  await page.getByRole('button', { name: 'Sign and propose' }).click();
  await expect(page).toHaveURL(/\/contracts\/[0-9a-f]{64}$/);
  return page.url().slice(-64);
}

/** Opens a contract's page. */
export async function openContract(person: Pick<Person, 'page'>, root: string): Promise<void> {
  await person.page.goto(`/contracts/${root}`);
  await ready(person.page);
}

/** Business or bank signs a proposal on its page. */
export async function countersign(person: Person, root: string): Promise<void> {
  await openContract(person, root);
  await person.page.getByRole('button', { name: 'Read and sign' }).click();
  await person.page.getByRole('button', { name: 'Countersign' }).click();
  await expect(person.page.getByRole('button', { name: 'Read and sign' })).toBeHidden();
}

/** How many payments of the stream the contract's page shows as made; -1 before it shows any. */
export async function paymentsShown(page: Page): Promise<number> {
  const stream = page.getByRole('region', { name: 'Payment stream' });
  const figure = stream.locator('dd', { hasText: /^\s*\d+ of \d+\s*$/ });
  if ((await figure.count()) === 0) return -1;
  return Number.parseInt(await figure.innerText(), 10);
}

/** Waits until the contract's page shows more payments than a number. */
export async function untilMoreThan(page: Page, count: number): Promise<void> {
  await expect.poll(() => paymentsShown(page), { timeout: 2 * STANDS_MS }).toBeGreaterThan(count);
}

/** Waits until the contract's page says that the whole stream is paid, as long as it goes on. */
export async function untilAllPaid(page: Page): Promise<void> {
  const allPaid = page.getByText('all paid', { exact: true }).first();
  for (let isPaid = false; !isPaid; isPaid = await allPaid.isVisible()) {
    const shown = await paymentsShown(page);
    const goesOn = async (): Promise<boolean> =>
      (await allPaid.isVisible()) || (await paymentsShown(page)) > shown;
    await expect.poll(goesOn, { timeout: 2 * STANDS_MS }).toBe(true);
  }
}

/** Waits until a contract's page says it is in a status; yields the state hash shown there. */
export async function stateHash(page: Page, root: string, status: string): Promise<string> {
  if (!page.url().endsWith(root)) {
    await page.goto(`/contracts/${root}`);
    await ready(page);
  }
  const shown = page.locator(`[data-status="${status}"]`);
  await shown.waitFor({ timeout: 60_000 });
  return (await shown.getAttribute('data-state-hash')) ?? '';
}
