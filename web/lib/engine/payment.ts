/** One payment: told to the wallet once, looked up until its outcome is known. */
import { isSerial, type SignedEvent } from '@realyield/protocol';
import { mapAtMost } from './at-once.ts';
import { writeFound } from './booked.ts';
import type { Desk, OwnContract } from './desk.ts';
import { isThroughBank, provenEntry, renewedEntry, type JournalEntry } from './journal.ts';
import { MOST_LANES } from './lanes.ts';
import type { Wallet } from './ports.ts';
import {
  CANNOT_LOOK_UP,
  feesOf,
  isMade,
  isOfOther,
  isPreimageOf,
  paid,
  queryOf,
  settledStep,
  surelyOverAtSec,
  toldTo,
} from './wallet-word.ts';
import { statusOf, type PayerStatus } from './words.ts';

export { feesOf, isPreimageOf, isSurelyUnpaid } from './wallet-word.ts';

/** What paying needs. */
export interface PaymentContext {
  readonly desk: Desk;
  readonly contract: OwnContract;
  readonly wallet: Wallet;
}

/**
 * How long after a payment request was sent a wallet that knows of no such payment is believed:
 * the request carried an expiration well before this.
 */
export const NEVER_ARRIVED_MS = 90_000;
/** How long a payment that failed rests before it is tried again. */
export const RETRY_MS = 10_000;
/** How far the payee's clock, which dates requests, may be ahead of ours. */
const CLOCKS_APART_MS = 120_000;

/** How long an entry still rests, ms; a clock that was put back holds nothing up. */
export function restMsOf({ step, updatedAtMs }: JournalEntry, nowMs: number): number {
  const sinceMs = nowMs - updatedAtMs;
  return step === 'failed' && sinceMs >= 0 ? Math.max(0, RETRY_MS - sinceMs) : 0;
}

/** Whether a request was made while nobody but this journal can have paid it. */
export function isOfThisRun({ created_at }: SignedEvent, sinceMs: number): boolean {
  return created_at * 1_000 >= sinceMs + CLOCKS_APART_MS;
}

/**
 * Writes what came of an entry, if it still is what it was before the wallet was asked: meanwhile
 * the payee, or another device by its receipt, may have proven it. Yields what it is then.
 */
function write(
  desk: Desk,
  before: JournalEntry | undefined,
  next: JournalEntry,
): Promise<JournalEntry> {
  return desk.journal.replace(before, { ...next, updatedAtMs: desk.clock.nowMs() });
}

/** Writes that an entry is paid; one that was proven meanwhile learns what it cost. */
async function writePaid(
  desk: Desk,
  before: JournalEntry,
  next: JournalEntry,
): Promise<JournalEntry> {
  const { paymentHash, feesPaidMsat } = next;
  const [after] = await desk.journal.change([next], (current) => {
    if (current === before) return { ...next, updatedAtMs: desk.clock.nowMs() };
    if (!current || current.paymentHash !== paymentHash || !isPaid(current)) return undefined;
    return feesPaidMsat === undefined ? undefined : { ...current, feesPaidMsat };
  });
  return after ?? next;
}

function isPaid({ step }: JournalEntry): boolean {
  return step === 'paid' || step === 'receipted';
}

/** Whether a receipt has proven this very payment, and no other of the part. */
function isProven({ view }: OwnContract, { leg, n, paymentHash }: JournalEntry): boolean {
  const { paid, payments } = view.fold.state;
  return paid.numbers(leg).has(n) && payments.some((each) => each.paymentHash === paymentHash);
}

/**
 * Asks the wallet what became of a payment. While that is not clear the entry stays open, and what
 * it waits for comes back: an answer, the end of a payment under way, or the time from which on a
 * request that has not reached the wallet cannot be carried out any more.
 */
export async function resolveEntry(
  context: PaymentContext,
  entry: JournalEntry,
): Promise<PayerStatus | undefined> {
  const { desk, wallet } = context;
  const { paymentHash } = entry;
  const close = async (next: JournalEntry): Promise<undefined> => {
    await (next.step === 'paid' ? writePaid : write)(desk, entry, next);
    return undefined;
  };
  if (paymentHash === undefined) return close({ ...entry, step: 'wanted' });
  const answer = await wallet.lookup(queryOf(entry));
  const record = answer.state === 'answered' ? answer.value : undefined;
  const next = record && settledStep(entry, record);
  // FW-15: "…where a payment by way of the bank has definitely failed, it asks for the part anew…"
  if (next?.step === 'failed' && isThroughBank(entry)) {
    return close(renewedEntry(entry, desk.clock.nowMs()));
  }
  if (next) return close(next);
  // Another device of this person, with the same wallet, may have proven it.
  if (isProven(context.contract, entry)) return close(provenEntry(entry, desk.clock.nowMs()));
  const lastMs = (entry.sentAtMs ?? 0) + NEVER_ARRIVED_MS;
  const isUnknown = answer.state === 'answered' && !record;
  const isMissing = isUnknown && !isOfOther(wallet, entry);
  if (isMissing && desk.clock.nowMs() > lastMs) {
    return close({ ...entry, step: 'failed', reason: 'The wallet knows of no such payment.' });
  }
  const untilSec = surelyOverAtSec(entry);
  const cannotSay = answer.state === 'refused' && CANNOT_LOOK_UP.has(answer.code);
  const isMute = cannotSay || (isUnknown && !isMissing);
  // The payee knows whether it was paid: asked anew, it answers with the proof or a new request.
  const isTold = record !== undefined && isMade(record);
  if (!isTold && answer.state !== 'unknown' && !isMissing && desk.clock.nowSec() >= untilSec) {
    return close({ ...entry, step: 'failed', reason: 'The wallet cannot look the payment up.' });
  }
  if (entry.step !== 'unknown') await write(desk, entry, { ...entry, step: 'unknown' });
  if (isMute) return statusOf('waiting', 'NO_LOOKUP', { untilSec });
  if (isMissing) {
    return statusOf('problem', 'NOT_ARRIVED', { untilSec: Math.ceil(lastMs / 1_000) });
  }
  const onItsWay = isThroughBank(entry) ? 'WITH_BANK' : 'inFlight';
  return record ? statusOf('waiting', onItsWay) : statusOf('problem', 'WALLET_SILENT');
}

/**
 * Asks what became of several; what the first that stays open waits for, if one does. It keeps
 * none of the others from being proven.
 */
export async function resolveEntries(
  context: PaymentContext,
  entries: readonly JournalEntry[],
): Promise<PayerStatus | undefined> {
  const waits = await mapAtMost(MOST_LANES, entries, (entry) => resolveEntry(context, entry));
  return waits.find((status) => status !== undefined);
}

/**
 * What a wallet says of a part that another device may have paid. `found`: it has paid it, or is
 * about to, and the journal knows. `none`: nothing comes of it. `unheardOf`: it knows of no such
 * payment, as yet. Else, while it does not say, what is waited for.
 */
export type RecoveredEntry = 'found' | 'none' | 'unheardOf' | PayerStatus;

/** Asks about a part that may have been paid by a device that was lost before it could prove it. */
export async function recoverEntry(
  { desk, wallet }: PaymentContext,
  entry: JournalEntry,
): Promise<RecoveredEntry> {
  const { contract, leg, n, paymentHash, invoice } = entry;
  const before = desk.journal.get(contract, leg, n);
  if (paymentHash === undefined || invoice === undefined) return 'none';
  const answer = await wallet.lookup(queryOf(entry));
  const silent = statusOf('problem', 'WALLET_SILENT');
  // A wallet that cannot look up clears nothing that can still be paid.
  const untilSec = surelyOverAtSec(entry);
  const isOpen = untilSec > desk.clock.nowSec();
  if (answer.state === 'refused' && isOpen) {
    return CANNOT_LOOK_UP.has(answer.code)
      ? statusOf('waiting', 'NO_LOOKUP', { untilSec })
      : silent;
  }
  if (answer.state === 'unknown') return silent;
  const record = answer.state === 'answered' ? answer.value : undefined;
  const next = record && settledStep(entry, record);
  const isUnderWay = !next && record !== undefined && isMade(record);
  const sentAtMs = desk.clock.nowMs();
  const unknown = toldTo(wallet, { ...entry, step: 'unknown', sentAtMs });
  const found = next?.step === 'paid' ? next : isUnderWay ? unknown : undefined;
  if (!found) return answer.state === 'answered' && !record ? 'unheardOf' : 'none';
  if (before || !isSerial(leg)) await write(desk, before, found);
  // Of a book: in the place of an order that is gone.
  else if (!(await writeFound(desk, found))) return silent;
  return 'found';
}

/**
 * Writes that the payee has proven a part. Whatever the journal had of it is overtaken, but not
 * what is paid already, nor a payment under another hash that may still arrive.
 */
export async function writeProven(
  { journal }: Desk,
  wallet: Wallet | undefined,
  entry: JournalEntry,
): Promise<void> {
  // What this journal sent is not waited for: its fees are asked for again until they are known.
  const isSent = entry.sentAtMs !== undefined;
  const feesMsat = isSent || !wallet ? undefined : await feesOf(wallet, entry);
  const isKnown = typeof feesMsat === 'bigint';
  const next = isKnown ? { ...entry, feesPaidMsat: feesMsat.toString() } : entry;
  await journal.change([next], (current) => {
    if (!current) return next;
    const isOpen = current.step === 'sending' || current.step === 'unknown';
    if (isPaid(current) || (isOpen && current.paymentHash !== next.paymentHash)) return undefined;
    const { preimage = '', updatedAtMs } = next;
    return isOpen ? { ...current, step: 'paid', preimage, updatedAtMs } : next;
  });
}

/**
 * Pays a checked entry. A request older than this run may have been paid by another device or
 * an earlier life of this one, so the wallet is asked first; while it does not say, the entry
 * comes back as it was.
 */
export async function payEntry(
  context: PaymentContext,
  entry: JournalEntry,
  startedAtMs: number,
): Promise<JournalEntry> {
  const { desk, wallet } = context;
  const { invoice, paymentHash, request } = entry;
  if (invoice === undefined || paymentHash === undefined || request === undefined) {
    return write(desk, entry, { ...entry, step: 'wanted' });
  }
  if (!isOfThisRun(request, startedAtMs)) {
    const known = await wallet.lookup({ paymentHash, invoice });
    // Until the wallet says, the other may have paid: the entry stays as it is.
    const isSaid = known.state === 'refused' ? known.code !== 'RATE_LIMITED' : true;
    if (known.state === 'unknown' || !isSaid) return entry;
    if (known.state === 'answered' && known.value) {
      const next = settledStep(entry, known.value);
      if (next?.step === 'paid') return write(desk, entry, next);
      if (!next && isMade(known.value)) {
        const sentAtMs = desk.clock.nowMs();
        return write(desk, entry, toldTo(wallet, { ...entry, step: 'unknown', sentAtMs }));
      }
    }
  }
  const sentAtMs = desk.clock.nowMs();
  const sent: JournalEntry = { ...entry, step: 'sending', sentAtMs, updatedAtMs: sentAtMs };
  const told = toldTo(wallet, sent);
  const sending = await desk.journal.replace(entry, told);
  // It has become something else while the wallet was asked: the payer looks at it anew.
  if (sending !== told) return sending;
  const answer = await wallet.pay(invoice);
  if (answer.state === 'refused') {
    return write(desk, sending, { ...sending, step: 'failed', reason: answer.sentence });
  }
  if (answer.state === 'answered' && isPreimageOf(answer.value.preimage, paymentHash)) {
    const { preimage, feesPaidMsat } = answer.value;
    return writePaid(desk, sending, paid(sending, preimage, feesPaidMsat));
  }
  return write(desk, sending, { ...sending, step: 'unknown' });
}
