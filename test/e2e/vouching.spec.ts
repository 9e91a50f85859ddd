/**
 * A community member vouches for a bank, and a merchant sees it among strangers, trusts the key,
 * and has it first; each takes back what they said. In Chromium, as a newcomer would do it.
 */
import { expect, test, type Browser, type Locator } from '@playwright/test';
import { become, ready, type Person } from './people.ts';
import { startWorldProcess, type WorldProcess } from './world-process.ts';

const BANK = 'Banco Comunal de Suchitoto';
const WORDS = { ana: 'It paid me back to the day, <b>twice</b>.', luz: 'They visited my shop.' };

let world: WorldProcess;

test.beforeAll(async () => {
  world = await startWorldProcess();
});

test.afterAll(async () => {
  await world.stop();
});

const vouchesOf = ({ page }: Person): Locator =>
  page.getByRole('region', { name: 'Who vouches for it' });

/** Becomes somebody and reads the bank's page, led there by its name. */
async function atBank(browser: Browser, name: string): Promise<Person> {
  const person = await become(browser, world.url, name);
  const bank = world.personas.find((each) => each.name === BANK);
  await person.page.goto(`/banks/${bank?.publicKey ?? ''}`);
  await ready(person.page);
  return person;
}

async function vouch(person: Person, words: string): Promise<void> {
  await vouchesOf(person).getByRole('button', { name: 'Vouch for this bank' }).click();
  const dialog = person.page.getByRole('dialog', { name: `Vouch for ${BANK}` });
  const sign = dialog.getByRole('button', { name: 'Sign and publish' });
  // What lacks is said before anything is signed.
  await sign.click();
  await expect(dialog.getByText('Choose at least one.')).toBeVisible();
  await dialog.getByRole('checkbox', { name: 'I borrowed from it' }).check();
  await dialog.getByRole('textbox').fill(words);
  await sign.click();
  await expect(dialog).toBeHidden();
  await expect(vouchesOf(person).getByText(words)).toBeVisible();
}

test('people vouch for a bank: whom the reader trusts comes first', async ({ browser }) => {
  const ana = await atBank(browser, 'Ana Morales');
  await expect(vouchesOf(ana)).toContainText('Nobody you follow or trust vouches for this bank.');
  await vouch(ana, WORDS.ana);
  const luz = await atBank(browser, 'Panadería Luz');
  const strangers = vouchesOf(luz).getByText('1 key that you neither follow nor trust');
  await strangers.click();
  const said = vouchesOf(luz).getByText(WORDS.ana);
  await expect(said).toBeVisible();
  // What somebody wrote is text, never markup.
  await expect(vouchesOf(luz).locator('b')).toHaveCount(0);
  await vouchesOf(luz).getByRole('button', { name: 'Trust this key' }).click();
  await expect(vouchesOf(luz).getByRole('heading', { name: 'Keys you trust' })).toBeVisible();
  await expect(strangers).toHaveCount(0);
  await vouch(luz, WORDS.luz);
  await expect(vouchesOf(luz).getByRole('heading', { level: 3 })).toHaveText([
    'Your own word',
    'Keys you trust',
  ]);
  // Taken back it is gone, for others too.
  await vouchesOf(ana).getByRole('button', { name: 'Take it back' }).click();
  await expect(vouchesOf(luz).getByText(WORDS.ana)).toHaveCount(0);
  await expect(vouchesOf(luz).getByText(WORDS.luz)).toBeVisible();
});
