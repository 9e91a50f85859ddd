/**
 * The paying tab is killed while the wallet has not answered, and the wallet pays. Opened again,
 * the client looks up what became of the payment and goes on; the payee got each part once.
 */
import { expect, test, type Page } from '@playwright/test';
import { balances, checkEachPartOnce, checkLedgers, settledRows } from './ledgers.ts';
import {
  FLOUR,
  be,
  become,
  invest,
  openContract,
  paymentsShown,
  untilAllPaid,
  untilMoreThan,
} from './people.ts';
import { startWorldProcess, type WorldProcess } from './world-process.ts';

let world: WorldProcess;

test.beforeAll(async () => {
  world = await startWorldProcess();
});

test.afterAll(async () => {
  await world.stop();
});

/** Ends the page's process as a crash does: nothing in it runs any more, not even its unload. */
async function kill(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  session.send('Page.crash').catch(() => undefined);
  await crashed;
}

async function paidByAna(): Promise<number> {
  return (await settledRows(world, 'ana')).filter((row) => row.direction === 'outgoing').length;
}

test('a tab killed during a payment: looked up, and nothing is paid twice', async ({ browser }) => {
  const before = await balances(world);
  const ana = await become(browser, world.url, 'Ana Morales');
  const root = await invest(ana, '30000', FLOUR);
  await untilMoreThan(ana.page, 1);

  await world.control({ do: 'holdPayAnswers', persona: 'ana' });
  const paidWhenHeld = await paidByAna();
  await expect.poll(paidByAna, { timeout: 60_000 }).toBeGreaterThan(paidWhenHeld);
  expect(await paymentsShown(ana.page)).toBeLessThan(await paidByAna());
  await kill(ana.page);
  await world.control({ do: 'releasePayAnswers', persona: 'ana' });

  const page = await ana.context.newPage();
  await openContract({ page }, root);
  await untilAllPaid(page);
  await checkEachPartOnce(world, root);
  await checkLedgers(world, [{ root, investor: 'ana' }], before);
});

test('a second window goes on when the first dies; somebody else pays nothing', async ({
  browser,
}) => {
  const outgoing = async (persona: string): Promise<number> =>
    (await settledRows(world, persona)).filter((row) => row.direction === 'outgoing').length;
  const paidByBen = await outgoing('ben');
  const paidBefore = await paidByAna();
  const ana = await become(browser, world.url, 'Ana Morales');
  const root = await invest(ana, '30000', FLOUR);

  // A second window of the same browser looks on, and takes nothing from the one that pays. It is
  // opened before the stream begins: however slow that is, something is left for it.
  const page = await ana.context.newPage();
  await openContract({ page }, root);
  await untilMoreThan(ana.page, 1);
  await untilMoreThan(page, (await paymentsShown(ana.page)) + 2);
  await expect(ana.page.getByText('Another window or device is paying for you.')).toBeHidden();
  // It goes on by itself when that one is no more.
  await kill(ana.page);
  await untilMoreThan(page, (await paymentsShown(page)) + 2);

  await be(page, 'Ana Morales', 'Ben Okafor');
  await expect(page.getByRole('button', { name: /^Pause/ })).toBeHidden();
  await page.getByRole('link', { name: 'Portfolio' }).first().click();
  await expect(page.locator(`a[href="/contracts/${root}"]`)).toBeHidden();

  await be(page, 'Ben Okafor', 'Ana Morales');
  await page.locator(`a[href="/contracts/${root}"]`).click();
  await untilAllPaid(page);
  // Thirty parts, each once; and the purse of whoever the page was meanwhile is as it was.
  expect(await paymentsShown(page)).toBe(30);
  expect(await paidByAna()).toBe(paidBefore + 30);
  expect(await outgoing('ben')).toBe(paidByBen);
});
