/** Reads typed fields one after another and gathers what is wrong with each, by its path. */
import { parseAmount, unitWord, type AmountUnit } from '../../amount.ts';
import { parsePublicKey } from '../../nostr/public-key.ts';

/** Sentences by the path of the field they stand beside: `title`, `tranches.0.ticks`. */
export type Mistakes = Readonly<Record<string, string>>;

interface Bounds {
  readonly least?: number;
  readonly most: number;
  readonly sentence: string;
}

/** Values read so far are only good while there are no mistakes. */
export class FieldReader {
  readonly #mistakes: Record<string, string> = {};

  /** What is wrong, or undefined when nothing is. */
  get mistakes(): Mistakes | undefined {
    return Object.keys(this.#mistakes).length > 0 ? this.#mistakes : undefined;
  }

  /** Notes a mistake; the first of a field counts. */
  wrong(path: string, sentence: string): void {
    this.#mistakes[path] ??= sentence;
  }

  /** A text; without a sentence it may be empty. */
  text(path: string, typed: string, bounds: { most: number; sentence?: string }): string {
    const text = typed.trim();
    if (text === '' && bounds.sentence !== undefined) this.wrong(path, bounds.sentence);
    if (text.length > bounds.most) this.wrong(path, `At most ${bounds.most} characters.`);
    return text;
  }

  /** A whole number. */
  count(path: string, typed: string, { least = 0, most, sentence }: Bounds): number {
    const digits = typed.replace(/[\s\u202f]/g, '');
    const value = /^\d{1,6}$/.test(digits) ? Number(digits) : -1;
    if (value < least || value > most) this.wrong(path, sentence);
    return value;
  }

  /** A rate or share in per cent with up to two decimals, as basis points. */
  percent(path: string, typed: string, { least = 1, most, sentence }: Bounds): number {
    const match = /^(\d{1,4})(?:[.,](\d{1,2}))?$/.exec(typed.trim().replace(/\s*%$/, ''));
    const bps = match ? Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0')) : -1;
    if (bps < least || bps > most) this.wrong(path, sentence);
    return bps;
  }

  /** An amount as people type it, in ledger units; zero is not an amount. */
  amount(path: string, typed: string, unit: AmountUnit, sentence: string): bigint {
    const amountUnits = parseAmount(typed, unit) ?? 0n;
    if (amountUnits === 0n) this.wrong(path, `${sentence}, in ${unitWord(unit)}.`);
    return amountUnits;
  }

  /** An amount that may be zero. */
  amountOrNone(path: string, typed: string, unit: AmountUnit, sentence: string): bigint {
    if (/^\s*[0.,]*\s*$/.test(typed)) return 0n;
    return this.amount(path, typed, unit, sentence);
  }

  /** A multiple with up to two decimals, as basis points: 1.3 is 13,000. */
  multiple(path: string, typed: string, { least = 0, most, sentence }: Bounds): number {
    const match = /^(\d{1,2})(?:[.,](\d{1,2}))?$/.exec(typed.trim().replace(/\s*[×x]$/, ''));
    const hundredths = match
      ? Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
      : -1;
    const bps = hundredths * 100;
    if (bps < least || bps > most) this.wrong(path, sentence);
    return bps;
  }

  /** A public key, as npub, nprofile or in hex. */
  key(path: string, typed: string, sentence: string): string {
    const key = parsePublicKey(typed);
    if (key === undefined) this.wrong(path, `${sentence} It begins with npub1.`);
    return key ?? '';
  }
}
