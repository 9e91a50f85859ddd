/** What the bank types about law, countries, tax and complaints into its form for an offer. */
import type { LegalTerms } from '@realyield/protocol';

/** Real-life terms, as typed. */
export interface LegalForm {
  law: string;
  /** Whether there is an agreement in legal language beside the contract. */
  hasText: boolean;
  textName: string;
  /** SHA-256 of its file, hex. */
  textHash: string;
  prevails: LegalTerms['prevails'];
  security: string;
  enforce: boolean;
  costCapPercent: string;
  /** Two letters each, apart by spaces or commas; empty: everywhere. */
  countries: string;
  identityCheck: LegalTerms['identityCheck'];
  riskAcknowledgement: string;
  complaints: string;
  taxPercent: string;
  taxRule: string;
  publishDefault: boolean;
  coolingOffDays: string;
}

/** The form as it begins: nothing pledged, investors everywhere, a fortnight to think again. */
export function emptyLegalForm(): LegalForm {
  return {
    law: '',
    hasText: false,
    textName: '',
    textHash: '',
    prevails: 'contract',
    security: '',
    enforce: true,
    costCapPercent: '20',
    countries: '',
    identityCheck: 'none',
    riskAcknowledgement:
      'I understand that I may lose all of what I lend, that no deposit insurance covers it, ' +
      'and that payments cannot be taken back once they are made.',
    complaints: '',
    taxPercent: '0',
    taxRule: '',
    publishDefault: true,
    coolingOffDays: '14',
  };
}
