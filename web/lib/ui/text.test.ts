/** Strangers' text: nothing invisible, nothing that turns our own text around. */
import { describe, expect, it } from 'vitest';
import { cleanLine, cleanText, isBlank, revealText } from './text.ts';

describe('cleanText', () => {
  it('removes direction overrides, zero-width and control characters', () => {
    expect(cleanText('a\u202eb\u2066c\u200bd\ufeffe')).toBe('abcde');
    expect(cleanText('a\u0007b\u009bc')).toBe('a b c');
    expect(cleanText('tag\u{e0041}ged')).toBe('tagged');
    expect(cleanText('so\u00adft\u3164')).toBe('soft');
  });

  it('keeps what scripts and emoji need', () => {
    expect(cleanText('می\u200cخواهم 👩\u200d🍳')).toBe('می\u200cخواهم 👩\u200d🍳');
  });

  it('keeps line breaks, at most two in a row', () => {
    expect(cleanText('a\r\nb\u2028c\n\n\n\n\nd')).toBe('a\nb\nc\n\nd');
  });

  it('cuts stacks of accents and mends lone surrogates', () => {
    expect(cleanText(`a${'\u0301'.repeat(50)}b`)).toBe(`a${'\u0301'.repeat(3)}b`);
    expect(cleanText('x\ud800y')).toBe('x\ufffdy');
  });
});

describe('cleanLine', () => {
  it('is one line of bounded length that never splits a letter', () => {
    expect(cleanLine('  a\n b\t c ')).toBe('a b c');
    expect(cleanLine('the last 37\u202f900\u202fsat,\u202f\u202fone')).toBe(
      'the last 37\u202f900\u202fsat, one',
    );
    expect(cleanLine('W'.repeat(300), 10)).toBe(`${'W'.repeat(9)}…`);
    expect(cleanLine(`ab${'👩‍🍳'.repeat(5)}`, 8)).toBe('ab👩‍🍳…');
  });

  it('answers at once for a very long text', () => {
    const started = performance.now();
    expect(cleanLine('é👍'.repeat(100_000), 60).length).toBeLessThanOrEqual(60);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('isBlank', () => {
  it('is what nobody could see', () => {
    for (const text of ['', ' \n', '\u202e\u200b', '\u3164\u2800', '\u200d\ufe0f']) {
      expect(isBlank(text)).toBe(true);
    }
    for (const text of ['a', '🏦', '?', '山']) expect(isBlank(text)).toBe(false);
  });
});

describe('revealText', () => {
  it('writes what cannot be seen as escapes and changes nothing else', () => {
    expect(revealText('{"a":\n "b\u202ec\u0007"}')).toBe('{"a":\n "b\\u202ec\\u0007"}');
    expect(JSON.parse(revealText('"x\u200by\u{e0041}"'))).toBe('x\u200by\u{e0041}');
  });
});
