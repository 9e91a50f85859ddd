/** The offer's plan by months, with months of 30 days, where days are a calendar's; and why not. */
import { describe, expect, it } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { emptyLegalForm } from '$lib/state/views/legal-fields.ts';
import { emptyOfferForm, emptyTranche, type OfferForm } from '$lib/state/views/offer-fields.ts';
import { emptyPlanForm } from '$lib/state/views/plan-fields.ts';
import EditedPlan from './EditedPlan.test.svelte';

/** 31 January 2027, noon: the month after has 28 days. */
const NOW_SEC = Date.UTC(2027, 0, 31, 12) / 1_000;

function inSix(): OfferForm {
  return {
    ...emptyOfferForm(),
    ...{ title: 'A second oven', purpose: 'An oven', story: 'Bread.', sector: 'Food' },
    ...{ businessKey: 'c'.repeat(64), businessName: 'Panadería Luz', country: 'SV' },
    ...{ locality: 'Suchitoto', amountSought: '600 000', minimumTicket: '20 000' },
    ...{ ratePercent: '12', recovery: 'The bank visits.' },
    plan: { ...emptyPlanForm(), type: 'interestOnly', first: '30', every: '30', count: '6' },
    tranches: [{ ...emptyTranche(), sharePercent: '100', streamDays: '1', ticks: '1' }],
    legal: { ...emptyLegalForm(), law: 'Law of El Salvador', complaints: 'The bank.' },
  };
}

const rowsOf = (container: HTMLElement): string[][] =>
  [...container.querySelectorAll('tbody tr')].map((row) =>
    [...row.querySelectorAll('td')].map(({ textContent }) =>
      textContent.replaceAll('\u202f', ' ').trim(),
    ),
  );

describe('a plan where a day is a day', () => {
  it('falls due by months, and counts months of 30 days, in the schedule beside it', async () => {
    const props = { form: inSix(), daySec: 86_400, nowSec: NOW_SEC };
    const screen = await render(EditedPlan, props);
    await screen.getByLabelText('Instalments fall due').selectOptions('By months');
    await expect.element(screen.getByText('in 6 instalments, one every month')).toBeVisible();
    await screen.getByText('Day count').click();
    await screen
      .getByLabelText('How days are counted for interest')
      .selectOptions('Months of 30 days over 360');
    await expect
      .element(screen.getByText('Interest is counted as if every month had 30 days.'))
      .toBeVisible();
    // From 31 January: 28 days to the end of February, 32 to the 31st that counts as a 30th.
    expect(rowsOf(screen.container)).toEqual([
      ['1', '28 Feb 2027', '0', '5 600', '5 600'],
      ['2', '31 Mar 2027', '0', '6 400', '6 400'],
      ['3', '30 Apr 2027', '0', '6 000', '6 000'],
      ['4', '31 May 2027', '0', '6 000', '6 000'],
      ['5', '30 Jun 2027', '0', '6 000', '6 000'],
      ['6', '31 Jul 2027', '600 000', '6 000', '606 000'],
    ]);
  });
});

describe('a plan where a day is shorter', () => {
  it('has no months, and says why', async () => {
    const screen = await render(EditedPlan, { form: inSix(), daySec: 2, nowSec: NOW_SEC });
    const text = 'Months need days of 24 hours; a day is shorter in this market.';
    await expect.element(screen.getByText(text)).toBeVisible();
    expect(screen.container.textContent).not.toContain('By months');
  });
});
