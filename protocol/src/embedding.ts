/**
 * Events inside others: which a document carries, and the form in which they are carried.
 * Spec: specs/events.md, "Embedding".
 */
import { holderEvents } from './bonds/check.ts';
import { canonicalize } from './canonical.ts';
import type { EmbeddedEvent } from './kinds/fields.ts';
import type { ParsedEvent } from './parsed.ts';
import type { VerifiedEvent } from './verify.ts';

/** The events a document embeds, outermost first. */
export function embeddedIn(parsed: ParsedEvent): readonly EmbeddedEvent[] {
  if (parsed.name === 'contract') return parsed.document.bases.map((base) => base.event);
  if (parsed.name === 'receipt') {
    const { request, forward } = parsed.document;
    return forward === undefined ? [request] : [request, forward];
  }
  if (parsed.name === 'request') return parsed.document.priced?.prices ?? [];
  if (parsed.name === 'signature' && parsed.document.type === 'acceptance') {
    return [parsed.document.terms];
  }
  if (parsed.name === 'bond') return holderEvents(parsed.document);
  if (parsed.name === 'chainReceipt') return [parsed.document.tender];
  if (parsed.name === 'tenderAnswer') return [parsed.document.request];
  if (parsed.name === 'milestone' && parsed.document.type !== 'claim') {
    return [parsed.document.claim];
  }
  if (parsed.name === 'dispute') {
    if ('pledge' in parsed.document) return [parsed.document.pledge];
    return parsed.document.type === 'settlement' ? [parsed.document.proposal] : [];
  }
  return [];
}

/** The signed event an embedded one stands for: its content is text again. */
export function unembed(embedded: EmbeddedEvent): unknown {
  try {
    return { ...embedded, content: canonicalize(embedded.content) };
  } catch {
    return undefined;
  }
}

/** The form in which an event is embedded in another's content. */
export function embed(event: VerifiedEvent): EmbeddedEvent {
  return {
    id: event.id,
    pubkey: event.pubkey,
    created_at: event.created_at,
    kind: event.kind,
    tags: event.tags.map((tag) => [...tag]),
    // E-3: "A writer MUST embed an event with its content as a JSON object and every other field
    // unchanged…"
    content: JSON.parse(event.content) as Record<string, unknown>,
    sig: event.sig,
  };
}
