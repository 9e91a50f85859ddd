/** What a device did for a contract: payments with fee and proof, and strangers' words as text. */
import { expect, it, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import type { Activity } from '$lib/engine/activity.ts';
import type { JournalEntry } from '$lib/engine/journal-entries.ts';
import ActivitySection from './ActivitySection.svelte';

const root = '0'.repeat(64);
const device = vi.hoisted((): { lines: Activity[]; entries: JournalEntry[] } => ({
  lines: [],
  entries: [],
}));

vi.mock('$lib/state/app.svelte.ts', () => ({
  useApp: () => ({
    version: 1,
    session: {
      isRunning: true,
      activity: { lines: () => device.lines },
      journalEntries: (_root: string, leg: string) =>
        device.entries.filter((entry) => entry.leg === leg),
      forwarder: { entries: () => [] },
    },
  }),
}));

const payments = (count: number): JournalEntry[] =>
  Array.from({ length: count }, (_, n) => ({
    contract: root,
    leg: 'disbursement',
    n,
    amountUnits: '5000000',
    step: 'receipted',
    updatedAtMs: 0,
    askedAtMs: 0,
    sentAtMs: 1_700_000_000_000 + n * 60_000,
    paymentHash: n.toString(16).padStart(64, 'a'),
    preimage: n.toString(16).padStart(64, 'b'),
    feesPaidMsat: '1003',
  }));

it('shows payments with fee and proof, the newest first, all of them when asked', async () => {
  device.lines = [];
  device.entries = payments(30);
  const screen = await render(ActivitySection, { root });
  await screen.getByText('What this device did').click();
  const lines = screen.getByRole('listitem');
  await expect.poll(() => lines.elements().length).toBe(12);
  const text = lines.first().element().textContent.replaceAll('\u202f', ' ');
  expect(text.replace(/\s+/g, ' ')).toMatch(/Payment 30 of the loan 5 000 sat.*fee 1\.003 sat/);
  const proof = device.entries[29]?.preimage ?? '';
  await expect.element(screen.getByTitle(proof)).toBeVisible();
  await expect.element(lines.first().getByRole('button', { name: 'Copy proof' })).toBeVisible();
  await screen.getByRole('button', { name: 'Show all 30 lines' }).click();
  await expect.poll(() => lines.elements().length).toBe(30);
  await expect.element(screen.getByRole('button', { name: /^Show/ })).not.toBeInTheDocument();
});

it('shows more than a thousand by hundreds', async () => {
  device.entries = payments(1_440);
  const screen = await render(ActivitySection, { root });
  await screen.getByText('What this device did').click();
  const lines = screen.getByRole('listitem');
  for (const shown of [12, 112, 212]) {
    await expect.poll(() => lines.elements().length).toBe(shown);
    await screen.getByRole('button', { name: /^Show 100 more of 1.440 lines$/ }).click();
  }
});

it('shows what stopped it with its code; a stranger’s words are text', async () => {
  device.entries = [];
  const sentence = 'Declined <img src=x onerror="alert(1)">\u202etxt';
  device.lines = [
    { atSec: 5, contract: root, level: 'problem', code: 'ORDER_DROPPED', sentence: 'Not made.' },
    { atSec: 6, contract: root, level: 'problem', code: 'DECLINED', sentence },
  ];
  const screen = await render(ActivitySection, { root });
  await screen.getByText('What this device did').click();
  await expect.element(screen.getByText('ORDER_DROPPED')).toBeVisible();
  await expect
    .element(screen.getByText('Declined <img src=x onerror="alert(1)">txt'))
    .toBeVisible();
  expect(screen.container.querySelector('img')).toBeNull();
});

it('is not there while nothing was done', async () => {
  Object.assign(device, { lines: [], entries: [] });
  const screen = await render(ActivitySection, { root });
  await expect.element(screen.getByText('What this device did')).not.toBeInTheDocument();
});
