/** The payer's question for payment requests. */
import {
  isSerial,
  LEGS,
  MAX_DELIVERED_INVOICES,
  type Leg,
  type MessageOf,
} from '@realyield/protocol';
import { payFromBook, SOON_SEC } from './booked.ts';
import { checkHanded, writePayable } from './delivery-check.ts';
import type { Desk, OwnContract } from './desk.ts';
import { asksThroughBank } from './forwarding/asking.ts';
import type { JournalEntry } from './journal.ts';
import { contractRelays, moneyAddress } from './parties.ts';
import { liveEntries } from './ticks-due.ts';

/**
 * Asks the payee once for requests for some parts; whoever asks again gets the same ones. Yields
 * whether a relay took the question.
 */
export async function askForParts(
  desk: Desk,
  contract: OwnContract,
  leg: Leg,
  wanted: readonly JournalEntry[],
): Promise<boolean> {
  const nowMs = desk.clock.nowMs();
  await desk.journal.change(wanted, (current, entry) =>
    current === entry ? { ...entry, askedAtMs: nowMs } : undefined,
  );
  let isSent = true;
  const ways = [{ via: 'bank' }, {}] as const;
  for (const way of ways) {
    const parts = wanted.filter(
      (entry) => asksThroughBank(contract, entry, nowMs) === 'via' in way,
    );
    if (parts.length > 0 && !(await ask(desk, contract, leg, parts, way))) isSent = false;
  }
  return isSent;
}

/** Asks the payee once whether it was paid for some parts; no request comes of it. */
export function askForProof(
  desk: Desk,
  contract: OwnContract,
  leg: Leg,
  unclear: readonly JournalEntry[],
): Promise<boolean> {
  return ask(desk, contract, leg, unclear.slice(0, MAX_DELIVERED_INVOICES), { proof: true });
}

async function ask(
  desk: Desk,
  { own, view }: OwnContract,
  leg: Leg,
  parts: readonly JournalEntry[],
  way: Pick<MessageOf<'partsWanted'>, 'via' | 'proof'>,
): Promise<boolean> {
  const { state } = view.fold;
  const { money } = own;
  if (!money) return false;
  const payee = moneyAddress(state, LEGS[leg].payee);
  const relays = payee.relays.length > 0 ? payee.relays : contractRelays(state);
  const message = {
    v: 1,
    type: 'partsWanted',
    contract: view.root,
    leg,
    n: parts.map((entry) => entry.n),
    units: parts.map((entry) => entry.amountUnits),
    ...way,
  } as const;
  return desk.mailbox.sendOnce(message, money, payee.publicKey, relays);
}

/** What is to be asked for, and whether some of it was found in a book. */
export interface ToAskFor {
  readonly wanted: readonly JournalEntry[];
  readonly isBooked: boolean;
}

/**
 * Takes wanted parts that a request sent in advance has into the journal, checked; yields those
 * that the payee must be asked for.
 */
export async function withoutBooked(
  desk: Desk,
  contract: OwnContract,
  leg: Leg,
): Promise<ToAskFor> {
  const wanted = (): readonly JournalEntry[] =>
    liveEntries(desk, contract, leg).filter(({ step }) => step === 'wanted');
  const left = new Set(wanted().map(({ n }) => n));
  if (left.size === 0) return { wanted: [], isBooked: false };
  // P-32: "A payer's client pays a tick by a request that it was sent in advance, after the same
  // checks as any (T-4 to T-9, T-13), and asks for what none of them has…"
  const nowSec = desk.clock.nowSec();
  const isNext = new Set<number>();
  let isBooked = false;
  for (const { request, invoices } of await desk.handed.payable(contract, leg)) {
    const { book, n, notBeforeSec, expiresAtSec, via } = request.document;
    const isUsable = expiresAtSec > nowSec && notBeforeSec <= nowSec + SOON_SEC;
    if (book !== true || via !== undefined || !isUsable || !n.some((part) => left.has(part)))
      continue;
    const payable = checkHanded(desk, contract, request, invoices);
    await writePayable(desk, payable);
    isBooked ||= payable.length > 0;
    for (const entry of payable) left.delete(entry.n);
    if (notBeforeSec > nowSec) for (const part of n) isNext.add(part);
  }
  if (isSerial(leg) && (await payFromBook(desk, contract, leg))) isBooked = true;
  return { wanted: wanted().filter(({ n }) => !isNext.has(n)), isBooked };
}
