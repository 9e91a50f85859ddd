/** An investor says where they live, by keyboard, and goes on to invest. */
import type { LegalTerms } from '@realyield/protocol';
import { beforeEach, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import { residenceOf } from '$lib/state/residence.ts';
import InvestAction from './InvestAction.svelte';

const PERSON = 'f'.repeat(64);

vi.mock('$lib/state/app.svelte.ts', () => ({
  useApp: () => ({
    session: { person: { publicKey: PERSON } },
    signIn: { locked: undefined },
  }),
}));
vi.mock('$lib/ui/preferences.svelte.ts', () => ({ usePreferences: () => ({ text: () => '' }) }));

const legal: LegalTerms = {
  law: 'Law of Kenya',
  prevails: 'contract',
  security: '',
  mandate: { enforce: false, costCapBps: 0 },
  countries: ['DE', 'KE'],
  identityCheck: 'none',
  riskAcknowledgement: 'I may lose all.',
  complaints: 'The board',
  withholdingTax: { bps: 0, rule: '' },
  publishDefault: true,
};
const props = {
  ...{ legal, amountUnits: 1n, denomination: { type: 'msat' as const }, isOwnOffer: false },
  ...{ isOpenForFunding: true, waitsFor: [], disabled: false, oninvest: () => undefined },
};

beforeEach(() => localStorage.clear());

it('takes a country only once it is given, whatever the keys pass on the way', async () => {
  const screen = await render(InvestAction, props);
  const list = screen.getByLabelText('Where do you live?');
  await userEvent.selectOptions(list, 'KZ');
  await expect.element(list).toBeVisible();
  expect(residenceOf(PERSON)).toBeUndefined();
  await userEvent.selectOptions(list, 'KE');
  (list.element() as HTMLSelectElement).focus();
  await userEvent.keyboard('{Tab}{Enter}');
  expect(residenceOf(PERSON)).toBe('KE');
  await expect.element(screen.getByRole('button', { name: /^Invest/ })).toHaveFocus();
});

it('who was refused can answer again', async () => {
  localStorage.setItem(`realyield.residence.${PERSON}`, 'KZ');
  const screen = await render(InvestAction, props);
  await expect.element(screen.getByText(/not made to people who live in Kazakhstan/)).toBeVisible();
  await screen.getByRole('button', { name: 'I live elsewhere' }).click();
  await userEvent.selectOptions(screen.getByLabelText('Where do you live?'), 'DE');
  await screen.getByRole('button', { name: 'I live there' }).click();
  await expect.element(screen.getByRole('button', { name: /^Invest/ })).toBeVisible();
});
