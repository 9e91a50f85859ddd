/** Contradictions within real-life terms, and who may invest by them. Spec: specs/legal.md. */
import { isCountry } from './countries.ts';
import type { LegalTerms } from './kinds/legal.ts';

/** The first field of real-life terms that contradicts another, or undefined. */
export function legalContradiction(legal: LegalTerms): string | undefined {
  const { countries, mandate, prevails, text, withholdingTax } = legal;
  // J-1: "…whose `countries` are not rising, without repetition, or not all countries…"
  const isRising = countries.every(
    (code, index) => index === 0 || (countries[index - 1] ?? '') < code,
  );
  if (!isRising || !countries.every(isCountry)) return 'countries';
  // J-2: "…in which the legal text prevails although there is none…"
  if (prevails === 'legalText' && text === undefined) return 'prevails';
  // J-3: "…whose cost cap is not 0 although the bank may not enforce…"
  if (!mandate.enforce && mandate.costCapBps > 0) return 'mandate';
  // J-4: "…that withhold tax by no rule…"
  return withholdingTax.bps > 0 && withholdingTax.rule === '' ? 'withholdingTax' : undefined;
}

/** Whether somebody who lives in a country may invest by these terms. */
export function mayInvestFrom(legal: Pick<LegalTerms, 'countries'>, country: string): boolean {
  // J-6: "…empty stands for everywhere…"
  return legal.countries.length === 0 || legal.countries.includes(country);
}
