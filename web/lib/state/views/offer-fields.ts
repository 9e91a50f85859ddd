/** What the bank types into its form for an offer. */
import type { Sharing } from '../../engine/documents/library.ts';
import { emptyLegalForm, type LegalForm } from './legal-fields.ts';

/** One tranche, as typed. */
export interface TrancheForm {
  sharePercent: string;
  startDay: string;
  streamDays: string;
  /** Empty: until the last due day. */
  windowDays: string;
  ticks: string;
  hasMilestone: boolean;
  milestoneTitle: string;
  milestoneText: string;
}

/** A document the offer names, and who gets it. */
export interface DocumentForm {
  name: string;
  sha256: string;
  sizeBytes: number;
  sharing: Sharing;
}

/** What the form holds, as typed. */
export interface OfferForm {
  title: string;
  purpose: string;
  story: string;
  businessKey: string;
  businessName: string;
  sector: string;
  country: string;
  locality: string;
  amountSought: string;
  minimumTicket: string;
  ratePercent: string;
  plan: 'bullet' | 'equalPrincipal';
  termDays: string;
  instalments: string;
  firstDueDay: string;
  everyDays: string;
  graceDays: string;
  tranches: TrancheForm[];
  /** `bank`, a known bank's public key, or `other`: then `attesterKey` says who. */
  attester: string;
  attesterKey: string;
  afterDays: string;
  cureDays: string;
  recovery: string;
  legal: LegalForm;
  documents: DocumentForm[];
}

/** A tranche as the form begins it. */
export function emptyTranche(): TrancheForm {
  return {
    sharePercent: '',
    startDay: '',
    streamDays: '',
    windowDays: '',
    ticks: '',
    hasMilestone: false,
    milestoneTitle: '',
    milestoneText: '',
  };
}

/** An empty form: one tranche from the first day, everything repaid at the end. */
export function emptyOfferForm(): OfferForm {
  return {
    title: '',
    purpose: '',
    story: '',
    businessKey: '',
    businessName: '',
    sector: '',
    country: '',
    locality: '',
    amountSought: '',
    minimumTicket: '',
    ratePercent: '',
    plan: 'bullet',
    termDays: '',
    instalments: '12',
    firstDueDay: '60',
    everyDays: '30',
    graceDays: '5',
    tranches: [{ ...emptyTranche(), sharePercent: '100', startDay: '0' }],
    attester: 'bank',
    attesterKey: '',
    afterDays: '30',
    cureDays: '14',
    recovery: '',
    legal: emptyLegalForm(),
    documents: [],
  };
}
