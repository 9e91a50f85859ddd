/** Search, filters and chart in a real browser: what is pressed is what is asked. */
import { describe, expect, it, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import '../../../styles/tokens.css';
import '../../../styles/base.css';
import { EMPTY_QUERY, type DiscoverQuery } from '../../state/market/query.ts';
import type { Facets } from '../../state/market/match.ts';
import StackChart from '../StackChart.svelte';
import FilterChips from './FilterChips.svelte';
import FilterPanel from './FilterPanel.svelte';
import SearchBar from './SearchBar.svelte';

const facets: Facets = {
  countries: [
    { value: 'KE', count: 12 },
    { value: 'SV', count: 3 },
  ],
  sectors: [{ value: 'food', count: 9 }],
  units: [],
  plans: [{ value: 'bullet', count: 15 }],
  stages: [{ value: 'open', count: 15 }],
};

describe('filters', () => {
  it('ask for what is checked, chosen and typed, and refuse what is no number', async () => {
    const onchange = vi.fn<(query: DiscoverQuery) => void>();
    const props = { query: EMPTY_QUERY, facets, sectorName: () => 'Food', onchange };
    const screen = await render(FilterPanel, props);
    await screen.getByRole('checkbox', { name: 'Kenya 12' }).click();
    expect(onchange).toHaveBeenLastCalledWith({ ...EMPTY_QUERY, countries: ['KE'] });
    await screen.getByLabelText('Paid on time').selectOptions('9500');
    expect(onchange).toHaveBeenLastCalledWith({ ...EMPTY_QUERY, onTimeFromBps: 9_500 });
    const from = screen.getByLabelText('Yield a year, from, in %');
    await from.fill('8,5');
    (from.element() as HTMLElement).blur();
    expect(onchange.mock.lastCall?.[0].rateBps.from).toBe(850);
    const calls = onchange.mock.calls.length;
    await from.fill('much');
    (from.element() as HTMLElement).blur();
    await expect.element(screen.getByText('Write a number in digits.')).toBeVisible();
    expect(onchange.mock.calls.length).toBe(calls);
  });

  it('each have a way out', async () => {
    const onchange = vi.fn();
    const onclear = vi.fn();
    const chips = [{ key: 'country KE', text: 'Kenya', without: EMPTY_QUERY }];
    const screen = await render(FilterChips, { chips, onchange, onclear });
    await screen.getByRole('button', { name: 'Remove Kenya' }).click();
    expect(onchange).toHaveBeenCalledWith(EMPTY_QUERY);
    await screen.getByRole('button', { name: 'Clear all' }).click();
    expect(onclear).toHaveBeenCalledOnce();
  });
});

describe('the search', () => {
  it('is reached by /, taken on Enter at once, and emptied by Escape', async () => {
    const ontext = vi.fn();
    const idle = { onsort: vi.fn(), onfilters: vi.fn(), filterCount: 0 };
    const screen = await render(SearchBar, { text: '', sort: 'newest', ontext, ...idle });
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true }));
    const input = screen.getByRole('searchbox');
    expect(document.activeElement).toBe(input.element());
    await input.fill('panadería');
    const press = (key: string): boolean =>
      input.element().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    press('Enter');
    expect(ontext).toHaveBeenLastCalledWith('panadería');
    await screen.rerender({ text: 'panadería' });
    press('Escape');
    expect(ontext).toHaveBeenLastCalledWith('');
  });
});

describe('the chart', () => {
  it('has every figure in a table behind it, sums included', async () => {
    const chart = {
      denomination: { type: 'msat' } as const,
      label: 'Was it repaid',
      parts: [
        { part: 'onTime', label: 'Paid on time' },
        { part: 'unpaid', label: 'Unpaid' },
      ] as const,
      bars: [
        { key: 'a', label: '3 Mar 2026', parts: { onTime: 41_200_000n } },
        { key: 'b', label: '3 Apr 2026', parts: { onTime: 1_000_000n, unpaid: 2_500_000n } },
      ],
    };
    const { container } = await render(StackChart, { chart, dateHead: 'Due' });
    await expect.poll(() => container.querySelectorAll('rect.onTime').length).toBe(2);
    container.querySelector('summary')?.click();
    const cells = [...container.querySelectorAll('tr')].map((row) =>
      [...row.querySelectorAll('td')].map((cell) => cell.textContent.replaceAll('\u202f', ' ')),
    );
    expect(cells).toEqual([
      [],
      ['41 200', '0', '41 200'],
      ['1 000', '2 500', '3 500'],
      ['42 200', '2 500', '44 700'],
    ]);
  });
});
