/** What a device did, as its person reads it: payments with fee and proof, and what stopped it. */
import { expect, it } from 'vitest';
import type { Activity } from '../../engine/activity.ts';
import type { ForwardEntry } from '../../engine/forwarding/journal.ts';
import { wantedEntry, type JournalEntry } from '../../engine/journal-entries.ts';
import { activityView, contractActivity, hasActivity, ownActivity } from './activity.ts';

const ROOT = 'ab'.repeat(32);
const HASH = 'cd'.repeat(32);
const PREIMAGE = 'ef'.repeat(32);
const wanted = wantedEntry(ROOT, 'disbursement', 13, 250_000n, 0);
const sent: JournalEntry = {
  ...wanted,
  amountMsat: '250500',
  step: 'sending',
  paymentHash: HASH,
  sentAtMs: 20_700,
  updatedAtMs: 20_700,
};
const paid: JournalEntry = {
  ...sent,
  step: 'receipted',
  preimage: PREIMAGE,
  feesPaidMsat: '1003',
  updatedAtMs: 90_000,
};

const shown = (...entries: JournalEntry[]) => activityView({ lines: [], entries }, 12).rows;

it('shows a payment with its fee and its proof, when its wallet was told', () => {
  expect(shown(paid)).toEqual([
    {
      id: 'disbursement 13',
      atSec: 20,
      tone: 'done',
      title: 'Payment 14 of the loan',
      payment: {
        amountMsat: 250_500n,
        feesPaidMsat: 1_003n,
        preimage: PREIMAGE,
        paymentHash: HASH,
      },
    },
  ]);
});

it('says what is unclear, what another device paid and which fee is not known', () => {
  const { sentAtMs: _never, feesPaidMsat: _unknown, ...byAnother } = paid;
  expect(shown(sent)).toMatchObject([
    { tone: 'waiting', detail: 'The wallet was told, and has not said yet what came of it.' },
  ]);
  expect(shown({ ...sent, step: 'unknown' })).toMatchObject([{ tone: 'waiting' }]);
  expect(shown(byAnother)).toMatchObject([
    {
      atSec: 90,
      tone: 'plain',
      detail: 'Paid and proven by another device.',
      payment: { feesPaidMsat: undefined, preimage: PREIMAGE },
    },
  ]);
});

it('shows nothing for which no money has left the wallet', () => {
  const steps = ['wanted', 'checked', 'failed', 'chain'] as const;
  const entries = steps.map((step, n): JournalEntry => ({ ...wanted, n, step }));
  expect(activityView({ lines: [], entries }, 12)).toEqual({ rows: [], count: 0 });
  expect(hasActivity({ lines: [], entries })).toBe(false);
  expect(hasActivity({ lines: [], entries: [...entries, sent] })).toBe(true);
});

it('numbers what the page counts: payments of the stream and tranches, no orders', () => {
  const titles = (['disbursement', 'originationFee', 'repayment', 'tillShare'] as const).map(
    (leg) => shown({ ...paid, leg, n: 1_233 })[0]?.title,
  );
  expect(titles).toEqual([
    'Payment 1\u202f234 of the loan',
    'Fee of tranche 1\u202f234',
    'Repayment',
    'Share of sales at the till',
  ]);
});

const line = (atSec: number, code: string, contract?: string): Activity => {
  return { atSec, contract, code, level: 'problem', sentence: `About ${code}.` };
};

it('puts the newest first, and of one moment what came last', () => {
  const lines = [line(20, 'ORDER_DROPPED', ROOT), line(30, 'KEY_MISSING', ROOT)];
  const later = { ...paid, n: 14 };
  const { rows, count } = activityView({ lines, entries: [paid, later] }, 3);
  expect(rows.map(({ id, code }) => code ?? id)).toEqual([
    'KEY_MISSING',
    'disbursement 14',
    'disbursement 13',
  ]);
  expect(rows[0]).toMatchObject({ atSec: 30, tone: 'problem', title: 'About KEY_MISSING.' });
  expect(count).toBe(4);
});

it('makes the words of what is shown only, however long the stream', () => {
  const entries = Array.from({ length: 20_000 }, (_, n): JournalEntry => {
    return { ...paid, n, sentAtMs: n * 60_000 };
  });
  const { rows, count } = activityView({ lines: [], entries }, 112);
  expect(count).toBe(20_000);
  expect(rows).toHaveLength(112);
  expect(rows[0]?.title).toBe('Payment 20\u202f000 of the loan');
});

const passing = {
  contract: ROOT,
  leg: 'disbursement',
  n: 0,
  paymentHash: HASH,
  grossMsat: '251000',
  netMsat: '250000',
  step: 'settled',
  sentAtMs: 20_000,
  updatedAtMs: 25_000,
  preimage: PREIMAGE,
  feesPaidMsat: '12',
} as unknown as ForwardEntry;

it.each<[ForwardEntry['step'], string | undefined]>([
  ['ordered', undefined],
  ['made', undefined],
  ['offered', undefined],
  ['paying', 'Being passed on; 251\u202fsat of the payer are held for it.'],
  ['paid', 'Passed on; 251\u202fsat are being taken from the payer for it.'],
  ['settled', 'Passed on; 251\u202fsat were taken from the payer for it.'],
  ['lost', 'Passed on, but 251\u202fsat went back to the payer.'],
])('says of a payment to be passed on that is %s: %s', (step, detail) => {
  const forwards = [{ ...passing, step }];
  const { rows } = activityView({ lines: [], forwards }, 12);
  expect(rows.map((row) => row.detail)).toEqual(detail === undefined ? [] : [detail]);
  expect(hasActivity({ lines: [], forwards })).toBe(detail !== undefined);
  const payment = { amountMsat: 250_000n, feesPaidMsat: 12n, preimage: PREIMAGE };
  const expected = { title: 'Payment 1 of the loan', payment };
  if (detail !== undefined) expect(rows[0]).toMatchObject(expected);
});

it('says why a payment was not passed on', () => {
  const forwards = [{ ...passing, step: 'cancelled' as const, reason: 'It was not paid in time.' }];
  const { rows } = activityView({ lines: [], forwards }, 12);
  expect(rows[0]).toMatchObject({
    title: 'Payment 1 of the loan',
    detail: 'Not passed on; the payer keeps 251\u202fsat. It was not paid in time.',
  });
  expect(rows[0]?.payment).toBeUndefined();
});

it('keeps contracts apart, and from them what belongs to none', () => {
  const other = 'ba'.repeat(32);
  const lines = [line(1, 'ORDER_DROPPED', ROOT), line(2, 'PAUSED', other), line(3, 'DAMAGED')];
  const session = {
    activity: {
      lines: (root?: string) => lines.filter(({ contract }) => !root || contract === root),
    },
    journalEntries: (root: string, leg: string) =>
      root === ROOT && leg === 'disbursement' ? [paid] : [],
    forwarder: { entries: () => [passing, { ...passing, contract: other }] },
  } as unknown as Parameters<typeof contractActivity>[0];
  const { lines: own, entries, forwards } = contractActivity(session, ROOT);
  expect(own.map(({ code }) => code)).toEqual(['ORDER_DROPPED']);
  expect([entries, forwards]).toEqual([[paid], [passing]]);
  expect(ownActivity(session).lines.map(({ code }) => code)).toEqual(['DAMAGED']);
});
