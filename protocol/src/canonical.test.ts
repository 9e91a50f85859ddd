/** Canonical JSON: one document, one text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalize, isWellFormed, parseCanonical, type Json } from './canonical.ts';

const codeOf = (text: string): string => {
  const parsed = parseCanonical(text);
  return parsed.ok ? 'ok' : parsed.code;
};

describe('canonical JSON', () => {
  it('sorts keys by UTF-16 code units and leaves no white space', () => {
    // U+1F600 is two units from D83D on, U+FB33 one: units order them the other way than points.
    const value = { '\u{fb33}': 1, '\u{1f600}': 2, b: [true, false, ''], a: {} };
    expect(canonicalize(value)).toBe('{"a":{},"b":[true,false,""],"\u{1f600}":2,"\u{fb33}":1}');
  });

  it('escapes what JSON must and nothing else', () => {
    expect(canonicalize('\u0000\b\t\n\f\r"\\/\u007f\u2028é')).toBe(
      '"\\u0000\\b\\t\\n\\f\\r\\"\\\\/\u007f\u2028é"',
    );
  });

  it.each([null, undefined, 1.5, Number.NaN, Infinity, -0, 2 ** 53, 1n, '\ud800', Symbol('x')])(
    'does not write %s',
    (value) => {
      expect(() => canonicalize(value)).toThrow('not canonical');
      expect(() => canonicalize({ a: [value] })).toThrow('not canonical');
    },
  );

  it.each([
    ['CONTENT_JSON', ''],
    ['CONTENT_JSON', '{'],
    ['CONTENT_JSON', "{'a':1}"],
    ['CONTENT_CANONICAL', ' {}'],
    ['CONTENT_CANONICAL', '{"a":1,"a":1}'],
    ['CONTENT_CANONICAL', '{"b":1,"a":1}'],
    ['CONTENT_CANONICAL', '{"a":null}'],
    ['CONTENT_CANONICAL', '1.0'],
    ['CONTENT_CANONICAL', '1e2'],
    ['CONTENT_CANONICAL', '-0'],
    ['CONTENT_CANONICAL', '9007199254740992'],
    ['CONTENT_CANONICAL', '"\\u0041"'],
    ['CONTENT_CANONICAL', '"\\ud800"'],
    ['CONTENT_CANONICAL', '{"\\ud800":1}'],
    ['ok', '9007199254740991'],
    ['ok', '-9007199254740991'],
    ['ok', '{"__proto__":1}'],
  ])('%s: %s', (code, text) => {
    expect(codeOf(text)).toBe(code);
  });

  it('refuses deep nesting instead of running out of stack', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(codeOf(nested(33))).toBe('ok');
    expect(codeOf(nested(34))).toBe('CONTENT_CANONICAL');
    expect(codeOf(nested(30_000))).toBe('CONTENT_CANONICAL');
  });

  it('knows lone surrogates', () => {
    expect(isWellFormed('a\u{1f600}b')).toBe(true);
    for (const text of ['\ud800', '\udc00', 'a\udc00\ud800', '\ud83d\ud83d\ude00']) {
      expect(isWellFormed(text)).toBe(false);
    }
  });

  it('reads back exactly what it writes', () => {
    const text = fc.string({ unit: 'grapheme' });
    const { value } = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        text,
        fc.boolean(),
        fc.maxSafeInteger().map((number) => number + 0),
        fc.array(tie('value')),
        fc.dictionary(text, tie('value'), { noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(value, (original) => {
        const written = canonicalize(original);
        const parsed = parseCanonical(written);
        expect(parsed).toEqual({ ok: true, value: original });
        expect(canonicalize(JSON.parse(written))).toBe(written);
      }),
    );
  });

  it('accepts exactly the text it would write', () => {
    const piece = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '\\',
        '\\"',
        '\\\\',
        '\\u0022',
        '\\ud83d',
        '\ud83d',
        ' ',
      ],
      ...[
        '"a"',
        '"a\\\\"',
        '"\\""',
        '"b\\n"',
        '"10"',
        '"9"',
        '1',
        '-1',
        '0',
        'true',
        'null',
        '\u{1f600}',
      ],
    );
    const text = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(''));
    const isCanonical = (input: string): boolean => {
      try {
        return canonicalize(JSON.parse(input)) === input;
      } catch {
        return false;
      }
    };
    const record = fc.tuple(piece, text, piece, text).map((parts) => {
      const [key, value, other, another] = parts;
      return `{${key}:${value},${other}:${another}}`;
    });
    fc.assert(
      fc.property(fc.oneof(text, record), (input) => {
        expect(codeOf(input) === 'ok').toBe(isCanonical(input));
      }),
      { numRuns: 2_000 },
    );
  });

  it('never throws on any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => codeOf(text) !== ''));
  });
});
