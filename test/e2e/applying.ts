/** How a business applies to a bank and an offer comes of it, step by step. */
import { createHash } from 'node:crypto';
import { expect, type Page } from '@playwright/test';
import { OFFER, ready, type Listed, type Person } from './people.ts';
import type { WorldProcess } from './world-process.ts';

const LEDGER = Buffer.from('month,takings\nSeptember,412000\nOctober,455000\n');

/** What the business writes. */
const APPLICATION = {
  Business: 'Panadería Luz',
  'What for': 'A delivery bicycle',
  Amount: '400000',
  'To be repaid within': '6',
  'The case': 'The round takes three hours on foot.\nBy bicycle it takes one.',
  'What the money is spent on': 'A cargo bicycle for the morning round, and its lock.',
  'Income, costs and debts so far': 'Takings of 412 000 in September. <b>No debts.</b>',
} as const;

const CHECKED = 'One visit at five in the morning, and the books of two months.';

/** What the bank adds to what the business wrote. */
const ADDED = [
  'Sector',
  'Smallest ticket',
  'Interest a year',
  'Falls due after',
  'Paid out over',
  'In how many payments',
  'What the bank does',
  'Governing law and courts',
  'Cooling-off',
  'Complaints',
] as const;

/** The business names a small document. */
async function nameLedger(page: Page): Promise<void> {
  await page.getByLabel('Documents').setInputFiles({
    ...{ name: 'takings.csv', mimeType: 'text/csv', buffer: LEDGER },
  });
  await expect(page.getByText('takings.csv')).toBeVisible();
}

/** The business applies at the bank's page; yields the application's id. */
export async function apply(
  page: Page,
  bankKey: string,
  nameDocuments: (page: Page) => Promise<void> = nameLedger,
): Promise<string> {
  await page.goto(`/banks/${bankKey}`);
  await ready(page);
  await page.getByRole('link', { name: 'Apply for a loan here' }).click();
  for (const [label, value] of Object.entries(APPLICATION)) {
    await page.getByLabel(label, { exact: true }).fill(value);
  }
  await nameDocuments(page);
  await page.getByRole('button', { name: 'Send the application' }).click();
  await expect(page).toHaveURL(/\/applications\/[0-9a-f]{64}$/);
  return page.url().slice(-64);
}

/** SHA-256, hex. */
export function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Opens a document and saves it; SHA-256 of what is saved. */
export async function savedHash(page: Page, name: string): Promise<string> {
  await page.getByRole('button', { name: `Open: ${name}` }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('This is the very file that was named.')).toBeVisible();
  const saving = page.waitForEvent('download');
  await dialog.getByRole('button', { name: /^Save/ }).click();
  const chunks: Buffer[] = [];
  for await (const chunk of await (await saving).createReadStream()) chunks.push(chunk as Buffer);
  await page.keyboard.press('Escape');
  return hashOf(Buffer.concat(chunks));
}

/** The bank opens the application from its desk, gets the document and asks about it. */
async function look({ page }: Person, id: string): Promise<void> {
  await page.goto('/desk');
  await ready(page);
  await page.getByRole('link', { name: APPLICATION['What for'] }).click();
  await expect(page).toHaveURL(new RegExp(`/applications/${id}$`));
  await expect(page.getByText('<b>No debts.</b>')).toBeVisible();
  await page.getByRole('button', { name: 'Ask for it: takings.csv' }).click();
  expect(await savedHash(page, 'takings.csv')).toBe(hashOf(LEDGER));
  await page.getByLabel('Ask or tell the business').fill('Who repairs it?');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('button', { name: 'Wait for an answer' }).click();
}

/** The bank says in public what it looked at; the paper's own name stays private. */
async function attest({ page }: Person): Promise<void> {
  await page.getByRole('button', { name: 'Publish what you checked' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Sign and publish' }).click();
  await expect(dialog.getByText('Say of at least one thing what you found.')).toBeVisible();
  await dialog.getByLabel('Accounts and bank statements').selectOption('confirmed');
  await dialog.getByLabel('Visited where it works').selectOption('partly');
  await dialog.getByLabel('Your grade of the risk').selectOption('B');
  await dialog.getByLabel('What you say about it').fill(CHECKED);
  await dialog.getByLabel('Paper 1: takings.csv').check();
  await dialog.getByRole('button', { name: 'Sign and publish' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText(CHECKED)).toBeVisible();
}

/** What everybody reads of it at the offer. */
async function seeChecked(page: Page): Promise<void> {
  const checked = page.locator('section', { hasText: 'What the bank checked' }).last();
  await expect(checked.getByText(CHECKED)).toBeVisible();
  await expect(checked.getByText('The grade is B')).toBeVisible();
  await expect(checked.getByText('Not looked at: who owns and runs it')).toBeVisible();
  await expect(checked.getByText('Paper 1')).toBeVisible();
  await expect(checked.getByText('takings')).toHaveCount(0);
}

/** What the form begins with, also after a reload; the rest is the bank's to add. */
async function publish(
  { page }: Person,
  applicant: string,
  terms: (page: Page) => Promise<void>,
): Promise<void> {
  await page.getByRole('link', { name: 'Publish the offer' }).click();
  await expect(page).toHaveURL(/\/desk\/offer\?application=/);
  await page.reload();
  await ready(page);
  const field = (label: string) => page.getByLabel(label, { exact: true });
  await expect(field('Title')).toHaveValue(APPLICATION['What for']);
  await expect(field('What the money is for')).toHaveValue(
    APPLICATION['What the money is spent on'],
  );
  await expect(field('Story and plan')).toHaveValue(APPLICATION['The case']);
  await expect(field('Name')).toHaveValue(APPLICATION.Business);
  await expect(field('Public key')).toHaveValue(applicant);
  await expect(field('Amount sought')).toHaveValue(APPLICATION.Amount);
  await expect(page.getByText('The offer names what you checked')).toBeVisible();
  await page.getByText('Security, countries, tax and cooling-off').click();
  for (const label of ADDED) await field(label).fill(OFFER[label]);
  await field('Town').fill('Suchitoto');
  await field('Country').selectOption({ label: 'El Salvador' });
  await terms(page);
  await page.getByRole('button', { name: 'Sign and publish' }).click();
  await expect(page).toHaveURL(/\/desk$/);
}

/** The public key of a persona by the beginning of its name. */
export function keyOf(world: WorldProcess, { name }: Pick<Person, 'name'>): string {
  const persona = world.personas.find((each) => each.name.startsWith(name));
  if (!persona) throw new Error(`nobody is called ${name}`);
  return persona.publicKey;
}

/** How the offer of it is found in the list and known on its page. */
export const APPLIED_FOR: Listed = {
  title: APPLICATION['What for'],
  purpose: APPLICATION['What the money is spent on'],
};

/** From the business's application to the offer it has agreed to. */
export async function fromApplicationToOffer(
  world: WorldProcess,
  { bank, bakery }: { readonly bank: Person; readonly bakery: Person },
  terms: (page: Page) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const id = await apply(bakery.page, keyOf(world, bank));
  await look(bank, id);

  await expect(bakery.page.getByText('Who repairs it?')).toBeVisible();
  await expect(bakery.page.getByText('The bank waits for an answer of yours')).toBeVisible();
  await bakery.page.getByLabel('Answer or tell the bank').fill('The workshop next door.');
  await bakery.page.getByRole('button', { name: 'Send', exact: true }).click();

  await expect(bank.page.getByText('The workshop next door.')).toBeVisible();
  await bank.page.getByRole('button', { name: 'Approve', exact: true }).click();
  await expect(bakery.page.getByText('approved', { exact: true })).toBeVisible();
  await attest(bank);
  await publish(bank, keyOf(world, bakery), terms);

  // The business is led from its application to the offer, and agrees to it.
  await bakery.page.getByRole('link', { name: 'Read the offer' }).click();
  await expect(bakery.page.getByRole('heading', { name: OFFER.Title })).toBeVisible();
  await seeChecked(bakery.page);
  await bakery.page.goto('/desk');
  await ready(bakery.page);
  const asked = bakery.page.getByRole('listitem').filter({ hasText: OFFER.Title });
  await asked.getByRole('button', { name: 'Read and agree' }).click();
  await bakery.page.getByRole('button', { name: 'Sign and agree' }).click();
  await expect(asked.getByRole('button', { name: 'Read and agree' })).toBeHidden();
}
