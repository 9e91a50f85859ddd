/** Amounts on the screen and in fields, by what they are counted in. */
import { describe, expect, it } from 'vitest';
import { render } from 'vitest-browser-svelte';
import StackChart from '$lib/components/StackChart.svelte';
import AmountField from '$lib/ui/AmountField.svelte';
import Money from '$lib/ui/Money.svelte';
import AboutCents from './AboutCents.test.svelte';
import DenominationFields from './DenominationFields.svelte';

const USD = { type: 'fiat', currency: 'USD', minorDigits: 2 } as const;
const NPUB = 'npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w6';
const plain = (text: string): string => text.replaceAll('\u202f', ' ');

describe('an amount in a currency', () => {
  it('stands in it, and in nothing else while no price is known', async () => {
    const props = { amountUnits: 123_450_000_000n, denomination: USD, second: true };
    const { container } = await render(Money, props);
    expect(plain(container.textContent).trim()).toBe('1,234.50 USD');
  });

  it('is typed in it, and tidied when it is left', async () => {
    const props = { label: 'How much', denomination: USD, amountUnits: undefined };
    const screen = await render(AmountField, props);
    const field = screen.getByLabelText('How much');
    await field.fill('1234.5');
    (field.element() as HTMLElement).blur();
    await expect.element(field).toHaveValue('1,234.50');
    await field.fill('1.2345');
    await expect.element(screen.getByText(/Write an amount in USD/)).toBeVisible();
  });

  it('is drawn and added in it', async () => {
    const chart = {
      denomination: USD,
      label: 'What came back',
      parts: [{ part: 'onTime', label: 'Paid on time' }] as const,
      bars: [
        { key: 'a', label: 'Mar', parts: { onTime: 100_000_000n } },
        { key: 'b', label: 'Apr', parts: { onTime: 250_000_000n } },
      ],
    };
    const { container } = await render(StackChart, { chart, dateHead: 'Due' });
    container.querySelector('summary')?.click();
    const cells = [...container.querySelectorAll('tr')].map((row) =>
      [...row.querySelectorAll('td')].map((cell) => cell.textContent),
    );
    expect(cells).toEqual([[], ['1.00', '1.00'], ['2.50', '2.50'], ['3.50', '3.50']]);
  });
});

it('less than a cent is nothing, in sat too', async () => {
  const screen = await render(AboutCents, { amountUnits: 1_000_000n, denomination: USD });
  expect(plain(screen.container.textContent)).toContain('0.01 USD ≈');
  await screen.rerender({ amountUnits: 999_999n, denomination: USD });
  expect(plain(screen.container.textContent).trim()).toBe('0.00 USD');
});

describe('what a loan is kept in', () => {
  it('asks for oracles and a quorum in a currency only, and says whom it names', async () => {
    const words = { errorOf: () => undefined, nameOfKey: () => 'Price Desk', offers: [] };
    const bitcoin = { currency: '', oracles: '', quorum: '' };
    const plainly = await render(DenominationFields, { form: bitcoin, ...words });
    expect(plainly.container.textContent).not.toContain('Who signs prices');
    await plainly.unmount();
    const dinars = { currency: 'KWD', oracles: `${NPUB} nobody`, quorum: '' };
    const screen = await render(DenominationFields, { form: dinars, ...words });
    await expect.element(screen.getByText(/Price Desk/)).toBeVisible();
    await expect.element(screen.getByText(/Of 1; empty: 1/)).toBeVisible();
  });
});
