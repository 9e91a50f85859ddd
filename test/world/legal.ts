/** Real-life terms of the local world's two banks. */
import type { LegalTerms } from '@realyield/protocol';
import { WINAM_TERMS } from './legal-text.ts';

/** Where Winam has asked what the law says of its offers. */
const COUNTRIES = 'AT BR CH DE ES FR GB IE IN JP KE NG NL NO PT SV TZ UG'.split(' ');

const RISK =
  'I understand that I may lose all of what I lend, that no deposit insurance covers it, and ' +
  'that a payment cannot be taken back once it is made.';

/** Terms of each bank's offers, by the bank's persona. */
export const LEGAL: Readonly<Record<'bank' | 'winam', LegalTerms>> = {
  bank: {
    law: 'Law of El Salvador, courts of Cuscatlán',
    prevails: 'contract',
    security: '',
    mandate: { enforce: true, costCapBps: 2_000 },
    countries: [],
    identityCheck: 'none',
    riskAcknowledgement: RISK,
    complaints: 'The supervisory board of the cooperative, at its counter or by letter.',
    withholdingTax: { bps: 1_000, rule: 'Withheld from interest paid abroad by the business.' },
    publishDefault: true,
  },
  winam: {
    law: 'Law of Kenya, courts of Kisumu',
    text: { name: WINAM_TERMS.name, sha256: WINAM_TERMS.sha256 },
    prevails: 'contract',
    security: 'The goods bought with the loan, registered in the hall’s book until it is repaid.',
    mandate: { enforce: true, costCapBps: 1_500 },
    countries: COUNTRIES,
    identityCheck: 'bank',
    riskAcknowledgement: RISK,
    complaints: 'The hall of members, every first Monday, or the supervisor of cooperatives.',
    withholdingTax: { bps: 1_500, rule: 'Withheld from interest; the hall pays it over monthly.' },
    publishDefault: true,
  },
};
