/** What bounds and slows a stream: its payer's limits and pace, only where they are set. */
import { expect, it } from 'vitest';
import { render } from 'vitest-browser-svelte';
import '../../styles/tokens.css';
import '../../styles/base.css';
import StreamView from './StreamView.svelte';
import type { SpendingView, StreamModel } from './payment-models.ts';

const stream: StreamModel = {
  from: { publicKey: 'aa'.repeat(32), name: 'Ana', role: 'investor' },
  to: { publicKey: 'bb'.repeat(32), name: 'Luz', role: 'business' },
  denomination: { type: 'msat' },
  tickUnits: 1_000_000n,
  tickSec: 10,
  paidUnits: 3_000_000n,
  totalUnits: 10_000_000n,
  ticksPaid: 3,
  ticksTotal: 10,
  state: 'waiting',
};
const none: SpendingView = { budget: undefined, day: undefined, contract: undefined };
const wide = 10n ** 15n;

const wordsOf = (container: Element): string =>
  container.textContent.replaceAll('\u202f', ' ').replaceAll(/\s+/g, ' ');

it('says how much of a limit is spent, and where it is changed', async () => {
  const spending = { ...none, day: { limitMsat: 50_000_000n, spentMsat: 12_000_999n } };
  const screen = await render(StreamView, { stream, nowSec: 100, spending });
  const text = wordsOf(screen.container);
  expect(text).toContain('Your limit for 24 hours 12 000 sat of 50 000 sat spent.');
  expect(text).not.toContain('Your limit for this contract');
  const link = screen.getByRole('link', { name: 'Change your limit for 24 hours' });
  expect(link.element().getAttribute('href')).toBe('/connect#limits');
});

it('shows no limit where none is set, nor where all is paid', async () => {
  const screen = await render(StreamView, { stream, nowSec: 100, spending: none });
  expect(wordsOf(screen.container)).not.toContain('limit');
  const day = { limitMsat: 1_000n, spentMsat: 0n };
  const done = { stream: { ...stream, state: 'done' as const }, nowSec: 100 };
  await screen.rerender({ ...done, spending: { ...none, day } });
  expect(wordsOf(screen.container)).not.toContain('limit');
});

it('says beside the agreed rate how much of it is paid, where that is less', async () => {
  const slow = { ...stream, pacePercent: 25 };
  const screen = await render(StreamView, { stream: slow, nowSec: 100 });
  expect(wordsOf(screen.container)).toContain('every 10 s, of which you pay 25 %');
  await screen.rerender({ stream: { ...slow, pacePercent: undefined }, nowSec: 100 });
  expect(wordsOf(screen.container)).not.toContain('of which');
});

it('nothing sticks out on a phone with the widest sums', async () => {
  const bound = { limitMsat: wide, spentMsat: wide };
  const budget = { totalMsat: wide, usedMsat: 0n };
  const spending = { budget, day: bound, contract: bound };
  const { container } = await render(StreamView, { stream, nowSec: 100, spending });
  container.style.width = '20rem';
  expect(wordsOf(container)).toContain('Left of your wallet’s limit');
  const edge = container.getBoundingClientRect().right + 1;
  const out = [...container.querySelectorAll('*')].filter(
    (each) => !each.classList.contains('unseen') && each.getBoundingClientRect().right > edge,
  );
  expect(out.map((each) => each.outerHTML.slice(0, 80))).toEqual([]);
});
