/** Reads the real-life terms of the bank's form; every field that does not fit gets a sentence. */
import { isCountry, type LegalTerms } from '@realyield/protocol';
import type { LegalForm } from './legal-fields.ts';
import type { FieldReader } from './read-fields.ts';

/** Country codes as typed, rising and without repetition. */
function readCountries(typed: string, read: FieldReader): string[] {
  const codes = typed
    .toUpperCase()
    .split(/[\s,;]+/)
    .filter((code) => code !== '');
  const unknown = codes.find((code) => !isCountry(code));
  if (unknown !== undefined) {
    read.wrong('legal.countries', `“${unknown.slice(0, 12)}” is not a country’s two letters.`);
  }
  return [...new Set(codes)].sort();
}

function readText(form: LegalForm, read: FieldReader): Pick<LegalTerms, 'text' | 'prevails'> {
  if (!form.hasText) return { prevails: 'contract' };
  const sentence = 'Name the legal text.';
  const name = read.text('legal.textName', form.textName, { most: 120, sentence });
  const sha256 = form.textHash.trim().toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(sha256)) {
    read.wrong('legal.textHash', 'Paste the file’s SHA-256: 64 digits and letters a to f.');
  }
  return { text: { name, sha256 }, prevails: form.prevails };
}

function readTax(form: LegalForm, read: FieldReader): LegalTerms['withholdingTax'] {
  const bps = read.percent('legal.taxPercent', form.taxPercent, {
    least: 0,
    most: 10_000,
    sentence: 'Write the share of the interest that is withheld, like 10; 0 for none.',
  });
  const rule = read.text('legal.taxRule', form.taxRule, {
    most: 300,
    ...(bps > 0 ? { sentence: 'Say by which rule it is withheld.' } : {}),
  });
  return { bps, rule };
}

/** Real-life terms and the cooling-off period as the form has them. */
export function readLegal(
  form: LegalForm,
  read: FieldReader,
): { readonly legal: LegalTerms; readonly coolingOffDays: number } {
  const text = (field: 'law' | 'riskAcknowledgement' | 'complaints', most: number, say: string) =>
    read.text(`legal.${field}`, form[field], { most, sentence: say });
  const costCapBps = form.enforce
    ? read.percent('legal.costCapPercent', form.costCapPercent, {
        least: 0,
        most: 10_000,
        sentence: 'Write at most which share of what it recovers the bank may keep, like 20.',
      })
    : 0;
  const coolingOffDays = read.count('legal.coolingOffDays', form.coolingOffDays, {
    most: 90,
    sentence: 'Write for how many days an investor may change their mind, 0 to 90.',
  });
  const legal: LegalTerms = {
    law: text('law', 200, 'Name the governing law.'),
    ...readText(form, read),
    security: read.text('legal.security', form.security, { most: 500 }),
    mandate: { enforce: form.enforce, costCapBps },
    countries: readCountries(form.countries, read),
    identityCheck: form.identityCheck,
    riskAcknowledgement: text('riskAcknowledgement', 1_000, 'Say what the investor risks.'),
    complaints: text('complaints', 300, 'Say whom an investor can complain to.'),
    withholdingTax: readTax(form, read),
    publishDefault: form.publishDefault,
  };
  return { legal, coolingOffDays };
}
