/**
 * Filters of NIP-01: parsing what a client sent, and matching live events.
 */
import type { SignedEvent } from '@realyield/protocol';
import { matchFilter, type Event, type Filter } from 'nostr-tools';

/** A parsed filter: every field checked, `#x` keys have one letter. */
export type RelayFilter = Filter;

/** A list of filters, or why it is refused, as the text after a CLOSED prefix. */
export type ParsedFilters =
  | { readonly ok: true; readonly filters: readonly RelayFilter[] }
  | { readonly ok: false; readonly reason: string };

const HEX_64 = /^[0-9a-f]{64}$/;
const TAG_KEY = /^#[a-zA-Z]$/;

function isListOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(isItem);
}

function isHex64(value: unknown): value is string {
  return typeof value === 'string' && HEX_64.test(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function checkField(key: string, value: unknown): string | null {
  switch (key) {
    case 'ids':
    case 'authors':
      return isListOf(value, isHex64) ? null : `invalid: ${key} must be 64 lower-case hex digits`;
    case 'kinds':
      return isListOf(value, isCount) ? null : 'invalid: kinds must be whole numbers';
    case 'since':
    case 'until':
    case 'limit':
      return isCount(value) ? null : `invalid: ${key} must be a whole number`;
    default:
      if (!TAG_KEY.test(key)) return 'unsupported: filter contains unknown elements';
      return isListOf(value, isText) ? null : `invalid: ${key} must be a list of strings`;
  }
}

/** Checks the filters of one message; refuses unknown fields instead of answering too much. */
export function parseFilters(inputs: readonly unknown[], maxFilters: number): ParsedFilters {
  if (inputs.length === 0) return { ok: false, reason: 'invalid: at least one filter is needed' };
  if (inputs.length > maxFilters) {
    return { ok: false, reason: `invalid: at most ${maxFilters} filters at once` };
  }
  for (const input of inputs) {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      return { ok: false, reason: 'invalid: a filter must be an object' };
    }
    for (const [key, value] of Object.entries(input)) {
      const reason = checkField(key, value);
      if (reason !== null) return { ok: false, reason };
    }
  }
  return { ok: true, filters: inputs as RelayFilter[] };
}

/** Whether any of the filters matches the event; `limit` plays no part. */
export function matchesAny(filters: readonly RelayFilter[], event: SignedEvent): boolean {
  // nostr-tools reads until: 0 as "no limit", so that case is decided here.
  return filters.some(
    (filter) =>
      (filter.until === undefined || event.created_at <= filter.until) &&
      matchFilter(filter, event as Event),
  );
}
