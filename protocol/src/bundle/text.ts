/** Times, amounts and counts as an evidence bundle's sentences write them: the same everywhere. */
import { civilOf } from '../civil.ts';
import type { LedgerUnit } from '../denomination.ts';
import { MINOR_UNITS } from '../params.ts';
import { sentenceFor, type RejectCode } from '../result.ts';

const DAY = 86_400;

const two = (value: number): string => value.toString().padStart(2, '0');

/** A time in UTC, such as `2026-03-01 09:30:00 UTC`. */
export function timeText(atSec: number): string {
  const { year, month, day } = civilOf(Math.floor(atSec / DAY));
  const ofDay = atSec % DAY;
  const clock = [ofDay / 3_600, (ofDay % 3_600) / 60, ofDay % 60].map((part) =>
    two(Math.floor(part)),
  );
  return `${year}-${two(month)}-${two(day)} ${clock.join(':')} UTC`;
}

/** `whole` and `rest` of `digits` places, with commas between thousands; no zeros at the end. */
function decimalText(amount: bigint, digits: number, least: number): string {
  const size = 10n ** BigInt(digits);
  const whole = (amount / size).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  const places = digits === 0 ? '' : (amount % size).toString().padStart(digits, '0');
  const kept = places.replace(/0+$/, '').padEnd(least, '0');
  return kept === '' ? whole : `${whole}.${kept}`;
}

/** An amount of ledger units, exact: satoshis to the millisatoshi, or the currency's. */
export function amountText(units: bigint, unit: LedgerUnit): string {
  if (unit.type === 'msat') return `${decimalText(units, 3, 0)} sat`;
  const places = MINOR_UNITS.toString().length - 1 + unit.minorDigits;
  return `${unit.currency} ${decimalText(units, places, unit.minorDigits)}`;
}

/** `1 payment`, `1,200 payments`. */
export function countText(count: number, noun: string): string {
  return `${decimalText(BigInt(count), 0, 0)} ${count === 1 ? noun : `${noun}s`}`;
}

/**
 * What does not count, once for each cause: one damaged line often takes all later ones with it.
 * `noun` is what is refused, `of` what follows it.
 */
export function refusedTexts(
  rejects: readonly { readonly id: string; readonly code: RejectCode }[],
  noun: string,
  of = '',
): string[] {
  const byCode = new Map<RejectCode, Set<string>>();
  for (const { code, id } of rejects) byCode.set(code, (byCode.get(code) ?? new Set()).add(id));
  return [...byCode].map(([code, ids]) => {
    const [first = ''] = ids;
    const sentence = sentenceFor(code);
    if (ids.size === 1) return `The ${noun} ${first}${of} does not count: ${sentence}`;
    const count = countText(ids.size, noun);
    return `${count}${of} do not count, the first of them ${first}: ${sentence}`;
  });
}
