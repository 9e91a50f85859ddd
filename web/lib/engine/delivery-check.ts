/** The payer's checks on a delivery: nothing is payable that fails one of them. */
import {
  checkForward,
  checkInvoice,
  checkRequest,
  isSerial,
  unembed,
  unitsOf,
  type EmbeddedEvent,
  type Leg,
  type MessageOf,
  type ParsedRequest,
  type RejectCode,
  type SignedEvent,
} from '@realyield/protocol';
import type { Desk, OwnContract } from './desk.ts';
import { writeFound } from './booked.ts';
import { WITHHELD } from './forwarding/asking.ts';
import { wantedEntry, type JournalEntry } from './journal.ts';
import { isPreimageOf, recoverEntry, writeProven } from './payment.ts';
import { isAgreed, priceProblem } from './prices/price-check.ts';
import { isPerDevice, nextNumber } from './serials.ts';
import { partsByHash } from './used-hashes.ts';
import { sentenceOf, type StatusCode } from './words.ts';

/** What became of a delivery. */
export interface CheckedDelivery {
  /** Entries that may now be paid, not yet in the journal. */
  readonly payable: readonly JournalEntry[];
  /** Entries of parts whose request has run out; they may have been paid by another device. */
  readonly expired: readonly JournalEntry[];
  /** Parts that the payee has proven to have been paid. */
  readonly paid: readonly JournalEntry[];
  /** Parts of a book that the payee has proven to be paid, of which nothing is known here. */
  readonly found: readonly JournalEntry[];
  /** Orders whose number the payee has already given to another order of ours, and that one. */
  readonly taken: readonly { readonly order: JournalEntry; readonly other: JournalEntry }[];
  /** What was wrong, in order of the parts. */
  readonly refused: readonly StatusCode[];
  /** Whether it is the payee's signed answer for this leg, right or wrong in its invoices. */
  readonly isAnswer: boolean;
}

const NONE = { payable: [], expired: [], paid: [], found: [], taken: [] };
const IGNORED: CheckedDelivery = { ...NONE, refused: [], isAnswer: false };

function refusal(code: RejectCode): CheckedDelivery {
  return { ...NONE, refused: [code], isAnswer: false };
}

/**
 * Whether an answer was wrong in all that it says. A price is no such wrong: it moves, and its
 * person may agree to it.
 */
export function isInVain({ payable, paid, found, taken, refused }: CheckedDelivery): boolean {
  const isUseful = [payable, paid, found, taken].some(({ length }) => length > 0);
  return !isUseful && refused.some((code) => !code.startsWith('PRICE_'));
}

/** Entries of wanted parts that may be paid by a request that was kept. */
export function checkHanded(
  desk: Desk,
  contract: OwnContract,
  request: ParsedRequest,
  invoices: readonly string[],
): readonly JournalEntry[] {
  return checkParts(desk, contract, { request, unsure: undefined }, { invoices: [...invoices] })
    .payable;
}

function isUnclear(entry: JournalEntry | undefined): entry is JournalEntry {
  return entry?.step === 'sending' || entry?.step === 'unknown';
}

/** Whether a request is for what was ordered, or for what a lost device ordered in its place. */
function isAskedFor({ leg, amountUnits }: JournalEntry, units: string): boolean {
  // TL-38: "…a request for less under such a number is paid, and the rest with the next…"
  const isLess = BigInt(units) > 0n && BigInt(units) < BigInt(amountUnits);
  return units === amountUnits || (isPerDevice(leg) && isLess);
}

/** The entry of a part that was paid by another life of this payer. */
function provenBy(
  desk: Desk,
  { event, document }: ParsedRequest,
  index: number,
  preimage: string,
): JournalEntry {
  const { contract, leg, n, msat, paymentHash, expiresAtSec } = document;
  const nowMs = desk.clock.nowMs();
  const amount = BigInt(unitsOf(document)[index] ?? '0');
  return {
    ...wantedEntry(contract, leg, n[index] ?? 0, amount, nowMs),
    amountMsat: msat[index] ?? '0',
    step: 'paid',
    request: { ...event, tags: event.tags.map((tag) => [...tag]) },
    paymentHash: paymentHash[index] ?? '',
    expiresAtSec,
    preimage,
  };
}

/** Payments without a clear outcome that the payee proves. */
function outcomes(
  { journal, clock }: Desk,
  { document }: ParsedRequest,
  preimages: ReadonlyMap<number, string>,
): readonly JournalEntry[] {
  const { contract, leg, n, paymentHash } = document;
  return n.flatMap((part, index) => {
    const entry = journal.get(contract, leg, part);
    const hash = paymentHash[index] ?? '';
    const preimage = preimages.get(part) ?? '';
    // P-35: "…and takes a preimage of the payment's hash for its outcome…"
    if (!isUnclear(entry) || entry.paymentHash !== hash || !isPreimageOf(preimage, hash)) return [];
    return [{ ...entry, step: 'paid' as const, updatedAtMs: clock.nowMs(), preimage }];
  });
}

const preimagesOf = ({ paid = [] }: Pick<MessageOf<'requestDelivery'>, 'paid'>) =>
  new Map(paid.map(({ n, preimage }) => [n, preimage]));

/** What a delivery says of one of its parts. */
function deliveredPart(
  { event, document }: ParsedRequest,
  index: number,
  { invoices, forward }: Pick<MessageOf<'requestDelivery'>, 'invoices' | 'forward'>,
) {
  return {
    amountUnits: unitsOf(document)[index] ?? '0',
    amountMsat: document.msat[index] ?? '0',
    request: { ...event, tags: event.tags.map((tag) => [...tag]) },
    invoice: invoices[index] ?? '',
    ...(forward ? { forward: asSigned(forward) } : {}),
    paymentHash: document.paymentHash[index] ?? '',
  };
}

function checkParts(
  desk: Desk,
  contract: OwnContract,
  { request, unsure }: { readonly request: ParsedRequest; readonly unsure: RejectCode | undefined },
  message: Pick<MessageOf<'requestDelivery'>, 'invoices' | 'paid' | 'forward'>,
): CheckedDelivery {
  const { invoices } = message;
  const preimages = preimagesOf(message);
  const { root, fold } = contract.view;
  const { leg } = request.document;
  const nowSec = desk.clock.nowSec();
  const payable: JournalEntry[] = [];
  const expired: JournalEntry[] = [];
  const paid = [...outcomes(desk, request, preimages)];
  const found: JournalEntry[] = [];
  const taken: { order: JournalEntry; other: JournalEntry }[] = [];
  const refused: StatusCode[] = [];
  const { document } = fold.state.contract;
  const mispriced = priceProblem(desk.prices, document, request.document, nowSec);
  const isThrough = request.document.via !== undefined;
  const used = partsByHash(desk, contract, leg);
  for (const [index, n] of request.document.n.entries()) {
    const entry = desk.journal.get(root, leg, n);
    const paymentHash = request.document.paymentHash[index] ?? '';
    const preimage = preimages.get(n) ?? '';
    const isPreimage = isPreimageOf(preimage, paymentHash);
    const isUsed = (used.get(paymentHash) ?? n) !== n;
    // T-26: "…A payer whose journal lacks such a part takes it as paid in the place of an order…"
    const isUnknown = !entry && !fold.state.paid.numbers(leg).has(n);
    if (isUnknown && isPreimage && !isUsed && request.document.book && isSerial(leg)) {
      found.push(provenBy(desk, request, index, preimage));
    }
    if (entry?.step !== 'wanted') continue;
    // T-36: "A payer MUST NOT pay a part, nor take it as paid, by a payment hash that another part
    // of the leg has in its journal, or by a receipt that counts…"
    if (isUsed) {
      refused.push('INVOICE_HASH_MISMATCH');
      continue;
    }
    const part = checkInvoice(fold.state, request, index, invoices[index], nowSec);
    const isAsked = isAskedFor(entry, unitsOf(request.document)[index] ?? '0');
    const asDelivered = (expiresAtSec: number): JournalEntry => ({
      ...entry,
      ...deliveredPart(request, index, message),
      updatedAtMs: desk.clock.nowMs(),
      expiresAtSec,
    });
    const isProven = isPreimage && (isAsked || isSerial(leg));
    // T-12: "A payer MUST take a part as paid, and pay nothing for it, when a delivery names a
    // preimage of the part's hash…"
    if (isProven) paid.push({ ...asDelivered(0), step: 'paid', preimage });
    if (!isAsked && isSerial(leg))
      taken.push({ order: entry, other: asDelivered(request.document.expiresAtSec) });
    // FW-18: "…A payer takes that word for no invoice…"
    else if (isProven || (isThrough && invoices[index] === WITHHELD)) continue;
    else if (!isAsked) refused.push('INVOICE_AMOUNT_MISMATCH');
    else if (part.ok && mispriced) refused.push(mispriced);
    else if (part.ok && unsure !== undefined) refused.push(unsure);
    else if (part.ok) payable.push({ ...asDelivered(part.value.expiresAtSec), step: 'checked' });
    else {
      if (part.code === 'INVOICE_EXPIRED') expired.push(asDelivered(0));
      refused.push(part.code);
    }
  }
  return { payable, expired, paid, found, taken, refused, isAnswer: true };
}

/** What is wrong with the bank's word, or with there being one or none. */
async function forwardProblem(
  desk: Desk,
  { view }: OwnContract,
  request: ParsedRequest,
  { forward }: MessageOf<'requestDelivery'>,
): Promise<RejectCode | undefined> {
  const [read] = forward ? await desk.verifier.readBatch([unembed(forward)]) : [];
  if (read && !read.ok) return read.code;
  const parsed = read?.value.find((entry) => entry.name === 'forward');
  if (forward && !parsed) return 'EMBEDDED_MISMATCH';
  return checkForward(view.fold.state, request, parsed)?.code;
}

/** An embedded event, checked before, as one that is kept. */
function asSigned(embedded: EmbeddedEvent): SignedEvent {
  return unembed(embedded) as SignedEvent;
}

/** Checks a delivery: who signed the request, and every invoice against it. */
export async function checkDelivery(
  desk: Desk,
  contract: OwnContract,
  leg: Leg,
  message: MessageOf<'requestDelivery'>,
): Promise<CheckedDelivery> {
  const { state } = contract.view.fold;
  const [read] = await desk.verifier.readBatch([unembed(message.request)]);
  if (!read?.ok) return refusal(read?.code ?? 'MESSAGE_SHAPE');
  const parsed = read.value.find((entry) => entry.name === 'request');
  if (!parsed) return refusal('MESSAGE_SHAPE');
  const { document, event } = parsed;
  const agreed = isAgreed(desk.prices, state.contract.document, document, event.id);
  const checked = checkRequest(state, parsed, agreed ? event.id : undefined);
  if (!checked.ok && checked.code === 'KEY_REVOKED' && document.leg === leg) {
    // P-35: "…also where the key that signed the request has ended since…"
    const paid = outcomes(desk, parsed, preimagesOf(message));
    if (paid.length > 0) return { ...IGNORED, paid, isAnswer: true };
  }
  const isUnproven = !checked.ok && checked.code === 'PRICE_UNPROVEN';
  // Who is asked to agree to a price has been answered, and sees which.
  if (isUnproven) desk.prices.name(document, event.id);
  if (!checked.ok) return { ...refusal(checked.code), isAnswer: isUnproven };
  await desk.prices.learn(read.value);
  if (parsed.document.leg !== leg) return IGNORED;
  const unsure = await forwardProblem(desk, contract, parsed, message);
  // Proofs need no word of the bank's.
  if (unsure !== undefined && !message.paid) return refusal(unsure);
  return checkParts(desk, contract, { request: checked.value, unsure }, message);
}

/** Writes that wanted parts may be paid, as far as they are still wanted. */
export async function writePayable(
  { journal }: Desk,
  payable: readonly JournalEntry[],
): Promise<void> {
  await journal.change(payable, (current, next) => (current?.step === 'wanted' ? next : undefined));
}

/** Puts what came of the checks into the journal. */
export async function applyDelivery(
  desk: Desk,
  contract: OwnContract,
  checked: CheckedDelivery,
): Promise<void> {
  const { journal } = desk;
  await writePayable(desk, checked.payable);
  const wallet = desk.wallet();
  for (const entry of checked.expired) {
    if (wallet) await recoverEntry({ desk, contract, wallet }, entry);
  }
  const proven = new Set(checked.paid.map(({ n }) => n));
  for (const { order, other } of checked.taken) {
    const context = wallet && { desk, contract, wallet };
    const outcome = proven.has(order.n)
      ? 'found'
      : context
        ? await recoverEntry(context, other)
        : undefined;
    if (outcome === undefined || typeof outcome === 'object') continue;
    if (outcome === 'found') {
      // An order of another device, under this one's number: it is paid, and this one is not.
      const code = 'ORDER_FOUND';
      const sentence = sentenceOf(code);
      desk.activity.add({ contract: order.contract, level: 'problem', code, sentence });
      continue;
    }
    const { leg } = order;
    if (!isSerial(leg)) continue;
    const { state } = contract.view.fold;
    await journal.renumber(order, nextNumber(desk, state, leg, [], order.n));
  }
  for (const entry of checked.found) await writeFound(desk, entry);
  for (const entry of checked.paid) await writeProven(desk, wallet, entry);
}
