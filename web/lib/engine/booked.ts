/**
 * Repayments by requests that an investor signed in advance: what of an order is paid by them, and
 * what becomes of an order when one of them turns out to be paid.
 * Spec: specs/payments.md, "Books of repayments".
 */
import { checkInvoice, cutOrder, useBook, type OrderedPart } from '@realyield/protocol';
import type { Desk, OwnContract } from './desk.ts';
import type { KeptRequest } from './handed.ts';
import { wantedEntry, type JournalEntry, type JournalStep } from './journal.ts';
import { nextNumber } from './serials.ts';
import { partsByHash } from './used-hashes.ts';
import { sentenceOf } from './words.ts';

/** So long before a request opens it is known to be there and not asked for, seconds. */
export const SOON_SEC = 600;
/** So much before its end a request of a book is not taken up any more, seconds. */
const MARGIN_SEC = 60;
const UNPAID: readonly JournalStep[] = ['wanted', 'checked', 'failed'];

type SerialLeg = Parameters<typeof nextNumber>[2];

/** A part of a book as the journal has it once it is to be paid. */
interface BookedPart {
  readonly n: number;
  readonly amountUnits: bigint;
  readonly entry: JournalEntry;
}

/** Orders with the parts of each in their order: those of several rounds are one. */
function ordersOf(entries: readonly JournalEntry[]): readonly (readonly JournalEntry[])[] {
  const orders = new Map<string, JournalEntry[]>();
  for (const entry of entries) {
    const key = entry.together?.order ?? `${entry.n}`;
    orders.set(key, [...(orders.get(key) ?? []), entry]);
  }
  const roundOf = ({ together }: JournalEntry): number => together?.round ?? 0;
  return [...orders.values()].map((order) => order.sort((a, b) => roundOf(a) - roundOf(b)));
}

function orderedPart({ n, amountUnits, together }: JournalEntry): OrderedPart {
  return { n, amountUnits: BigInt(amountUnits), round: together?.round ?? 0 };
}

/** The entries that are left of an order, in the amounts that are left. */
function leftOf(order: readonly JournalEntry[], left: readonly OrderedPart[], nowMs: number) {
  return left.flatMap(({ n, amountUnits }) => {
    const before = order.find((entry) => entry.n === n);
    if (!before) return [];
    if (before.amountUnits === amountUnits.toString()) return [before];
    const { contract, leg, together, askedAtMs } = before;
    const wanted = wantedEntry(contract, leg, n, amountUnits, nowMs);
    return [{ ...wanted, askedAtMs, ...(together ? { together } : {}) }];
  });
}

/** Parts of books that can be paid now and are in nobody's hand. */
function payableBooked(
  desk: Desk,
  contract: OwnContract,
  leg: SerialLeg,
  kept: readonly KeptRequest[],
): readonly BookedPart[] {
  const { root, fold } = contract.view;
  const nowSec = desk.clock.nowSec();
  const proven = fold.state.paid.numbers(leg);
  const hashes = new Set(partsByHash(desk, contract, leg).keys());
  const found = new Map<number, BookedPart>();
  for (const { request, invoices } of kept) {
    const { n: numbers, notBeforeSec, expiresAtSec } = request.document;
    if (notBeforeSec > nowSec || expiresAtSec <= nowSec + MARGIN_SEC) continue;
    for (const [index, n] of numbers.entries()) {
      const isKnown = proven.has(n) || found.has(n) || desk.journal.get(root, leg, n);
      const checked = checkInvoice(fold.state, request, index, invoices[index], nowSec);
      if (isKnown || !checked.ok || hashes.has(checked.value.paymentHash)) continue;
      const { amountMsat, paymentHash, invoice } = checked.value;
      hashes.add(paymentHash);
      const { event } = request;
      const entry: JournalEntry = {
        ...wantedEntry(root, leg, n, amountMsat, desk.clock.nowMs()),
        amountMsat: amountMsat.toString(),
        step: 'checked',
        request: { ...event, tags: event.tags.map((tag) => [...tag]) },
        invoice,
        paymentHash,
        expiresAtSec,
      };
      found.set(n, { n, amountUnits: amountMsat, entry });
    }
  }
  return [...found.values()];
}

/** Whether a book has another part under an order's number, or one that opens much later. */
function isTaken(
  { n, amountUnits }: JournalEntry,
  { request: { document } }: KeptRequest,
  nowSec: number,
): boolean {
  const place = document.n.indexOf(n);
  const isSoon = document.notBeforeSec <= nowSec + SOON_SEC;
  return place >= 0 && (!isSoon || document.msat[place] !== amountUnits);
}

/** Gives orders another number whose own a book has for something else. */
async function renumberTaken(
  desk: Desk,
  { view }: OwnContract,
  leg: SerialLeg,
  kept: readonly KeptRequest[],
): Promise<void> {
  const { root, fold } = view;
  const nowSec = desk.clock.nowSec();
  const booked = kept.flatMap(({ request }) => request.document.n);
  for (const order of desk.journal.unproven(root, leg)) {
    if (order.step !== 'wanted' || !kept.some((each) => isTaken(order, each, nowSec))) continue;
    await desk.journal.renumber(order, nextNumber(desk, fold.state, leg, booked));
  }
}

/**
 * Takes what a book has for orders of a leg into the journal, checked, in the place of what was
 * ordered; whether it had anything.
 */
export async function payFromBook(
  desk: Desk,
  contract: OwnContract,
  leg: SerialLeg,
): Promise<boolean> {
  const { root } = contract.view;
  const wanted = () => desk.journal.unproven(root, leg).filter(({ step }) => step === 'wanted');
  if (wanted().length === 0) return false;
  const nowSec = desk.clock.nowSec();
  const kept = (await desk.handed.payable(contract, leg)).filter(({ request: { document } }) => {
    return document.book === true && document.via === undefined && document.expiresAtSec > nowSec;
  });
  if (kept.length === 0) return false;
  await renumberTaken(desk, contract, leg, kept);
  let hasAny = false;
  for (const order of ordersOf(wanted())) {
    // P-38: "A payer's client pays what it was ordered to repay by requests of a book first…"
    const booked = payableBooked(desk, contract, leg, kept);
    const { parts, left } = useBook(order.map(orderedPart), booked);
    if (parts.length === 0) continue;
    const [first] = order;
    const together = first?.together;
    const used = parts.map(({ part, round }) =>
      together ? { ...part.entry, together: { ...together, round } } : part.entry,
    );
    const after = [...used, ...leftOf(order, left, desk.clock.nowMs())];
    // One write: an order and what is paid in its place are never both there.
    hasAny = (await desk.journal.exchange(order, after)) || hasAny;
  }
  return hasAny;
}

/**
 * Writes that a part of a book is paid, or being paid, of which this journal knew nothing: orders
 * come to so much less, as another life of this payer paid it for one. Whether it could be written.
 */
export async function writeFound(desk: Desk, found: JournalEntry): Promise<boolean> {
  const { contract, leg, n, amountUnits } = found;
  const orders = desk.journal
    .unproven(contract, leg)
    .filter((entry) => entry.n !== n && UNPAID.includes(entry.step));
  const left = cutOrder(orders.map(orderedPart), BigInt(amountUnits));
  const after = leftOf(orders, left, desk.clock.nowMs());
  const changed = orders.filter((order) => !after.includes(order));
  const cut = after.filter((entry) => !orders.includes(entry));
  if (!(await desk.journal.exchange(changed, [found, ...cut]))) return false;
  if (changed.length === 0) return true;
  const code = 'ORDER_FOUND';
  desk.activity.add({ contract, level: 'problem', code, sentence: sentenceOf(code) });
  return true;
}
