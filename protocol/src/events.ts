/**
 * From a raw event to a typed one: signature, kind, canonical content, schema, terms, tags, and
 * the same for every event embedded in it. Spec: specs/events.md, "Reading".
 */
import type * as z from 'zod/mini';
import { parseCanonical, type Json } from './canonical.ts';
import { crossCheck } from './crosscheck.ts';
import { embeddedIn, unembed } from './embedding.ts';
import { Kind, kindRow } from './kinds.ts';
import { ok, reject, type Reject, type Result } from './result.ts';
import {
  MAX_CONTENT_BYTES,
  verifyWith,
  type SignatureVerifier,
  type VerifiedEvent,
} from './verify.ts';
import { bondContradiction } from './bonds/check.ts';
import { readDocument } from './schema.ts';
import * as tags from './tags.ts';
import * as terms from './terms.ts';
import { salesContradiction } from './till/terms.ts';
import { keyContradiction } from './undertakings.ts';
import { contractSchema, signatureSchema } from './kinds/agreement.ts';
import { attestationContradiction } from './attestations.ts';
import { arbiterContradiction } from './arbiters.ts';
import { arbiterProfileSchema } from './kinds/arbiter.ts';
import { attestationSchema } from './kinds/attestation.ts';
import { bankProfileSchema, offerSchema } from './kinds/listings.ts';
import {
  acknowledgementSchema,
  forwardSchema,
  noticeSchema,
  receiptSchema,
  requestSchema,
} from './kinds/money-events.ts';
import { chainReceiptSchema } from './kinds/chain-receipt.ts';
import { priceSchema } from './kinds/price.ts';
import { salesSchema } from './kinds/sales.ts';
import { bondSchema } from './kinds/bond.ts';
import { tenderAnswerSchema, tenderSchema } from './kinds/tender.ts';
import { keySchema } from './kinds/key.ts';
import { disputeSchema } from './kinds/dispute.ts';
import { disputeContradiction } from './disputes/terms.ts';
import { milestoneSchema } from './kinds/milestone.ts';
import type { EmbeddedEvent } from './kinds/fields.ts';
import type { Parsed, ParsedEvent } from './parsed.ts';

export { embed, embeddedIn, unembed } from './embedding.ts';
export type * from './parsed.ts';

/** An event's content as a document: size, JSON, canonical form, version, schema. */
function parseContent<T>(schema: z.ZodMiniType<T>, content: Json): Result<T> {
  const version = typeof content === 'object' && 'v' in content ? content['v'] : undefined;
  // E-12: "A reader MUST refuse a document whose `v` is not 1…"
  if (version !== 1) return reject('CONTENT_VERSION');
  // E-13: "A reader MUST refuse a document that lacks a field, has an unknown one, or has one of
  // the wrong type or range…"
  const read = readDocument(schema, content);
  return read.ok ? ok(read.document) : reject('CONTENT_SCHEMA', read.field);
}

type Step = Result<ParsedEvent>;

function finish<Name extends ParsedEvent['name'], Document>(
  name: Name,
  event: VerifiedEvent,
  parsed: Result<Document>,
  contradiction: (document: Document) => Reject | undefined,
  derive: (document: Document) => tags.Tags,
): Result<Parsed<Name, Document>> {
  if (!parsed.ok) return parsed;
  // E-14: "A reader MUST refuse a document whose fields contradict each other…"
  const refused = contradiction(parsed.value);
  if (refused) return refused;
  // E-15: "A reader MUST refuse an event whose tags are not those of the table, in order…"
  if (!tags.sameTags(event.tags, derive(parsed.value))) return reject('TAGS_MISMATCH');
  return ok({ name, event, document: parsed.value });
}

const none = (): undefined => undefined;

const typeOf = (content: Json): Json | undefined =>
  typeof content === 'object' && 'type' in content ? content['type'] : undefined;

function readTender(event: VerifiedEvent, content: Json): Step {
  if (typeOf(content) === 'tenderAnswer') {
    const answer = parseContent(tenderAnswerSchema, content);
    const refused = terms.tenderAnswerContradiction;
    return finish('tenderAnswer', event, answer, refused, tags.tenderAnswerTags);
  }
  const parsed = parseContent(tenderSchema, content);
  return finish('tender', event, parsed, terms.tenderContradiction, tags.tenderTags);
}

function readNotice(event: VerifiedEvent, content: Json): Step {
  const parsed = parseContent(noticeSchema, content);
  return finish('notice', event, parsed, terms.noticeContradiction, tags.noticeTags);
}

function readArbiter(event: VerifiedEvent, content: Json): Step {
  const parsed = parseContent(arbiterProfileSchema, content);
  return finish('arbiterProfile', event, parsed, arbiterContradiction, tags.arbiterProfileTags);
}

function readReceipt(event: VerifiedEvent, content: Json): Step {
  if (typeOf(content) === 'chain') {
    const paid = parseContent(chainReceiptSchema, content);
    return finish('chainReceipt', event, paid, none, tags.chainReceiptTags);
  }
  const parsed = parseContent(receiptSchema, content);
  return finish('receipt', event, parsed, terms.receiptContradiction, tags.receiptTags);
}

function readDispute(event: VerifiedEvent, content: Json): Step {
  const parsed = parseContent(disputeSchema, content);
  return finish('dispute', event, parsed, disputeContradiction, tags.disputeTags);
}

function readKind(event: VerifiedEvent, content: Json): Step {
  switch (event.kind) {
    case Kind.bankProfile: {
      const parsed = parseContent(bankProfileSchema, content);
      return finish('bankProfile', event, parsed, none, tags.bankProfileTags);
    }
    case Kind.offer: {
      const parsed = parseContent(offerSchema, content);
      return finish('offer', event, parsed, terms.offerContradiction, tags.offerTags);
    }
    case Kind.attestation: {
      const parsed = parseContent(attestationSchema, content);
      return finish('attestation', event, parsed, attestationContradiction, tags.attestationTags);
    }
    case Kind.arbiterProfile:
      return readArbiter(event, content);
    case Kind.contract: {
      const parsed = parseContent(contractSchema, content);
      return finish('contract', event, parsed, terms.contractContradiction, tags.contractTags);
    }
    case Kind.signature: {
      const parsed = parseContent(signatureSchema, content);
      return finish('signature', event, parsed, terms.signatureContradiction, tags.signatureTags);
    }
    case Kind.request: {
      if (typeOf(content) === 'forward') {
        const forward = parseContent(forwardSchema, content);
        return finish('forward', event, forward, none, tags.forwardTags);
      }
      const parsed = parseContent(requestSchema, content);
      return finish('request', event, parsed, terms.requestContradiction, tags.requestTags);
    }
    case Kind.receipt:
      return readReceipt(event, content);
    case Kind.acknowledgement: {
      const parsed = parseContent(acknowledgementSchema, content);
      return finish('acknowledgement', event, parsed, none, tags.acknowledgementTags);
    }
    case Kind.milestone: {
      const parsed = parseContent(milestoneSchema, content);
      return finish('milestone', event, parsed, none, tags.milestoneTags);
    }
    case Kind.sales: {
      const parsed = parseContent(salesSchema, content);
      return finish('sales', event, parsed, salesContradiction, tags.salesTags);
    }
    case Kind.tender:
      return readTender(event, content);
    case Kind.price: {
      const parsed = parseContent(priceSchema, content);
      return finish('price', event, parsed, terms.priceContradiction, tags.priceTags);
    }
    case Kind.bond: {
      const parsed = parseContent(bondSchema, content);
      return finish('bond', event, parsed, bondContradiction, tags.bondTags);
    }
    case Kind.key: {
      const parsed = parseContent(keySchema, content);
      return finish('key', event, parsed, keyContradiction, tags.keyTags);
    }
    case Kind.dispute:
      return readDispute(event, content);
    case Kind.notice:
      return readNotice(event, content);
    default:
      return reject('KIND_UNKNOWN', String(event.kind));
  }
}

function typeEvent(event: VerifiedEvent, known?: Json): Step {
  // E-8: "A reader MUST refuse a kind that is not in the table, or is reserved in it…"
  const row = kindRow(event.kind);
  if (!row?.defined) return reject('KIND_UNKNOWN', String(event.kind));
  // E-9: "A reader MUST refuse content of more UTF-8 bytes than its kind allows…"
  const maxBytes = Math.min(row.maxContentBytes, MAX_CONTENT_BYTES);
  // Only contents near the limit are measured: no text has more than three bytes per unit.
  if (event.content.length * 3 > maxBytes) {
    if (new TextEncoder().encode(event.content).length > maxBytes) return reject('CONTENT_SIZE');
  }
  const content = known === undefined ? parseCanonical(event.content) : ok(known);
  return content.ok ? readKind(event, content.value) : content;
}

/** Types an event whose signature is verified; embedded events are not verified. */
export function parseEvent(event: VerifiedEvent): Result<ParsedEvent> {
  const typed = typeEvent(event);
  return typed.ok ? (crossCheck(typed.value) ?? typed) : typed;
}

/** How an embedded event is read: as a stranger's; all that is known is that it has its shape. */
export type EventReader = (embedded: EmbeddedEvent) => Result<readonly ParsedEvent[]>;

/**
 * Types an event whose id and signature are checked, and reads every event embedded in it by
 * `readEmbedded`. Yields the embedded ones first, the event itself last. Never throws. `content`
 * is what the event's content is known to be the canonical text of, if that is known.
 */
export function readVerified(
  event: VerifiedEvent,
  readEmbedded: EventReader,
  content?: Json,
): Result<readonly ParsedEvent[]> {
  const parsed = typeEvent(event, content);
  if (!parsed.ok) return parsed;
  const inner: ParsedEvent[] = [];
  for (const embedded of embeddedIn(parsed.value)) {
    // E-16: "A reader MUST read every embedded event by these same steps…"
    const read = readEmbedded(embedded);
    if (!read.ok) return reject('EMBEDDED_INVALID', `${embedded.id.slice(0, 8)} ${read.code}`);
    inner.push(...read.value);
  }
  // E-17: "Where several codes apply to one event, a reader MUST report the first in the table
  // below…"
  return crossCheck(parsed.value, inner) ?? ok([...inner, parsed.value]);
}

function readStranger(
  input: unknown,
  verifier: SignatureVerifier,
  content?: Json,
): Result<readonly ParsedEvent[]> {
  // E-4: "A reader MUST refuse what is not an object with the seven fields of NIP-01…"
  // E-5: "A reader MUST refuse an event of more than 60,000 bytes of content or 65,536 bytes in
  // all…"
  // E-6: "A reader MUST recompute the id from the other fields…"
  // E-7: "A reader MUST check the BIP-340 signature over the id…"
  const verified = verifyWith(input, verifier);
  if (!verified.ok) return verified;
  const readEmbedded: EventReader = (embedded) =>
    readStranger(unembed(embedded), verifier, embedded.content as Json);
  return readVerified(verified.value, readEmbedded, content);
}

/**
 * Reads a stranger's event whole: verifies and types it and every event embedded in it.
 * Yields the embedded ones first, the event itself last. Never throws.
 */
export function readEventWith(
  input: unknown,
  verifier: SignatureVerifier,
): Result<readonly ParsedEvent[]> {
  return readStranger(input, verifier);
}
