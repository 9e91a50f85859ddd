/**
 * Canonical JSON: RFC 8785 restricted to strings, booleans, arrays, objects and integers within
 * ±(2^53−1). Spec: specs/events.md, "Canonical content".
 */
import { assert } from './assert.ts';
import { ok, reject, type Result } from './result.ts';

/** A value canonical JSON can carry. */
export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/** How deep a document may nest; deeper ones are refused rather than risk the stack. */
const MAX_DEPTH = 32;

/** Whether text has no surrogate without its partner. */
export function isWellFormed(text: string): boolean {
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);
}

function isCanonicalValue(value: unknown, depth: number): value is Json {
  if (depth > MAX_DEPTH) return false;
  switch (typeof value) {
    case 'string':
      return isWellFormed(value);
    case 'boolean':
      return true;
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0);
    case 'object': {
      if (value === null) return false;
      if (Array.isArray(value)) return value.every((item) => isCanonicalValue(item, depth + 1));
      return Object.entries(value).every(
        ([key, item]) => isWellFormed(key) && isCanonicalValue(item, depth + 1),
      );
    }
    default:
      return false;
  }
}

function write(value: Json): string {
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  const record = value as { readonly [key: string]: Json };
  // RFC 8785 orders keys by UTF-16 code units, which is what the default sort compares.
  const keys = Object.keys(record).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${write(record[key] as Json)}`).join(',')}}`;
}

/** The canonical text of a value; throws when the value is not canonical JSON. */
export function canonicalize(value: unknown): string {
  assert(isCanonicalValue(value, 0), 'value is not canonical JSON');
  return write(value);
}

/** What JSON writes otherwise than it is, and a few control characters it does not. */
const MAY_NEED_ESCAPE = /["\\\p{Cc}]/u;

/**
 * Where the canonical text of a string ends in a well-formed `text`, if it stands at `at`;
 * else -1.
 */
function endOfString(value: string, text: string, at: number): number {
  if (MAY_NEED_ESCAPE.test(value)) {
    const written = JSON.stringify(value);
    return isWellFormed(value) && text.startsWith(written, at) ? at + written.length : -1;
  }
  const end = at + value.length + 1;
  const stands = text[at] === '"' && text[end] === '"' && text.startsWith(value, at + 1);
  return stands ? end + 1 : -1;
}

function endOfList(list: readonly unknown[], text: string, at: number, depth: number): number {
  if (text[at] !== '[') return -1;
  let end = at + 1;
  for (let index = 0; index < list.length; index += 1) {
    if (index > 0 && text[end++] !== ',') return -1;
    end = endOfValue(list[index], text, end, depth + 1);
    if (end < 0) return -1;
  }
  return text[end] === ']' ? end + 1 : -1;
}

function endOfRecord(record: Record<string, unknown>, text: string, at: number, depth: number) {
  if (text[at] !== '{') return -1;
  let end = at + 1;
  const keys = Object.keys(record).sort();
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] ?? '';
    if (index > 0 && text[end++] !== ',') return -1;
    end = endOfString(key, text, end);
    if (end < 0 || text[end] !== ':') return -1;
    end = endOfValue(record[key], text, end + 1, depth + 1);
    if (end < 0) return -1;
  }
  return text[end] === '}' ? end + 1 : -1;
}

/**
 * Where the canonical text of a parsed value ends in the text it was parsed from, if that text
 * stands at `at`; -1 when it does not. Builds no text of its own, for this is done most often.
 */
function endOfValue(value: unknown, text: string, at: number, depth: number): number {
  if (depth > MAX_DEPTH) return -1;
  if (typeof value === 'string') return endOfString(value, text, at);
  if (typeof value === 'object' && value !== null) {
    if (Array.isArray(value)) return endOfList(value, text, at, depth);
    return endOfRecord(value as Record<string, unknown>, text, at, depth);
  }
  // What is left are numbers and booleans, and null, which is not canonical.
  if (typeof value !== 'boolean' && typeof value !== 'number') return -1;
  if (!isCanonicalValue(value, depth)) return -1;
  const written = String(value);
  return text.startsWith(written, at) ? at + written.length : -1;
}

/** Reads canonical text: CONTENT_JSON when not JSON, CONTENT_CANONICAL when not byte-equal. */
export function parseCanonical(text: string): Result<Json> {
  let value: unknown;
  try {
    // E-10: "A reader MUST refuse content that is not JSON…"
    value = JSON.parse(text);
  } catch {
    return reject('CONTENT_JSON');
  }
  // E-11: "A reader MUST refuse content that is not byte for byte the canonical text of what it
  // parses to…"
  const isCanonical = isWellFormed(text) && endOfValue(value, text, 0, 0) === text.length;
  return isCanonical ? ok(value as Json) : reject('CONTENT_CANONICAL');
}
