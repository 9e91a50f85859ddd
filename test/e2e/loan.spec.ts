/**
 * The whole life of a loan on real parts: four browsers (two investors with a contract each, the
 * bank, the business), no helpers; then a fifth that knows nobody and computes the same.
 */
import { expect, test, type Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { satText } from '../../web/lib/format.ts';
import {
  become,
  countersign,
  invest,
  openBrowser,
  openContract,
  publishOffer,
  stateHash,
  untilAllPaid,
  type Person,
} from './people.ts';
import { startWorldProcess, type WorldProcess } from './world-process.ts';
import { balances, checkLedgers, settledRows } from './ledgers.ts';

let world: WorldProcess;

test.beforeAll(async () => {
  world = await startWorldProcess(['--no-helpers']);
});

test.afterAll(async () => {
  await world.stop();
});

/** What the page on show saves as evidence verifies, and a changed byte in it is named. */
async function checkEvidence(page: Page, hash: string): Promise<void> {
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the evidence' }).click();
  const bytes = await readFile(await (await saving).path());
  await page.getByRole('link', { name: 'Check such a file' }).click();
  const choice = page.getByLabel('Evidence file');
  const file = { name: 'evidence.json', mimeType: 'application/json' };
  await choice.setInputFiles({ ...file, buffer: bytes });
  await expect(page.getByText('The file is as it was written, every byte.')).toBeVisible();
  await expect(page.getByText(hash)).toBeVisible();
  const at = bytes.indexOf('"content"');
  bytes.write('!', at + 40);
  await choice.setInputFiles({ ...file, buffer: bytes });
  await expect(page.getByText(/^Line 2.*EVENT_ID|^Line 2.*BUNDLE_LINE/)).toBeVisible();
}

async function streamToTheEnd(investor: Person, root: string): Promise<void> {
  await openContract(investor, root);
  await untilAllPaid(investor.page);
}

/** What a device lists as done is what its wallet did: each payment with its fee and its proof. */
async function checkActivity({ page }: Person, persona: string): Promise<void> {
  const section = page.locator('details', { hasText: 'What this device did' });
  await section.getByText('What this device did').click();
  await section.getByRole('button', { name: /^Show all/ }).click();
  const rows = (await settledRows(world, persona)).filter((row) => row.direction === 'outgoing');
  const payments = section.getByRole('listitem').filter({ hasText: 'of the loan' });
  await expect(payments).toHaveCount(rows.length);
  for (const { preimage, paymentHash, amountMsat, feesPaidMsat } of rows) {
    const payment = payments.filter({ has: page.getByTitle(preimage ?? 'none') });
    await expect(payment.getByTitle(paymentHash)).toBeVisible();
    const text = (await payment.innerText()).replace(/\s+/g, ' ');
    for (const said of [satText(BigInt(amountMsat)), `fee ${satText(BigInt(feesPaidMsat))}`]) {
      expect(text).toContain(said.replace(/\s+/g, ' '));
    }
  }
  await expect(section.getByText('RESUMED', { exact: true })).toBeVisible();
}

test('one loan, from prospectus to closure, the same for everybody', async ({ browser }) => {
  const before = await balances(world);
  const bank = await become(browser, world.url, 'Banco Comunal');
  const bakery = await become(browser, world.url, 'Panadería Luz');
  const ana = await become(browser, world.url, 'Ana Morales');
  const ben = await become(browser, world.url, 'Ben Okafor');

  // Long enough for Ana to find something left that she can pause.
  await publishOffer(bank, (page) => page.getByLabel('Paid out over', { exact: true }).fill('18'));
  const bens = await invest(ben, '50000');
  const anas = await invest(ana, '100000');
  const roots = [anas, bens] as const;
  await expect(ana.page.getByText('Waiting for the business and the bank to sign.')).toBeVisible();
  // Her key is read after the contract is: what she can do is there after a reload too.
  await ana.page.reload();
  await expect(ana.page.getByRole('button', { name: 'Take back my signature' })).toBeVisible();

  // Ana, on whose page it is, pauses at once and Ben streams on; then she resumes.
  await countersign(bakery, anas);
  await countersign(bank, anas);
  await ana.page.getByRole('button', { name: /^Pause/ }).click();
  await expect(ana.page.getByText('Paused by you.')).toBeVisible();
  await countersign(bakery, bens);
  await countersign(bank, bens);
  await streamToTheEnd(ben, bens);
  await ana.page.getByRole('button', { name: /^Resume/ }).click();
  await streamToTheEnd(ana, anas);
  await checkActivity(ana, 'ana');

  for (const root of roots) {
    await openContract(bakery, root);
    await bakery.page.getByRole('button', { name: 'Repay everything' }).click();
    await bakery.page.getByRole('dialog').getByRole('button', { name: /^Pay / }).click();
    await openContract(bank, root);
    await bank.page.getByRole('button', { name: 'Close the contract' }).click({ timeout: 60_000 });
  }

  const stranger = await openBrowser(browser, world.url);
  for (const [index, root] of roots.entries()) {
    const holders = [index === 0 ? ana.page : ben.page, bakery.page, bank.page, stranger];
    const hashes = new Set<string>();
    for (const page of holders) hashes.add(await stateHash(page, root, 'closed'));
    await expect
      .poll(async () => {
        const seen = await Promise.all(
          holders.map((page) => page.locator('[data-state-hash]').getAttribute('data-state-hash')),
        );
        return new Set(seen).size;
      })
      .toBe(1);
    expect([...hashes].every((hash) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);
  }
  const shown = await stranger.locator('[data-state-hash]').getAttribute('data-state-hash');
  await checkEvidence(stranger, shown ?? 'none');

  const contracts = roots.map((root, index) => ({ root, investor: index === 0 ? 'ana' : 'ben' }));
  await checkLedgers(world, contracts, before);
});
