/** Where money moves: nothing is paid at one press, and the keyboard keeps its place. */
import { describe, expect, it, vi } from 'vitest';
import { page } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import '../../styles/tokens.css';
import '../../styles/base.css';
import DeskList from './DeskList.svelte';
import PayDialog from './PayDialog.svelte';
import StreamView from './StreamView.svelte';
import type { DeskRow } from './models.ts';
import type { StreamModel } from './payment-models.ts';
import type { PaymentPlan } from './payment-models.ts';

const to = { publicKey: 'ab'.repeat(32), name: 'Contract key', role: 'investor' };
const plan: PaymentPlan = {
  root: 'cd'.repeat(32),
  order: 'part',
  denomination: { type: 'msat' },
  amountUnits: 124_439_000n,
  title: 'Pay what is due',
  what: 'Two boats: what is due by the end of today',
  shares: [{ to, amountUnits: 124_439_000n }],
};

describe('PayDialog', () => {
  it('says how much, for what and to whom, and pays at the second press only', async () => {
    const onpay = vi.fn(() => Promise.resolve(undefined));
    const wallet = { hasWallet: true, balanceMsat: 200_000_000n };
    const screen = await render(PayDialog, { plan, ...wallet, onpay });
    const dialog = screen.getByRole('dialog');
    await expect.element(dialog).toBeVisible();
    const text = dialog.element().textContent.replaceAll('\u202f', ' ');
    for (const part of ['124 439 sat', 'Two boats', 'Contract key', '200 000 sat']) {
      expect(text).toContain(part);
    }
    expect(onpay).not.toHaveBeenCalled();
    await dialog.getByRole('button', { name: /^Pay / }).click();
    expect(onpay).toHaveBeenCalledExactlyOnceWith(plan);
    await expect.element(dialog).not.toBeInTheDocument();
  });

  it('pays nothing without a wallet, or from one that holds too little', async () => {
    const onpay = vi.fn(() => Promise.resolve(undefined));
    for (const wallet of [{ hasWallet: false }, { hasWallet: true, balanceMsat: 1_000n }]) {
      const screen = await render(PayDialog, { plan, ...wallet, onpay });
      const pay = screen.getByRole('button', { name: /^Pay / });
      await expect.element(pay).toHaveAttribute('aria-disabled', 'true');
      (pay.element() as HTMLElement).click();
      await screen.unmount();
    }
    expect(onpay).not.toHaveBeenCalled();
  });

  it('stays and says why when the payment is refused', async () => {
    const onpay = vi.fn(() => Promise.resolve('The contract does not allow this now.'));
    const screen = await render(PayDialog, { plan, hasWallet: true, onpay });
    await screen.getByRole('button', { name: /^Pay / }).click();
    await expect.element(screen.getByRole('alert')).toBeVisible();
    expect(screen.getByRole('alert').element().textContent).toContain('Nothing was paid.');
  });
});

describe('StreamView', () => {
  const stream: StreamModel = {
    from: to,
    to: { ...to, role: 'business' },
    denomination: { type: 'msat' },
    tickUnits: 1_000_000n,
    tickSec: 10,
    paidUnits: 3_000_000n,
    totalUnits: 10_000_000n,
    ticksPaid: 3,
    ticksTotal: 10,
    state: 'flowing',
    nextTickAtSec: 107,
  };

  it('leaves whoever paused with the keyboard on the button that resumes', async () => {
    const acts = { onpause: vi.fn(), onresume: vi.fn() };
    const screen = await render(StreamView, { stream, nowSec: 100, ...acts });
    (screen.getByRole('button', { name: 'Pause' }).element() as HTMLElement).focus();
    await screen.rerender({ stream: { ...stream, state: 'paused' }, nowSec: 100, ...acts });
    const resume = screen.getByRole('button', { name: 'Resume' });
    await expect.element(resume).toHaveFocus();
    await resume.click();
    expect(acts.onresume).toHaveBeenCalledOnce();
    expect(acts.onpause).not.toHaveBeenCalled();
  });
});

describe('DeskList on a phone', () => {
  it('does not scroll sideways and sorts by a choice', async () => {
    await page.viewport(390, 800);
    const keys = ['title', 'principal', 'paid', 'repaid', 'due', 'owed'];
    const rows: DeskRow[] = [5n, 40n, 7n].map((amount, index) => ({
      id: String(index),
      href: `#row-${index}`,
      next: { text: 'repay', tone: 'plain', order: index },
      cells: {
        title: { kind: 'text', text: `Loan ${index}` },
        ...Object.fromEntries(
          keys
            .slice(1)
            .map((key) => [
              key,
              { kind: 'money', amountUnits: amount * 10n ** 9n, denomination: { type: 'msat' } },
            ]),
        ),
      },
    }));
    const columns = keys.map((key) => ({ key, label: `The column ${key}` }));
    const screen = await render(DeskList, { caption: 'Loans', columns, rows });
    const wide = [...screen.container.querySelectorAll('*')].filter(
      (each) =>
        each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflowX !== 'visible',
    );
    expect(wide.filter((each) => !each.classList.contains('unseen'))).toEqual([]);
    await screen.getByLabelText('Sorted by').selectOptions('principal');
    await screen.getByRole('button', { name: /^Rising/ }).click();
    const links = [...screen.container.querySelectorAll('a.step')];
    expect(links.map((link) => link.getAttribute('aria-label'))).toEqual([
      'repay: Loan 1',
      'repay: Loan 2',
      'repay: Loan 0',
    ]);
  });
});
