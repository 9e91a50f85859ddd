/** One address to type, with what is wrong with it below and the button beside it. */
import { expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-svelte';
import '../../styles/tokens.css';
import '../../styles/base.css';
import AddressForm from './AddressForm.svelte';

const props = { label: 'Add a relay', placeholder: 'wss://relay.example.org', action: 'Add' };
const sentence = 'This is not the address of a relay.';

it('keeps what is wrong and says why, until something else is typed', async () => {
  const onsubmit = vi.fn(() => ({ ok: false as const, sentence }));
  const screen = await render(AddressForm, { ...props, onsubmit });
  const field = screen.getByLabelText('Add a relay');
  await field.fill('relay');
  await userEvent.keyboard('{Enter}');
  await expect.element(screen.getByText(sentence)).toBeVisible();
  expect(onsubmit).toHaveBeenCalledExactlyOnceWith('relay');
  await expect.element(field).toHaveValue('relay');
  await expect.element(field).toHaveAccessibleDescription(sentence);
  await expect.element(field).toHaveFocus();
  await userEvent.keyboard('s');
  await expect.element(field).toHaveAttribute('aria-invalid', 'false');
});

it('is empty again once an address is taken, late though it may be', async () => {
  const { promise, resolve } = Promise.withResolvers<{ ok: true }>();
  const screen = await render(AddressForm, { ...props, onsubmit: () => promise });
  const field = screen.getByLabelText('Add a relay');
  await field.fill('wss://relay.example.org');
  await screen.getByRole('button', { name: 'Add' }).click();
  await expect.element(field).toHaveValue('wss://relay.example.org');
  resolve({ ok: true });
  await expect.element(field).toHaveValue('');
});

it.each([undefined, sentence])(
  'has its button beside the input, or below all: %s',
  async (error) => {
    await page.viewport(1280, 800);
    const screen = await render(AddressForm, { ...props, error, onsubmit: () => ({ ok: true }) });
    const boxOf = (selector: string): DOMRect | undefined =>
      screen.container.querySelector(selector)?.getBoundingClientRect();
    expect(boxOf('button')?.top).toBeCloseTo(boxOf('input')?.top ?? NaN, 0);
    expect(boxOf('button')?.bottom).toBeCloseTo(boxOf('input')?.bottom ?? NaN, 0);
    await page.viewport(390, 800);
    expect(boxOf('button')?.top).toBeGreaterThan(boxOf('.field')?.bottom ?? NaN);
    expect(boxOf('button')?.width).toBeCloseTo(boxOf('input')?.width ?? NaN, 0);
  },
);
