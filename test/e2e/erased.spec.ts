/**
 * An investor's site data is erased in the middle of a stream, once while the wallet has not
 * answered. The signer alone brings keys and contract back, the stream goes on to its end, and
 * the payee got each part once.
 */
import { expect, test, type Page } from '@playwright/test';
import { balances, checkEachPartOnce, checkLedgers, settledRows } from './ledgers.ts';
import {
  FLOUR,
  become,
  invest,
  paymentsShown,
  ready,
  untilAllPaid,
  untilMoreThan,
} from './people.ts';
import { startWorldProcess, type WorldProcess } from './world-process.ts';

let world: WorldProcess;
let signer: string;

test.beforeAll(async () => {
  world = await startWorldProcess();
  const response = await fetch(`${world.url}/world.json`);
  const { personas } = (await response.json()) as { personas: { id: string; bunkerUri: string }[] };
  signer = personas.find(({ id }) => id === 'ana')?.bunkerUri ?? '';
});

test.afterAll(async () => {
  await world.stop();
});

/** Closes the page and erases everything its site has kept in this browser. */
async function erase(page: Page): Promise<Page> {
  const context = page.context();
  const other = await context.newPage();
  await page.close();
  const session = await context.newCDPSession(other);
  const origin = new URL(world.url).origin;
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
  return other;
}

/** Signs in with the address of a remote signer, as anybody does, and opens the only contract. */
async function comeBack(page: Page, root: string): Promise<void> {
  await page.goto('/portfolio');
  await ready(page);
  await expect(page.getByText('Connect to see your contracts')).toBeVisible();
  await page.goto('/connect');
  await ready(page);
  await page.getByRole('tab', { name: 'Remote signer' }).click();
  await page.getByLabel('Address of your signer').fill(signer);
  await page.getByRole('button', { name: 'Connect the signer' }).click();
  await expect(page.getByRole('heading', { name: 'You and your wallet' })).toBeVisible();
  await page.locator('a[href="/portfolio"]:visible').first().click();
  const contract = page.locator(`a[href="/contracts/${root}"]`).first();
  await contract.waitFor();
  // The page still fills while its contracts come back: one that moved away is pressed again.
  await expect(async () => {
    await contract.click({ timeout: 10_000 });
    await expect(page).toHaveURL(new RegExp(root), { timeout: 5_000 });
  }).toPass({ timeout: 60_000 });
}

async function paidByAna(): Promise<number> {
  return (await settledRows(world, 'ana')).filter((row) => row.direction === 'outgoing').length;
}

test('erased twice in the middle of a stream: restored by the signer alone', async ({
  browser,
}) => {
  const before = await balances(world);
  const { page: first } = await become(browser, world.url, 'Ana Morales');
  const root = await invest({ name: 'Ana', page: first, context: first.context() }, '30000', FLOUR);
  await untilMoreThan(first, 1);

  const second = await erase(first);
  await comeBack(second, root);
  await untilMoreThan(second, await paidByAna());

  await world.control({ do: 'holdPayAnswers', persona: 'ana' });
  const whenHeld = await paidByAna();
  await expect.poll(paidByAna, { timeout: 60_000 }).toBeGreaterThan(whenHeld);
  expect(await paymentsShown(second)).toBeLessThan(await paidByAna());
  const third = await erase(second);
  await world.control({ do: 'releasePayAnswers', persona: 'ana' });

  await comeBack(third, root);
  await untilAllPaid(third);
  await checkEachPartOnce(world, root);
  await checkLedgers(world, [{ root, investor: 'ana' }], before);
});
