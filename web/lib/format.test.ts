/** Amounts, rates and times as text: examples that would embarrass us if they were wrong. */
import { describe, expect, it } from 'vitest';
import {
  formatBps,
  formatBtc,
  formatDate,
  formatDateTime,
  formatDue,
  formatDuration,
  formatLocal,
  formatSat,
  formatShare,
  npubOf,
  parseSat,
  satText,
  shortNpub,
} from './format.ts';

const plain = (text: string): string => text.replaceAll('\u202f', ' ');
const NOW = 1_772_532_000;

describe('amounts', () => {
  it('groups sats and shows a fraction only where there is one', () => {
    expect(plain(satText(41_200_000n))).toBe('41 200 sat');
    expect(plain(satText(1_234_567_250n))).toBe('1 234 567.25 sat');
    expect(plain(satText(999n, true))).toBe('0 sat');
    expect(formatSat(0n).number).toBe('0');
    expect(plain(formatSat(-5_000_000n).number)).toBe('−5 000');
  });

  it('writes bitcoin exactly', () => {
    expect(plain(formatBtc(4_120_000_000n).number)).toBe('0.04 120 000');
    expect(plain(formatBtc(123_456_789_012_345_678n).number)).toBe('1 234 567.89 012 345 678');
  });

  it('rounds local currency to its own minor units', () => {
    const rate = { currency: 'EUR', minorPerBtc: 9_412_300n, asOfSec: NOW };
    expect(plain(formatLocal(5_000_000_000n, rate).number)).toBe('4 706.15');
    expect(formatLocal(1n, rate).number).toBe('0.00');
    const yen = { currency: 'JPY', minorPerBtc: 15_000_000n, asOfSec: NOW };
    expect(plain(formatLocal(100_000_000_000n, yen).number)).toBe('15 000 000');
    const odd = { currency: 'not one', minorPerBtc: 100n, asOfSec: NOW };
    expect(formatLocal(100_000_000_000n, odd).number).toBe('1.00');
  });

  it('reads what it writes, and nothing doubtful', () => {
    expect(parseSat(formatSat(1_234_567_000n).number)).toBe(1_234_567_000n);
    expect(parseSat('250,000')).toBe(250_000_000n);
    for (const text of ['', '-1', '1.5', '1e6', '0x10', '９', '1'.repeat(17)]) {
      expect(parseSat(text)).toBeUndefined();
    }
  });
});

describe('rates and shares', () => {
  it('writes basis points without needless digits', () => {
    expect(plain(formatBps(950))).toBe('9.5 %');
    expect(plain(formatBps(1225))).toBe('12.25 %');
    expect(plain(formatBps(5))).toBe('0.05 %');
    expect(plain(formatBps(-1000))).toBe('−10 %');
  });

  it('never rounds a share up to all', () => {
    expect(plain(formatShare(9_999n, 10_000n))).toBe('99 %');
    expect(plain(formatShare(214, 223))).toBe('95 %');
    expect(formatShare(0, 0)).toBe('none due');
  });
});

describe('times', () => {
  it('writes UTC days and times, and says where there is none', () => {
    expect(formatDate(NOW)).toBe('3 Mar 2026');
    expect(formatDateTime(NOW + 65 * 60)).toBe('3 Mar 2026, 11:05 UTC');
    expect(formatDate(Number.NaN)).toBe('no date');
    expect(formatDateTime(1e300)).toBe('no date');
  });

  it('counts by the calendar of the contract', () => {
    const quick = { startSec: NOW, daySec: 2 };
    expect(formatDue(NOW + 60, quick)).toBe('day 30');
    expect(formatDue(NOW, { startSec: NOW, daySec: 86_400 })).toBe('3 Mar 2026');
  });

  it('says how long something takes', () => {
    expect(formatDuration(3 * 86_400)).toBe('3 days');
    expect(formatDuration(125)).toBe('2 min 5 s');
    expect(formatDuration(3600)).toBe('1 h');
    expect(formatDuration(-4)).toBe('0 s');
  });
});

describe('keys', () => {
  // From NIP-19's own example.
  const hex = '7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e';
  const npub = 'npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg';

  it('encodes as NIP-19 does', () => {
    expect(npubOf(hex)).toBe(npub);
    expect(shortNpub(hex)).toBe('npub10elf…jptg');
    expect(shortNpub('nonsense')).toBe('no valid key');
  });
});
