/** Whether an offer is made to a person, by where they live. Spec: specs/legal.md. */
import { mayInvestFrom, type LegalTerms } from '@realyield/protocol';

/** Whether terms are for a person: yes, no, or not known until they say where they live. */
export function eligibility(
  legal: Pick<LegalTerms, 'countries'>,
  country: string | undefined,
): 'eligible' | 'excluded' | 'unknown' {
  // J-6: "A writer MUST NOT propose a contract for an investor who lives outside `countries`…"
  if (legal.countries.length === 0) return 'eligible';
  if (country === undefined) return 'unknown';
  return mayInvestFrom(legal, country) ? 'eligible' : 'excluded';
}
