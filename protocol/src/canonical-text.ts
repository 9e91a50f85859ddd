/**
 * Whether JSON is written the canonical way, seen from its text alone: several times quicker than
 * writing again what it parses to. Spec: specs/events.md, "Canonical content".
 */

/** How deep a document may nest; deeper ones are refused rather than risk the stack. */
export const MAX_DEPTH = 32;

/** What stands for the end of a value that is not canonical. */
const NOT_CANONICAL = -1;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** What follows a backslash where nothing shorter says the same. */
const SHORTEST_ESCAPE = /["\\bfnrt]|u00(?:0[0-7bef]|1[0-9a-f])/y;

/** Integers of fewer digits are safe. */
const UNSAFE_DIGITS = 16;

function endOfEscape(text: string, start: number): number {
  SHORTEST_ESCAPE.lastIndex = start + 1;
  return SHORTEST_ESCAPE.test(text) ? SHORTEST_ESCAPE.lastIndex : NOT_CANONICAL;
}

/** Characters looked at one by one before the rest of a string is searched for its end. */
const SHORT = 16;

function endOfString(text: string, start: number, firstEscape: number): number {
  const short = start + SHORT;
  for (let at = start + 1; ;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at = endOfEscape(text, at);
    else if (at !== short) at += 1;
    else {
      const end = text.indexOf('"', at);
      if (end < firstEscape) return end + 1;
      at += 1;
    }
    if (at === NOT_CANONICAL) return NOT_CANONICAL;
  }
}

function endOfInteger(text: string, start: number): number {
  const first = text.charCodeAt(start) === MINUS ? start + 1 : start;
  let end = first;
  for (let code = text.charCodeAt(end); code >= ZERO && code <= NINE; code = text.charCodeAt(end)) {
    end += 1;
  }
  const isMinusZero = first > start && text.charCodeAt(first) === ZERO;
  const isSafe =
    end - first < UNSAFE_DIGITS || Number.isSafeInteger(Number(text.slice(start, end)));
  return isSafe && !isMinusZero ? end : NOT_CANONICAL;
}

function endOfArray(text: string, start: number, depth: number, firstEscape: number): number {
  let at = start + 1;
  if (text.charCodeAt(at) === CLOSE_BRACKET) return at + 1;
  for (;;) {
    at = endOfValue(text, at, depth + 1, firstEscape);
    const code = text.charCodeAt(at);
    if (code === CLOSE_BRACKET) return at + 1;
    if (code !== COMMA) return NOT_CANONICAL;
    at += 1;
  }
}

/** The key that stands between these places, quotes included. */
function keyBetween(text: string, start: number, end: number): string {
  const key = text.slice(start + 1, end - 1);
  return key.includes('\\') ? (JSON.parse(`"${key}"`) as string) : key;
}

function endOfObject(text: string, start: number, depth: number, firstEscape: number): number {
  let at = start + 1;
  if (text.charCodeAt(at) === CLOSE_BRACE) return at + 1;
  let before: string | undefined;
  for (;;) {
    const end = text.charCodeAt(at) === QUOTE ? endOfString(text, at, firstEscape) : NOT_CANONICAL;
    if (text.charCodeAt(end) !== COLON) return NOT_CANONICAL;
    const key = keyBetween(text, at, end);
    // RFC 8785 orders keys by UTF-16 code units, which is what this compares.
    if (before !== undefined && before >= key) return NOT_CANONICAL;
    before = key;
    at = endOfValue(text, end + 1, depth + 1, firstEscape);
    const code = text.charCodeAt(at);
    if (code === CLOSE_BRACE) return at + 1;
    if (code !== COMMA) return NOT_CANONICAL;
    at += 1;
  }
}

/** Where the value that begins here ends, or NOT_CANONICAL, at which no text has a character. */
function endOfValue(text: string, start: number, depth: number, firstEscape: number): number {
  const code = text.charCodeAt(start);
  if (code === QUOTE) return endOfString(text, start, firstEscape);
  if (code === OPEN_BRACE || code === OPEN_BRACKET) {
    if (depth > MAX_DEPTH) return NOT_CANONICAL;
    const isObject = code === OPEN_BRACE;
    return isObject
      ? endOfObject(text, start, depth, firstEscape)
      : endOfArray(text, start, depth, firstEscape);
  }
  if (code === MINUS || (code >= ZERO && code <= NINE)) return endOfInteger(text, start);
  if (text.startsWith('true', start)) return start + 4;
  return text.startsWith('false', start) ? start + 5 : NOT_CANONICAL;
}

/**
 * Whether text that is known to be JSON is canonical, but for lone surrogates, which are not
 * looked for unless they are escaped.
 */
export function isCanonicalText(text: string): boolean {
  const escape = text.indexOf('\\');
  return endOfValue(text, 0, 0, escape < 0 ? text.length : escape) === text.length;
}
