/** Components in a real browser: hostile text stays text, keys and buttons do what they say. */
import { describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import '../../styles/tokens.css';
import '../../styles/base.css';
import DeskList from './DeskList.svelte';
import OfferCard from './OfferCard.svelte';
import PersonaMenu from './PersonaMenu.svelte';
import StreamView from './StreamView.svelte';
import Timeline from './Timeline.svelte';
import type { DeskRow, OfferCardView, PersonView } from './models.ts';
import type { StreamModel } from './payment-models.ts';

const HOSTILE = `\u202e<img src=x onerror="document.title='taken'">${'W'.repeat(400)}`;
const person: PersonView = { publicKey: 'ab'.repeat(32), name: HOSTILE, role: 'business' };

const offer: OfferCardView = {
  href: '#offer',
  business: person,
  place: HOSTILE,
  purpose: HOSTILE,
  denomination: { type: 'msat' },
  soughtUnits: 2_100_000_000_000_000_000n,
  raisedUnits: 1n,
  rateBps: 999_999,
  term: HOSTILE,
  plan: HOSTILE,
  bank: { bank: person, basis: HOSTILE },
  bond: HOSTILE,
};

const stream: StreamModel = {
  from: person,
  to: person,
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

/** Elements that stick out of their ancestor on the right. */
function overflowing(root: Element): string[] {
  const edge = root.getBoundingClientRect().right + 1;
  return [...root.querySelectorAll('*')]
    .filter((each) => !each.classList.contains('unseen'))
    .filter((each) => each.getBoundingClientRect().right > edge)
    .map((each) => each.outerHTML.slice(0, 80));
}

describe('hostile text', () => {
  it('neither becomes markup nor breaks a card', async () => {
    const { container } = await render(OfferCard, { offer });
    container.style.width = '20rem';
    expect(container.querySelector('img')).toBeNull();
    expect(container.textContent).toContain('<img src=x');
    expect(container.textContent).not.toContain('\u202e');
    expect(overflowing(container)).toEqual([]);
    expect(document.title).not.toBe('taken');
  });

  it('stays text in an event’s raw JSON', async () => {
    const id = 'cd'.repeat(32);
    const raw = `{"content":"</pre>${HOSTILE}"}`;
    const events = [{ id, atSec: 1e9, title: HOSTILE, who: person, checks: [], raw }];
    const { container } = await render(Timeline, { props: { events } });
    container.style.width = '20rem';
    for (const summary of container.querySelectorAll('summary')) summary.click();
    await expect.poll(() => container.querySelector('pre')).not.toBeNull();
    expect(container.querySelector('img')).toBeNull();
    expect(overflowing(container)).toEqual([]);
  });
});

describe('StreamView', () => {
  it('shows paid, to go and the next tick, and pauses', async () => {
    const onpause = vi.fn();
    const screen = await render(StreamView, { stream, nowSec: 100, onpause });
    const text = screen.container.textContent.replaceAll('\u202f', ' ');
    expect(text).toContain('3 000 sat');
    expect(text).toContain('7 000 sat');
    expect(text).toContain('in 7 s');
    await screen.getByRole('button', { name: 'Pause' }).click();
    expect(onpause).toHaveBeenCalledOnce();
  });
});

describe('DeskList', () => {
  it('sorts by a column and moves between rows with the arrow keys', async () => {
    await page.viewport(1280, 800);
    const rows: DeskRow[] = [5n, 40n, 7n].map((amountUnits, index) => ({
      id: String(index),
      href: `#row-${index}`,
      next: { text: `Step ${index}`, tone: 'plain', order: index },
      cells: {
        amount: { kind: 'money', amountUnits: amountUnits * 1000n, denomination: { type: 'msat' } },
      },
    }));
    const columns = [{ key: 'amount', label: 'Amount' }];
    const screen = await render(DeskList, { caption: 'Loans', columns, rows });
    await screen.getByRole('button', { name: 'Amount' }).click();
    await screen.getByRole('button', { name: 'Amount' }).click();
    const links = [...screen.container.querySelectorAll<HTMLAnchorElement>('a.step')];
    expect(links.map((link) => link.getAttribute('href'))).toEqual(['#row-1', '#row-2', '#row-0']);
    links[0]?.focus();
    links[0]?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
    expect(document.activeElement).toBe(links[1]);
  });
});

describe('who to be', () => {
  const line = (id: string, role: string, isCurrent = false) => ({
    id,
    place: role === 'bank' ? HOSTILE : undefined,
    person: { publicKey: id.repeat(32), name: `Person ${id}`, role },
    isCurrent,
  });
  const personas = [line('a1', 'investor', true), line('b2', 'bank'), line('c3', 'business')];

  it('is listed by role, the current one marked, and chosen with the keyboard', async () => {
    const onbecome = vi.fn(() => Promise.resolve());
    const onleave = vi.fn(() => Promise.resolve());
    const screen = await render(PersonaMenu, { open: true, personas, onbecome, onleave });
    const dialog = screen.getByRole('dialog');
    await expect.element(dialog).toBeVisible();
    const titles = [...document.querySelectorAll('dialog h3')].map((title) => title.textContent);
    expect(titles).toEqual(['Banks', 'Businesses', 'Investors']);
    await expect
      .element(dialog.getByRole('button', { name: /Person a1/ }))
      .toHaveAttribute('aria-current', 'true');
    dialog
      .getByRole('button', { name: /Person c3/ })
      .element()
      .focus();
    await userEvent.keyboard('{Enter}');
    expect(onbecome).toHaveBeenCalledExactlyOnceWith('c3');
    await expect.element(dialog).not.toBeInTheDocument();
    expect(onleave).not.toHaveBeenCalled();
    expect(document.title).not.toBe('taken');
  });
});
