/**
 * Checks between a document and what it embeds or who signed it; made after everything embedded
 * has been read. Each names the first contradiction, or returns undefined.
 * Spec: specs/events.md, specs/contract.md, specs/payments.md.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type * as z from 'zod/mini';
import type { ParsedEvent, ParsedPrice, ParsedRequest } from './events.ts';
import type { EmbeddedEvent } from './kinds/fields.ts';
import { Kind } from './kinds.ts';
import {
  contractSchema,
  type AcceptanceDocument,
  type ContractDocument,
} from './kinds/agreement.ts';
import {
  forwardSchema,
  requestSchema,
  type NoticeDocument,
  type ReceiptDocument,
  type RequestDocument,
} from './kinds/money-events.ts';
import type { TenderAnswerDocument } from './kinds/tender.ts';
import { milestoneSchema, type MilestoneDocument } from './kinds/milestone.ts';
import { checkAttestation } from './attestations.ts';
import { checkDispute } from './disputes/terms.ts';
import { checkBond } from './bonds/check.ts';
import { pinnedMismatch } from './contract/pinned.ts';
import { checkChainReceipt } from './fallback/check.ts';
import { minuteOf } from './denomination.ts';
import {
  MAX_BOOK_WINDOW_SEC,
  MAX_LIVE_WINDOW_SEC,
  MAX_PRICE_AGE_MINUTES,
  MAX_PRICE_DELAY_SEC,
  MAX_PRICED_WINDOW_SEC,
} from './params.ts';
import { reject, type Reject } from './result.ts';
import { readDocument } from './schema.ts';
import { checkReport } from './till/terms.ts';

type DocumentOf<Name extends ParsedEvent['name']> = Extract<
  ParsedEvent,
  { name: Name }
>['document'];

/** What an embedded event's content says: as it was read already, otherwise as its schema asks. */
function documentOf<Name extends ParsedEvent['name']>(
  name: Name,
  schema: z.ZodMiniType<DocumentOf<Name>>,
  embedded: EmbeddedEvent,
  inner: readonly ParsedEvent[],
): ReturnType<typeof readDocument<DocumentOf<Name>>> {
  const read = inner.at(-1);
  if (read?.name !== name || read.event.id !== embedded.id) {
    return readDocument(schema, embedded.content);
  }
  return { ok: true, document: read.document as DocumentOf<Name> };
}

function checkAcceptance(
  document: AcceptanceDocument,
  inner: readonly ParsedEvent[],
): Reject | undefined {
  const { terms } = document;
  if (terms.kind !== Kind.contract) return reject('EMBEDDED_MISMATCH', 'terms');
  const contract = documentOf('contract', contractSchema, terms, inner);
  if (!contract.ok) return reject('EMBEDDED_INVALID', 'terms');
  // C-10: "…unless it embeds the very contract whose id it names, or an amendment that names that
  // contract as its root."
  const { replaces } = contract.document;
  if ((replaces?.root ?? terms.id) !== document.contract) {
    return reject('EMBEDDED_MISMATCH', 'terms');
  }
  const keys = Object.values(contract.document.parties).map((party) => party.pubkey);
  // C-12: "A reader MUST refuse an acceptance whose delegate is a party's own key…"
  const isConflict = document.delegate !== undefined && keys.includes(document.delegate);
  return isConflict ? reject('DELEGATE_CONFLICT') : undefined;
}

/** Whether a request may use its prices: of one minute, young enough, and for a short time. */
function checkPriced(
  { priced, expiresAtSec }: RequestDocument,
  createdAtSec: number,
): Reject | undefined {
  if (!priced) return undefined;
  const { minute, prices } = priced;
  // PR-6: "A reader MUST refuse a request that embeds something else than prices of its minute as
  // `EMBEDDED_MISMATCH`…"
  const isOfIt = prices.every((price) => price.kind === Kind.price);
  if (!isOfIt || prices.some(({ content }) => content['minute'] !== minute)) {
    return reject('EMBEDDED_MISMATCH', 'prices');
  }
  // PR-6: "…one the minute of which is after that of its `created_at`, or more than 5 before it, as
  // `PRICE_MINUTE`, and one that can be paid for more than 3,600 seconds after its minute as
  // `PART_WINDOW`."
  const age = minuteOf(createdAtSec) - minute;
  if (age < 0 || age > MAX_PRICE_AGE_MINUTES) return reject('PRICE_MINUTE', String(minute));
  const isShort = expiresAtSec <= (minute + 1) * 60 + MAX_PRICED_WINDOW_SEC;
  return isShort ? undefined : reject('PART_WINDOW');
}

function checkPrice({ document, event }: ParsedPrice): Reject | undefined {
  const sinceSec = event.created_at - document.minute * 60;
  // PR-4: "…and one the `created_at` of which is before its minute or more than 600 seconds after
  // it as `PRICE_MINUTE`."
  const isTimely = sinceSec >= 0 && sinceSec <= 60 + MAX_PRICE_DELAY_SEC;
  return isTimely ? undefined : reject('PRICE_MINUTE', String(document.minute));
}

function checkRequest({ document, event }: ParsedRequest): Reject | undefined {
  const mispriced = checkPriced(document, event.created_at);
  if (mispriced) return mispriced;
  // P-4: "A reader MUST refuse a request whose window is empty or longer than 86,400 seconds, of a
  // book 3,024,000…"
  const windowSec = document.expiresAtSec - document.notBeforeSec;
  const mostSec = document.book === true ? MAX_BOOK_WINDOW_SEC : MAX_LIVE_WINDOW_SEC;
  return windowSec > 0 && windowSec <= mostSec ? undefined : reject('PART_WINDOW');
}

/** Whether a receipt's forward is of its request, and of all its parts. */
function forwardMismatch(
  { forward, contract, request: { id }, n }: ReceiptDocument,
  request: RequestDocument,
): Reject | undefined {
  if (forward === undefined) return undefined;
  const read = readDocument(forwardSchema, forward.content);
  // FW-6: "A reader MUST refuse a receipt that embeds as `forward` something else than a forward of
  // its request, or one although its request is not by way of the bank, as `EMBEDDED_MISMATCH`…"
  if (!read.ok || forward.kind !== Kind.request) return reject('EMBEDDED_MISMATCH', 'forward');
  const isOfIt = read.document.request === id && request.via !== undefined;
  if (!isOfIt) return reject('EMBEDDED_MISMATCH', 'forward');
  // FW-6: "…one the forward of which is of another contract as `CONTRACT_MISMATCH`, and one with a
  // part that the forward does not have as `PART_UNKNOWN`."
  if (read.document.contract !== contract) return reject('CONTRACT_MISMATCH', 'forward');
  const strange = n.find((part) => !read.document.n.includes(part));
  return strange === undefined ? undefined : reject('PART_UNKNOWN', String(strange));
}

function checkReceipt(
  document: ReceiptDocument,
  inner: readonly ParsedEvent[],
): Reject | undefined {
  if (document.request.kind !== Kind.request) return reject('EMBEDDED_MISMATCH', 'request');
  const request = documentOf('request', requestSchema, document.request, inner);
  if (!request.ok) return reject('EMBEDDED_INVALID', 'request');
  // P-6: "A reader MUST refuse a receipt that embeds a request of another contract as
  // `CONTRACT_MISMATCH`, and one with a part the request does not have as `PART_UNKNOWN`."
  if (request.document.contract !== document.contract)
    return reject('CONTRACT_MISMATCH', 'request');
  const { n: offered, paymentHash } = request.document;
  const misled = forwardMismatch(document, request.document);
  if (misled) return misled;
  const strange = document.n.find((n) => !offered.includes(n));
  if (strange !== undefined) return reject('PART_UNKNOWN', String(strange));
  // P-7: "A reader MUST refuse a receipt in which the SHA-256 of a preimage is not the part's
  // payment hash…"
  const hashOf = new Map(offered.map((n, index) => [n, paymentHash[index]]));
  const wrong = document.n.find((n, index) => {
    const preimage = document.preimage[index] ?? '';
    return bytesToHex(sha256(hexToBytes(preimage))) !== hashOf.get(n);
  });
  return wrong === undefined ? undefined : reject('PREIMAGE_MISMATCH', String(wrong));
}

function checkTenderAnswer(
  { contract, request: embedded }: TenderAnswerDocument,
  inner: readonly ParsedEvent[],
): Reject | undefined {
  const request = documentOf('request', requestSchema, embedded, inner);
  // TE-2: "A reader MUST refuse an answer that embeds something else than a request as
  // `EMBEDDED_MISMATCH`, and one that embeds a request of another contract as
  // `CONTRACT_MISMATCH`."
  if (embedded.kind !== Kind.request || !request.ok) return reject('EMBEDDED_MISMATCH', 'request');
  const isOfIt = request.document.contract === contract;
  return isOfIt ? undefined : reject('CONTRACT_MISMATCH', 'request');
}

function checkMilestone(
  document: MilestoneDocument,
  inner: readonly ParsedEvent[],
): Reject | undefined {
  if (document.type === 'claim') return undefined;
  const { claim } = document;
  const read = documentOf('milestone', milestoneSchema, claim, inner);
  // S-1: "A reader MUST refuse an approval or refusal that embeds something else than a claim on
  // the same tranche as `EMBEDDED_MISMATCH`…"
  if (claim.kind !== Kind.milestone) return reject('EMBEDDED_MISMATCH', 'claim');
  if (!read.ok) return reject('EMBEDDED_INVALID', 'claim');
  if (read.document.contract !== document.contract) return reject('CONTRACT_MISMATCH', 'claim');
  const isOfIt = read.document.type === 'claim' && read.document.tranche === document.tranche;
  return isOfIt ? undefined : reject('EMBEDDED_MISMATCH', 'claim');
}

function checkNotice(document: NoticeDocument, author: string): Reject | undefined {
  if (!('offer' in document)) return undefined;
  // C-13: "A reader MUST refuse a `fundingReached`, `fundingFailed` or `recovery` whose address is
  // not the author's own…"
  const isOwn = document.offer.address.startsWith(`${Kind.offer}:${author}:`);
  return isOwn ? undefined : reject('AUTHOR_ROLE', 'bank');
}

/** What contradicts in the bases of a contract: consent, attestations, appointments. */
export function basesMismatch(document: ContractDocument): Reject | undefined {
  const { business, bank } = document.parties;
  const offerId = document.bases.find((base) => base.as === 'offer')?.event.id;
  // C-3: "…whose consent is not the business's to that very offer event, or whose attestation is
  // on neither the business nor the bank."
  const isRight = document.bases.every(({ as, event }) => {
    if (as === 'offer' || as === 'appointment') return true;
    if (as === 'attestation') {
      return [business.pubkey, bank.pubkey].some((key) => key === event.content['subject']);
    }
    const { type, offer } = event.content;
    return type === 'consent' && offer === offerId && event.pubkey === business.pubkey;
  });
  if (!isRight) return reject('EMBEDDED_MISMATCH', 'bases');
  return pinnedMismatch(document) ?? checkAppointments(document, offerId);
}

/** Whoever a contract appoints has said that they accept, and nobody else is named by its bases. */
function checkAppointments(
  { appointees = {}, bases }: ContractDocument,
  offerId: string | undefined,
): Reject | undefined {
  // C-35: "A reader MUST refuse a contract as `APPOINTMENT_MISSING` unless its bases of type
  // `appointment` are one of each appointee, signed by it and naming its role and the very offer
  // event."
  const given = bases.filter((base) => base.as === 'appointment');
  const accepted = given.map(({ event: { pubkey, content } }) => {
    const isOfIt = content['type'] === 'appointment' && content['offer'] === offerId;
    return isOfIt ? `${String(content['role'])} ${pubkey}` : '';
  });
  const named = Object.entries(appointees).map(([role, key]) => `${role} ${key}`);
  const lacking = named.find((entry) => !accepted.includes(entry));
  if (lacking !== undefined) return reject('APPOINTMENT_MISSING', lacking.split(' ')[0]);
  return given.length === named.length ? undefined : reject('APPOINTMENT_MISSING', 'bases');
}

/**
 * The first contradiction between an event, its author and what it embeds; `inner` is what was
 * read of that, the embedded event itself last.
 */
export function crossCheck(
  parsed: ParsedEvent,
  inner: readonly ParsedEvent[] = [],
): Reject | undefined {
  switch (parsed.name) {
    case 'attestation':
      return checkAttestation(parsed);
    case 'contract':
      return basesMismatch(parsed.document);
    case 'signature':
      return parsed.document.type === 'acceptance'
        ? checkAcceptance(parsed.document, inner)
        : undefined;
    case 'request':
      return checkRequest(parsed);
    case 'price':
      return checkPrice(parsed);
    case 'sales':
      return checkReport(parsed);
    case 'bond':
      return checkBond(parsed);
    case 'receipt':
      return checkReceipt(parsed.document, inner);
    case 'chainReceipt':
      return checkChainReceipt(parsed.document);
    case 'tenderAnswer':
      return checkTenderAnswer(parsed.document, inner);
    case 'milestone':
      return checkMilestone(parsed.document, inner);
    case 'dispute':
      return checkDispute(parsed.document, inner);
    case 'notice':
      return checkNotice(parsed.document, parsed.event.pubkey);
    default:
      return undefined;
  }
}
