/** What a cashier has entered and not asked for yet: digits and things from the counter. */
import { BITCOIN, type AmountUnit } from '$lib/amount.ts';
import type { TillItem } from '$lib/engine/till/setup.ts';
import type { SaleLine } from '$lib/engine/till/sale.ts';
import type { Entered } from '$lib/engine/till/till-desk.ts';

const MSAT_PER_SAT = 1_000n;
const UNITS_PER_MINOR = 1_000_000n;
/** Digits that fit the display; more is a slip of the finger. */
const MOST_DIGITS = 9;
const MOST_LINES = 99;

/** What one item costs, in its own unit. */
export function unitOfItem({ currency }: TillItem, minorDigits: number): AmountUnit {
  return currency === undefined ? BITCOIN : { type: 'fiat', currency, minorDigits };
}

/** The counter and keypad of one till. */
export class Cart {
  digits = $state('');
  counts = $state.raw<ReadonlyMap<string, number>>(new Map());

  /** A key of the keypad or a keyboard. */
  press(key: string): void {
    if (key === 'back') this.digits = this.digits.slice(0, -1);
    else if (/^\d+$/.test(key)) {
      const next = `${this.digits}${key}`.replace(/^0+/, '');
      if (next.length <= MOST_DIGITS) this.digits = next;
    }
  }

  /** One more or one less of an item. */
  add(id: string, by = 1): void {
    const count = (this.counts.get(id) ?? 0) + by;
    const next = new Map(this.counts);
    if (count <= 0) next.delete(id);
    else if (count <= MOST_LINES) next.set(id, count);
    this.counts = next;
  }

  /** Nothing is entered any more. */
  clear(): void {
    this.digits = '';
    this.counts = new Map();
  }

  /** Whether anything is entered. */
  get isEmpty(): boolean {
    return this.digits === '' && this.counts.size === 0;
  }

  /** What was keyed in, in units of the unit shown. */
  keyed(unit: AmountUnit): bigint {
    const digits = BigInt(this.digits === '' ? 0 : this.digits);
    return digits * (unit.type === 'msat' ? MSAT_PER_SAT : UNITS_PER_MINOR);
  }

  /**
   * All of it: in the currency where everything is, else in bitcoin; undefined where there is no
   * price to add them at.
   */
  total(
    items: readonly TillItem[],
    unit: AmountUnit,
    msatOf: (units: bigint) => bigint | undefined,
  ): Entered | undefined {
    let [units, msat] = [0n, 0n];
    if (unit.type === 'msat') msat += this.keyed(unit);
    else units += this.keyed(unit);
    for (const item of items) {
      const count = BigInt(this.counts.get(item.id) ?? 0);
      if (item.currency === undefined) msat += count * BigInt(item.units);
      else units += count * BigInt(item.units);
    }
    if (msat === 0n && units > 0n) return { units };
    const more = units === 0n ? 0n : msatOf(units);
    return more === undefined ? undefined : { msat: msat + more };
  }

  /** What was taken from the counter, for the receipt. */
  lines(items: readonly TillItem[]): SaleLine[] {
    return items.flatMap(({ id, title }) => {
      const count = this.counts.get(id) ?? 0;
      return count > 0 ? [{ title, count }] : [];
    });
  }
}
