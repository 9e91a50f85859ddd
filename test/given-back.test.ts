/**
 * What a payer does about a payment that has definitely failed, with a wallet that says so.
 * requires: FW-15, FW-18
 */
import type { SignedEvent } from '@realyield/protocol';
import { expect, test } from 'vitest';
import type { Desk, OwnContract } from '../web/lib/engine/desk.ts';
import { Journal, wantedEntry, type JournalEntry } from '../web/lib/engine/journal.ts';
import { resolveEntry } from '../web/lib/engine/payment.ts';
import type { Wallet } from '../web/lib/engine/ports.ts';
import { openSqliteStore } from './world/sqlite-store.ts';

const ROOT = 'a1'.repeat(32);
const NOW_MS = 1_800_000_000_000;

async function resolved(
  entry: JournalEntry,
  asked: unknown[] = [],
): Promise<JournalEntry | undefined> {
  const { paymentHash = '' } = entry;
  const clock = { nowMs: () => NOW_MS, nowSec: () => NOW_MS / 1_000 };
  const desk = { journal: new Journal(openSqliteStore(':memory:')), clock } as unknown as Desk;
  const value = { state: 'failed', direction: 'outgoing', paymentHash, feesPaidMsat: 0n };
  const lookup = (query: unknown): Promise<unknown> => {
    asked.push(query);
    return Promise.resolve({ state: 'answered', value });
  };
  const wallet = { lookup };
  await desk.journal.write([entry]);
  await resolveEntry(
    { desk, contract: {} as OwnContract, wallet: wallet as unknown as Wallet },
    entry,
  );
  return desk.journal.get(ROOT, 'disbursement', 0);
}

test('asks anew for what the bank has given back, and tells its own invoice again', async () => {
  const wanted = wantedEntry(ROOT, 'disbursement', 0, 1_000n, NOW_MS);
  const paymentHash = 'b2'.repeat(32);
  const sent = { ...wanted, step: 'unknown', paymentHash, invoice: 'lnbcrt1' } as const;
  expect(await resolved(sent)).toMatchObject({ step: 'failed', invoice: 'lnbcrt1' });
  // Void now; and a payee that was paid all the same answers with its proof.
  expect(await resolved({ ...sent, forward: {} as SignedEvent })).toEqual(wanted);
});

test('finds by the hash alone what it paid, where the bank says that it is void', async () => {
  const wanted = wantedEntry(ROOT, 'disbursement', 0, 1_000n, NOW_MS);
  const paymentHash = 'b2'.repeat(32);
  // What is left of a journal that was lost: the payee's request, and no word of the bank's.
  const request = { content: JSON.stringify({ via: { netMsat: ['990'] } }) } as SignedEvent;
  const sent = { ...wanted, step: 'unknown', paymentHash, request, invoice: 'withheld' } as const;
  const asked: unknown[] = [];
  expect(await resolved(sent, asked)).toEqual(wanted);
  expect(asked).toEqual([{ paymentHash }]);
});
