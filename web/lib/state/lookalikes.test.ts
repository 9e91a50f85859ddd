/** Names that can be taken for one another, whatever letters they are written in. */
import unhomoglyph from 'unhomoglyph';
import { describe, expect, it } from 'vitest';
import { looksLike } from './lookalikes.ts';

const look = (name: string): string => looksLike(name, unhomoglyph);
const BANK = 'Bank Solidaria';

describe('looksLike', () => {
  it.each([
    ['case', 'BANK solidaria'],
    ['spaces and punctuation', '  Bank-Solidaria.'],
    ['zero-width characters', 'Ba\u200bnk Soli\ufeffda\u2060ria'],
    ['a soft hyphen and a filler', 'Bank Soli\u00addaria\u3164'],
    ['a turn of direction', '\u202eBank\u202c Solidaria'],
    ['accents', 'Bänk Solidária'],
    ['a stack of accents', `B${'\u0301'.repeat(40)}ank Solidaria`],
    ['Cyrillic letters', 'Ваnk Ѕоlіdаrіа'],
    ['Cyrillic letters that are alike as capitals only', 'ваnк solidaria'],
    ['Greek letters', 'Βank Sοlidαria'],
    ['full width', 'Ｂａｎｋ　Ｓｏｌｉｄａｒｉａ'],
    ['mathematical letters', '𝐁𝐚𝐧𝐤 𝕊olidaria'],
    ['a capital i for an l', 'Bank SoIidaria'],
    ['digits for letters', 'Bank S0l1daria'],
    ['a mark of approval', 'Bank Solidaria ✓✅'],
    ['an emoji before it', '🏦 Bank Solidaria'],
  ])('sees through %s', (_, name) => {
    expect(look(name)).toBe(look(BANK));
  });

  it.each(['BANCO COMUNAL', 'Banco Cornunal', 'ＢＡＮＣＯ ＣＯＭＵＮＡＬ'])(
    'takes %s for Banco Comunal',
    (name) => {
      expect(look(name)).toBe(look('Banco Comunal'));
    },
  );

  it.each([
    ['Bank Solida', BANK],
    ['Banco Solidaria', BANK],
    ['Bank of Ourense no. 2', 'Bank of Ourense no. 3'],
    ['Банк Мир', 'Банк Мор'],
    ['कि', 'का'],
    ['山田銀行', '川田銀行'],
    ['🏦', '🏛'],
  ])('tells %s from %s', (one, other) => {
    expect(look(one)).not.toBe(look(other));
  });

  it('answers at once for a very long name, and for none', () => {
    const started = performance.now();
    look('В'.repeat(100_000));
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(look('')).toBe('');
  });
});
