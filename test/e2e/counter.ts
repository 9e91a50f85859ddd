/** What cashier and customers do at the till, and what the specification makes of it. */
import { expect, type Page } from '@playwright/test';
import type { createNwcWallet } from '../../web/lib/wallet/nwc.ts';
import { sharesOf } from '../independent-sales.mjs';
import { ready } from './people.ts';

/** Somebody who buys, with a wallet of their own. */
export interface Customer {
  readonly id: string;
  readonly wallet: ReturnType<typeof createNwcWallet>;
}

/** Sales at one rate, in satoshis. */
export interface Phase {
  readonly bps: number;
  readonly sales: readonly bigint[];
}

/** One lender's part at the till. */
export interface Lender {
  readonly root: string;
  readonly principalMsat: bigint;
}

/** What the bank types into its form beside what is usual: two instalments, and its own till. */
export const TILL_TERMS = {
  soughtSat: 90_000n,
  shareBps: 500,
  recoveryBps: 5_000,
  /** Every whole satoshi is paid on. */
  thresholdSat: 1,
} as const;

/** Fills the bank's form: a till it runs, and a first instalment on a day of the contract. */
export async function fillTillTerms(page: Page, firstDay: number): Promise<void> {
  const fill = (label: string, value: string) =>
    page.getByLabel(label, { exact: true }).fill(value);
  await fill('Amount sought', `${TILL_TERMS.soughtSat}`);
  await fill('Smallest ticket', '10000');
  await page.getByRole('radio', { name: 'In equal parts of the loan' }).check();
  await page
    .getByLabel('Instalments fall due', { exact: true })
    .selectOption({ label: 'On dates of their own' });
  await fill('Due days', `${firstDay} 3000`);
  await page.getByText('Late and early payments').click();
  await fill('Grace', '0');
  await fill('Paid out over', '2');
  await fill('In how many payments', '2');
  await page.getByText('A share of each sale at a till').click();
  await page.getByRole('radio', { name: /^The bank It holds the takings/ }).check();
  await fill('Of each sale', `${TILL_TERMS.shareBps / 100}`);
  await fill('After a default, of each sale', `${TILL_TERMS.recoveryBps / 100}`);
  await fill('Paid from', `${TILL_TERMS.thresholdSat}`);
  await page.getByText('When it may be called in default').click();
  await fill('In default after', '1');
  await fill('Time to cure', '1');
}

/** Keys in an amount and asks for it; yields the invoice on the screen. */
export async function charge(page: Page, sats: bigint): Promise<string> {
  for (const digit of `${sats}`) {
    await page.getByRole('button', { name: digit, exact: true }).click();
  }
  await page.getByRole('button', { name: 'Charge' }).click();
  const code = page.getByRole('link', { name: 'Open in a wallet on this device' });
  const link = await code.getAttribute('href');
  return (link ?? '').replace('lightning:', '');
}

/** Their wallet pays; a refusal says why. */
async function pay({ wallet }: Customer, invoice: string): Promise<void> {
  const paid = await wallet.pay(invoice);
  expect(paid.state === 'answered' ? 'paid' : paid.sentence).toBe('paid');
}

/** The screen says Paid, and the cashier goes on. */
async function see(page: Page): Promise<void> {
  await expect(page.getByText('Paid', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'New sale' }).click();
}

/** The customer on the screen pays. */
export async function payAndSee(page: Page, customer: Customer, invoice: string): Promise<void> {
  await pay(customer, invoice);
  await see(page);
}

/** Several customers at once: all are asked, something happens, all pay; each is seen to have. */
export async function together(
  page: Page,
  sales: readonly { readonly customer: Customer; readonly sats: bigint }[],
  between: () => Promise<void>,
): Promise<void> {
  const invoices: string[] = [];
  for (const { sats } of sales) {
    invoices.push(await charge(page, sats));
    await page.getByRole('button', { name: 'Another sale meanwhile' }).click();
  }
  const others = page.getByRole('list', { name: 'Other sales' }).getByRole('button');
  await expect(others).toHaveCount(sales.length);
  await between();
  await Promise.all(sales.map(({ customer }, index) => pay(customer, invoices[index] ?? '')));
  await expect(others.filter({ hasText: 'not paid yet' })).toHaveCount(0);
  for (let left = sales.length; left > 0; left -= 1) {
    await others.first().click();
    await see(page);
    await expect(others).toHaveCount(left - 1);
  }
}

/** Opens the till of whoever the page is, and waits until the bank takes its sales. */
export async function openTill(page: Page, bank: string): Promise<void> {
  await page.goto('/till');
  await ready(page);
  await expect(page.getByText(`Paid to ${bank}`)).toBeVisible({ timeout: 60_000 });
}

/** What each lender gets of sales at one rate after another, whole satoshis, by a second reader. */
export function sharesDue(
  lenders: readonly Lender[],
  phases: readonly Phase[],
): ReadonlyMap<string, bigint> {
  // Exact over all sales: at another rate a sale weighs as much as so many times it at one.
  const taken = phases.flatMap(({ bps, sales }) =>
    sales.map((sats) => (sats * 1_000n * BigInt(bps)).toString()),
  );
  const owed = TILL_TERMS.soughtSat * 1_000n;
  const served = lenders.map(
    ({ root, principalMsat }) =>
      `${root} offer 1 ${principalMsat} ${TILL_TERMS.soughtSat * 1_000n} 0 ${owed}`,
  );
  const lines = sharesOf(served, taken, TILL_TERMS.thresholdSat);
  return new Map(
    lines.map((line) => {
      const [root = '', , msat = '0'] = line.split(' ');
      return [root, BigInt(msat)];
    }),
  );
}

/** What is the merchant's of such sales, whole satoshis: by hand, rounded down once. */
export function takingsDue(lenders: readonly Lender[], phases: readonly Phase[]): bigint {
  const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((all, each) => all + each, 0n);
  const takenMsat = sum(phases.map(({ sales }) => sum(sales) * 1_000n));
  const weighed = sum(phases.map(({ bps, sales }) => sum(sales) * 1_000n * BigInt(bps)));
  const parts = weighed * sum(lenders.map(({ principalMsat }) => principalMsat));
  const whole = 10_000n * TILL_TERMS.soughtSat * 1_000n;
  return ((takenMsat * whole - parts) / (whole * 1_000n)) * 1_000n;
}
