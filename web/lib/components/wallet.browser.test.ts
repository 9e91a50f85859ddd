/** The panel of a wallet: the form to connect one is shown to who has none, and to nobody else. */
import { expect, it, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import '../../styles/tokens.css';
import '../../styles/base.css';
import WalletPanel from './WalletPanel.svelte';

it('asks for no wallet before it is known whether one is kept', async () => {
  const onconnect = vi.fn();
  const screen = await render(WalletPanel, { isRead: false, onconnect });
  const loading = screen.getByRole('status', { name: 'Reading which wallet is kept' });
  await expect.element(loading).toBeVisible();
  expect(screen.container.querySelector('form')).toBeNull();
  await screen.rerender({ isRead: true, onconnect });
  await expect.element(screen.getByRole('button', { name: 'Connect wallet' })).toBeVisible();
  await expect.element(loading).not.toBeInTheDocument();
});
