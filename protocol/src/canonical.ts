/**
 * Canonical JSON: RFC 8785 restricted to strings, booleans, arrays, objects and integers within
 * ±(2^53−1). Spec: specs/events.md, "Canonical content".
 */
import { assert } from './assert.ts';
import { isCanonicalText, MAX_DEPTH } from './canonical-text.ts';
import { ok, reject, type Result } from './result.ts';

/** A value canonical JSON can carry. */
export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** ES2024; engines without it get the pattern. */
const nativeIsWellFormed = (String.prototype as { readonly isWellFormed?: () => boolean })
  .isWellFormed;

/** Whether text has no surrogate without its partner. */
export const isWellFormed: (text: string) => boolean = nativeIsWellFormed
  ? (text) => nativeIsWellFormed.call(text)
  : (text) => !LONE_SURROGATE.test(text);

function isCanonicalValue(value: unknown, depth: number): value is Json {
  switch (typeof value) {
    case 'string':
      return isWellFormed(value);
    case 'boolean':
      return true;
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0);
    case 'object': {
      if (value === null || depth > MAX_DEPTH) return false;
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

/**
 * Whether a value is canonical but for its strings, which are not looked at, and has its keys in
 * canonical order.
 */
function isInOrder(value: unknown, depth: number): boolean {
  if (typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0);
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return false;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      if (!isInOrder(value[index], depth + 1)) return false;
    }
    return true;
  }
  const record = value as Record<string, unknown>;
  let before = '';
  for (const key of Object.keys(record)) {
    if (key < before || !isInOrder(record[key], depth + 1)) return false;
    before = key;
  }
  return true;
}

/** How JSON begins to write half a surrogate pair, which canonical text has none of. */
const HALF_PAIR = '\\ud';

/** The canonical text of a value; undefined when the value is not canonical JSON. */
function textOf(value: unknown): string | undefined {
  // Done most often, so by the engine's own writer where that writes the same.
  if (isInOrder(value, 0)) {
    const text = JSON.stringify(value);
    if (!text.includes(HALF_PAIR)) return text;
  }
  return isCanonicalValue(value, 0) ? write(value) : undefined;
}

/** The canonical text of a value; throws when the value is not canonical JSON. */
export function canonicalize(value: unknown): string {
  const text = textOf(value);
  assert(text !== undefined, 'value is not canonical JSON');
  return text;
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
  const isCanonical = isWellFormed(text) && isCanonicalText(text);
  return isCanonical ? ok(value as Json) : reject('CONTENT_CANONICAL');
}
