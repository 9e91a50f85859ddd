/**
 * Cases in browsers, on the local market's loans that are late. One is settled half-way; one goes
 * to the fallback arbiter; and what is awarded to two investors and not paid in time, the bank's
 * bond pays on the chain. Then the bank makes another bond. Anybody reads all of it.
 * Long: `npm run test:long cases`.
 */
import { expect, test, type Page } from '@playwright/test';
import { addressOf } from '../fixtures/payouts.ts';
import * as at from './case-world.ts';
import { CaseWorld, go, standing } from './case-world.ts';
import { expectToRead, expectToVerify, saveEvidence } from './evidence.ts';
import { be } from './people.ts';

const [LENDER, OTHER, BANK, BUSINESS] = [
  ...['Lars Nygaard', 'Mei Tanaka', 'Winam Members’ Savings', 'Dunga Boatworks'],
] as const;
const [ARBITER, FALLBACK, TRUSTEE] = ['Wanjiru Kamau', 'Teresa Ayala', 'Lakeside Trustees'];

/** Days after which the time to answer, or to pay, is over. */
const A_FORTNIGHT_AND_ONE = 15;

let world: CaseWorld;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  world = await CaseWorld.start();
});

test.afterEach(() => world.leave());

test.afterAll(() => world.stop());

/** Satoshis in a text, whatever stands between their digits. */
const satsIn = (text: string | undefined): number => Number((text ?? '').replace(/\D/g, ''));

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

test('is paid from the bond where the bank is silent, or decided by the fallback arbiter', async ({
  browser,
}) => {
  const page = await world.open(browser, LENDER);
  const reason = 'The prospectus said what was not so';
  await at.claim(page, { reason, statement: 'The crews never ordered these boats.' });
  const silent = await at.openCase(page);

  await be(page, LENDER, OTHER);
  const more = { sats: '60000', address: addressOf('other') };
  await at.claim(page, { statement: 'Again nothing came.', ...more });
  const path = await at.openCase(page);
  await be(page, OTHER, LENDER);
  const mine = { sats: '50000', address: addressOf('lender') };
  await at.claim(page, { statement: 'Nor to me.', ...mine });
  await page.getByRole('button', { name: 'Sign and join the case' }).click();
  await expect(page.getByText('Claim 2, by you')).toBeVisible();

  await world.leap(page, A_FORTNIGHT_AND_ONE);
  await be(page, LENDER, ARBITER);
  await go(page, path);
  await page.getByRole('button', { name: 'Take the case' }).click();
  await page.getByRole('button', { name: 'Sign and take it' }).click();
  await page.getByLabel('Findings').fill('It was due, nobody answered, nothing was paid.');
  await at.rule(page);
  await expect(standing(page, 'ruled')).toBeVisible();
  await expect(page.getByText('It can be signed once the time to pay is over.')).toBeVisible();

  await world.leap(page, A_FORTNIGHT_AND_ONE);
  await decideInstead(page, silent);
  await payFromBond(page);
  const stranger = await world.open(browser);
  await seenByAStranger(stranger, path);
  await provenByAFile(stranger, path);
});

/** The lender calls the fallback arbiter, who takes the case and dismisses it. */
async function decideInstead(page: Page, path: string): Promise<void> {
  await be(page, ARBITER, LENDER);
  await go(page, '/portfolio');
  await page.getByRole('link', { name: /call the fallback arbiter/ }).click();
  await expect(page).toHaveURL(new RegExp(path));
  await page.getByRole('button', { name: `Call ${FALLBACK}` }).click();
  await page.getByRole('button', { name: 'Sign and call' }).click();
  await expect(page.getByText(`${FALLBACK} was called and may take it.`)).toBeVisible();

  await be(page, LENDER, FALLBACK);
  await at.take(page);
  await page.getByLabel('Awarded').fill('0');
  await page.getByLabel('Findings').fill('Both orders were shown to me.');
  await page.getByLabel('Why you depart from the ledger').fill('The prospectus was right.');
  await at.rule(page);
  await expect(page.getByText('The claim was dismissed; nothing is owed.')).toBeVisible();
}

/** Arbiter and trustee sign what the ruling awards; the chain confirms it, and it is recorded. */
async function payFromBond(page: Page): Promise<void> {
  await be(page, FALLBACK, ARBITER);
  await go(page, '/desk');
  await page.getByRole('link', { name: /sign the payout/ }).click();
  const compared = page.getByRole('table', { name: /What was ruled/ });
  for (const [row, address] of [
    ['For claim 1', addressOf('other')],
    ['For claim 2', addressOf('lender')],
  ] as const) {
    const sides = compared.getByRole('row', { name: row }).getByRole('cell');
    await expect(sides).toHaveCount(2);
    for (const side of await sides.all()) await expect(side).toContainText(address.slice(-4));
  }
  await page.getByRole('button', { name: 'Sign the payout' }).click();
  await expect(page.getByText('has signed')).toBeVisible();

  await be(page, ARBITER, TRUSTEE);
  await go(page, '/desk');
  await page.getByRole('link', { name: /the payout/ }).click();
  await page.getByRole('button', { name: 'Sign the payout' }).click();
  await page.getByRole('button', { name: 'Send it' }).click();
  await expect(page.getByRole('button', { name: 'Send it' })).toBeHidden();
  await world.mine();
  await page.getByRole('button', { name: 'Record that it was paid' }).click();
  await expect(standing(page, 'complied')).toBeVisible();
}

/** The case, the bank and the offer tell somebody who was not there what the bond has paid. */
async function seenByAStranger(page: Page, path: string): Promise<void> {
  await go(page, path);
  await expect(page.getByText(/paid, from the bank’s bond where nobody paid it/)).toBeVisible();
  const record = await page.getByText(/ paid in block \d+, for a fee of /).innerText();
  const leftSat = satsIn(/([^.]+) are still a bond/.exec(record)?.[1]);
  const takenSat = 1_200_000 - leftSat;
  expect(takenSat).toBeGreaterThan(100_000);

  const bank = world.process.personas.find(({ name }) => name === BANK)?.publicKey ?? '';
  await go(page, `/banks/${bank}`);
  const bonds = page.getByRole('region', { name: 'Bonds' });
  await expect(bonds.getByText('Paid out so far')).toBeVisible();
  await expect(bonds.getByText('live', { exact: true })).toBeVisible();
  await expect(bonds.getByText(`for 1 ruling; what is left is still the bond`)).toBeVisible();
  const amount = bonds.locator('header .money').first();
  await expect.poll(async () => satsIn((await amount.innerText()).split('sat')[0])).toBe(leftSat);
  await expect(page.getByText(/\d ruled on/)).toBeVisible();

  await page
    .getByRole('link', { name: /Materials for two boats/ })
    .first()
    .click();
  const behind = page.getByRole('region', { name: 'The bond' });
  const aside = behind.getByText('Set aside for this offer').locator('xpath=..');
  await expect
    .poll(async () => satsIn((await aside.innerText()).split('sat')[0]))
    .toBe(200_000 - takenSat);
}

/** Anybody saves the evidence of each claim; it is read without a network, and changes are seen. */
async function provenByAFile(page: Page, path: string): Promise<void> {
  const ruled = /The arbiter ruled on it, .+ are owed by it, .+ nothing of it is owed any more/;
  for (const claim of ['claim 1', 'claim 2']) {
    await go(page, path);
    const text = await saveEvidence(page, `Save the evidence of ${claim}`);
    await expect(page.getByText('with the proof of the bond’s funding.')).toBeVisible();
    const funded = /The bond’s output .+ was confirmed in the block [0-9a-f]{64}/;
    const claimed = /the investor claimed .+ because it was not repaid/;
    await expectToVerify(text, [claimed, ruled, funded]);
    await expectToRead(page, text, ruled);
  }
}

test('stands beside another bond, which the bank makes at its desk', async ({ browser }) => {
  const page = await world.open(browser, BANK);
  await go(page, '/desk/bonds');
  await page.getByRole('button', { name: 'Make a bond' }).click();
  const link = await page.getByText(/\/desk\/bonds\?hold=npub/).innerText();

  await be(page, BANK, TRUSTEE);
  await go(page, new URL(link).pathname + new URL(link).search);
  await page.getByRole('button', { name: 'Sign and publish the key' }).click();
  await expect(page.getByText('The bank can choose your key now.')).toBeVisible();

  await be(page, TRUSTEE, BANK);
  await go(page, '/desk/bonds');
  await page.getByRole('button', { name: 'Make a bond' }).click();
  await page.getByRole('button', { name: 'Make one here instead' }).click();
  await page.getByLabel('Locked until').selectOption({ index: 30 });
  for (const role of ['arbiter', 'fallback arbiter', 'trustee']) {
    await page.getByLabel(`Key of the ${role}`).selectOption({ index: 1 });
  }
  const address = await page.getByText(/^bcrt1q[0-9a-z]{50,}$/).innerText();
  await world.process.control({ do: 'pay', address, valueSat: '400000' });
  await world.mine();
  // Whoever comes back finds what they began.
  await go(page, '/desk/bonds');
  await expect(page.getByText(/400.000.sat/).first()).toBeVisible();
  await page.getByRole('button', { name: 'Sign the certificate' }).click();
  // The other bond has such a field too, folded away.
  await expect(page.getByRole('button', { name: 'Pledge it' })).toBeVisible();
  await page.getByLabel('For “A battery bank for Ahero market”').last().fill('100000');
  await page.getByRole('button', { name: 'Pledge it' }).click();
  await page.getByRole('button', { name: 'Sign and pledge' }).click();
  await expect(page.getByText('Your bond is pledged.')).toBeVisible();
  await expect(page.getByText('live', { exact: true })).toHaveCount(2);
});
