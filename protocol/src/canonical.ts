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
  if (!isCanonicalValue(value, 0)) return reject('CONTENT_CANONICAL');
  return write(value) === text ? ok(value) : reject('CONTENT_CANONICAL');
}
