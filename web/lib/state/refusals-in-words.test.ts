/** Refusals about prices and currencies say what is wrong and what to do. */
import { describe, expect, it } from 'vitest';
import { REJECT_SENTENCES } from '@realyield/protocol';
import { refusalInWords } from './refusals-in-words.ts';

describe('a refusal in words', () => {
  it.each([
    'PRICE_UNPROVEN',
    'PRICE_MINUTE',
    'PRICE_UNKNOWN',
    'PRICE_MISMATCH',
    'DENOMINATION_MISMATCH',
  ] as const)('says what to do about %s', (code) => {
    const sentence = refusalInWords({ code });
    expect(sentence.startsWith(REJECT_SENTENCES[code])).toBe(true);
    expect(sentence).toMatch(/(Try again|asked for again)/);
  });

  it('names a currency this browser does not know, and leaves other refusals as they are', () => {
    expect(refusalInWords({ code: 'CONTENT_TERMS', detail: 'XYZ' })).toContain('XYZ');
    const other = refusalInWords({ code: 'CONTENT_TERMS', detail: 'plan' });
    expect(other).toBe(REJECT_SENTENCES.CONTENT_TERMS);
  });
});
