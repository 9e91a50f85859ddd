/**
 * What becomes of a payment whose outcome the wallet can never tell: it waits until the invoice has
 * surely run out, or until another device of the same person has proven it. SEED=298 of the fault
 * matrix.
 */
import { expect, it } from 'vitest';
import type { OwnContract, Desk } from '../web/lib/engine/desk.ts';
import type { JournalEntry } from '../web/lib/engine/journal.ts';
import { resolveEntry } from '../web/lib/engine/payment.ts';
import type { Wallet } from '../web/lib/engine/ports.ts';
import { Loan, sparedSigning } from './fixtures/loan.ts';

const HOUR_SEC = 3_600;

it('a payment that another device has proven is not waited for', async () => {
  const loan = new Loan({ signing: sparedSigning });
  loan.signAll();
  const before = loan.fold();
  loan.streamAll();
  const after = loan.fold();
  const [first] = after.state.payments;
  const nowSec = loan.startAtSec;
  const written: JournalEntry[] = [];
  const desk = {
    clock: { nowSec: () => nowSec, nowMs: () => nowSec * 1_000 },
    journal: {
      write: (entries: readonly JournalEntry[]) => Promise.resolve(void written.push(...entries)),
    },
  } as unknown as Desk;
  const wallet = {
    lookup: () => Promise.resolve({ state: 'refused', code: 'NOT_IMPLEMENTED', sentence: '' }),
  } as unknown as Wallet;
  const entry: JournalEntry = {
    ...{ contract: loan.root, leg: 'disbursement', n: first?.n ?? 0, step: 'unknown' },
    ...{ amountUnits: '1000', updatedAtMs: 0, askedAtMs: 0, invoice: 'lnbcrt1' },
    ...{ paymentHash: first?.paymentHash ?? '', expiresAtSec: nowSec + HOUR_SEC },
  };
  const resolve = (fold: typeof after, of: JournalEntry) => {
    const contract = { view: { root: loan.root, fold } } as unknown as OwnContract;
    return resolveEntry({ desk, contract, wallet }, of);
  };
  expect(await resolve(before, entry)).toMatchObject({ code: 'NO_LOOKUP' });
  // Paid by another invoice, this one can still be paid.
  const other = { ...entry, paymentHash: 'ab'.repeat(32) };
  expect(await resolve(after, other)).toMatchObject({ code: 'NO_LOOKUP' });
  expect(written).toEqual([]);
  expect(await resolve(after, entry)).toBeUndefined();
  expect(written).toMatchObject([{ step: 'receipted', paymentHash: first?.paymentHash }]);
});
