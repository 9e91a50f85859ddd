/** Somebody whose name is nearly another's: said in words, at any width. */
import { expect, it } from 'vitest';
import { render } from 'vitest-browser-svelte';
import '../../styles/tokens.css';
import '../../styles/base.css';
import BankRecord from '../components/BankRecord.svelte';
import Person from './Person.svelte';
import type { PersonView } from './shell.svelte.ts';

const alike = 'Another bank here has nearly this name: npub1abcd…wxyz and 29 others';
const mimic: PersonView = {
  publicKey: 'ab'.repeat(32),
  name: `\u202eВаnk ${'Ѕоlіdаrіа'.repeat(9)}`,
  role: 'bank',
  alike,
};

it.each(['line', 'block'] as const)('is marked in words in a %s', async (layout) => {
  const { container } = await render(Person, { person: mimic, layout, href: '#bank' });
  container.style.width = '18rem';
  expect(container.textContent).toContain(alike);
  expect(container.textContent).not.toContain('\u202e');
  expect(container.querySelector('a')?.textContent).not.toContain(alike);
  expect(container.scrollWidth).toBeLessThanOrEqual(container.clientWidth);
});

it('is marked beside an offer too', async () => {
  const { container } = await render(BankRecord, {
    bank: { bank: mimic, basis: 'No contract of this bank is known here.' },
    compact: true,
  });
  expect(container.textContent).toContain(alike);
});

it('is not marked otherwise', async () => {
  const { container } = await render(Person, { person: { ...mimic, alike: undefined } });
  expect(container.textContent).not.toContain('nearly');
});
