/** A limit that stops payments is named, with the way to where it is changed. */
import { expect, it, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import type { ContractView } from '$lib/engine/catalog.ts';
import { waitingStatus } from '$lib/engine/words.ts';
import type { ContractNow } from '$lib/state/views/contract.ts';
import PaymentNotice from './PaymentNotice.svelte';

vi.mock('$lib/state/app.svelte.ts', () => ({ useApp: () => ({ version: 1, nowSec: 1_000 }) }));

const view = { fold: { state: { status: 'effective' } } } as unknown as ContractView;
const now = {
  state: { status: 'effective' },
  ledger: { undisbursedUnits: 1n, payoffUnits: 0n },
} as unknown as ContractNow;

const payerOf = (limit: 'day' | 'contract' | 'wallet') =>
  waitingStatus('waiting', {
    reason: 'budget',
    limit,
    untilSec: limit === 'day' ? 4_600 : undefined,
  });

it.each([
  ['day', 'Your limit for 24 hours', 'See your limits', '/connect#limits'],
  ['contract', 'Your limit for this contract', 'See your limits', '/connect#limits'],
  ['wallet', 'What the wallet lets this connection spend', 'See your wallet', '/connect'],
] as const)('names the limit of the %s and links to it', async (limit, words, name, href) => {
  const props = { view, now, role: 'investor', payer: payerOf(limit) } as const;
  const screen = await render(PaymentNotice, props);
  await expect.element(screen.getByText(`${words} `, { exact: false })).toBeVisible();
  const link = screen.getByRole('link', { name });
  expect(link.element().getAttribute('href')).toBe(href);
  const isDated = screen.container.textContent.includes('in 1 h');
  expect(isDated).toBe(limit === 'day');
});
