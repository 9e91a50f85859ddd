/** The ledger keeps what it was told, exactly and across restarts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepPaymentEvent } from './wallet-events.ts';
import { WalletLedger, type LedgerEntry } from './wallet-ledger.ts';

const HASH = 'ab'.repeat(32);
const PREIMAGE = 'cd'.repeat(32);
const ENTRY: LedgerEntry = {
  direction: 'incoming',
  paymentHash: HASH,
  preimage: undefined,
  amountMsat: 2_100_000_000_000_000_000n,
  feesPaidMsat: 0n,
  state: 'pending',
  bolt11: 'lnbcrt1',
  description: 'Bread',
  descriptionHash: undefined,
  isHold: false,
  settleDeadlineHeight: undefined,
  connection: undefined,
  failure: undefined,
  createdAtSec: 1_000,
  expiresAtSec: 2_000,
  settledAtSec: undefined,
};
const CLAIMABLE = {
  type: 'claimable',
  paymentHash: HASH,
  amountMsat: 5n,
  preimage: PREIMAGE,
  claimDeadlineHeight: 500,
} as const;

let folder: string;
let ledger: WalletLedger;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wallet-ledger-'));
  ledger = WalletLedger.open(join(folder, 'wallet.sqlite'));
});

afterEach(() => {
  ledger.close();
  rmSync(folder, { recursive: true });
});

it('reads back every field after it was closed, amounts beyond 2^53 included', () => {
  const sent: LedgerEntry = {
    ...ENTRY,
    direction: 'outgoing',
    preimage: PREIMAGE,
    state: 'settled',
    connection: 'ee'.repeat(32),
    failure: 'None.',
    isHold: true,
    settleDeadlineHeight: 7,
    settledAtSec: 1_500,
  };
  ledger.put(ENTRY);
  ledger.put(sent);
  ledger.beginRequest('first');
  ledger.beginRequest('second');
  ledger.finishRequest('second', '{}');
  ledger.close();
  ledger = WalletLedger.open(join(folder, 'wallet.sqlite'));
  expect(ledger.byHash(HASH)).toEqual([ENTRY, sent]);
  expect(ledger.byInvoice('lnbcrt1')).toEqual([ENTRY, sent]);
  expect(ledger.findRequest('first')).toEqual({ response: null });
  expect(ledger.findRequest('second')).toEqual({ response: '{}' });
  expect(ledger.findRequest('third')).toBeUndefined();
});

it('lists the newest first, settled ones unless asked for more', () => {
  const states = ['settled', 'pending', 'failed', 'settled'] as const;
  states.forEach((state, index) => {
    const direction = index % 2 === 0 ? 'incoming' : 'outgoing';
    const paymentHash = String(index).repeat(64);
    ledger.put({ ...ENTRY, state, direction, paymentHash, createdAtSec: 1_000 + index });
  });
  const all = { fromSec: 0, untilSec: 5_000, direction: undefined, limit: 10, offset: 0 };
  const listed = (query: object) => {
    const { entries, total } = ledger.list({ ...all, unsettled: [], ...query });
    return [total, ...entries.map(({ createdAtSec }) => createdAtSec - 1_000)];
  };
  expect(listed({})).toEqual([2, 3, 0]);
  expect(listed({ unsettled: ['incoming', 'outgoing'] })).toEqual([4, 3, 2, 1, 0]);
  expect(listed({ unsettled: ['outgoing'] })).toEqual([3, 3, 1, 0]);
  expect(listed({ direction: 'incoming', unsettled: ['incoming'] })).toEqual([2, 2, 0]);
  expect(listed({ unsettled: ['incoming', 'outgoing'], limit: 2, offset: 1 })).toEqual([4, 2, 1]);
  expect(listed({ fromSec: 1_001 })).toEqual([1, 3]);
  expect(listed({ untilSec: 1_000 })).toEqual([1, 0]);
});

it('lists those of one second in the order they came', () => {
  const hashes = ['c', 'a', 'b'].map((letter) => letter.repeat(64));
  for (const paymentHash of hashes) ledger.put({ ...ENTRY, state: 'settled', paymentHash });
  ledger.change('incoming', 'c'.repeat(64), { feesPaidMsat: 1n });
  const query = { fromSec: 0, untilSec: 5_000, direction: undefined, limit: 10, offset: 0 };
  const { entries } = ledger.list({ ...query, unsettled: [] });
  expect(entries.map(({ paymentHash }) => paymentHash)).toEqual(hashes.reverse());
});

it('takes a payment once, and none that comes too late or that nobody asked for', () => {
  const release = { act: { type: 'release', paymentHash: HASH } };
  expect(keepPaymentEvent(ledger, CLAIMABLE, 1_500)).toMatchObject(release);
  ledger.put(ENTRY);
  expect(keepPaymentEvent(ledger, CLAIMABLE, 2_000)).toMatchObject(release);
  const claim = { act: { type: 'claim', preimage: PREIMAGE }, notice: undefined };
  expect(keepPaymentEvent(ledger, CLAIMABLE, 1_999)).toMatchObject(claim);
  // Told again, as after a restart, it is claimed again.
  expect(keepPaymentEvent(ledger, CLAIMABLE, 2_001)).toMatchObject(claim);
  const claimed = { type: 'claimed', paymentHash: HASH, amountMsat: 6n } as const;
  expect(keepPaymentEvent(ledger, claimed, 2_002)).toMatchObject({ notice: 'received' });
  expect(keepPaymentEvent(ledger, claimed, 2_003)).toMatchObject({ notice: undefined });
  expect(keepPaymentEvent(ledger, CLAIMABLE, 2_004)).toMatchObject(release);
  const settled = { state: 'settled', amountMsat: 6n, settledAtSec: 2_002, preimage: PREIMAGE };
  expect(ledger.entry('incoming', HASH)).toMatchObject(settled);
});

it('does not let a late failure undo a success', () => {
  ledger.put({ ...ENTRY, direction: 'outgoing' });
  const sent = { type: 'sent', paymentHash: HASH, preimage: PREIMAGE, feesPaidMsat: 3n } as const;
  const failed = { type: 'failed', paymentHash: HASH, reason: 'other' } as const;
  expect(keepPaymentEvent(ledger, sent, 1_500)).toMatchObject({ notice: 'sent' });
  expect(keepPaymentEvent(ledger, failed, 1_501)).toMatchObject({ notice: undefined });
  const entry = { state: 'settled', feesPaidMsat: 3n, preimage: PREIMAGE };
  expect(ledger.entry('outgoing', HASH)).toMatchObject(entry);
});
