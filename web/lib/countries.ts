/** Countries by name, for choosing and for showing; the codes are the protocol's. */
import { COUNTRIES } from '@realyield/protocol';

const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });

/** A country's name in English, or its two letters where the browser has none. */
export function countryName(code: string): string {
  return names.of(code) ?? code;
}

/** Some countries by name, in order of their names. */
export function countryNames(codes: readonly string[]): string[] {
  return codes.map(countryName).sort(new Intl.Collator('en').compare);
}

/** Every country for a list to choose from, by name. */
export function countryOptions(): { readonly value: string; readonly label: string }[] {
  const { compare } = new Intl.Collator('en');
  return COUNTRIES.map((value) => ({ value, label: countryName(value) })).sort((a, b) =>
    compare(a.label, b.label),
  );
}
