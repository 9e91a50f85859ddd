/**
 * The paying tab is killed while the wallet has not answered, and the wallet pays. Opened again,
 * the client looks up what became of the payment and goes on; the payee got each part once.
 */
import { expect, test, type Page } from '@playwright/test';
import { balances, checkEachPartOnce, checkLedgers, settledRows } from './ledgers.ts';
import {
  FLOUR,
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
  // Before the bakery's first repayment is due, so that only the stream has moved money.
  await world.control({ do: 'helper', persona: 'bakery', on: false });

  await checkEachPartOnce(world, root);
  await checkLedgers(world, [{ root, investor: 'ana' }], before);
});
