/**
 * What goes wrong, on one running loan: each trouble gets its plain message in the client,
 * nothing is paid that should not be, nothing is lost, and the stream goes on afterwards.
 */
import { randomBytes } from 'node:crypto';
import { expect, test, type Page } from '@playwright/test';
import { REJECT_SENTENCES, buildReceipt, type RejectCode } from '@realyield/protocol';
import { createLocalSigner } from '../../web/lib/signer/local-signer.ts';
import { contractFacts, copyOf } from './facts.ts';
import { checkEachPartOnce, settledRows, underWay } from './ledgers.ts';
import {
  OVEN,
  become,
  invest,
  paymentsShown,
  ready,
  untilAllPaid,
  untilMoreThan,
  type Person,
} from './people.ts';
import { drain, send, walletUri } from './purse.ts';
import { startWorldProcess, type WorldProcess } from './world-process.ts';

test.describe.configure({ mode: 'serial' });

let world: WorldProcess;
let ana: Person;
let page: Page;
let root: string;

/** A tick is 1,000 sat. */
const TICK_MSAT = 1_000_000n;

test.beforeAll(async ({ browser }) => {
  world = await startWorldProcess();
  ana = await become(browser, world.url, 'Ana Morales');
  page = ana.page;
});

test.afterAll(async () => {
  await world.stop();
});

function helper(persona: string, on: boolean): Promise<unknown> {
  return world.control({ do: 'helper', persona, on });
}

async function paidByAna(): Promise<number> {
  return (await settledRows(world, 'ana')).filter((row) => row.direction === 'outgoing').length;
}

/** A trouble the page tells of, by its words. */
function alert(words: string) {
  return page.getByRole('alert').filter({ hasText: words });
}

/** To a page of the client without loading it anew, so that the session goes on. */
async function follow(href: string): Promise<void> {
  await page.locator(`a[href="${href}"]:visible`).first().click();
  await expect(page).toHaveURL((url) => url.pathname === href);
}

async function toContract(): Promise<void> {
  await follow('/portfolio');
  await follow(`/contracts/${root}`);
}

/** What is wrong with an invoice, at once with what came of it: asked again, the page says so. */
function wrong(words: string) {
  return alert(words).filter({ hasText: 'Nothing was paid on it.' });
}

test('an invoice for another amount or another hash is not paid', async () => {
  await helper('bank', false);
  root = await invest(ana, '60000', OVEN);
  await expect(page.getByText('Waiting for the bank to sign.')).toBeVisible({ timeout: 60_000 });
  await helper('bakery', false);
  await world.control({ do: 'lie', as: 'amount' });
  await helper('bank', true);
  await expect(wrong(REJECT_SENTENCES.INVOICE_AMOUNT_MISMATCH)).toBeVisible();
  await world.control({ do: 'lie', as: 'hash' });
  await expect(wrong(REJECT_SENTENCES.INVOICE_HASH_MISMATCH)).toBeVisible();
  expect(await paidByAna()).toBe(0);

  await helper('bakery', true);
  await untilMoreThan(page, 0);
});

/**
 * Waits until every payment has been proven and acknowledged, so that nothing more is to come,
 * and the page and the relays agree on the state; yields its hash.
 */
async function settledHash(): Promise<string> {
  let hash = '';
  await expect(async () => {
    const facts = await contractFacts(world, root);
    const { payments } = facts.fold.state;
    const rows = await settledRows(world, 'bakery');
    expect(payments).toHaveLength(rows.filter((row) => row.direction === 'incoming').length);
    for (const payment of payments) expect(payment.class).toBe('preimage+acknowledgement');
    hash = facts.stateHash;
    expect(await page.locator('[data-state-hash]').getAttribute('data-state-hash')).toBe(hash);
  }).toPass({ timeout: 60_000 });
  return hash;
}

test('forged events are listed as refused and change nothing', async () => {
  await page.getByRole('button', { name: /^Pause/ }).click();
  await expect(page.getByText('Paused by you.')).toBeVisible();
  const before = await settledHash();

  const { events } = await contractFacts(world, root);
  const genuine = events.find((parsed) => parsed.name === 'receipt');
  if (genuine?.name !== 'receipt') throw new Error('there is no receipt');
  const stranger = createLocalSigner(new Uint8Array(randomBytes(32)));
  const { document, event } = genuine;
  const preimage = document.preimage.map(() => '00'.repeat(32));
  const { kind, created_at, content, tags } = copyOf(event);
  const forgeries: [RejectCode, object][] = [
    ['PREIMAGE_MISMATCH', await stranger.sign(buildReceipt({ ...document, preimage }, created_at))],
    ['EVENT_SIGNATURE', { ...copyOf(event), sig: 'f'.repeat(128) }],
    [
      'TAGS_MISMATCH',
      await stranger.sign({ kind, created_at, content, tags: [...tags, ['t', 'paid-in-full']] }),
    ],
  ];
  for (const [, forged] of forgeries) {
    await world.control({ do: 'inject', relay: 0, event: forged });
  }
  await expect(page.getByRole('heading', { name: 'Refused' })).toBeVisible();
  await page.getByText('They change nothing above.').click();
  for (const [code] of forgeries) {
    const line = page.getByRole('listitem').filter({ hasText: code });
    await expect(line.getByText(REJECT_SENTENCES[code])).toBeVisible();
  }
  expect(await settledHash()).toBe(before);
  await page.getByRole('button', { name: /^Resume/ }).click();
});

test('relays down: one, then all, then back', async () => {
  await world.control({ do: 'relay', relay: 0, on: false });
  await expect(page.getByText('1 of 2 relays answer.')).toBeVisible();
  const before = (await paymentsShown(page)) + 1;
  await untilMoreThan(page, before);

  await world.control({ do: 'relay', relay: 1, on: false });
  await expect(page.getByText('No relay answers.')).toBeVisible();
  await page.reload();
  await ready(page);
  await expect(page.getByRole('heading', { name: OVEN.title })).toBeVisible();
  await expect(page.getByText('No relay answers.')).toBeVisible();
  await untilMoreThan(page, before);
  const shown = await paymentsShown(page);

  for (const relay of [0, 1]) await world.control({ do: 'relay', relay, on: true });
  await expect(page.getByText(/No relay answers|relays answer/)).toBeHidden({ timeout: 60_000 });
  await untilMoreThan(page, shown);
});

test('a wrong wallet address, and no wallet at all', async () => {
  await page
    .getByRole('button', { name: /Ana Morales/ })
    .first()
    .click();
  await follow('/connect');
  await page.getByRole('button', { name: 'Disconnect wallet' }).click();
  const field = page.getByLabel('Wallet connection');
  const connect = page.getByRole('button', { name: 'Connect wallet' });
  await field.fill('lnbc1notawallet');
  await connect.click();
  await expect(page.getByText('A connection begins with nostr+walletconnect://')).toBeVisible();
  await field.fill('nostr+walletconnect://nobody?relay=ws://127.0.0.1&secret=none');
  await connect.click();
  await expect(page.getByText(REJECT_SENTENCES.WALLET_URI)).toBeVisible();

  const uri = await walletUri(world, 'ana');
  const strange = new URL(uri);
  strange.searchParams.set('secret', randomBytes(32).toString('hex'));
  await field.fill(strange.href);
  await connect.click();
  await expect(page.getByText('The wallet does not know this connection any more.')).toBeVisible();

  // What her wallet was told to pay before may still be on its way.
  await expect.poll(() => underWay(world, 'ana')).toBe(0);
  const paid = await paidByAna();
  await toContract();
  await expect(page.getByText('No wallet is connected.', { exact: true })).toBeVisible();
  expect(await paidByAna()).toBe(paid);
  // However long that took, what is left pays no more than the next few: the rest of the stream
  // finds the wallet empty.
  await drain(world, 'ana', 'ben', 8n * TICK_MSAT);
  await page.getByRole('link', { name: 'Connect a wallet' }).click();
  await field.fill(uri);
  await connect.click();
  await expect(page.getByText('connected', { exact: true }).first()).toBeVisible();
  await toContract();
  await untilMoreThan(page, paid);
});

test('a wallet without funds', async () => {
  const refused = alert('Your wallet refused the payment. Nothing has left it.');
  await expect(refused).toBeVisible({ timeout: 60_000 });
  await expect(alert('There is not enough money in it.')).toBeVisible();
  const paid = await paidByAna();
  // Pressed while there is none: once there is some, the stream may go on before anybody presses.
  await page.getByRole('button', { name: 'Try again now' }).click();
  await expect(refused).toBeVisible();
  expect(await paidByAna()).toBe(paid);
  const shown = await paymentsShown(page);
  expect(await send(world, 'ben', 'ana', 500n * TICK_MSAT)).toBeUndefined();
  await untilMoreThan(page, shown);
});

test('after all of it the stream is paid to the end, each part once', async () => {
  await untilAllPaid(page);
  await expect
    .poll(async () => (await contractFacts(world, root)).fold.state.payments.length)
    .toBeGreaterThanOrEqual(60);
  await checkEachPartOnce(world, root);
});

test('limits are saved where they stand, wherever the reader came from', async () => {
  await page.goto(`${world.url}/connect?then=/portfolio`);
  await page.getByLabel('At most under one contract').fill('7000');
  await page.getByRole('button', { name: 'Save limits' }).click();
  await expect(page.getByText('Your limits hold from the next payment on.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save limits' })).toBeDisabled();
  await expect(page.getByText('You are connected.')).toHaveCount(0);
  expect(new URL(page.url()).pathname).toBe('/connect');
});
