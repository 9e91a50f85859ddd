/** What waits for a bank to decide: the evidence is asked for there, on a click and not before. */
import { expect, it, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import type { MilestoneView } from '$lib/components/milestones/models.ts';
import ClaimQueue from './ClaimQueue.svelte';

const HOSTILE = `\u202e<img src=x onerror="document.title='taken'">.pdf`;
const business = { pubkey: 'bb'.repeat(32), relays: ['wss://business.example'] };
const evidence = [{ name: HOSTILE, sha256: 'ab'.repeat(32) }];

const desk = vi.hoisted(() => ({
  ask: vi.fn(() => Promise.resolve()),
  view: {},
  milestones: [] as unknown[],
}));

vi.mock('$lib/state/app.svelte.ts', () => ({
  useApp: () => ({
    version: 1,
    nowSec: 1,
    session: {
      agreements: {
        milestones: { open: () => [{ view: desk.view, claim: { event: { id: 'claim' } } }] },
      },
      catalog: { eventsOf: () => [] },
      ownContract: () => undefined,
      ownKeys: () => new Set(),
      person: { publicKey: 'the bank' },
      documents: {
        transfers: { find: () => undefined, ask: desk.ask },
        fetches: {},
        uploads: {},
      },
    },
    names: {},
  }),
}));
vi.mock('$lib/state/views/contract.ts', () => ({ contractNow: () => ({}), titleOf: () => 'Oven' }));
vi.mock('$lib/state/views/milestones.ts', () => ({ milestoneViews: () => desk.milestones }));
vi.mock('$lib/state/views/people.ts', () => ({ nameOf: () => 'the business' }));

it('asks the business for what a claim names, on a click; its words are text', async () => {
  const milestone: MilestoneView = {
    tranche: 1,
    title: 'The oven stands',
    description: 'A photograph.',
    denomination: { type: 'msat' },
    amountUnits: 40_000_000n,
    status: { text: 'waits for a decision', tone: 'waiting' },
    sentence: '',
    attester: { publicKey: 'aa'.repeat(32) },
    claims: [
      {
        id: 'claim',
        atSec: 1e9,
        statement: HOSTILE,
        evidence,
        decisions: [],
        isContradicted: false,
      },
    ],
    openClaim: 'claim',
    isClaimable: false,
  };
  desk.milestones = [milestone];
  const document = { parties: { business } };
  desk.view = { root: 'cc'.repeat(32), fold: { state: { contract: { document } } } };
  const fetched = vi.spyOn(globalThis, 'fetch');
  const screen = await render(ClaimQueue, {});
  const ask = screen.getByRole('button', { name: /^Ask for it/ });
  await expect.element(ask).toBeVisible();
  expect(screen.container.querySelector('img')).toBeNull();
  expect(screen.container.textContent).not.toContain('\u202e');
  expect(desk.ask).not.toHaveBeenCalled();
  await ask.click();
  expect(desk.ask).toHaveBeenCalledExactlyOnceWith({
    ...evidence[0],
    holder: business.pubkey,
    urls: business.relays,
    as: 'the bank',
  });
  expect(fetched).not.toHaveBeenCalled();
  fetched.mockRestore();
});
