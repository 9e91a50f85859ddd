/** What somebody who is paid reads before going away, as investor and as business. */
import type { BookReach } from '@realyield/protocol';
import { expect, it, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import BookSection from './BookSection.svelte';

const book = vi.hoisted((): { reach: BookReach; fills: number } => ({
  reach: { parts: 0, untilSec: 1_800_000_000, isWhole: false },
  fills: 0,
}));

vi.mock('$lib/state/app.svelte.ts', () => ({
  useApp: () => ({
    version: 1,
    session: {
      books: {
        reach: () => Promise.resolve(book.reach),
        fill: () => {
          book.fills += 1;
          book.reach = { parts: 2, untilSec: undefined, isWhole: true };
          return Promise.resolve({ ok: true, value: { added: 2, ...book.reach } });
        },
      },
    },
  }),
}));

const empty: BookReach = { parts: 0, untilSec: 1_800_000_000, isWhole: false };
const props = { root: '0'.repeat(64), isRepaid: true, isPriced: false };

it('an investor fills a book of repayments, and then can leave', async () => {
  book.reach = empty;
  const screen = await render(BookSection, props);
  await expect
    .element(screen.getByText('Repayments reach you only while this page or your agent is open.'))
    .toBeVisible();
  await expect.element(screen.getByText(/what falls due within 34 days/)).toBeVisible();
  await screen.getByRole('button', { name: 'Fill a book before you leave' }).click();
  await expect
    .element(screen.getByText('You can leave: every repayment to come is signed for in advance.'))
    .toBeVisible();
  expect(book.fills).toBe(1);
  await expect.element(screen.getByRole('button')).not.toBeInTheDocument();
});

it('a book says for how many repayments it reaches', async () => {
  book.reach = { ...empty, parts: 2 };
  const screen = await render(BookSection, props);
  await expect.element(screen.getByText(/You can be away for 2 repayments, until/)).toBeVisible();
  await screen.rerender({ ...props, isRepaid: false });
  await expect.element(screen.getByText(/You can be away for 2 payments, until/)).toBeVisible();
});

it('a loan in a currency has no book, and says why', async () => {
  book.reach = empty;
  const screen = await render(BookSection, { ...props, isPriced: true });
  await expect.element(screen.getByText(/nothing can be signed in advance/)).toBeVisible();
  await expect.element(screen.getByRole('button')).not.toBeInTheDocument();
});
