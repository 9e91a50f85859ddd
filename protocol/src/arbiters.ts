/** What an arbiter's profile must not say. Spec: specs/listings.md, "Arbiter profile". */
import { isCountry } from './countries.ts';
import type { ArbiterProfileDocument } from './kinds/arbiter.ts';
import { reject, type Reject } from './result.ts';

const isRising = (codes: readonly string[]): boolean =>
  codes.every((code, index) => index === 0 || (codes[index - 1] ?? '') < code);

/** Contradictions within an arbiter's profile. */
export function arbiterContradiction(document: ArbiterProfileDocument): Reject | undefined {
  const { countries, languages } = document;
  // L-19: "A reader MUST refuse an arbiter's profile as `CONTENT_TERMS` whose languages or
  // countries are not rising and without repetition, or whose countries are not all countries."
  if (!isRising(languages)) return reject('CONTENT_TERMS', 'languages');
  const areKnown = isRising(countries) && countries.every(isCountry);
  return areKnown ? undefined : reject('CONTENT_TERMS', 'countries');
}
